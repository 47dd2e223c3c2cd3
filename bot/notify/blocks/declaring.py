"""The form in which people say that something is wrong: the guide's four questions (What, When, Who, Where)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.incident import Incident, Priority
from bot.notify.blocks.incident import LIGHT, severity
from bot.notify.blocks.parts import Block, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase

DECLARE: Final = "declare"
SURE: Final = "declare.sure"
NEW: Final = "new"
UNKNOWN: Final = "-"
MAX_TITLE: Final = 24  # of a modal
MAX_LABEL: Final = 75
MAX_METADATA: Final = 3000
MAX_TOLD: Final = 500  # characters of each answer, so that all of them fit into a modal's metadata


@dataclass(frozen=True, slots=True)
class Form:
    """A modal: `view` is what `views.open` and a `response_action` take."""

    view: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody wrote into it; empty where they left it. `link`: to the message it is about."""

    what: str = ""
    more: str = ""
    when: str = ""
    who: str = ""
    page: str = ""
    environment: str = ""
    service: str = ""
    priority: str = ""
    link: str = ""

    def text(self, reader: Reader) -> str:
        """As the incident keeps it, a line for each answer."""
        labels = (Phrase("When"), Phrase("Who"), Phrase("Page"), Phrase("Message"))
        answers = zip(labels, (self.when, self.who, self.page, self.link), strict=True)
        facts = [Phrase("{label}: {value}", {"label": label, "value": value}) for label, value in answers if value]
        told = [reader.say(fact) for fact in facts]
        return "\n".join([*([self.more] if self.more else []), *told])


@dataclass(frozen=True, slots=True)
class Places:
    """id -> name to show."""

    environments: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)


def declare_form(told: Told, places: Places, like: Sequence[Incident], reader: Reader) -> Form:
    """`like`: what is open and may be the same; shown before anything is typed twice."""
    say = reader.say
    blocks: list[Block] = []
    if like:
        blocks.append(context(say(Phrase("Open already, perhaps the same: {which}", {"which": _which(like)}))))
    hint = say(Phrase("For example: nobody can log in"))
    blocks += [
        _text("what", say(Phrase("What is wrong?")), told.what, 150, placeholder=hint),
        _text("more", say(Phrase("Details")), told.more, 2000, multiline=True, optional=True),
        _text(
            "when",
            say(Phrase("When?")),
            told.when,
            100,
            optional=True,
            placeholder=say(Phrase("Since 10:30, just now…")),
        ),
        _text(
            "who",
            say(Phrase("Who is affected?")),
            told.who,
            200,
            optional=True,
            placeholder=say(Phrase("Everybody, one client…")),
        ),
        choice("environment", say(Phrase("Where?")), _known(places.environments, reader), told.environment),
    ]
    if places.services:
        blocks.append(choice("service", say(Phrase("Which service?")), _known(places.services, reader), told.service))
    blocks.append(_text("page", say(Phrase("Page or screen")), told.page, 300, optional=True))
    levels = [(UNKNOWN, say(Phrase("Let the desk propose it")))]
    levels += [(each.value, f"{LIGHT[each]} {each.value} {say(severity(each))}") for each in Priority]
    blocks.append(choice("priority", say(Phrase("Priority")), levels, told.priority))
    return modal(DECLARE, Phrase("Declare an incident"), Phrase("Declare"), blocks, {"link": told.link}, reader)


def sure_form(told: Told, like: Sequence[Incident], reader: Reader) -> Form:
    """Before a second incident is opened for what may be the first."""
    options = [(NEW, reader.say(Phrase("No, this is another one: open it")))]
    options += [(str(each.number), line(f"#{each.number} {each.title}", MAX_LABEL - 2)) for each in like]
    label = _plain(reader.say(Phrase("This may be known already. Is it one of these?")), 2000)
    element = {"type": "radio_buttons", "action_id": "chosen", "options": [_option(*each) for each in options]}
    blocks = [
        section(f"*{line(told.what)}*"),
        {"type": "input", "block_id": "same", "label": label, "element": element},
    ]
    metadata = {name: getattr(told, name)[:MAX_TOLD] for name in Told.__slots__ if getattr(told, name)}
    return modal(SURE, Phrase("Declare an incident"), Phrase("Go on"), blocks, metadata, reader)


def _which(like: Sequence[Incident]) -> str:
    return " · ".join(f"#{each.number} {escape(each.title[:60])}" for each in like)


def _known(names: Mapping[str, str], reader: Reader) -> list[tuple[str, str]]:
    return [(UNKNOWN, reader.say(Phrase("I do not know"))), *names.items()]


def modal(
    callback: str, title: Phrase, submit: Phrase, blocks: Sequence[Block], metadata: Mapping[str, str], reader: Reader
) -> Form:
    return Form(
        {
            "type": "modal",
            "callback_id": callback,
            "title": _plain(reader.say(title), MAX_TITLE),
            "submit": _plain(reader.say(submit), MAX_TITLE),
            "close": _plain(reader.say(Phrase("Cancel")), MAX_TITLE),
            "private_metadata": json.dumps(metadata, ensure_ascii=False)[:MAX_METADATA],
            "blocks": list(blocks),
        }
    )


def _text(
    name: str, label: str, value: str, longest: int, *, multiline: bool = False, optional: bool = False,
    placeholder: str = "",
) -> Block:  # fmt: skip
    element: dict[str, Any] = {
        "type": "plain_text_input", "action_id": name, "multiline": multiline, "max_length": longest,
    }  # fmt: skip
    if value:
        element["initial_value"] = value[:longest]
    if placeholder:
        element["placeholder"] = _plain(placeholder, 150)
    return {
        "type": "input", "block_id": name, "optional": optional, "label": _plain(label, 2000), "element": element,
    }  # fmt: skip


def choice(name: str, label: str, options: Sequence[tuple[str, str]], value: str) -> Block:
    made = [_option(*each) for each in options[:100]]
    first = next((each for each in made if each["value"] == value), made[0])
    element = {"type": "static_select", "action_id": name, "options": made, "initial_option": first}
    return {"type": "input", "block_id": name, "label": _plain(label, 2000), "element": element}


def _option(value: str, label: str) -> dict[str, Any]:
    return {"text": _plain(label, MAX_LABEL), "value": value[:75]}


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text if len(text) <= limit else text[: limit - 1] + "…", "emoji": True}
