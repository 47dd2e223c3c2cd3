"""New Relic: issues sent by workflows, incidents sent by the older notification channels, and deployments.

Key: the issue's or the incident's id; without one, account, policy and condition. `open`, `CREATED`, `ACTIVATED` fire,
`closed` is over, `acknowledged` is taken. A deployment is information.
Source: docs.newrelic.com/docs/alerts/get-notified/message-templates (workflows), …/customize-your-webhook-payload.
"""

from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.target import fold
from handlers.sources.body import stable_hash, text_of
from handlers.sources.fields import joined, mapping, said, sequence, text
from handlers.sources.tags import ENVIRONMENT, SERVICE, first, tagged
from handlers.sources.templated import Fields, contents

SOURCE: Final = "newrelic"
STATUSES: Final = {
    "open": AlertStatus.FIRING, "opened": AlertStatus.FIRING, "created": AlertStatus.FIRING,
    "activated": AlertStatus.FIRING, "active": AlertStatus.FIRING, "triggered": AlertStatus.FIRING,
    "closed": AlertStatus.RESOLVED, "close": AlertStatus.RESOLVED, "resolved": AlertStatus.RESOLVED,
    "deactivated": AlertStatus.RESOLVED, "acknowledged": AlertStatus.ACKNOWLEDGED,
    "acknowledge": AlertStatus.ACKNOWLEDGED, "test": AlertStatus.INFO,
}  # fmt: skip
STATE: Final = ("currentstate", "state", "status", "issuestate", "eventstate")
TITLE: Final = ("title", "issuetitle", "conditionname", "name", "shortdescription")
TEXT: Final = ("details", "description", "conditiondescription", "longdescription", "message", "violationdetails")
URL: Final = ("issueurl", "issuepageurl", "incidenturl", "alerturl", "violationcallbackurl", "deeplinkurl", "policyurl")
OVER: Final = ("ended", "closed", "recovered", "resolved")
NAMELESS: Final = "New Relic alert without a name"


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    return [_alert(content) for content in contents(body, headers, "New Relic")]


def _alert(content: dict[str, object]) -> Alert:
    if deployment := mapping(content, "deployment"):
        return _deployment(Fields(deployment))
    fields = Fields(mapping(content, "alert", "issue") or content)
    targets, entities = sequence(fields.content, "targets"), fields.raw("impactedentities", "entitynames", "entities")
    tags = {name: tag for each in targets for name, tag in tagged(mapping(each, "labels")).items()}
    tags = tagged(fields.raw("tags", "labels", "accumulationstag")) | tags
    conditions = _names(fields.raw("alertconditionnames"))
    policies = _names(fields.raw("alertpolicynames", "policyname", "alertpolicyname"))
    test = not fields(*TITLE) and fields.untouched("title", "issuetitle", "conditionname")
    status = AlertStatus.INFO if test else _status(fields)
    happened = fields.when("updatedat", "timestamp", "createdat", "closedat", "activatedat", "opentime")
    application = fields("applicationname", "servername")
    names = [each for each in dict.fromkeys([*_named(targets), *_names(entities), application]) if each]
    return Alert(
        source=SOURCE,
        dedup_key=_key(fields, [*policies, *conditions]),
        status=status,
        title=_title(fields, [*conditions, *policies]),
        text=_text(fields),
        environment=first(tags, ENVIRONMENT) or fields("environment", "env"),
        service=first(tags, SERVICE) or fields("service", "affectedservice") or application,
        severity=fields("severity", "priority"),
        labels=said(
            account=fields("accountname"), policy=", ".join(policies),
            condition=fields("conditionname") or ", ".join(conditions),
            resource=", ".join(names), owner=fields("owner"), runbook=fields("runbookurl", "runbook"),
            workflow=fields("workflowname"),
        ) | tags,
        url=_url(fields),
        starts_at=happened if status is AlertStatus.FIRING else None,
        ends_at=happened if status is AlertStatus.RESOLVED else None,
    )  # fmt: skip


def _title(fields: Fields, others: list[str]) -> str:
    told = _first(fields.raw("title", "issuetitle")) or fields(*TITLE)
    return told or (others or [fields(*TEXT)[:200]])[0] or NAMELESS


def _text(fields: Fields) -> str:
    return "\n".join(dict.fromkeys(told for name in TEXT if (told := fields(name) or _first(fields.raw(name)))))


def _named(targets: list[object]) -> list[str]:
    return [text(each, "name") for each in targets]


def _deployment(fields: Fields) -> Alert:
    application = fields("applicationname") or "an application"
    return Alert(
        source=SOURCE,
        dedup_key=joined("deployment", application, fields("revision")),
        status=AlertStatus.INFO,
        title=f"{application} deployed {fields('revision')}".strip(),
        text="\n".join(filter(None, (fields("description"), fields("changelog")))),
        service=application,
        labels=said(actor=fields("deployedby"), account=fields("accountname")),
        url=fields("deploymenturl"),
        starts_at=fields.when("createdat"),
    )


def _status(fields: Fields) -> AlertStatus:
    """The oldest format has no state: its short text says `Ended …`."""
    word = fold(fields(*STATE))
    if word in STATUSES:
        return STATUSES[word]
    if fields("closedat"):
        return AlertStatus.RESOLVED
    headline = fold(fields("shortdescription"))
    return AlertStatus.RESOLVED if headline.startswith(OVER) else AlertStatus.FIRING


def _key(fields: Fields, names: list[str]) -> str:
    if issue := fields("issueid", "id"):
        return joined("issue", issue)
    if incident := fields("incidentid", "violationid"):
        return joined("incident", incident)
    account, condition = fields("accountid", "accountname"), fields("conditionid", "conditionname", "alerturl")
    return stable_hash(account, condition, *names, *([] if condition or names else [fields("shortdescription")]))


def _names(value: object) -> list[str]:
    match value:
        case str():
            return [value.strip()] if value.strip() else []
        case list():
            return [text_of(each).strip() for each in value if isinstance(each, str | int) and text_of(each).strip()]
        case _:
            return []


def _first(value: object) -> str:
    return next(iter(_names(value)), "") if isinstance(value, list) else ""


def _url(fields: Fields) -> str:
    return next((url for name in URL if (url := fields(name)).startswith(("http://", "https://"))), "")
