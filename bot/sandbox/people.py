"""The six people, the three channels and the bot of the sandbox's Slack workspace."""

from collections.abc import Sequence
from dataclasses import dataclass

TEAM_ID = "T0ECOTRAJ"
TEAM_NAME = "ÉcoTrajet"
TEAM_DOMAIN = "ecotrajet"
APP_ID = "A0ECOTRAJ"
BOT_USER = "U0ECOBOT1"
BOT_ID = "B0ECOBOT1"
BOT_NAME = "ÉcoTrajet"
SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone one can act as; `phone` and `email` are None for a person who has neither."""

    key: str
    name: str
    slack_id: str
    phone: str | None
    email: str | None
    team: str
    language: str = "fr"

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()


@dataclass(frozen=True, slots=True)
class Room:
    """A public channel as it is when the sandbox starts; everybody is a member, the bot only if it says so."""

    id: str
    name: str
    topic: str
    has_bot: bool


DEMO_PEOPLE: Sequence[Person] = (
    Person("amina", "Amina Diallo", "U0AMINA01", "+33600000001", "amina@ecotrajet.example", "devops"),
    Person("bruno", "Bruno Martin", "U0BRUNO01", "+33600000002", "bruno@ecotrajet.example", "lead"),
    Person("chloe", "Chloé Bernard", "U0CHLOE01", "+33600000003", "chloe@ecotrajet.example", "support"),
    Person("david", "David Okafor", "U0DAVID01", "+33600000004", "david@ecotrajet.example", "devops", "en"),
    Person("emma", "Emma Laurent", "U0EMMA001", "+33600000005", "emma@ecotrajet.example", "management"),
    Person("victor", "Victor Petit", "U0VICTOR1", None, None, "inconnu"),
)

DEMO_ROOMS: Sequence[Room] = (
    Room("C0INCIDEN", "incidents", "Alertes, incidents et retours arrière", has_bot=True),
    Room("C0GENERAL", "general", "Toute l’équipe", has_bot=True),
    Room("C0RANDOM1", "random", "Le reste", has_bot=False),
)
