"""Who did what, on what, through which door, why, and with what result: one append-only line each."""

from dataclasses import dataclass
from enum import StrEnum

from bot.phrase import Phrase


class Door(StrEnum):
    """The way by which an act came in."""

    BUTTON = "button"
    COMMAND = "command"
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    WEBHOOK = "webhook"
    WORKER = "worker"
    CLI = "cli"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts. `id` is a person's id, `slack:U…` for a stranger, a source's name, or `desk` for the bot itself.

    `delivery` is the door's own id of this very delivery (envelope, trigger id, Twilio sid): it is stored in the
    act's transaction, so that a repeated delivery acts once. None: the act has no delivery to repeat.
    """

    id: str
    name: str
    door: Door
    delivery: str | None = None


DESK = Actor("desk", "ÉcoTrajet", Door.WORKER)


@dataclass(frozen=True, slots=True)
class Entry:
    """One audit line to be written; the database adds the time, the worker seals it into the hash chain."""

    by: Actor
    did: str  # 'incident.acknowledged', 'page.sent', 'run.approved' …
    incident: int | None = None
    run: int | None = None
    on: str = ""
    why: Phrase | None = None
    result: str = ""
