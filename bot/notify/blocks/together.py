"""What those who work on an incident together see of each other: roles, the latest news; and the form for news."""

from collections.abc import Sequence
from typing import Final

from bot import role as words
from bot.incident import Incident
from bot.news import LONGEST, WRITE, News
from bot.notify.blocks.follow import follow_button
from bot.notify.blocks.modal import Modal, field, modal, radios, written
from bot.notify.blocks.parts import Block, Card, actions, button, card, context, escape, line, menu, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.rooms import channel_button
from bot.phrase import Phrase
from bot.role import Role, RoleRow
from bot.view import IncidentView

ROLE: Final = "incident.role"
FORM: Final = "news"
EVERYBODY: Final = "everybody"
INSIDE: Final = "inside"


def together(view: IncidentView, reader: Reader) -> list[Block]:
    """Who does what, and what was told last; empty when there is neither."""
    rows = [roles_line(view.roles, reader)] if view.roles else []
    rows += [news_line(view.news, reader)] if view.news is not None else []
    return [section("\n".join(rows))] if rows else []


def roles_line(roles: Sequence[RoleRow], reader: Reader) -> str:
    told = [
        f"{words.SIGNS[row.role]} *{escape(reader.say(words.name(row.role)))}* {line(reader.name(row.person), 60)}"
        for row in roles
    ]
    return " · ".join(told)


def news_line(news: News, reader: Reader) -> str:
    return f"📣 {reader.time(news.at)} · {line(reader.name(news.by), 60)} · {text_of(news, reader)}"


def text_of(news: News, reader: Reader) -> str:
    """Escaped."""
    return line(news.text, LONGEST) or escape(reader.say(Phrase("nothing new, work goes on")))


def together_buttons(view: IncidentView, reader: Reader) -> Block:
    """News, a channel, a role."""
    number = view.incident.number
    options = [
        (f"{words.SIGNS[role]} {reader.say(words.name(role))}", {"incident": number, "role": role.value})
        for role in Role
    ]
    return actions(
        button(reader.say(Phrase("Give news")), WRITE, {"incident": number}),
        *channel_button(view.incident, view.room, reader),
        follow_button(view.incident, reader),
        menu(ROLE, reader.say(Phrase("Take a role")), options),
    )


def roles_card(incident: Incident, roles: Sequence[RoleRow], reader: Reader) -> Card:
    """Every role, and what to type."""
    held = {row.role: row for row in roles}
    title = reader.say(Phrase("Roles of #{number}", {"number": incident.number}))
    nobody = reader.say(Phrase("nobody"))
    rows = []
    for role in Role:
        row = held.get(role)
        who = line(reader.name(row.person), 60) if row is not None else nobody
        rows.append(f"{words.SIGNS[role]} *{escape(reader.say(words.name(role)))}* {who}")
    typed = f"`/ecotrajet role {incident.number} pilote [@bruno | libre]`"
    return card(title, [section("\n".join([f"*{title}*", *rows])), context(typed)])


def news_form(incident: Incident, latest: News | None, reader: Reader) -> Modal:
    """What is new, and who may read it."""
    title = reader.say(Phrase("News of #{number}", {"number": incident.number}))
    shown = [section(f"*#{incident.number} {line(incident.title)}*")]
    shown += [context(news_line(latest, reader))] if latest is not None else []
    readers = [
        (reader.say(Phrase("Everybody, also on the status page")), EVERYBODY),
        (reader.say(Phrase("Only the team and the managers")), INSIDE),
    ]
    if incident.confidential:
        readers = [(reader.say(Phrase("Only those who handle it")), INSIDE)]
    example = reader.say(Phrase("Payments work again for most; we watch it. Next news at 15:00."))
    blocks = [
        *shown,
        field(
            "text", reader.say(Phrase("What is new?")), written(LONGEST, placeholder=example, lines=True),
            reader.say(Phrase("What does not work, for whom, what is done. No name, no technical word.")),
        ),
        field("readers", reader.say(Phrase("Who reads it?")), radios(readers, readers[0][1])),
    ]  # fmt: skip
    return modal(
        FORM, title, reader.say(Phrase("Tell it")), reader.say(Phrase("Cancel")), blocks, {"incident": incident.number}
    )
