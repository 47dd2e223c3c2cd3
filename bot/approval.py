"""Who may let a frozen plan run, and until when (design section 7, issue 2 section 7).

Rights themselves come from `bot.access`; here they arrive as a yes or a no. The same check is made when the button is
pressed and again when the run starts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.phrase import Phrase
from bot.runbook import Action, ActionClass
from bot.target import Environment

EXPIRES_AFTER: Final = timedelta(minutes=10)


class Rule(StrEnum):
    """How many people an action takes."""

    NONE = "none"  # the one who asks is enough: it starts at once
    CONFIRM = "confirm"  # one approval; the requester may give it
    SECOND_PERSON = "second person"  # one approval by somebody else


@dataclass(frozen=True, slots=True)
class Request:
    """A plan waiting for its approval; `fingerprint` is `Plan.fingerprint()` as it was shown."""

    requester: str
    environment: Environment
    action: Action
    fingerprint: str
    requested_at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.requested_at + EXPIRES_AFTER


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """One person acting alone, loudly: only with a reason and while P1 incident number `open_p1` is open."""

    reason: str
    open_p1: int | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """`broke_glass`: the audit line and the card must say so, with the reason."""

    rule: Rule
    broke_glass: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """`phrase` says why and what would do."""

    phrase: Phrase


def right_to_approve(action: Action) -> ActionClass:
    """`deploy` is enough to be the second person of what takes `destroy`: few have that, and one of them asked."""
    return min(action.action_class, ActionClass.DEPLOY, key=list(ActionClass).index)


def rule_for(environment: Environment, action: Action) -> Rule:
    """None for reading and in development, one in staging, a second person in production."""
    if action.action_class is ActionClass.READ or not (environment.confirm or environment.protected):
        return Rule.NONE
    return Rule.SECOND_PERSON if environment.protected else Rule.CONFIRM


def may_approve(
    request: Request,
    approver: str,
    *,
    has_right: bool,
    fingerprint: str,
    now: datetime,
    break_glass: BreakGlass | None = None,
) -> Allowed | Refused:
    """May `approver` let this run? `fingerprint` is that of the plan about to run: another one refuses."""
    where = request.environment.label
    if not has_right:
        return Refused(Phrase("You may not approve this in {environment}.", {"environment": where}))
    if now >= request.expires_at:
        return Refused(Phrase("This request expired at {at}. Ask again for a fresh plan.", {"at": request.expires_at}))
    if fingerprint != request.fingerprint:
        return Refused(Phrase("The plan changed since it was shown. Ask again for a fresh plan."))
    rule = rule_for(request.environment, request.action)
    if rule is not Rule.SECOND_PERSON or approver != request.requester:
        return Allowed(rule)
    return _alone(rule, where, break_glass)


def _alone(rule: Rule, where: str, break_glass: BreakGlass | None) -> Allowed | Refused:
    if break_glass is None:
        return Refused(
            Phrase(
                "In {environment} a second person approves. You asked for it: let a colleague press.",
                {"environment": where},
            )
        )
    if break_glass.open_p1 is None:
        return Refused(Phrase("Alone in {environment}: only while a P1 incident is open.", {"environment": where}))
    if not break_glass.reason.strip():
        return Refused(Phrase("Alone in {environment}: say why, it goes into the audit log.", {"environment": where}))
    return Allowed(rule, broke_glass=True)
