"""A person says that something is wrong: as an alert, and what it is worth."""

from typing import Final

from bot.alert import Alert, AlertStatus
from bot.audit import Actor
from bot.classification import Classification, classify
from bot.desk import Desk
from bot.incident import Priority
from bot.phrase import Phrase
from bot.store import incidents
from bot.store.database import Tx

DECLARED: Final = "declared"


def alert_of(title: str, environment: str, service: str, text: str, by: Actor) -> Alert:
    return Alert(
        source=DECLARED, dedup_key=by.delivery or title, status=AlertStatus.FIRING, title=title, text=text,
        environment=environment, service=service,
    )  # fmt: skip


async def judged(tx: Tx, desk: Desk, alert: Alert, priority: Priority | None, by: Actor) -> Classification:
    """`priority` is the person's own word; without one the rules propose, P2 at least."""
    found = classify(alert, desk.rules, desk.environments, desk.services, await incidents.now(tx))
    if priority is not None:
        why = Phrase("{name} said so when declaring it", {"name": by.name})
        return Classification(priority, DECLARED, why, found.environment, found.service, found.severity)
    if found.priority is None:
        why = Phrase("Declared without a priority: please classify")
        return Classification(Priority.P2, DECLARED, why, found.environment, found.service, found.severity)
    return found
