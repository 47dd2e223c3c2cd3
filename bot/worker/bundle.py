"""A person's phone in a storm: the first few texts and calls leave at once, the others together, bounded in number.

At most 5 texts and 2 calls to a person in 10 minutes, whatever happens; what waits leaves as one ("7 incidents, worst
P1") within a minute while the bound allows, and stays due until it may. Slack and mail have each page at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.incident import Incident
from bot.message import About, Kind, Message
from bot.store import bundles, incidents
from bot.store.database import Tx

WITHIN: Final = timedelta(minutes=10)
COLLECTS: Final = timedelta(seconds=50)
"""How long a page waits for others to leave with it: a minute at most, with the time that sending takes."""


@dataclass(frozen=True, slots=True)
class Bound:
    """`alone`: so many leave at once, each for itself; `most` in WITHIN, bundles included."""

    alone: int
    most: int


BOUNDS: Final[Mapping[Kind, Bound]] = {Kind.SMS: Bound(3, 5), Kind.VOICE: Bound(1, 2)}


async def take_turns(tx: Tx, message: int) -> None:
    """Before it is claimed: whoever leaves with another must not set out alone at the same time."""
    await bundles.take_turns(tx, message, tuple(BOUNDS))


async def has_to_wait(tx: Tx, page: Message) -> timedelta | None:
    """How long; None: it may leave now."""
    bound = BOUNDS.get(page.kind)
    if bound is None or page.about is not About.PAGE or page.person is None:
        return None
    left = await bundles.left_within(tx, page, WITHIN)
    if len(left) < bound.alone:
        return None
    wait = COLLECTS - await bundles.queued_for(tx, page)
    if len(left) >= bound.most:
        wait = max(wait, left[-bound.most] + WITHIN - await incidents.now(tx))
    return wait if wait > timedelta(0) else None


async def companions(tx: Tx, page: Message, owner: str) -> list[Message]:
    """Who leaves with it: nobody while the person is quiet, else every page that waits."""
    bound = BOUNDS.get(page.kind)
    if bound is None or page.about is not About.PAGE or page.person is None:
        return []
    if len(await bundles.left_within(tx, page, WITHIN)) < bound.alone:
        return []
    return await bundles.gather(tx, page, owner)


async def about(tx: Tx, pages: list[Message]) -> tuple[Incident, ...]:
    """The incidents of a bundle, once each, the worst first."""
    found = [await incidents.get(tx, number) for number in {page.incident for page in pages} if number is not None]
    return tuple(sorted((each for each in found if each), key=lambda each: (each.priority, each.number)))
