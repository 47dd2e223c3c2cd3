"""What intake asks: is this new alert to be kept quiet? And the words that silences share."""

from collections.abc import Sequence

from bot.alert import Alert
from bot.audit import DESK
from bot.classification import Classification
from bot.desk import Desk
from bot.maintenance import Silence, covering
from bot.message import About, Kind
from bot.phrase import Phrase, Value
from bot.store import messages, silences
from bot.store.database import Tx


async def hush(
    tx: Tx, desk: Desk, quiet: Sequence[Silence], alert: Alert, judged: Classification, body: int | None
) -> bool:
    """True: a silence of `quiet` (those in force now) keeps this new alert, so that it opens nothing."""
    found = covering(quiet, judged.environment, judged.service, alert.labels)
    if found is None or not await silences.hold(tx, found.id):
        return False
    await silences.keep(tx, found.id, alert, judged.priority or "", body)
    return True


def values(desk: Desk, silence: Silence) -> dict[str, Value | Phrase]:
    """What sentences about a silence may hold."""
    return {
        "id": silence.id, "what": silence.matcher.what(), "until": silence.ends_at, "since": silence.starts_at,
        "reason": silence.reason or Phrase("no reason given"), "name": person(desk, silence.by),
        "came": silence.came, "firing": silence.firing,
    }  # fmt: skip


def person(desk: Desk, who: str) -> str:
    known = desk.people.get(who)
    return known.name if known else "ÉcoTrajet" if who == DESK.id else who


async def announce(tx: Tx, desk: Desk, said: Phrase) -> None:
    """A sentence of its own in the incidents channel."""
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.NOTE, to=desk.incidents_channel, body={"phrase": said.to_json()}
    )
