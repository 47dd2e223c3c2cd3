"""Every answer of a use case in a sentence, for buttons and commands alike. mypy proves that none is left out."""

from typing import assert_never

from bot.answers import (
    AcknowledgeAnswer,
    Acknowledged,
    AlreadyAcknowledged,
    AlreadyEscalated,
    AlreadyResolved,
    AlsoOnIt,
    AskAnswer,
    Asked,
    Declared,
    EscalateAnswer,
    Escalated,
    GiveBackAnswer,
    GivenBack,
    JoinAnswer,
    Joined,
    NobodyToAsk,
    NoSuchIncident,
    NothingLeft,
    NotOnIt,
    NotResolved,
    Reclassified,
    ReclassifyAnswer,
    ReopenAnswer,
    Reopened,
    Repeated,
    ResolveAnswer,
    Resolved,
    SamePriority,
    Shared,
    SnoozeAnswer,
    Snoozed,
    StillOnIt,
    TookOver,
    TooLateToReopen,
)
from bot.escalation import level_named
from bot.phrase import Phrase, Value
from bot.run import Approved, Cancelled, NoSuchRun, NotNow, Rejected, Requested

Answer = (
    AcknowledgeAnswer | GiveBackAnswer | SnoozeAnswer | AskAnswer | ResolveAnswer | EscalateAnswer | ReopenAnswer
    | ReclassifyAnswer
    | Declared | JoinAnswer
    | Requested | Approved | Rejected | Cancelled | NotNow | NoSuchRun
)  # fmt: skip
NotDone = (
    NobodyToAsk | NoSuchIncident | AlreadyAcknowledged | AlreadyResolved | NothingLeft | AlreadyEscalated | NotResolved
    | TooLateToReopen | SamePriority
)  # fmt: skip
RespondingAnswer = GivenBack | NotOnIt | Shared | StillOnIt | AlsoOnIt | TookOver | Snoozed | Asked
RunAnswer = Requested | Approved | Rejected | Cancelled | NotNow | NoSuchRun


def worded(answer: Answer) -> Phrase | None:
    """None for a repeated delivery: it was answered the first time."""
    match answer:
        case Repeated():
            return None
        case Acknowledged(incident):
            return Phrase("#{number} is yours. Nobody else is paged for it.", {"number": incident.number})
        case GivenBack() | NotOnIt() | Shared() | StillOnIt() | AlsoOnIt() | TookOver() | Snoozed() | Asked():
            return _responding(answer)
        case Resolved(incident, still_firing):
            return _resolved(incident.number, still_firing)
        case Escalated(incident, level):
            return Phrase(
                "#{number} goes to the next level: {level}.", {"number": incident.number, "level": level_named(level)}
            )
        case Declared() | Joined():
            return _reported(answer)
        case Reclassified(incident, old):
            return Phrase(
                "#{number} is {new} now, and was {old}.",
                {"number": incident.number, "new": incident.priority.value, "old": old.value},
            )
        case Reopened(incident):
            return Phrase("#{number} is open again, from the first level.", {"number": incident.number})
        case Requested() | Approved() | Rejected() | Cancelled() | NotNow() | NoSuchRun():
            return _of_run(answer)
        case _:
            return _not_done(answer)


def _reported(answer: Declared | Joined) -> Phrase:
    match answer:
        case Declared(incident):
            return Phrase(
                "Incident #{number} is open as {priority}: the people on call are told.",
                {"number": incident.number, "priority": incident.priority.value},
            )
        case Joined(incident):
            return Phrase("Added to #{number}: thank you. Follow it on its card.", {"number": incident.number})
        case _:
            assert_never(answer)


def _responding(answer: RespondingAnswer) -> Phrase:  # noqa: C901 - a case each
    facts: dict[str, Value | Phrase]
    match answer:
        case GivenBack(incident, ""):
            return Phrase("#{number} is not yours any more: others are paged.", {"number": incident.number})
        case GivenBack(incident, others):
            facts = {"number": incident.number, "names": others}
            return Phrase("#{number} is not yours any more. Still on it: {names}.", facts)
        case NotOnIt(incident):
            return Phrase("#{number} is not yours: there is nothing to give back.", {"number": incident.number})
        case Shared(incident, level, have, wanted):
            return shared(incident.number, level, have, wanted)
        case StillOnIt(incident, until):
            facts = {"number": incident.number, "at": until or ""}
            if until is None:
                return Phrase("#{number} stays yours.", facts)
            return Phrase("#{number} stays yours; you are asked again before {at}.", facts)
        case AlsoOnIt(incident, owner):
            return Phrase("Noted: you help {name} with #{number}.", {"number": incident.number, "name": owner})
        case TookOver(incident, before):
            return Phrase("#{number} is yours now, no longer {name}'s.", {"number": incident.number, "name": before})
        case Snoozed(incident, until):
            facts = {"number": incident.number, "at": until}
            return Phrase("#{number} pages nobody until {at}, then it comes back.", facts)
        case Asked(incident, names, takes_over=True):
            facts = {"number": incident.number, "names": names}
            return Phrase("{names} is paged; #{number} is theirs as soon as they answer.", facts)
        case Asked(incident, names):
            return Phrase("Paged for #{number}: {names}.", {"number": incident.number, "names": names})
        case _:
            assert_never(answer)


