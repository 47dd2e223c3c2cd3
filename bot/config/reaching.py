"""The section `notifications`, and what stands beside the policies in `escalation`."""

import re
from datetime import timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from bot.config.models import Duration, PolicySection, Section, WorkspaceSection, duration
from bot.escalation import Hours, Level, Policy
from bot.incident import Priority
from bot.message import Kind
from bot.person import CHANNELS, Step, Steps

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


class NotificationsSection(Section):
    """How a page reaches somebody, by priority; what is left out stays as the guide has it (§6.1)."""

    P1: Steps_ = CHANNELS[Priority.P1]
    P2: Steps_ = CHANNELS[Priority.P2]
    P3: Steps_ = CHANNELS[Priority.P3]
    managers_digest: Duration = timedelta(0)


class EscalationSection(Section):
    """Beside the policies. `ack_expires`: 0 is never, as is a priority that a given list leaves out."""

    ack_expires: dict[Priority, Duration] = Field(
        default_factory=lambda: {Priority.P1: timedelta(minutes=30), Priority.P2: timedelta(hours=2)}
    )


def steps(entry: NotificationsSection) -> Steps:
    return {Priority.P1: entry.P1, Priority.P2: entry.P2, Priority.P3: entry.P3}


def policy(name: str, entry: PolicySection, beside: EscalationSection, workspace: WorkspaceSection) -> Policy:
    hours = workspace.business_hours
    return Policy(
        name=name,
        levels=tuple(Level(each.name, each.after, tuple(each.tell)) for each in entry.levels),
        stops_at=tuple(entry.stops_at.items()),
        fallback=tuple(entry.fallback),
        repeat=entry.repeat,
        repeat_after=entry.repeat_after,
        ack_expires=tuple(beside.ack_expires.items()),
        hours=Hours(tuple(hours.days), hours.start, hours.end, workspace.time_zone),
    )
