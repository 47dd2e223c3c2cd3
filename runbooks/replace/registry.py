"""What a registry offers under a name: asked before the plan is made, so that the plan names a digest, not a tag."""

from collections.abc import Sequence
from typing import Final

from bot.deployment import Deployment, versions
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Image
from runbooks.docker_engine import raw
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid, Unreachable
from runbooks.replace.version import bare, repository

LONGEST: Final = 20.0  # seconds: somebody waits for the answer in chat
BY_DIGEST: Final = "@sha256:"


async def offered(
    engine: Engine, running: Image, said: str, known: Image | None, history: Sequence[Deployment]
) -> Image:
    """The image by its registry digest; `known`: what the history knows under this name, no longer on the engine.

    Raises UserError when neither the engine nor the registry has it.
    """
    if known is not None and known.digests:
        return known
    why: str | Phrase = ""
    for reference in _references(running, said):
        try:
            digest = await engine.call(lambda api, name=reference: raw.registry_digest(api, name), limit=LONGEST)  # type: ignore[misc]  # bound at once
        except EngineSaid as refused:
            why = refused.reason
            continue
        except Unreachable:  # the engine has just answered: it is the registry that does not
            why = Phrase("no answer within {seconds} s", {"seconds": round(LONGEST)})
            continue
        tag = "" if BY_DIGEST in reference else reference
        return Image("", tag, known.version if known else "", (f"{bare(reference)}@{digest}",))
    there = ", ".join(versions(history)) or "–"
    values: dict[str, Value | Phrase] = {"said": said, "why": why or "–", "known": there}
    raise UserError(
        Phrase(
            "Neither the engine nor a registry has “{said}” ({why}). Nothing was touched. Seen here so far: {known}.",
            values,
        )
    )


def _references(running: Image, said: str) -> list[str]:
    """A whole reference as it is; a tag or a digest of the running image's own repository."""
    if "/" in said or ":" in said.removeprefix("sha256:"):
        return [said if said != bare(said) else f"{said}:latest"]
    own = repository(running)
    if not own:
        return []
    return [f"{own}@{said}" if said.startswith("sha256:") else f"{own}:{said}"]
