"""What the desk would make of a body, without storing or telling anything: `ecotrajet classify`."""

from collections.abc import Mapping
from datetime import datetime

from bot.alert import Alert, AlertStatus
from bot.classification import classify
from bot.desk import Desk
from bot.errors import UserError
from bot.language import say
from bot.phrase import Phrase
from handlers.sources import NotUnderstood
from handlers.sources.configured import configured

Line = dict[str, str | None]


def lines(source: str, headers: Mapping[str, str], body: bytes, desk: Desk, now: datetime) -> list[Line]:
    """One line for each alert, in the body's order (design §5). Raises UserError when there is nothing to classify."""
    sources = configured(desk.sources)
    if source not in sources:
        known = ", ".join(sorted(sources))
        raise UserError(
            Phrase("There is no source “{source}”; there are: {known}.", {"source": source, "known": known})
        )
    try:
        alerts = sources[source].read(body, headers)
    except NotUnderstood as error:
        raise UserError(Phrase("{path}: {reason}", {"path": error.path, "reason": error.phrase})) from None
    return [_line(alert, desk, now) for alert in alerts]


def _line(alert: Alert, desk: Desk, now: datetime) -> Line:
    """`severity` is the sender's own word where it has one; `environment` is ours, '' when it is none of ours."""
    judged = classify(alert, desk.rules, desk.environments, desk.services, now)
    firing = alert.status is AlertStatus.FIRING
    return {
        "status": alert.status.value,
        "dedup_key": alert.dedup_key,
        "title": alert.title,
        "environment": judged.environment,
        "service": judged.service,
        "severity": alert.severity or judged.severity,
        "priority": judged.priority.value if judged.priority and firing else None,
        "rule": judged.rule,
        "why": say(judged.why, desk.language, desk.zone, now),
    }
