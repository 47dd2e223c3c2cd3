"""The JSON that Slack sends to a bot, field by field. Source: docs.slack.dev/reference/interaction-payloads."""

import time
from uuid import uuid4

from bot.sandbox.people import APP_ID, BOT_USER, TEAM_DOMAIN, TEAM_ID, Person
from bot.sandbox.record import Json
from bot.sandbox.slack.message import Message
from bot.sandbox.slack.reading import Button, options_of
from bot.sandbox.slack.views import as_slack
from bot.sandbox.slack.workspace import Conversation, View, Workspace


def _common(workspace: Workspace, person: Person) -> Json:
    return {
        "user": {"id": person.slack_id, "username": person.key, "name": person.key, "team_id": TEAM_ID},
        "api_app_id": APP_ID,
        "token": workspace.tokens.verification,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_of(place: Conversation) -> Json:
    """The short channel object."""
    return {"id": place.id, "name": "directmessage" if place.is_dm else place.name}


def slash_command(workspace: Workspace, person: Person, place: Conversation, typed: str) -> Json:
    """`/ecotrajet status prod`, typed in a channel."""
    command, _, text = typed.partition(" ")
    return {
        "token": workspace.tokens.verification,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": place.id,
        "channel_name": channel_of(place)["name"],
        "user_id": person.slack_id,
        "user_name": person.key,
        "command": command,
        "text": text.strip(),
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
    }


def action(button: Button, chosen: list[str]) -> Json:
    """One entry of `actions`: what was pressed, or what was chosen in a menu."""
    entry: Json = {
        "type": button.kind,
        "action_id": button.action_id,
        "block_id": button.block_id,
        "action_ts": f"{time.time():.6f}",
    }
    if button.kind == "button":
        entry["text"] = button.element["text"]
        return entry | {key: button.element[key] for key in ("value", "style") if key in button.element}
    return entry | choice(dict(button.element), chosen)


def choice(element: Json, chosen: list[str]) -> Json:
    """How Slack words a choice, per kind of element."""
    kind, first = str(element["type"]), chosen[0] if chosen else None
    picked = [option for option in options_of(element) if option.get("value") in chosen]
    singles = {
        "users_select": "selected_user",
        "channels_select": "selected_channel",
        "conversations_select": "selected_conversation",
        "datepicker": "selected_date",
        "timepicker": "selected_time",
    }
    if kind in singles:
        return {singles[kind]: first}
    if kind == "multi_users_select":
        return {"selected_users": chosen}
    if kind == "datetimepicker":
        return {"selected_date_time": int(first) if first else None}
    if kind in {"static_select", "external_select", "overflow", "radio_buttons"}:
        return {"selected_option": picked[0] if picked else None}
    if kind in {"checkboxes", "multi_static_select"}:
        return {"selected_options": picked}
    return {"value": first or None}


def block_actions(workspace: Workspace, person: Person, message: Message, entry: Json) -> Json:
    """A press on a message. An ephemeral message is not repeated in the payload, only named."""
    ephemeral = message.ephemeral_to is not None
    payload = _common(workspace, person) | {
        "type": "block_actions",
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": ephemeral,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        },
        "channel": channel_of(workspace.conversations[message.channel]),
        "state": {"values": message.chosen},
        "actions": [entry],
    }
    return payload if ephemeral else payload | {"message": message.as_slack()}


def view_actions(workspace: Workspace, person: Person, view: View, entry: Json) -> Json:
    """A press in a modal or home tab."""
    return _common(workspace, person) | {
        "type": "block_actions",
        "container": {"type": "view", "view_id": view.id},
        "view": as_slack(view),
        "actions": [entry],
    }


def view_submission(workspace: Workspace, person: Person, view: View) -> Json:
    """The submit button of a modal."""
    return _common(workspace, person) | {"type": "view_submission", "view": as_slack(view), "response_urls": []}


def view_closed(workspace: Workspace, person: Person, view: View, *, cleared: bool) -> Json:
    """A modal that asked to be told was closed."""
    return _common(workspace, person) | {"type": "view_closed", "view": as_slack(view), "is_cleared": cleared}


def shortcut(workspace: Workspace, person: Person, callback_id: str, message: Message | None) -> Json:
    """A global shortcut, or one on a message."""
    payload = _common(workspace, person) | {"callback_id": callback_id, "action_ts": f"{time.time():.6f}"}
    if message is None:
        return payload | {"type": "shortcut"}
    return payload | {
        "type": "message_action",
        "message": message.as_slack(),
        "message_ts": message.ts,
        "channel": channel_of(workspace.conversations[message.channel]),
    }


def event(workspace: Workspace, body: Json) -> Json:
    """The envelope of the Events API around one event."""
    return {
        "token": workspace.tokens.verification,
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": body,
        "type": "event_callback",
        "event_id": f"Ev{uuid4().hex[:10].upper()}",
        "event_time": int(time.time()),
        "is_ext_shared_channel": False,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }
