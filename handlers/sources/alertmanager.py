"""Prometheus Alertmanager's webhook, versions 3 and 4; also its alerts sent bare, alone or as a list.

Members are told apart by their fingerprint; where it is missing (version 3) we compute the one that Prometheus would
have (FNV-1a over the sorted labels), so that an upgrade of Alertmanager changes no key. A member may be resolved inside
a group that fires; `truncatedAlerts` means only that some members are not shown, so nothing follows from an absence.
Source: prometheus.io/docs/alerting/latest/configuration/#webhook_config and …/notifications/.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources.body import NotUnderstood, decode, moment, text_of

SOURCE: Final = "alertmanager"
Words = dict[str, str | int | float | bool | None]

ENVIRONMENT: Final = ("environment", "env", "environnement", "stage", "deployment_environment")
SERVICE: Final = ("service", "app", "application", "service_name", "app_kubernetes_io_name")
SEVERITY: Final = ("severity", "level", "priority", "criticality")
HEADLINE: Final = ("summary", "title")
TEXTS: Final = ("description", "details", "message", "summary", "title", "runbook_url", "runbook")
NAMELESS: Final = ("job", "instance")

FNV_OFFSET, FNV_PRIME, FNV_WRAP = 14695981039346656037, 1099511628211, 2**64
SEPARATOR: Final = 255


class Member(msgspec.Struct, frozen=True, rename="camel"):
    """One alert; `generatorURL` leads to its graph."""

    labels: Words | None = None
    annotations: Words | None = None
    status: str | dict[str, object] | None = None  # an object in what its API answers: {"state": "active", …}
    starts_at: str | None = None
    ends_at: str | None = None
    generator_url: str | None = msgspec.field(name="generatorURL", default=None)
    fingerprint: str | None = None
    summary: str | None = None  # of simulators that send a bare alert
    description: str | None = None


class Group(msgspec.Struct, frozen=True, rename="camel"):
    """One notification. `groupKey` is a number in version 3."""

    alerts: list[Member]
    status: str | None = None
    group_key: str | int | None = None
    external_url: str | None = msgspec.field(name="externalURL", default=None)
    truncated_alerts: int | float | str | None = None


GROUPS: Final = msgspec.json.Decoder(Group)


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert for each member. Raises NotUnderstood."""
    try:
        return _members(GROUPS.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _otherwise(body)


def _members(group: Group) -> list[Alert]:
    key = "" if group.group_key is None else str(group.group_key)
    return [
        _alert(member, f"$.alerts[{n}]", group.status, key, group.external_url or "")
        for n, member in enumerate(group.alerts)
    ]


def _otherwise(body: bytes) -> list[Alert]:
    """A bare alert, a list of them, or nothing of the kind, said with its path."""
    content = decode(body, object)
    match content:
        case {"alerts": _}:
            return _members(decode(body, Group))
        case dict() if "labels" in content or "annotations" in content:
            return [_alert(decode(body, Member), "$")]
        case list():
            return [_alert(member, f"$[{n}]") for n, member in enumerate(decode(body, list[Member]))]
        case dict():
            raise NotUnderstood("$.alerts", Phrase("Alertmanager sends its alerts here; there are none."))
        case _:
            raise NotUnderstood("$", Phrase("It must be an object, as Alertmanager sends it."))


def _alert(member: Member, path: str, status: str | None = None, group: str = "", external: str = "") -> Alert:
    labels = {name: text_of(value) for name, value in (member.labels or {}).items()}
    notes = {name: text_of(value) for name, value in (member.annotations or {}).items()}
    notes = {"summary": member.summary or "", "description": member.description or ""} | notes
    if not labels and not any(notes.values()):
        raise NotUnderstood(f"{path}.labels", Phrase("An alert without labels or annotations says nothing."))
    said, ends_at = _status(member, status)
    return Alert(
        source=SOURCE,
        dedup_key=(member.fingerprint or "").strip()
        or fingerprint(labels if "alertname" in labels else notes | labels),
        group_key=group,
        status=said,
        title=_title(labels, notes),
        text=_text(notes),
        environment=_first(labels, ENVIRONMENT),
        service=_first(labels, SERVICE),
        severity=_first(labels, SEVERITY),
        labels=labels,
        url=member.generator_url or external,
        starts_at=moment(member.starts_at or ""),
        ends_at=ends_at,
    )


def _status(member: Member, group: str | None) -> tuple[AlertStatus, datetime | None]:
    """The member's own word, else its group's; a bare alert without either is over when it ends before it starts."""
    own = member.status
    word = (text_of(own.get("state")) if isinstance(own, dict) else own or group or "").strip().lower()
    ends_at = moment(member.ends_at or "")
    if word == "resolved":
        return AlertStatus.RESOLVED, ends_at
    starts_at = moment(member.starts_at or "")
    over = not word and ends_at is not None and starts_at is not None and ends_at <= starts_at
    return (AlertStatus.RESOLVED, ends_at) if over else (AlertStatus.FIRING, None)


def _title(labels: Mapping[str, str], notes: Mapping[str, str]) -> str:
    """`InstanceDown: Instance 10.0.0.7 down`: the rule's name for those who wrote it, its summary for the others."""
    name, headline = labels.get("alertname", "").strip(), _first(notes, HEADLINE)
    if name and headline:
        return headline if name.casefold() in headline.casefold() else f"{name}: {headline}"
    return name or headline or _first(notes, TEXTS)[:200] or _first(labels, NAMELESS) or "alert without a name"


def _text(notes: Mapping[str, str]) -> str:
    return "\n".join(dict.fromkeys(notes[name].strip() for name in TEXTS if notes.get(name, "").strip()))


def _first(words: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((words[name].strip() for name in names if words.get(name, "").strip()), "")


def fingerprint(labels: Mapping[str, str]) -> str:
    """As Prometheus computes it (`model.LabelSet.Fingerprint`): 64-bit FNV-1a, 16 hexadecimal digits."""
    total = FNV_OFFSET
    for name in sorted(labels, key=lambda each: each.encode("utf-8", "replace")):
        for part in (name, labels[name]):
            for byte in (*part.encode("utf-8", "replace"), SEPARATOR):
                total = ((total ^ byte) * FNV_PRIME) % FNV_WRAP
    return f"{total:016x}"
