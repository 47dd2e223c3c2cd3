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
from bot.target import fold
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
OF_TASKS: Final = frozenset({"fini", "done"})
GREETINGS: Final = frozenset(
    {"bonjour", "bonsoir", "salut", "coucou", "hello", "hi", "hey", "merci", "merci beaucoup", "thanks", "thank you"}
)
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
    if fold(line).strip(" .,!\u00a0\u202f") in GREETINGS:
        line = ""  # politely: the menu, and no guess at a command
    if visitor.person is None:
        return await _to_stranger(tools, line, visitor)
    if drills.says_present(line):
        return await tools.reach.present(visitor.person, visitor.by)
    if not commands.asks_for_help(line):
        command, rest = found(line)
        about = await _about(tools, event)
        wished = wished_by(line, command, about)
        if wished is None and command is None:
            return _unknown(tools, line, visitor)
        if wished is not None:
            line = f"{VERBS[wished.wish]} {await _number(tools, wished, visitor)}"
        elif command is not None and about is not None:
            line = numbered(line, command, rest, about)
    reply = await commands.answer(tools, line, visitor)
    return menus.form_card(line, tools.reader(visitor.language)) if isinstance(reply, Modal) else reply


def found(line: str) -> tuple[Command | None, Sequence[str]]:
    """The command that this is a line of, and the words after its name."""
    try:
        return commands.find(parse.split(line))
    except UserError:
        return None, ()


def numbered(line: str, command: Command, rest: Sequence[str], about: int) -> str:
    """In the thread of a page `note bascule faite` needs no number. Not sure whether it is meant: the line as it is."""
    usage = command.arguments.msgid if isinstance(command.arguments, Phrase) else command.arguments
    takes = command.of_incident and usage.startswith("N") and command.names[0] not in VERBS.values()
    if not takes or "?" in line or (rest and usage == "N") or _names_another(command, rest, about):
        return line
    if command.names[0] == "update" and rest:
        return line  # the public is told of it: only where its number is written
    names = len(parse.split(line)) - len(rest)
    said = line.split(maxsplit=names)
    return " ".join([*said[:names], str(about), *said[names:]])


def _names_another(command: Command, rest: Sequence[str], about: int) -> bool:
    """Prose may begin with a count (`note 3 serveurs sont tombés`): there another incident is written `#3`."""
    number = parse.number(rest[0]) if rest else None
    return number is not None and (number == about or not (command.free_text and rest[0].isdigit()))


async def _to_stranger(tools: Tools, line: str, visitor: Visitor) -> Reply:
    """Help and the language are for everybody. Raises UserError for a command."""
    if not commands.asks_for_help(line) and found(line)[0] is None:
        return commands.help_for_strangers(visitor, tools)
    return await commands.answer(tools, line, visitor)


def wished_by(line: str, command: Command | None, about: int | None) -> sms_reply.Reply | None:
    """As in a text message, unless a command is meant that does something else: `moi` are one's own settings here, and
    `fini 7` might be a task's number."""
    if command is not None and command.names[0] not in VERBS.values():
        return None
    wished = sms_reply.understand(line, about)
    if wished is not None and wished.number != about and OF_TASKS & set(re.findall(r"\w+", fold(line))):
        return None
    return wished


async def _about(tools: Tools, event: Event) -> int | None:
    """The incident of the page in whose thread it was written."""
    thread = str(event.get("thread_ts") or "")
    return await tools.questions.page_at(str(event["channel"]), thread) if thread else None


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


def _unknown(tools: Tools, line: str, visitor: Visitor) -> Card:
    """The menu, and for a sentence a form, since it may be about something broken."""
    words = parse.split(line)
    is_sentence = len(words) >= FEW
    said = Phrase("That is none of my commands. Write to me as after `/ecotrajet`, or choose here.")
    if not is_sentence or commands.is_misspelt(words[0]):
        said = commands.unknown(words[0])
    shown, reader = commands.menus.menu(tools, visitor), tools.reader(visitor.language)
    return menus.not_understood(said, parse.unescape(line) if is_sentence else "", shown, reader)
