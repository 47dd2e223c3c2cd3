"""Fetch an image by its digest: a tag may name something else by now."""

from typing import Final

from bot.errors import UserError
from bot.phrase import Phrase
from runbooks.docker_engine import look, raw
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import Raw
from runbooks.redact import by_pattern

LONGEST: Final = 600.0  # seconds


async def by_digest(engine: Engine, reference: str, image_id: str) -> Raw:
    """`reference` is `repository@sha256:…`; `image_id` is empty when only the registry knew of it so far.

    Raises UserError when the registry will not, or gives another image.
    """
    try:
        why = await engine.call(lambda api: raw.pull(api, reference), limit=LONGEST)
    except EngineSaid as said:
        why = said.reason
    if why:
        values = {"image": reference, "why": by_pattern(why)[:400]}
        raise UserError(Phrase("{image} could not be fetched: {why}. Nothing was touched.", values))
    found = await look.image(engine, reference)
    if found is None or (image_id and found["Id"] != image_id):
        raise UserError(Phrase("{image} is not the image of the plan. Nothing was touched.", {"image": reference}))
    return found
