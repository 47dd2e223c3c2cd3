"""Fetch an image that was pruned, by its digest: a tag may name something else by now."""

from typing import Final

from bot.errors import UserError
from bot.phrase import Phrase
from runbooks.docker_engine import look
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid

LONGEST: Final = 600.0  # seconds


async def by_digest(engine: Engine, reference: str, image_id: str) -> None:
    """`reference` is `repository@sha256:…`. Raises UserError when the registry will not, or gives another image."""
    try:
        await engine.call(lambda api: api.pull(reference), limit=LONGEST)
    except EngineSaid as said:
        raise UserError(
            Phrase(
                "{image} could not be fetched: {why}. Nothing was touched.", {"image": reference, "why": said.reason}
            )
        ) from said
    found = await look.image(engine, reference)
    if found is None or found["Id"] != image_id:
        raise UserError(Phrase("{image} is not the image of the plan. Nothing was touched.", {"image": reference}))