def _not_done(answer: NotDone) -> Phrase:
    match answer:
        case NoSuchIncident(number):
            return no_such_incident(number)
        case NobodyToAsk(incident):
            return Phrase("Nobody else can be paged for #{number} that way.", {"number": incident.number})
        case AlreadyAcknowledged(incident, by, at):
            return Phrase("#{number} was taken by {name} at {at}.", {"number": incident.number, "name": by, "at": at})
        case AlreadyResolved(incident, by, at):
            return Phrase(
                "#{number} is over: resolved by {name} at {at}.", {"number": incident.number, "name": by, "at": at}
            )
        case NothingLeft(incident):
            return Phrase("Everybody on the ladder of #{number} has been told already.", {"number": incident.number})
        case AlreadyEscalated(incident, level):
            return Phrase(
                "#{number} went to {level} in the meantime, so nothing was done. Press again to go further.",
                {"number": incident.number, "level": level_named(level)},
            )
        case NotResolved(incident):
            return Phrase("#{number} is not resolved: there is nothing to reopen.", {"number": incident.number})
        case SamePriority(incident):
            return Phrase(
                "#{number} is {priority} already.", {"number": incident.number, "priority": incident.priority.value}
            )
        case TooLateToReopen(incident):
            return Phrase(
                "#{number} was resolved more than 24 hours ago. Declare a new one: `/ecotrajet declare`.",
                {"number": incident.number},
            )
        case _:
            assert_never(answer)


def shared(number: int, level: str, have: int, wanted: int) -> Phrase:
    """Their own answer counts, or is noted; the ladder goes on until the others have come."""
    facts: dict[str, Value | Phrase] = {"number": number, "level": level_named(level), "have": have, "wanted": wanted}
    return Phrase(
        "#{number}: noted, you are on it. {level} asks for {wanted} people and {have} have taken it: the ladder goes on"
        " until they have.",
        facts,
    )


def no_such_incident(number: int) -> Phrase:
    return Phrase("There is no incident #{number}. See the open ones: `/ecotrajet incident list`.", {"number": number})


def no_such_run(number: int) -> Phrase:
    return Phrase("There is no run {id}. See them all: `/ecotrajet runs`.", {"id": number})


def _resolved(number: int, still_firing: int) -> Phrase:
    if still_firing == 0:
        return Phrase("#{number} is resolved.", {"number": number})
    if still_firing == 1:
        return Phrase("#{number} is resolved, but one of its alerts still fires.", {"number": number})
    return Phrase(
        "#{number} is resolved, but {count} of its alerts still fire.", {"number": number, "count": still_firing}
    )


def _requested(answer: Requested) -> Phrase:
    run = answer.run
    if answer.approved:
        return Phrase("Run {id} starts now. Follow its card in the incidents channel.", {"id": run.id})
    values: dict[str, Value | Phrase] = {"id": run.id, "at": run.expires_at, "names": ", ".join(answer.by)}
    if not answer.by:
        return Phrase("Run {id} waits for approval until {at}: its plan is in the incidents channel.", values)
    return Phrase(
        "Run {id} waits for approval until {at}: its plan is in the incidents channel. Who may approve: {names}.",
        values,
    )


def _of_run(answer: RunAnswer) -> Phrase:
    match answer:
        case Requested():
            return _requested(answer)
        case Approved(run, broke_glass=True):
            return Phrase("Run {id} starts now, on your word alone: it is in the audit log.", {"id": run.id})
        case Approved(run):
            return Phrase("Run {id} is approved and starts now.", {"id": run.id})
        case Rejected(run):
            return Phrase("Run {id} is rejected: nothing was changed.", {"id": run.id})
        case Cancelled(run, at_once=True):
            return Phrase("Run {id} is called off: nothing was changed.", {"id": run.id})
        case Cancelled(run):
            return Phrase(
                "Run {id} stops before its next step if the service is still untouched; otherwise it goes to its end.",
                {"id": run.id},
            )
        case NotNow(phrase):
            return phrase
        case NoSuchRun(id_):
            return no_such_run(id_)
        case _:
            assert_never(answer)
