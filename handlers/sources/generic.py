"""The generic source: for scripts, cron jobs and tools that can send JSON of their own making.

An object, or a list of objects; a form (`application/x-www-form-urlencoded`) with the same fields is understood too.

    curl -H "Authorization: Bearer $TOKEN" -d '{"title": "Database connection lost", "environment": "prod",
         "service": "ecotrajet", "severity": "critical"}' https://…/webhooks/generic

    title        required  what is wrong, in a few words        also: summary, name, alertname, subject, event, message
                           Left out: the first sentence of the text.
    status       firing    firing | resolved | acknowledged | info   also: state, action, event_action; and the usual
                           words of other tools (alerting, ok, closed, problem, recovered, up, down, degraded …); a
                           job's "success" is the end of its "failed". Left out: firing, or over when the title
                           begins with "RESOLVED:" or "[OK]", which then ends the one without that
    dedup_key    derived   the same for the same trouble        also: deduplication_key, dedup, fingerprint, alias,
                           incident_key, alert_uid, key.  Left out: a hash of title, environment and service; so send
                           one if your titles change ("disk at 91 %"), or a recovery will not find its alert.
    group_key              gathers alerts into one incident     also: group_id, grouping_key
    environment            where                                also: env, environnement, stage
    service                of what                              also: service_name, app, application, component
    severity               how bad, in your words               also: level, priority, criticality, gravite
    text                   details                              also: description, details, message, body
    url                    where to read more                   also: link, source_url, link_to_upstream_details
    starts_at              ISO 8601 or seconds since 1970       also: started_at, timestamp, time, date
    labels                 an object of your own                also: tags (object, or list of "name:value"), metadata

Names may be spelt otherwise (`Title`, `dedupKey`). Every other field is kept as a label.
What is wrong is answered with 422, its JSON path and a sentence.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from textwrap import shorten
from typing import Final
from urllib.parse import parse_qs

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.target import fold
from handlers.sources.body import NotUnderstood, decode, moment, stable_hash, text_of
from handlers.sources.templated import spelt

SOURCE: Final = "generic"
FORM: Final = "application/x-www-form-urlencoded"

SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s|\n")
LONGEST_TITLE: Final = 150
TITLE: Final = ("title", "summary", "name", "alertname", "alert_name", "subject", "event", "message", "titre",
                "sujet", "headline", "rule_name", "rule", "event_definition_title")  # fmt: skip
STATUS: Final = ("status", "state", "action", "event_action", "event_type", "statut")
DEDUP_KEY: Final = (
    "dedup_key",
    "deduplication_key",
    "dedup",
    "fingerprint",
    "alias",
    "incident_key",
    "alert_uid",
    "key",
)
GROUP_KEY: Final = ("group_key", "group_id", "grouping_key")
ENVIRONMENT: Final = ("environment", "env", "environnement", "stage")
SERVICE: Final = ("service", "service_name", "app", "application", "component")
SEVERITY: Final = ("severity", "level", "priority", "criticality", "gravite", "severite")
TEXT: Final = ("text", "description", "details", "message", "body", "msg", "output")
URL: Final = ("url", "link", "source_url", "link_to_upstream_details", "client_url", "generatorURL")
STARTS_AT: Final = ("starts_at", "startsAt", "started_at", "timestamp", "time", "date")
LABELS: Final = ("labels", "tags", "metadata", "custom_details")

STATUS_WORDS: Final = {
    AlertStatus.FIRING: "firing alerting alert alarm triggered trigger open opened new create created problem active"
    " down fire failing failed fail failure error ko warning warn critical unhealthy no_data nodata pending declenche"
    " ouvert en_panne degraded degrade outage partial_outage major_outage offline unreachable unavailable timeout"
    " timed_out broken late missed major minor unknown alerte critique hors_service hors_ligne indisponible injoignable"
    " reopened escalated unacknowledged",
    AlertStatus.RESOLVED: "resolved resolve ok closed close recovered recovery recover up clear cleared normal inactive"
    " fixed healthy solved resolu ferme termine retabli online reachable available operational good passed passing"
    " success succeeded completed en_ligne disponible operationnel reussi",
    AlertStatus.ACKNOWLEDGED: "acknowledged acknowledge ack acked pris",
    AlertStatus.INFO: "info information informational notice test started running in_progress maintenance skipped",
}
STATUSES: Final = {word: status for status, words in STATUS_WORDS.items() for word in words.split()}
OVER: Final = re.compile(
    r"\W*(?:resolved|recovered|recovery|cleared|ok|r[ée]solue?|r[ée]tablie?|fin d['’]alerte)\s?[\]:)]\s*(?=\w)",
    re.IGNORECASE,
)
"""Before a title, where no status is given: `RESOLVED: Disk full` ends `Disk full`."""
TELLING: Final = (
    "down", "outage", "partial_outage", "major_outage", "offline", "unreachable", "unavailable", "unhealthy",
    "degraded", "degrade", "timeout", "timed_out", "en_panne", "hors_service", "hors_ligne", "indisponible",
    "injoignable", "broken", "failed", "failure",
)  # fmt: skip
"""Statuses that say what is wrong, which a title ("API") may leave to them."""
LATEST: Final = 4_102_444_800  # 2100-01-01 in seconds; larger numbers are milliseconds


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert for each object. Raises NotUnderstood."""
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    # `curl -d '{…}'` calls JSON a form.
    if kind.partition(";")[0].strip().lower() == FORM and body.lstrip()[:1] not in (b"{", b"["):
        return [_alert(_form(body), "$")]
    match decode(body, object):
        case dict() as content:
            return [_alert(content, "$")]
        case [] as nothing:
            raise NotUnderstood("$", Phrase("The list holds no alert.", {"length": len(nothing)}))
        case list() as several:
            return [_element(content, f"$[{n}]") for n, content in enumerate(several)]
        case _:
            raise NotUnderstood("$", Phrase("It must be an object such as {example}.", {"example": '{"title": "…"}'}))


