"""Who does what during an incident: pilote, communication, scribe. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.phrase import Phrase
from bot.target import fold


class Role(StrEnum):
    PILOT = "pilot"
    COMMUNICATION = "communication"
    SCRIBE = "scribe"


SIGNS: Final[Mapping[Role, str]] = {Role.PILOT: "🧭", Role.COMMUNICATION: "📣", Role.SCRIBE: "✍️"}
WORDS: Final[Mapping[Role, frozenset[str]]] = {
    Role.PILOT: frozenset({"pilot", "pilote", "lead", "commander", "chef"}),
    Role.COMMUNICATION: frozenset({"communication", "com", "comm", "comms", "communicant", "communicante"}),
    Role.SCRIBE: frozenset({"scribe", "secretaire", "greffier", "greffiere", "notes"}),
}


@dataclass(frozen=True, slots=True)
class RoleRow:
    """`person` (an id) has `role` since then."""

    role: Role
    person: str
    since: datetime


def role_of(word: str) -> Role | None:
    """In either language; None: it is none of them."""
    return next((role for role, words in WORDS.items() if fold(word) in words), None)


def name(role: Role) -> Phrase:
    match role:
        case Role.PILOT:
            return Phrase("Pilot")
        case Role.COMMUNICATION:
            return Phrase("Communication")
        case Role.SCRIBE:
            return Phrase("Scribe")


def checklist(role: Role, number: int) -> Phrase:
    """What to do, in five short lines at most: for their eyes alone."""
    facts = {"number": number}
    match role:
        case Role.PILOT:
            return Phrase(
                "🧭 You pilot #{number}. Your list:\n"
                "1. Say aloud what is known, and what is tried next.\n"
                "2. One task, one person: `/ecotrajet task {number} …`\n"
                "3. Too few? `/ecotrajet escalate {number}`\n"
                "4. Somebody for communication and notes? `/ecotrajet role {number} communication @…`\n"
                "5. Decide: going back comes before looking for the cause.",
                facts,
            )
        case Role.COMMUNICATION:
            return Phrase(
                "📣 You do the communication of #{number}. Your list:\n"
                "1. First news within ten minutes: what does not work, for whom, since when.\n"
                '2. `/ecotrajet update {number} "…"`: the channel, the status page and the managers read it.\n'
                "3. No promise about the end, no name, no technical word.\n"
                "4. Nothing new is news, too: one tap when I remind you.\n"
                "5. Tell the end as you told the beginning.",
                facts,
            )
        case Role.SCRIBE:
            return Phrase(
                "✍️ You take the notes of #{number}. Your list:\n"
                "1. What was tried, by whom, what came of it: in the thread or in its channel.\n"
                "2. Decisions with their reason.\n"
                "3. What is left for later: `/ecotrajet task {number} …`\n"
                "4. At the end: `/ecotrajet timeline {number} md`",
                facts,
            )
