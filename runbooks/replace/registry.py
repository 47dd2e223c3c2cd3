"""What a registry offers under a name: asked before the plan is made, so that the plan names a digest, not a tag."""

from collections.abc import Sequence
from typing import Final

from bot.deployment import Deployment, versions
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Image
from runbooks.docker_engine import raw
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import KEEP

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
    why = ""
    for reference in _references(running, said):
        try:
            digest = await engine.call(lambda api, name=reference: raw.registry_digest(api, name), limit=LONGEST)  # type: ignore[misc]  # bound at once
        except EngineSaid as refused:
            why = refused.reason
            continue
        repository = _repository(reference)
        tag = "" if BY_DIGEST in reference else reference
        return Image("", tag, known.version if known else "", (f"{repository}@{digest}",))
    there = ", ".join(versions(history)) or "–"
    values = {"said": said, "why": why or "–", "known": there}
    raise UserError(
        Phrase(
            "Neither the engine nor a registry has “{said}” ({why}). Nothing was touched. Seen here so far: {known}.",
            values,
        )
    )


def _references(running: Image, said: str) -> list[str]:
    """A whole reference as it is; a tag or a digest of the running image's own repository."""
    if "/" in said or ":" in said.removeprefix("sha256:"):
        return [said]
    if running.reference.startswith(("sha256:", KEEP)) or not running.reference:
        return []
    own = _repository(running.reference)
    return [f"{own}@{said}" if said.startswith("sha256:") else f"{own}:{said}"]


def _repository(reference: str) -> str:
    """`127.0.0.1:5000/app:v1` and `127.0.0.1:5000/app@sha256:…` -> `127.0.0.1:5000/app`."""
    bare = reference.partition("@")[0]
    head, slash, last = bare.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