def _form(body: bytes) -> dict[str, object]:
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise NotUnderstood("$", Phrase("The body is no form that we can read.")) from None
    return {name: values[0] for name, values in fields.items()}


def _element(content: object, path: str) -> Alert:
    if not isinstance(content, dict):
        raise NotUnderstood(path, Phrase("It must be an object such as {example}.", {"example": '{"title": "…"}'}))
    return _alert(content, path)


def _alert(content: dict[str, object], path: str) -> Alert:
    fields = _Fields(content, path)
    text = fields.text(TEXT)
    title = fields.text(TITLE) or beginning(text)
    if not title:
        raise NotUnderstood(
            f"{path}.title", Phrase("It is missing: say what is wrong in a few words, for example {example}.",
                                    {"example": '"title": "Database connection lost"'})
        )  # fmt: skip
    status, environment, service = fields.status(), fields.text(ENVIRONMENT), fields.text(SERVICE)
    dedup_key, about = fields.text(DEDUP_KEY), title
    if status is None:
        over = OVER.match(title)
        status, about = (AlertStatus.RESOLVED, title[over.end() :]) if over else (AlertStatus.FIRING, title)
    return Alert(
        source=SOURCE,
        dedup_key=dedup_key or stable_hash(about, environment, service),
        group_key=fields.text(GROUP_KEY),
        status=status,
        title=title,
        text="\n".join(filter(None, ("" if text == title else text, fields.told))),
        environment=environment,
        service=service,
        severity=fields.text(SEVERITY),
        url=fields.text(URL),
        starts_at=fields.moment(),
        labels=fields.labels(),
    )


def beginning(text: str) -> str:
    """The first sentence of a text, as a title; cut at a word when it is long. Empty for an empty text."""
    sentence = SENTENCE_END.split(text.strip(), maxsplit=1)[0]
    return shorten(sentence, LONGEST_TITLE, placeholder=" …")


