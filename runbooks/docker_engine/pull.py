"""Fetch an image by its digest: a tag may name something else by now."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Journal
from runbooks.docker_engine import look, raw
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid, Unreachable, plain
from runbooks.docker_engine.look import Raw
from runbooks.redact import by_pattern

LONGEST: Final = 600.0  # seconds
EVERY: Final = 1.0  # seconds
MB: Final = 1_000_000


class CalledOff(UserError):
    """While the image was being fetched: nothing was touched."""

    def __init__(self) -> None:
        super().__init__(Phrase("Called off while the image was being fetched. Nothing was touched."))


class Layers:
    """What the engine told of an image's layers (Engine API, ImageCreate). Written in one thread, read in another."""

    def __init__(self) -> None:
        self.sizes: dict[str, tuple[int, int]] = {}  # layer -> bytes here, bytes in all
        self.here: set[str] = set()
        self.called_off = False  # nobody waits for it any more

    def told(self, message: Mapping[str, Any]) -> None:
        """Raises CalledOff, which closes the connection: so the engine gives up as well."""
        if self.called_off:
            raise CalledOff
        layer, status = str(message.get("id") or ""), str(message.get("status") or "")
        if status == "Pulling fs layer":
            self.sizes.setdefault(layer, (0, 0))
        elif status == "Downloading":
            detail = message.get("progressDetail") or {}
            self.sizes[layer] = (int(detail.get("current") or 0), int(detail.get("total") or 0))
        elif status in ("Pull complete", "Already exists"):
            _, whole = self.sizes.get(layer, (0, 0))
            self.sizes[layer] = (whole, whole)
            self.here.add(layer)

    def progress(self) -> Phrase:
        sizes = list(self.sizes.values())  # a copy: the other thread goes on
        done, whole = (round(sum(each[at] for each in sizes) / MB, 1) for at in (0, 1))
        values = {"here": len(self.here), "layers": len(sizes), "done": done, "size": whole}
        return Phrase("Fetching the image: {here} of {layers} layers, {done} of {size} MB", values)


async def by_digest(engine: Engine, reference: str, image_id: str, journal: Journal) -> Raw:
    """`reference` is `repository@sha256:…`; `image_id` is empty when only the registry knew of it so far.

    The journal is told how far it is. Raises CalledOff when somebody asks to stop meanwhile, and UserError when the
    registry will not, or gives another image.
    """
    layers, deadline = Layers(), time.monotonic() + LONGEST
    pulling = asyncio.ensure_future(engine.call(lambda api: raw.pull(api, reference, layers.told), limit=LONGEST))
    try:
        await _followed(pulling, layers, journal)
        why = pulling.result()
    except EngineSaid as said:
        why = said.reason
    except Unreachable:
        if time.monotonic() < deadline:
            raise
        layers.called_off = True
        raise _given_up(reference, layers) from None
    finally:
        pulling.cancel()
    if why:
        values: dict[str, Value | Phrase] = {"image": reference, "why": plain(by_pattern(why)[:400], registry=True)}
        raise UserError(Phrase("{image} could not be fetched: {why}. Nothing was touched.", values))
    found = await look.image(engine, reference)
    if found is None or (image_id and found["Id"] != image_id):
        raise UserError(Phrase("{image} is not the image of the plan. Nothing was touched.", {"image": reference}))
    return found


def _given_up(reference: str, layers: Layers) -> UserError:
    values: dict[str, Value | Phrase] = {
        "image": reference, "minutes": round(LONGEST / 60), "so_far": layers.progress(),
    }  # fmt: skip
    return UserError(
        Phrase(
            "{image} could not be fetched within {minutes} min, so I gave it up. Nothing was touched. {so_far}.", values
        )
    )


async def _followed(pulling: "asyncio.Future[str]", layers: Layers, journal: Journal) -> None:
    """Until it is over, telling the journal each second, and asking it."""
    while not pulling.done():
        await asyncio.wait({pulling}, timeout=EVERY)
        await journal.said(layers.progress(), instead=True)
        if not pulling.done() and await journal.cancelled():
            layers.called_off = True
            raise CalledOff
