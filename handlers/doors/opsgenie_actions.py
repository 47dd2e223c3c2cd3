"""What Opsgenie's actions do here. Moves (close, acknowledge, delete) are the reception's; these are the rest.

Snoozing, owners, teams and responders are kept by the desk's own file and people: such an action is told in the thread
of the incident, so that nobody waits for something that will not happen.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.answers import Escalated
from bot.audit import Actor, Door
from bot.lifecycle import Lifecycle
from bot.lifecycle.doors import Doors, KnownAlert
from bot.phrase import Phrase
from handlers.doors.opsgenie_answers import PRIORITIES
from handlers.sources.fields import mapping, pairs, sequence, text


@dataclass(frozen=True, slots=True)
class Asked:
    """An action for an alert that exists. `query`: of the address, since DELETE has no body."""

    action: str
    alert: KnownAlert
    content: Mapping[str, object]
    query: Mapping[str, str]
    source: str

    def by(self) -> Actor:
        name = text(dict(self.content), "user", "source") or self.query.get("user", "") or self.source
        return Actor(f"source:{self.source}", name[:100], Door.WEBHOOK)


@dataclass(frozen=True, slots=True)
class Actions:
    doors: Doors
    lifecycle: Lifecycle

    async def do(self, asked: Asked) -> tuple[bool, str]:
        """(success, what Opsgenie's clients are told when they ask). Raises Unavailable."""
        effect = EFFECTS.get(asked.action)
        success, status = await effect(self, asked) if effect else (True, DONE.get(asked.action, "Processed"))
        if note := text(dict(asked.content), "note") or asked.query.get("note", ""):
            said = {"name": asked.by().name, "note": note[:1500]}
            await self.doors.note(asked.alert, asked.by(), Phrase("{name}: {note}", said))
        return success, status

    async def unacknowledge(self, asked: Asked) -> tuple[bool, str]:
        done = await self.doors.give_back(asked.alert, asked.by())
        return done, "Unacknowledged alert" if done else "Alert is not acknowledged"

    async def escalate(self, asked: Asked) -> tuple[bool, str]:
        if asked.alert.incident is None or not asked.alert.open:
            return False, "Alert is not open"
        done = isinstance(await self.lifecycle.escalate(asked.alert.incident, asked.by()), Escalated)
        return done, "Escalated alert" if done else "Nobody is left to escalate to"

    async def message(self, asked: Asked) -> tuple[bool, str]:
        await self.doors.rewrite(asked.alert, title=text(dict(asked.content), "message"))
        return True, "Updated alert message"

    async def description(self, asked: Asked) -> tuple[bool, str]:
        await self.doors.rewrite(asked.alert, text=text(dict(asked.content), "description")[:10_000])
        return True, "Updated alert description"

    async def priority(self, asked: Asked) -> tuple[bool, str]:
        """An incident is raised by it, never lowered: that is left to a person."""
        alert, wanted = asked.alert, text(dict(asked.content), "priority")
        if wanted not in PRIORITIES:
            return False, "Priority must be one of P1 to P5"
        known_as = Alert(
            source=asked.source, dedup_key=alert.alias, status=AlertStatus.FIRING, title=alert.title, text=alert.text,
            severity=wanted, labels=alert.labels,
        )  # fmt: skip
        if not await self.doors.worsen(alert, known_as):
            said = Phrase("{name} says that it is {priority} now", {"name": asked.by().name, "priority": wanted})
            await self.doors.note(alert, asked.by(), said)
        return True, "Updated alert priority"

    async def told(self, asked: Asked) -> tuple[bool, str]:
        """Said in the thread: tags, details, owners, responders, teams, actions of the sender's own."""
        said = {"name": asked.by().name, "action": asked.action, "what": _what(asked)}
        await self.doors.note(asked.alert, asked.by(), Phrase("{name} asked for “{action}”: {what}", said))
        return True, DONE.get(asked.action, "Processed")

    async def not_here(self, asked: Asked) -> tuple[bool, str]:
        await self.told(asked)
        return False, "The desk does not do this for another tool; it is told in the incident's thread"


Effect = Callable[[Actions, Asked], Awaitable[tuple[bool, str]]]
EFFECTS: Final[Mapping[str, Effect]] = MappingProxyType(
    {
        "unacknowledge": Actions.unacknowledge, "escalate": Actions.escalate, "message": Actions.message,
        "description": Actions.description, "priority": Actions.priority, "snooze": Actions.not_here,
        "assign": Actions.told, "tags": Actions.told, "details": Actions.told, "responders": Actions.told,
        "teams": Actions.told, "actions": Actions.told,
    }
)  # fmt: skip
DONE: Final = {
    "close": "Closed alert", "acknowledge": "Acknowledged alert", "delete": "Deleted alert",
    "notes": "Added note to alert", "assign": "Assigned alert", "tags": "Updated tags of alert",
    "details": "Updated details of alert", "responders": "Added responder to alert", "teams": "Added team to alert",
    "actions": "Executed action on alert",
}  # fmt: skip


def _what(asked: Asked) -> str:
    content = dict(asked.content)
    people = [text(each, "name", "username", "id") for each in sequence(content, "responders")]
    one = mapping(content, "owner", "responder", "team")
    tags = [text({"tag": each}, "tag") for each in sequence(content, "tags")]
    found = [*people, text(one, "name", "username", "id"), *tags, text(content, "endTime"), asked.query.get("tags", ""),
             asked.query.get("keys", ""), asked.query.get("name", "")]  # fmt: skip
    details = (f"{name}: {value}" for name, value in pairs(mapping(content, "details")).items())
    return ", ".join(filter(None, (*found, *details)))[:500] or "…"
