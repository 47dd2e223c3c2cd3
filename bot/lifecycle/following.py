"""Those who follow an incident, a service or a priority are told how it moves, each in their own messages."""

from bot.desk import Desk
from bot.incident import Incident
from bot.lifecycle.hands import direct
from bot.message import Ask
from bot.phrase import Phrase
from bot.store import incidents, subscriptions
from bot.store.database import Tx
from bot.subscription import UNFOLLOW, subjects_of


async def tell(tx: Tx, desk: Desk, incident: Incident, said: Phrase, by: str) -> None:
    """`said` to every follower but whoever did it, with the one tap that ends it."""
    followers = await subscriptions.followers(tx, subjects_of(incident))
    words = Phrase(
        "👁️ #{number} {priority} {title}: {said}",
        {"number": incident.number, "priority": incident.priority.value, "title": incident.title[:120], "said": said},
    )
    insiders = await incidents.insiders(tx, incident.number) if followers and incident.confidential else None
    for person, subject in followers.items():
        if person != by and (insiders is None or person in insiders):
            await direct(tx, desk, person, words, Ask(Phrase("Unfollow"), UNFOLLOW, {"subject": subject.key}))
