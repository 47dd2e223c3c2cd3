"""The end of flapping."""

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.incident import Status
from bot.lifecycle import moves, speaking
from bot.phrase import Phrase
from bot.store import alerts, audit, incidents
from bot.store.database import Tx


async def calmed(tx: Tx, desk: Desk, number: int) -> None:
    """It flaps no longer: over, if nothing of it fires."""
    incident = await incidents.lock(tx, number)
    if incident is None or incident.status is Status.RESOLVED:
        return
    said = Phrase("Calm for {within}: it flaps no longer", {"within": desk.gathering.flapping_within})
    await audit.write(tx, Entry(DESK, "incident.calm", number, why=said))
    await speaking.note(tx, desk, incident, said)
    if await alerts.still_firing(tx, number) == 0:
        await moves.resolve(tx, desk, number, DESK)
    else:
        await speaking.card(tx, incident, desk.incidents_channel)
