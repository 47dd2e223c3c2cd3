"""Who may do what shows the words of a confidential incident: those who handle it, and nobody else."""

from bot.audit import Actor
from bot.errors import UserError
from bot.incident import Incident
from bot.phrase import Phrase
from bot.store import incidents
from bot.store.database import Tx


async def may_see(tx: Tx, incident: Incident, person: str) -> bool:
    return not incident.confidential or person in await incidents.insiders(tx, incident.number)


async def only_insiders(tx: Tx, incident: Incident, by: Actor) -> None:
    """Raises UserError, which tells nothing of what it is about."""
    if not await may_see(tx, incident, by.id):
        raise UserError(
            Phrase("#{number} is confidential: only those who handle it may do that.", {"number": incident.number})
        )
