"""The section `notifications`, and what stands beside the policies in `escalation`."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from bot.carrier import SecondSms
from bot.config.models import (
    Duration,
    Name,
    PolicySection,
    Section,
    Text,
    TimeOfDay,
    WebAddress,
    WorkspaceSection,
    duration,
    holidays_of,
    web_address,
)
from bot.escalation import Hours, Level, Policy
from bot.incident import Priority
from bot.message import Kind
from bot.person import CHANNELS, Step, Steps
from bot.secret import Secret

WORDS: Final = {"slack": Kind.SLACK, "sms": Kind.SMS, "call": Kind.VOICE, "voice": Kind.VOICE, "email": Kind.EMAIL,
                "mail": Kind.EMAIL, "appel": Kind.VOICE}  # fmt: skip
STEP: Final = re.compile(r"(?P<kind>[a-z]+)(?:\s+(?:after|après)\s+(?P<after>.+))?", re.IGNORECASE)


def step(value: object) -> Step:
    """`sms`, `call after 5 min`."""
    found = STEP.fullmatch(str(value).strip())
    kind = WORDS.get(found["kind"].lower()) if found else None
    if found is None or kind is None:
        raise ValueError("must be slack, sms, email or call, with a delay if wanted: call after 5 min")
    return Step(kind, duration(found["after"]) if found["after"] else timedelta(0))


Steps_ = Annotated[tuple[Annotated[Step, BeforeValidator(step)], ...], Field(min_length=1)]


def until_morning(value: object) -> object:
    """`wait`: no way at all, which holds a page until the night is over. An empty list is a mistake."""
    if str(value).strip().lower() in ("wait", "attendre"):
        return ()
    if not value:
        raise ValueError("must be wait (for the morning), or at least one way, such as [email]")
    return value


AtNight = Annotated[tuple[Annotated[Step, BeforeValidator(step)], ...] | None, BeforeValidator(until_morning)]


def shape(value: object) -> object:
    """Somewhere in the body the number and the text have to stand."""
    texts = " ".join(str(each) for each in value.values()) if isinstance(value, dict) else ""
    if "{to}" not in texts or "{text}" not in texts:
        raise ValueError("must say where {to} and {text} go, such as {to: '{to}', text: '{text}'}")
    return value


def header(value: object) -> Secret:
    """Often a key; never shown."""
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("must be a line of text")
    return Secret(value)


Header = Annotated[Secret, BeforeValidator(header)]


class SnsSection(Section):
    """Amazon SNS; what is left out comes from the standard AWS variables."""

    via: Literal["sns"]
    sender: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,11}$")] = ""
    region: Text | None = None
    endpoint: WebAddress = None


class HttpSmsSection(Section):
    via: Literal["http"]
    url: Annotated[str, BeforeValidator(web_address)]
    headers: dict[str, Header] = Field(default_factory=dict)
    body: Annotated[dict[str, str], BeforeValidator(shape)] = Field(
        default_factory=lambda: {"to": "{to}", "text": "{text}"}
    )


SecondSmsSection = Annotated[SnsSection | HttpSmsSection, Field(discriminator="via")]


class NightSection(Section):
    """What is otherwise by night, for everybody who has not chosen for themselves; left out: as by day."""

    start: TimeOfDay = time(22)
    end: TimeOfDay = time(7)
    P1: Steps_ | None = None
    P2: AtNight = None
    P3: AtNight = None


class NotificationsSection(Section):
    """How a page reaches somebody, by priority; what is left out stays as the guide has it (§6.1)."""

    P1: Steps_ = CHANNELS[Priority.P1]
    P2: Steps_ = CHANNELS[Priority.P2]
    P3: Steps_ = CHANNELS[Priority.P3]
    night: NightSection = NightSection()
    second_sms: SecondSmsSection | None = None
    managers_digest: Duration = timedelta(0)


class EscalationSection(Section):
    """Beside the policies. `ack_expires`: 0 is never, as is a priority that a given list leaves out.

    `by_priority`: the ladder of a priority, where the service names none for it.
    """

    by_priority: dict[Priority, Name] = Field(default_factory=dict)

    ack_expires: dict[Priority, Duration] = Field(
        default_factory=lambda: {Priority.P1: timedelta(minutes=30), Priority.P2: timedelta(hours=2)}
    )


def second_sms(entry: SnsSection | HttpSmsSection | None) -> SecondSms | None:
    match entry:
        case SnsSection():
            return SecondSms("sns", entry.sender, entry.region, entry.endpoint)
        case HttpSmsSection():
            return SecondSms("http", url=entry.url, headers=entry.headers, body=entry.body)
        case None:
            return None


def steps(entry: NotificationsSection) -> Steps:
    return {Priority.P1: entry.P1, Priority.P2: entry.P2, Priority.P3: entry.P3}


def night(entry: NightSection) -> Mapping[Priority, tuple[Step, ...]]:
    chosen = {Priority.P1: entry.P1, Priority.P2: entry.P2, Priority.P3: entry.P3}
    return {priority: steps for priority, steps in chosen.items() if steps is not None}


def policy(name: str, entry: PolicySection, beside: EscalationSection, workspace: WorkspaceSection) -> Policy:
    hours = workspace.business_hours
    return Policy(
        name=name,
        levels=tuple(Level(each.name, each.after, tuple(each.tell), each.acknowledgements) for each in entry.levels),
        stops_at=tuple(entry.stops_at.items()),
        fallback=tuple(entry.fallback),
        repeat=entry.repeat,
        repeat_after=entry.repeat_after,
        ack_expires=tuple(beside.ack_expires.items()),
        hours=Hours(tuple(hours.days), hours.start, hours.end, workspace.time_zone, holidays_of(hours.holidays)),
    )
