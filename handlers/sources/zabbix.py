"""Zabbix, by any of the webhooks people use: our own, Grafana OnCall's script, Keep's, Zulip's, or subject and message.

Fields go by Zabbix's macros in any spelling (`EVENT.ID`, `event_id`, `eventId`). Key: the trigger's id, which problem
and recovery share and which survives a lost recovery; else the event's, else the sender's own key, else host and name.
`PROBLEM`/`1` fires, `RESOLVED`/`OK`/`0` is over, an update that acknowledges is taken, one that closes is over; the
media type's test button
sends macros that nobody filled in. A number for a severity means Zabbix's own scale, where 5 is a disaster.
Source: zabbix.com/documentation/current, “Supported macros”, “Webhook media type”.
"""

import re
from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.target import fold
from handlers.sources.body import NotUnderstood, stable_hash
from handlers.sources.fields import joined, pairs, said
from handlers.sources.tags import ENVIRONMENT, SERVICE, first, tagged
from handlers.sources.templated import Fields, contents, flat

SOURCE: Final = "zabbix"
SEVERITIES: Final = ("Not classified", "Information", "Warning", "Average", "High", "Disaster")
NAMES: Final = ("eventname", "triggername", "name", "trigger", "problem", "problemname", "title", "alertsubject",
                "subject", "event", "item", "itemname", "alertmessage", "message", "text")  # fmt: skip
STATUS: Final = ("eventstatus", "triggerstatus", "status", "state", "eventvalue", "triggervalue")
WORDED: Final = ("value",)  # of an event when it is a word, of an item when it is a figure
ACTION: Final = ("updateaction", "eventupdateaction", "eventupdatestatus", "action")
SEVERITY: Final = ("eventseverity", "triggerseverity", "severity", "triggerseveritytext", "eventnseverity",
                   "triggernseverity", "nseverity", "priority")  # fmt: skip
HOST: Final = ("hostname", "host", "hostvisible", "hosthost", "hostvisiblename", "service")
TEXT: Final = ("message", "alertmessage", "eventopdata", "opdata", "operationaldata", "description",
               "triggerdescription", "itemvalue", "itemlastvalue")  # fmt: skip
URL: Final = ("link", "alerturl", "linktoupstreamdetails", "eventurl", "problemurl", "triggerurl", "url", "zabbixurl")
FOUND: Final = ("1", "2")  # of EVENT.SOURCE: discovery and autoregistration, which are no problems
RESOLVED: Final = ("resolved", "ok", "0", "closed", "recovery", "recovered", "resolu", "retabli", "retablissement")
FIRING: Final = ("problem", "1", "alerting", "firing", "true", "error", "trigger", "probleme")
TRIGGER_IN: Final = re.compile(r"triggerids?(?:%5B%5D|\[\])?=(\d+)")
EVENT_IN: Final = re.compile(r"eventid=(\d+)")
IN_MESSAGE: Final = {
    "event": re.compile(r"(?im)^\s*(?:original )?(?:problem|event) id\s*:\s*(\d+)"),
    "host": re.compile(r"(?im)^\s*h(?:ost|ôte)\s*:[ \t]*(\S[^\r\n]{0,200})"),
    "severity": re.compile(r"(?im)^\s*(?:severity|sévérité)\s*:[ \t]*(\S[^\r\n]{0,40})"),
}
"""Lines of Zabbix's own message templates."""
SUBJECT: Final = re.compile(
    r"^\W*(?P<word>probl[eè]me?|resolved|recovery|ok|updated problem|acknowledged|r[eé]solu|r[eé]tabli(?:ssement)?)"
    r"(?:\s+(?:in|en) [\w\s]{1,40})?\s*[:\-]"
    r"\s*(?P<name>.+)$",
    re.IGNORECASE,
)


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    return [_alert(Fields(flat(content))) for content in contents(body, headers, "Zabbix")]


def _alert(fields: Fields) -> Alert:
    found = fields("eventsource") in FOUND
    test = fields.untouched("eventname", "name", "title", "trigger", "triggername", "subject", "problem", "eventid")
    name = fields(*NAMES) or (_raw_name(fields) if test else "")
    if not name:
        raise NotUnderstood("$.name", Phrase("It is missing."))
    subject = SUBJECT.match(name)
    plain = subject["name"] if subject else name
    tags = tagged(fields.raw("eventtags", "eventtagsjson", "tags", "triggertags"))
    tags |= pairs(labels) if isinstance(labels := fields.raw("labels"), dict) else {}
    host, url = fields(*HOST) or _written(fields, "host"), _url(fields)
    status = AlertStatus.INFO if test or found else _status(fields, subject["word"] if subject else "")
    begun = fields.when("eventtimestamp", "lastreceived", "eventdate", "timestamp", "date")
    return Alert(
        source=SOURCE,
        dedup_key=_key(fields, url) or stable_hash(host, plain),
        status=status,
        title=plain if not host or host.casefold() in plain.casefold() or test else f"{plain} on {host}",
        text="\n".join(dict.fromkeys(said_ for each in TEXT if (said_ := fields(each)) and said_ != plain)),
        environment=first(tags, ENVIRONMENT),
        service=first(tags, SERVICE),
        severity=_severity(fields),
        labels=said(host=host, ip=fields("hostip", "ip"), item=fields("item", "itemname"),
                    group=fields("hostgroup", "triggerhostgroupname", "hostgroups")) | tags,
        url=url,
        starts_at=begun if status is not AlertStatus.RESOLVED else None,
        ends_at=begun if status is AlertStatus.RESOLVED else None,
    )  # fmt: skip


def _raw_name(fields: Fields) -> str:
    """A test shows which macros came back as they were."""
    found = next((value for name in NAMES if isinstance(value := fields.raw(name), str) and value.strip()), "")
    return f"Zabbix test: {found}"


def _status(fields: Fields, subject: str) -> AlertStatus:
    words = [fold(fields(name)) for name in STATUS if fields(name)]
    words += [fold(fields(name)) for name in WORDED if not fields(name).isdecimal()]
    word = next((each for each in words if each in RESOLVED or each in FIRING), fold(subject))
    if word in RESOLVED:
        return AlertStatus.RESOLVED
    action = fold(fields(*ACTION))
    if re.search(r"\bclosed\b", action):  # by hand; Zabbix may send no recovery of its own
        return AlertStatus.RESOLVED
    taken = "acknowledged" in action and "unacknowledged" not in action
    asked = fold(fields("eventack", "eventackstatus", "acknowledged")) in ("yes", "1", "true", "oui")
    if taken or asked or word == "acknowledged" or "acknowledged" in words:
        return AlertStatus.ACKNOWLEDGED
    return AlertStatus.FIRING


def _key(fields: Fields, url: str) -> str:
    trigger, event = TRIGGER_IN.search(url), EVENT_IN.search(url)
    if which := fields("triggerid") or (trigger[1] if trigger else ""):
        return joined("trigger", which)
    if which := fields("eventid", "problemid", "id") or (event[1] if event else ""):
        return joined("event", which)
    if which := _written(fields, "event"):
        return joined("event", which)
    return fields("alertuid", "dedupkey", "key")


def _severity(fields: Fields) -> str:
    found = fields(*SEVERITY) or _written(fields, "severity")
    return SEVERITIES[int(found)] if re.fullmatch("[0-5]", found) else found


def _written(fields: Fields, what: str) -> str:
    found = IN_MESSAGE[what].search(fields("message", "alertmessage", "text"))
    return found[1].strip() if found else ""


def _url(fields: Fields) -> str:
    return next((url for name in URL if (url := fields(name)).startswith(("http://", "https://"))), "")
