"""What the channels without cards say of an incident: texts, calls, mails. Plain text; each channel escapes its own."""

import unicodedata

from bot.incident import Incident, Status
from bot.notify.blocks.marks import severity
from bot.notify.blocks.parts import CONTROL
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.responding import impact
from bot.notify.blocks.state import state
from bot.phrase import Phrase, Value
from bot.sla import OF_CLOCK
from bot.view import IncidentView


def plain(text: str, limit: int) -> str:
    """Foreign text as one line of at most `limit` characters, without anything invisible."""
    words = " ".join(CONTROL.sub(" ", unicodedata.normalize("NFC", text)).split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def short_page(
    incident: Incident, reader: Reader, title: str, code: int | None = None, answer_to: str = ""
) -> str:  # fmt: skip
    """The whole page in one sentence, with how to answer it: by `code`, the reader's own, else by the number."""
    if incident.status is Status.RESOLVED:
        return reader.say(Phrase("#{number} is resolved: {title}", {"number": incident.number, "title": title}))
    said: dict[str, Value | Phrase] = {
        "priority": incident.priority.value,
        "severity": severity(incident.priority),
        "number": incident.number,
        "title": title,
    }
    if code is None:
        return reader.say(Phrase("{priority} {severity} #{number} {title}. Reply “ack {number}” to take it.", said))
    page = reader.say(Phrase("{priority} {severity} #{number} {title}.", said))
    return f"{page} {reader.say(by_code(code, answer_to))}"


def by_code(code: int, answer_to: str = "") -> Phrase:
    """`answer_to`: the number to write to, when the text does not come from it."""
    if answer_to:
        return Phrase("Text {code}a (take), {code}e (escalate) or {code}r (resolve) to {number}.",
                      {"code": code, "number": answer_to})  # fmt: skip
    return Phrase("Reply {code}a to take it, {code}e to escalate, {code}r to resolve.", {"code": code})


def facts(incident: Incident, reader: Reader) -> list[tuple[str, str]]:
    """Label and value, in the order in which somebody just woken up asks."""
    told = [
        (Phrase("Where"), reader.place(incident.environment, incident.service)),
        (Phrase("Since"), reader.time(incident.opened_at)),
        (Phrase("Who is on it"), reader.say(state(incident, reader))),
        (Phrase("To be resolved by"), reader.time(incident.resolve_by)),
        (Phrase("Why"), reader.say(incident.why)),
    ]
    return [(reader.say(label), value) for label, value in told]


def manager_text(view: IncidentView, reader: Reader) -> str:
    """A page in plain words: impact, since when, who is on it, when more will be known."""
    incident = view.incident
    said: dict[str, Value | Phrase] = {
        "impact": impact(incident, reader), "number": incident.number, "at": incident.opened_at,
        "state": state(incident, reader),
    }  # fmt: skip
    following = view.due(*OF_CLOCK)
    text = reader.say(Phrase("{impact} (#{number}), since {at}, {state}.", said))
    if incident.status is Status.RESOLVED:
        return text
    if following is not None:
        text += " " + reader.say(Phrase("Next update: {at}.", {"at": following.due_at}))
    return text


def manager_answer(incident: Incident, reader: Reader, code: int | None = None, answer_to: str = "") -> str:
    """How a manager answers, while nobody is on it; '' when nothing is asked of them."""
    if incident.status is not Status.TRIGGERED:
        return ""
    if code is None:
        return reader.say(Phrase("“ack {number}” takes it.", {"number": incident.number}))
    return reader.say(by_code(code, answer_to))
