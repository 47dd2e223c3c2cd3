"""Pins, 📌 reactions and files, as Slack's events tell of them (docs.slack.dev: pin_added, reaction_added, message)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.desk import Desk
from bot.kept import EMOJI, How, Kept
from handlers import parse
from handlers.commands.tools import Tools
from handlers.people import Visitor
from handlers.slack_messages import Messages

MENTION: Final = re.compile(r"@([UW][A-Z0-9]{4,})")
Event = Mapping[str, Any]


def tells(event: Event) -> bool:
    """Whether something is kept, or taken back, by a person; what the bot pins itself is not."""
    if not event.get("user") or event.get("bot_id"):
        return False
    match event.get("type"):
        case "pin_added" | "pin_removed":
            return isinstance((event.get("item") or {}).get("message"), dict)
        case "reaction_added" | "reaction_removed":
            name, item = str(event.get("reaction", "")).partition("::")[0], event.get("item") or {}
            return name == EMOJI and item.get("type") == "message"
        case "message":
            return event.get("subtype") == "file_share" and bool(event.get("files"))
        case _:
            return False


async def happened(tools: Tools, messages: Messages, event: Event, visitor: Visitor) -> None:
    """Of a stranger nothing is kept, and nobody is answered: the mark itself is to be seen."""
    if visitor.person is None:
        return
    told = of(event)
    if told.how is not How.FILE:  # an event has only a part of it: whose thread it is in stands in the message
        found = await messages.message_of(told.channel, told.ts)
        told = _with(told, found, tools.desk) if found else told
    await tools.lifecycle.keep(replace(told, text=_named(told.text, tools.desk)), visitor.by)


def of(event: Event) -> Kept:
    """What the event itself says. Raises KeyError for what is none that `tells`."""
    kind = str(event["type"])
    added = not kind.endswith("_removed")
    if kind.startswith("pin_"):
        message = event["item"]["message"]
        channel = str(event.get("channel_id") or event["item"]["channel"])
        kept = Kept(How.PIN, channel, str(message["ts"]), added=added)
        return replace(kept, text=str(message.get("text") or ""), thread=str(message.get("thread_ts") or ""))
    if kind.startswith("reaction_"):
        return Kept(How.REACTION, str(event["item"]["channel"]), str(event["item"]["ts"]), added=added)
    thread = str(event.get("thread_ts") or "")
    return Kept(How.FILE, str(event["channel"]), str(event["ts"]), thread, files=_files(event))


def _with(kept: Kept, message: Event, desk: Desk) -> Kept:
    person = desk.person_of_slack(str(message.get("user") or ""))
    author = person.name if person else str(message.get("username") or message.get("user") or "")
    if message.get("bot_id") and not message.get("username"):
        author = "ÉcoTrajet" if person is None else author
    thread = str(message.get("thread_ts") or "")
    text = str(message.get("text") or kept.text)
    return replace(kept, thread=thread, author=author, text=text, files=_files(message))


def _files(message: Event) -> tuple[str, ...]:
    return tuple(str(file.get("title") or file.get("name") or "?")[:100] for file in message.get("files") or [])[:10]


def _named(text: str, desk: Desk) -> str:
    """With people's names for their ids."""

    def name(found: re.Match[str]) -> str:
        person = desk.person_of_slack(found[1])
        return f"@{person.name}" if person else found[0]

    return MENTION.sub(name, parse.unescape(text))
