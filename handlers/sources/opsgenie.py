"""Opsgenie's formats: its Alert API, as senders send it, and its outgoing webhooks, as it sends them.

An alert made through the API is known by its alias; without one, by what the door made up (`given.ALIAS`) or a hash of
the body. A webhook's key is `alertId`: aliases are used again. Actions that are no move of an alert are information.
Source: field study E6; docs.opsgenie.com/docs/alert-api, support.atlassian.com/opsgenie webhook integration.
"""

from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources import given
from handlers.sources.body import NotUnderstood, decode, stable_hash, text_of
from handlers.sources.fields import header, instant, joined, mapping, pairs, said, sequence, text

SOURCE: Final = "opsgenie"
API_ACTIONS: Final = {  # the last part of the API's path
    "close": AlertStatus.RESOLVED, "delete": AlertStatus.RESOLVED, "acknowledge": AlertStatus.ACKNOWLEDGED,
}  # fmt: skip
NEWS: Final = {  # `action` of webhooks
    "create": AlertStatus.FIRING, "unacknowledge": AlertStatus.FIRING, "escalate": AlertStatus.FIRING,
    "escalatenext": AlertStatus.FIRING, "escalatetonext": AlertStatus.FIRING, "snoozeended": AlertStatus.FIRING,
    "acknowledge": AlertStatus.ACKNOWLEDGED, "ack": AlertStatus.ACKNOWLEDGED,
    "close": AlertStatus.RESOLVED, "delete": AlertStatus.RESOLVED,
}  # fmt: skip
ENVIRONMENT: Final = ("environment", "env", "environnement", "stage")
SERVICE: Final = ("service", "service_name", "app", "application")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    action = header(headers, given.ACTION)
    content = decode(body, object) if body.strip() or not action else {}
    if not isinstance(content, dict):
        raise NotUnderstood("$", Phrase("It must be an object, as Opsgenie's clients send it."))
    if action:
        return [_action(content, action, header(headers, given.ALIAS))]
    if alert := mapping(content, "alert"):
        return [_news(content, alert)]
    return [_created(content, body, headers)]


def _created(content: dict[str, object], body: bytes, headers: Mapping[str, str]) -> Alert:
    message = text(content, "message")
    if not message:
        raise NotUnderstood("$.message", Phrase("It is missing."))
    alias = text(content, "alias") or header(headers, given.ALIAS) or stable_hash(body.decode("utf-8", "replace"))
    return _made(content, alias, AlertStatus.FIRING)


def _action(content: dict[str, object], action: str, alias: str) -> Alert:
    """What is asked for an alert that exists. The path named it; the body says who asks, and why."""
    if not alias:
        raise NotUnderstood("$", Phrase("Which alert is meant?"))
    return Alert(
        source=SOURCE, dedup_key=alias, status=API_ACTIONS.get(action, AlertStatus.INFO), title=f"{action}: {alias}",
        text=text(content, "note"), labels=said(user=text(content, "user"), source=text(content, "source")),
    )  # fmt: skip


def _news(content: dict[str, object], alert: dict[str, object]) -> Alert:
    action = text(content, "action")
    key = text(alert, "alertId", "id", "alias")
    if not key:
        raise NotUnderstood("$.alert.alertId", Phrase("It is missing."))
    status = NEWS.get(action.lower(), AlertStatus.INFO)
    integration = text(content, "integrationName")
    made = _made(alert, key, status)
    title = made.title or " ".join(filter(None, (action, text(content, "escalationName"), integration)))
    labels = said(action=action, integration=integration, number=text(alert, "tinyId")) | dict(made.labels)
    return Alert(
        source=SOURCE, dedup_key=key, status=status, title=title or key, text=made.text, environment=made.environment,
        service=made.service, severity=made.severity, labels=labels,
        starts_at=instant(alert, "createdAt", "insertedAt"),
    )  # fmt: skip


def _made(content: dict[str, object], key: str, status: AlertStatus) -> Alert:
    details = pairs(mapping(content, "details"))
    tags = [text_of(each) for each in sequence(content, "tags") if isinstance(each, str | int | float)]
    labels = details | said(
        tags=", ".join(tags), entity=text(content, "entity"), source=text(content, "source"),
        responders=", ".join(_responders(content)),
    )  # fmt: skip
    return Alert(
        source=SOURCE, dedup_key=key, status=status, title=text(content, "message"), text=text(content, "description"),
        environment=_own(details, ENVIRONMENT), service=_own(details, SERVICE) or text(content, "entity"),
        severity=text(content, "priority"), labels=labels,
    )  # fmt: skip


def _responders(content: dict[str, object]) -> list[str]:
    every = (
        joined(text(each, "type"), text(each, "name", "username", "id")) for each in sequence(content, "responders")
    )
    return [each for each in every if each]


def _own(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    folded = {name.casefold(): value for name, value in labels.items()}
    return next((folded[name] for name in names if folded.get(name)), "")
