"""How old an image is, and what is known to be wrong with what is in it, by the scanners that are at hand."""

import asyncio
from typing import Final

from bot.deployment import short, version_name
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook.checks import Patches, Scan
from runbooks import scanners
from runbooks.docker_engine import inside, look
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import Seen, moment

NPM_WITHIN: Final = 30  # seconds; it asks the registry
MOST: Final = 4 * 2**20  # bytes of its report
AUDIT: Final = (("npm", "audit", "--json", "--omit=dev"),)


async def of(engine: Engine, seen: Seen) -> Patches:
    """Raises EngineSaid."""
    image, *scans = await asyncio.gather(
        look.image(engine, seen.image_id), _npm(engine, seen), scanners.trivy(seen.image_id, engine.url)
    )
    shown = look.image_words(image, seen.reference) if image else None
    return Patches(
        container=seen.name,
        version=version_name(shown.version, shown.reference, shown.id) if shown else short(seen.image_id),
        reference=shown.reference if shown else seen.reference,
        created=moment(str(image.get("Created") or "")) if image else None,
        scans=tuple(scans),
    )


async def _npm(engine: Engine, seen: Seen) -> Scan:
    """In the container's own folder; exit code 1 is the answer "there are some"."""
    try:
        said = await inside.run(engine, seen, AUDIT, limit=NPM_WITHIN, most=MOST)
    except inside.GivenUp:
        return Scan(scanners.NPM, problem=Phrase("not answered within {seconds} s", {"seconds": NPM_WITHIN}))
    except UserError:
        return Scan(scanners.NPM, problem=Phrase("npm is not in this image"))
    except EngineSaid as refused:
        return Scan(scanners.NPM, problem=Phrase("it failed: {why}", {"why": refused.why}))
    return scanners.npm_scan(said.output.decode(errors="replace"))
