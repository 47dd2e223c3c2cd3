"""What somebody writes to the bot in its own messages: lines as after `/ecotrajet`, and short answers to pages.

An event has no trigger, so nothing opens before whoever wrote: a form is offered as a button. Slack lets nobody type
`/ecotrajet` in a thread; here one may write there, and what is said there is about the page that it hangs on.
Source: docs.slack.dev/reference/events/message.im (and `message`, for the subtypes).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.errors import UserError
from bot.notify.blocks import Card
from bot.notify.blocks import menu as menus
from bot.notify.blocks.modal import Modal
from bot.phrase import Phrase
from handlers import commands, drills, parse, sms_reply
from handlers.commands.tools import Command, Reply, Tools
from handlers.people import Visitor
from handlers.sms_reply import Wish

PLAIN: Final = frozenset({"", "file_share"})  # edits, deletions and what is told to the channel too are no new words
SLACKBOT: Final = "USLACKBOT"
ADDRESSED: Final = re.compile(r"^(?:<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s,:]*)?(?:/ecotrajet(?![\w-])\s*)?", re.IGNORECASE)
AROUND: Final = ("```", "`", "*", "_", "~")  # help shows commands as code, and so they are pasted
THUMB: Final = re.compile(r":(?:\+1|thumbsup|ok_hand)(?::skin-tone-\d)?:(?::skin-tone-\d:)?")
VERBS: Final = {Wish.TAKE: "ack", Wish.RESOLVE: "resolve", Wish.ESCALATE: "escalate"}
FEW: Final = 3  # words from which on it is a sentence, perhaps about something that is broken
Event = Mapping[str, Any]


def is_written(event: Event) -> bool:
    """New words of a person in their conversation with the bot: nobody's edit, no bot's words, not our own either."""
    return bool(
        event.get("type") == "message"
        and event.get("channel_type") == "im"
        and (event.get("subtype") or "") in PLAIN
        and not (event.get("bot_id") or event.get("hidden") or event.get("edited"))
        and event.get("user") not in (None, "", SLACKBOT)
        and (str(event.get("text") or "").strip() or not event.get("thread_ts"))  # a file alone says nothing there
    )


def line_of(text: str) -> str:
    """`/ecotrajet ack 42`, `@ecotrajet ack 42` and the same as code are `ack 42`."""
    said = text.strip()
    for mark in AROUND:
        if len(said) > 2 * len(mark) and said.startswith(mark) and said.endswith(mark):
            said = said[len(mark) : -len(mark)].strip()
    return THUMB.sub("👍", ADDRESSED.sub("", said, count=1)).strip()


async def answer(tools: Tools, event: Event, visitor: Visitor) -> Reply:
    """What to say there; None: this very delivery was answered before. Raises UserError as commands do."""
    line = line_of(str(event.get("text") or ""))
    if visitor.person is not None and drills.says_present(line):
        return await tools.reach.present(visitor.person, visitor.by)
    words = parse.split(line)
    command = named(words)
    if words and command is None and visitor.person is None and not commands.asks_for_help(line):
        return commands.help_for_strangers(visitor, tools)
    if words and _may_be_short(line, command, visitor):
        wished = sms_reply.understand(line, await _about(tools, event))
        if wished is None and command is None:
            return _unknown(tools, words, line, visitor)
        if wished is not None:
            line = f"{VERBS[wished.wish]} {await _number(tools, wished, visitor)}"
    reply = await commands.answer(tools, line, visitor)
    return menus.form_card(line, tools.reader(visitor.language)) if isinstance(reply, Modal) else reply


def named(words: Sequence[str]) -> Command | None:
    """The command that this is a line of."""
    try:
        return commands.find(words)[0]
    except UserError:
        return None


def _may_be_short(line: str, command: Command | None, visitor: Visitor) -> bool:
    """As in a text message, unless a command is meant that does something else: `moi` are one's own settings here."""
    if visitor.person is None or commands.asks_for_help(line):
        return False
    return command is None or command.names[0] in VERBS.values()


async def _about(tools: Tools, event: Event) -> int | None:
    """The incident of the page in whose thread it was written."""
    thread = str(event.get("thread_ts") or "")
    return await tools.questions.told_at(str(event["channel"]), thread) if thread else None


async def _number(tools: Tools, wished: sms_reply.Reply, visitor: Visitor) -> int:
    """The incident that is meant. Raises UserError when there is none."""
    if wished.code is not None:
        number = await tools.questions.page_with_code(visitor.by.id, wished.code)
        if number is None:
            raise UserError(sms_reply.unknown_code(wished.code))
        return number
    number = wished.number if wished.number is not None else await tools.questions.latest_page_of(visitor.by.id)
    if number is None:
        raise UserError(sms_reply.nothing_open())
    return number


def _unknown(tools: Tools, words: Sequence[str], line: str, visitor: Visitor) -> Card:
    """The menu, and for a sentence a form, since it may be about something broken. Raises UserError for a slip."""
    is_sentence = len(words) >= FEW
    if commands.is_misspelt(words[0]):
        raise UserError(commands.unknown(words[0]))
    said = Phrase("That is none of my commands. Write to me as after `/ecotrajet`, or choose here.")
    if not is_sentence:
        said = commands.unknown(words[0])
    shown, reader = commands.menus.menu(tools, visitor), tools.reader(visitor.language)
    return menus.not_understood(said, parse.unescape(line) if is_sentence else "", shown, reader)
