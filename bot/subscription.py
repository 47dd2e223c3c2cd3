"""What somebody follows without being on it: an incident, a service, a priority. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from bot.incident import Incident
from bot.phrase import Phrase

FOLLOW: Final = "incident.follow"
UNFOLLOW: Final = "incident.unfollow"


class What(StrEnum):
    INCIDENT = "incident"
    SERVICE = "service"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Subject:
    """`name`: an incident's number, a service's id, `P1`."""

    what: What
    name: str

    @property
    def key(self) -> str:
        return f"{self.what.value}:{self.name}"

    @classmethod
    def of(cls, key: str) -> Self | None:
        """The inverse of `key`; None for what it did not make."""
        what, _, name = key.partition(":")
        return cls(What(what), name) if what in set(What) and name else None

    def said(self) -> Phrase:
        match self.what:
            case What.INCIDENT:
                return Phrase("incident #{number}", {"number": self.name})
            case What.SERVICE:
                return Phrase("the incidents of {service}", {"service": self.name})
            case What.PRIORITY:
                return Phrase("every {priority}", {"priority": self.name})


def subjects_of(incident: Incident) -> list[Subject]:
    """By whom an incident is followed."""
    found = [Subject(What.INCIDENT, str(incident.number)), Subject(What.PRIORITY, incident.priority.value)]
    return [*found, Subject(What.SERVICE, incident.service)] if incident.service else found
