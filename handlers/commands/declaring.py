"""From "something is wrong" to an incident by a form: opened by a command, a shortcut, or on somebody's message."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.access import stranger
from bot.alert import Alert, AlertStatus
from bot.classification import classify
from bot.errors import UserError
from bot.incident import Incident, Priority
from bot.notify.blocks.declaring import NEW, UNKNOWN, Form, Places, Told, declare_form, sure_form
from bot.phrase import Phrase
from bot.target import fold
from handlers.answers import worded
from handlers.commands.tools import Tools
from handlers.people import Visitor

ALIKE: Final = 0.6
SHOWN: Final = 3


async def form(tools: Tools, visitor: Visitor, told: Told) -> Form:
    """What the words say about the place is filled in already. Raises UserError for a stranger."""
    if visitor.person is None:
        raise UserError(stranger())
    guessed = guess(tools, told)
    like = alike(guessed, await tools.questions.open_incidents())
    return declare_form(guessed, places(tools), like, tools.reader(visitor.language))


def of_message(payload: Mapping[str, Any], link: str) -> Told:
    """A message's first line is what is wrong, all of it the details."""
    text = plain(str(payload.get("message", {}).get("text", "")))
    first = next((each.strip() for each in text.splitlines() if each.strip()), "")
    return Told(what=first[:150], more=text[:2000] if text.strip() != first else "", link=link)


def submitted(view: Mapping[str, Any]) -> Told:
    """What was filled in; of the second form, what was filled in before."""
    kept = json.loads(view.get("private_metadata") or "{}")
    values = view["state"]["values"]
    told = {name: _value(values[name][name]) for name in Told.__slots__ if name in values}
    return Told(**{**kept, **told})


async def checked(tools: Tools, visitor: Visitor, view: Mapping[str, Any]) -> Form | None:
    """The question whether it is one of those that are open; None: nothing is like it."""
    told = submitted(view)
    like = alike(told, await tools.questions.open_incidents())
    return sure_form(told, like, tools.reader(visitor.language)) if like else None


async def declared(tools: Tools, visitor: Visitor, view: Mapping[str, Any]) -> Phrase | None:
    """Opened, or told to those who are on the one that it is."""
    if visitor.person is None:
        raise UserError(stranger())
    told, reader = submitted(view), tools.reader(tools.desk.language)
    chosen = view["state"]["values"].get("same", {}).get("chosen")
    same = _value(chosen) if chosen else NEW
    if same != NEW:
        return await tools.lifecycle.add_report(int(same), told.what, told.text(reader), visitor.by)
    priority = Priority(told.priority) if told.priority in set(Priority) else None
    return worded(
        await tools.lifecycle.declare(
            title=told.what,
            priority=priority,
            environment=told.environment,
            service=told.service,
            text=told.text(reader),
            by=visitor.by,
        )
    )


def guess(tools: Tools, told: Told) -> Told:
    """Environment and service as the rules read them in the words."""
    if not told.what:
        return told
    alert = Alert("declared", "draft", AlertStatus.FIRING, told.what, told.more)
    found = classify(alert, tools.desk.rules, tools.desk.environments, tools.desk.services, tools.clock.now())
    service = found.service if found.service in tools.desk.services else ""
    return Told(
        told.what, told.more, told.when, told.who, told.page, told.environment or found.environment,
        told.service or service, told.priority, told.link,
    )  # fmt: skip


def alike(told: Told, open_ones: Sequence[Incident]) -> list[Incident]:
    """Same words, or the same service in the same environment; the likest first."""
    wanted = _words(told.what)
    scored = []
    for each in open_ones:
        score = difflib.SequenceMatcher(None, wanted, _words(each.title)).ratio() if wanted else 0.0
        same_place = bool(told.service) and (told.environment, told.service) == (each.environment, each.service)
        if score >= ALIKE or same_place:
            scored.append((score + same_place, each))
    return [each for _, each in sorted(scored, key=lambda pair: -pair[0])[:SHOWN]]


def places(tools: Tools) -> Places:
    return Places(
        {each.name: each.label or each.name for each in tools.desk.environments.values()},
        {each.name: each.label or each.name for each in tools.desk.services.values()},
    )


def plain(text: str) -> str:
    """Slack's links and mentions as people read them."""
    bare = re.sub(r"<(?:[^|>]*\|)?([^>]*)>", r"\1", text)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _words(title: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"\[[^\]]*\]", " ", fold(title))))


def _value(element: Mapping[str, Any]) -> str:
    chosen = element.get("selected_option")
    said = str(chosen["value"]) if chosen else str(element.get("value") or "")
    return "" if said == UNKNOWN else said.strip()
