"""Who is at the door: the Slack user of a payload as one of our people, or as a stranger."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from bot.audit import Actor, Door
from bot.desk import Desk
from bot.person import Person


@dataclass(frozen=True, slots=True)
class Visitor:
    """`person` is None for somebody who is not in the configuration. `by` signs what they do; `language`: theirs."""

    person: Person | None
    by: Actor
    language: str
    slack_user: str


def of_command(body: Mapping[str, Any], desk: Desk) -> Visitor:
    """A slash command. Its trigger id is the same when Slack, or a second connection, delivers it again."""
    delivery = str(body.get("trigger_id") or body.get("response_url") or uuid4())  # a workflow's step has no trigger
    return _visitor(desk, str(body["user_id"]), str(body.get("user_name", "")), Door.COMMAND, delivery)


def of_press(body: Mapping[str, Any], desk: Desk) -> Visitor:
    """A press of a button: which message, when, by whom."""
    user, container = body["user"], body.get("container") or {}
    press = f"{container.get('message_ts', '')}:{body['actions'][0].get('action_ts', '')}:{user['id']}"
    return _of_user(user, desk, press)


def of_shortcut(body: Mapping[str, Any], desk: Desk) -> Visitor:
    """A shortcut, global or on a message."""
    return _of_user(body["user"], desk, str(body.get("trigger_id") or uuid4()))


def of_submission(body: Mapping[str, Any], desk: Desk) -> Visitor:
    """A submitted modal: a second click, or a second delivery, is the same submission."""
    view = body["view"]
    return _of_user(body["user"], desk, f"{view['id']}:{view.get('callback_id', '')}")


def of_event(body: Mapping[str, Any], desk: Desk) -> Visitor:
    """Somebody mentioned the bot, or set an emoji."""
    event = body["event"]
    return _visitor(desk, str(event["user"]), "", Door.BUTTON, str(body.get("event_id") or event["event_ts"]))


def of_words(body: Mapping[str, Any], desk: Desk) -> Visitor:
    """What somebody wrote to the bot is a command: signed by the event, which Slack may tell of several times."""
    event = body["event"]
    return _visitor(desk, str(event["user"]), "", Door.COMMAND, str(body.get("event_id") or event["ts"]))


def slack_id(body: Mapping[str, Any]) -> str:
    """Who typed, pressed or submitted."""
    return str(body.get("user_id") or body["user"]["id"])


def _of_user(user: Mapping[str, Any], desk: Desk, delivery: str) -> Visitor:
    return _visitor(desk, str(user["id"]), str(user.get("username") or user.get("name", "")), Door.BUTTON, delivery)


def _visitor(desk: Desk, user: str, name: str, door: Door, delivery: str) -> Visitor:
    person = desk.person_of_slack(user)
    language = desk.language_of(person, user)
    if person is None:
        return Visitor(None, Actor(f"slack:{user}", name or user, door, delivery), language, user)
    return Visitor(person, Actor(person.id, person.name, door, delivery), language, user)