class _Fields:
    """Reads each field by any of its names, and remembers which names were read."""

    def __init__(self, content: dict[str, object], path: str) -> None:
        self.content, self.path = content, path
        self.odd = {spelt(name): name for name in content if not name.islower() or "-" in name}
        self.read: set[str] = set()
        self.told = ""  # what its status says of the trouble

    def text(self, names: tuple[str, ...]) -> str:
        """The first of these that says something. Raises NotUnderstood when it is an object or a list."""
        for each in names:
            name, value = self._found(each)
            if value is None or (isinstance(value, str) and not value.strip()):
                continue
            if isinstance(value, dict | list):
                if each != names[0]:  # an object under another tool's word (`details`, `event`) is kept as a label
                    continue
                raise self.wrong(name, Phrase("It must be text."))
            self.read.add(name)
            return text_of(value).strip()
        return ""

    def status(self) -> AlertStatus | None:
        """None when nothing is said. Raises NotUnderstood for a word that we do not know."""
        for each in STATUS:
            name, value = self._found(each)
            if value is None or value == "":
                continue
            self.read.add(name)
            word = fold(text_of(value)).replace(" ", "_").replace("-", "_")
            known = STATUSES.get(word)
            if known is None:
                raise self.wrong(name, Phrase("“{word}” is no status: say firing, resolved, acknowledged or info.",
                                              {"word": text_of(value)[:40]}))  # fmt: skip
            self.told = f"Status: {text_of(value)}" if word in TELLING else ""
            return known
        return None

    def moment(self) -> datetime | None:
        """Raises NotUnderstood for what is no time in `starts_at`; the other names' values are read if they can be."""
        for each in STARTS_AT:
            name, value = self._found(each)
            if value is None or value == "":
                continue
            found = _instant(value)
            if found is None and each == STARTS_AT[0]:
                raise self.wrong(
                    name, Phrase("It must be a time such as {example}.", {"example": "2026-11-23T10:42:00Z"})
                )
            if found is not None:
                self.read.add(name)
                return found
        return None

    def labels(self) -> dict[str, str]:
        """The labels, and whatever was not read as anything else."""
        found: dict[str, str] = {}
        for each in LABELS:
            name, value = self._found(each)
            if value is not None:
                self.read.add(name)
                found |= self._pairs(name, value)
        left = (name for name in self.content if name not in self.read and name not in LABELS)
        return {name: text_of(self.content[name]) for name in left if self.content[name] is not None} | found

    def _found(self, name: str) -> tuple[str, object]:
        """By this very name, else by another spelling of it: `Title`, `dedupKey`, `starts-at`."""
        value = self.content.get(name)
        if value is None and self.odd:
            name = self.odd.get(spelt(name), name)
            value = self.content.get(name)
        return name, value

    def _pairs(self, name: str, value: object) -> dict[str, str]:
        match value:
            case dict():
                return {str(each): text_of(content) for each, content in value.items()}
            case list():
                return dict(_pair(text_of(each)) for each in value)
            case _ if name.lower() == LABELS[0]:
                raise self.wrong(name, Phrase("It must be an object of names and values."))
            case _:
                return {name: text_of(value)}

    def wrong(self, name: str, phrase: Phrase) -> NotUnderstood:
        return NotUnderstood(f"{self.path}.{name}", phrase)


def _pair(tag: str) -> tuple[str, str]:
    """`env:prod` and `env=prod` are a name and its value, `prod` is a tag without one."""
    for mark in (":", "="):
        name, found, value = tag.partition(mark)
        if found:
            return name.strip(), value.strip()
    return tag.strip(), ""


def _instant(value: object) -> datetime | None:
    """ISO 8601, or seconds or milliseconds since 1970."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _since_1970(value)
        if isinstance(value, str) and value.strip().isdecimal():
            return _since_1970(float(value))
    except (ValueError, OverflowError, OSError):
        return None
    return moment(value) if isinstance(value, str) else None


def _since_1970(number: float) -> datetime:
    return datetime.fromtimestamp(number / 1000 if number > LATEST else number, UTC)
