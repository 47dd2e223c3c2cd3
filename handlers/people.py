"""Who is at the door: the Slack user of a payload as one of our people, or as a stranger."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.audit import Actor, Door
from bot.desk import Desk
from bot.person import Person


@dataclass(frozen=True, slots=True)
class Visitor:
    """`person` is None for somebody who is not in the configuration. `by` signs what they do."""

    person: Person | None
    by: Actor
    language: str


def of_command(body: Mapping[str, Any], desk: Desk) -> Visitor:
    """A slash command. Its trigger id is the same when Slack, or a second connection, delivers it again."""
    return _visitor(desk, str(body["user_id"]), str(body.get("user_name", "")), Door.COMMAND, str(body["trigger_id"]))


def of_press(body: Mapping[str, Any], desk: Desk) -> Visitor:
    """A press of a button: which message, when, by whom."""
    user, container = body["user"], body.get("container", {})
    press = f"{container.get('message_ts', '')}:{body['actions'][0].get('action_ts', '')}:{user['id']}"
    return _visitor(desk, str(user["id"]), str(user.get("username") or user.get("name", "")), Door.BUTTON, press)


def _visitor(desk: Desk, user: str, name: str, door: Door, delivery: str) -> Visitor:
    person = desk.person_of_slack(user)
    if person is None:
        return Visitor(None, Actor(f"slack:{user}", name or user, door, delivery), desk.language)
    return Visitor(person, Actor(person.id, person.name, door, delivery), person.language)
