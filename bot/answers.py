"""What a use case answers. "Someone was first" is an answer, not an error; every door words each of them."""

from dataclasses import dataclass
from datetime import datetime

from bot.incident import Incident, Priority


@dataclass(frozen=True, slots=True)
class NoSuchIncident:
    number: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """This very delivery was handled before; nothing happened now and nothing need be said."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    incident: Incident


@dataclass(frozen=True, slots=True)
class AlreadyAcknowledged:
    incident: Incident
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AlreadyResolved:
    incident: Incident
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Resolved:
    """`still_firing`: how many of its alerts had not been resolved by their senders."""

    incident: Incident
    still_firing: int


@dataclass(frozen=True, slots=True)
class Escalated:
    incident: Incident
    level: str


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """The ladder has no further level."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class AlreadyEscalated:
    """A level fired after the message whose button was pressed: the press came late and changes nothing."""

    incident: Incident
    level: str


@dataclass(frozen=True, slots=True)
class Declared:
    incident: Incident


@dataclass(frozen=True, slots=True)
class Reopened:
    incident: Incident


@dataclass(frozen=True, slots=True)
class TooLateToReopen:
    incident: Incident


@dataclass(frozen=True, slots=True)
class NotResolved:
    """Asked to reopen what is open."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class StillOnIt:
    """The owner says so again; `until`: when they are asked next time. None: never."""

    incident: Incident
    until: datetime | None


@dataclass(frozen=True, slots=True)
class AlsoOnIt:
    """Somebody who was asked to help has answered; `owner` goes on."""

    incident: Incident
    owner: str


@dataclass(frozen=True, slots=True)
class TookOver:
    """The incident is theirs now, and not `before`'s any more."""

    incident: Incident
    before: str


@dataclass(frozen=True, slots=True)
class Shared:
    """They are on it, but `level` asks for more people: until they have come, the ladder goes on."""

    incident: Incident
    level: str
    have: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Snoozed:
    incident: Incident
    until: datetime


@dataclass(frozen=True, slots=True)
class GivenBack:
    """They are not on it any more; `others` (names, '' for nobody) still are."""

    incident: Incident
    others: str


@dataclass(frozen=True, slots=True)
class NotOnIt:
    """There is nothing that they could give back."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class Asked:
    """These people are paged; `takes_over`: it becomes theirs as soon as they answer."""

    incident: Incident
    names: str
    takes_over: bool


@dataclass(frozen=True, slots=True)
class NobodyToAsk:
    """None of them can be reached by anything."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class Reclassified:
    """`incident` as it is now; it was `old` before."""

    incident: Incident
    old: Priority


@dataclass(frozen=True, slots=True)
class SamePriority:
    """It has this priority already."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class Joined:
    """What somebody reported is this incident, open already: it was added there, and pages nobody anew."""

    incident: Incident


AcknowledgeAnswer = (
    Acknowledged
    | Shared
    | AlreadyAcknowledged
    | StillOnIt
    | AlsoOnIt
    | TookOver
    | AlreadyResolved
    | NoSuchIncident
    | Repeated
)
GiveBackAnswer = GivenBack | NotOnIt | AlreadyResolved | NoSuchIncident | Repeated
SnoozeAnswer = Snoozed | Shared | AlreadyResolved | NoSuchIncident | Repeated
AskAnswer = (
    Asked
    | Acknowledged
    | Shared
    | TookOver
    | AlreadyAcknowledged
    | NobodyToAsk
    | AlreadyResolved
    | NoSuchIncident
    | Repeated
)
ResolveAnswer = Resolved | AlreadyResolved | NoSuchIncident | Repeated
EscalateAnswer = Escalated | NothingLeft | AlreadyEscalated | AlreadyResolved | NoSuchIncident | Repeated
ReclassifyAnswer = Reclassified | SamePriority | AlreadyResolved | NoSuchIncident | Repeated
JoinAnswer = Joined | AlreadyResolved | NoSuchIncident | Repeated
ReopenAnswer = Reopened | NotResolved | TooLateToReopen | NoSuchIncident | Repeated
