"""Grafana's webhook contact point (unified alerting, version 1), and whatever older Grafanas send to the same address.

Members are told apart by their fingerprint, or, where it is missing, by the one that Prometheus would compute.
The test button sends an alert named `TestAlert` that fires; its name makes it open nothing. A group without members
still says what it has to say. A body that somebody made with a template of his own is read as `generic` reads it.
Source: grafana.com/docs/grafana/latest/alerting, “Configure the webhook notifier”.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources import generic, grafana_legacy
from handlers.sources.alertmanager import HEADLINE, TEXTS, fingerprint
from handlers.sources.body import NotUnderstood, Parse, stable_hash
from handlers.sources.fields import instant, mapping, pairs, said, sequence, text
from handlers.sources.tags import ENVIRONMENT, SERVICE, SEVERITY, first
from handlers.sources.templated import after_zero, contents

SOURCE: Final = "grafana"
STATUSES: Final = {
    "firing": AlertStatus.FIRING, "alerting": AlertStatus.FIRING, "resolved": AlertStatus.RESOLVED,
    "ok": AlertStatus.RESOLVED, "normal": AlertStatus.RESOLVED, "pending": AlertStatus.INFO,
    "paused": AlertStatus.INFO, "inactive": AlertStatus.RESOLVED,
}  # fmt: skip
SPECIAL: Final = {"DatasourceNoData", "DatasourceError"}
"""Names that Grafana gives to alerts about a rule it could not evaluate; `rulename` tells which."""
NAMELESS: Final = ("rulename", "job", "instance")
STATE_ALONE: Final = re.compile(r"^\s*\[[^\]]{0,40}\]\s*$")


def reader(source: str) -> Parse:
    """Reads both kinds, for a contact point outlives an upgrade of Grafana; the alerts bear the name `source`."""

    def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
        found: list[Alert] = []
        for content in contents(body, headers, "Grafana"):
            found += [replace(alert, source=source) for alert in _alerts(content)]
        return found

    return parse


def _alerts(content: dict[str, object]) -> list[Alert]:
    if isinstance(content.get("alerts"), list):
        members = sequence(content, "alerts")
        key, word = text(content, "groupKey"), text(content, "status", "state")
        external = text(content, "externalURL")
        told = [_member(each, f"$.alerts[{n}]", key, word, external) for n, each in enumerate(members) if _tells(each)]
        return told or [_group(content)]
    if grafana_legacy.fits(content):
        return [grafana_legacy.alert(content)]
    if mapping(content, "labels") or mapping(content, "annotations"):
        return [_member(content, "$", "", "", "")]
    return generic.parse(msgspec.json.encode(content), {})


def _tells(member: object) -> bool:
    """One that a template left empty says nothing, and must not cost the others."""
    return bool(mapping(member, "labels") or mapping(member, "annotations") or text(member, "fingerprint"))


def _member(member: object, path: str, group: str, word: str, external: str) -> Alert:
    labels, notes = pairs(mapping(member, "labels")), pairs(mapping(member, "annotations"))
    key = text(member, "fingerprint")
    if not (labels or notes or key):
        raise NotUnderstood(f"{path}.labels", Phrase("An alert without labels or annotations says nothing."))
    status = STATUSES.get(text(member, "status").lower() or word.lower(), AlertStatus.FIRING)
    more = said(
        values=", ".join(f"{name}={value}" for name, value in pairs(mapping(member, "values")).items()),
        image=text(member, "imageURL"),
    )
    return Alert(
        source=SOURCE,
        dedup_key=key or fingerprint(labels or notes),
        group_key=group,
        status=status,
        title=_title(labels, notes),
        text="\n".join(dict.fromkeys(notes[name].strip() for name in TEXTS if notes.get(name, "").strip())),
        environment=first(labels, ENVIRONMENT),
        service=first(labels, SERVICE),
        severity=first(labels, SEVERITY),
        labels=more | labels,
        url=_web(member, "panelURL", "dashboardURL", "generatorURL") or external,
        starts_at=after_zero(instant(member, "startsAt")),
        ends_at=after_zero(instant(member, "endsAt")) if status is AlertStatus.RESOLVED else None,
    )


def _group(content: dict[str, object]) -> Alert:
    """Members may all have been left out; what they have in common is still told."""
    labels = pairs(mapping(content, "commonLabels")) or pairs(mapping(content, "groupLabels"))
    key, title = text(content, "groupKey"), STATE_ALONE.sub("", text(content, "title")) or first(labels, ("alertname",))
    title = title or text(content, "message").partition("\n")[0][:200]
    if not (title or labels):
        raise NotUnderstood("$.alerts", Phrase("Grafana sends its alerts here; there are none."))
    return Alert(
        source=SOURCE,
        dedup_key=f"group:{key or stable_hash(title)}",
        group_key=key,
        status=STATUSES.get(text(content, "status", "state").lower(), AlertStatus.FIRING),
        title=title or "alert without a name",
        text=text(content, "message"),
        environment=first(labels, ENVIRONMENT),
        service=first(labels, SERVICE),
        severity=first(labels, SEVERITY),
        labels=labels,
        url=text(content, "externalURL"),
    )


def _title(labels: Mapping[str, str], notes: Mapping[str, str]) -> str:
    """The rule's name for those who wrote it, its summary for the others."""
    name, headline = first(labels, ("alertname",)), first(notes, HEADLINE)
    if name in SPECIAL:
        return ": ".join(filter(None, (name, first(labels, ("rulename",)) or headline)))
    if name and headline:
        return headline if name.casefold() in headline.casefold() else f"{name}: {headline}"
    return name or headline or first(notes, TEXTS)[:200] or first(labels, NAMELESS) or "alert without a name"


def _web(member: object, *paths: str) -> str:
    """Grafana sends addresses without a host (`?orgId=1`) when it does not know its own."""
    return next((url for path in paths if (url := text(member, path)).startswith(("http://", "https://"))), "")
