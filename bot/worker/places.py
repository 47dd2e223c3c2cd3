"""Where messages stand in Slack: whose thread a note hangs on, which card an edit is of, and what follows beside it."""

from typing import Final

from bot.desk import Desk
from bot.lifecycle import reviews
from bot.message import EDITED, About, Kind, Message
from bot.notify.channel import Outgoing
from bot.phrase import Phrase
from bot.store import (
    cards,
    incidents,
    messages,
    pages,
    rooms,
)
from bot.store.cards import Place
from bot.store.database import Tx
from bot.worker.wanted import no_longer_wanted

PATIENCE: Final = 8  # starts, a second apart
NOWHERE: Final = ""


def waits_for_its_card(outgoing: Outgoing) -> bool:
    """A note belongs into the thread of a card that is about to be posted; after a while it goes without."""
    message = outgoing.message
    if above(message) is not None:
        hangs = outgoing.thread is None
    else:
        hangs = message.about in (About.NOTE, About.POSTMORTEM) and subject(message) != NOWHERE
    return hangs and outgoing.existing_ts is None and message.starts <= PATIENCE


def standing(message: Message, place: Place | None) -> str | None:
    """Where in Slack the message edits something, or whose thread it belongs to; None: nowhere yet."""
    if "at" in message.body:  # a page, or a question, that stands in somebody's messages
        return str(message.body["at"])
    return f"{place.channel_id}:{place.ts}" if place else None


async def remember_place(tx: Tx, message: Message, provider_id: str) -> None:
    if message.about in EDITED:
        channel_id, _, ts = provider_id.partition(":")
        await cards.put(tx, subject(message), message.to, Place(channel_id, ts))


async def beside(tx: Tx, desk: Desk, message: Message, provider_id: str) -> None:
    """What stands in the incidents channel now is brought to the incident's own channel, if it has one; a report's
    pictures follow its text.
    """
    if message.about is About.REVIEW:
        await reviews.pictures_follow(tx, provider_id, message.person, message.body["period"])
    if message.incident is None or message.run is not None:
        return
    if message.about is About.PAGE and message.kind is Kind.SLACK:
        await overtaken(tx, message, message.incident)
    elif message.about is About.CARD:
        if message.to == desk.incidents_channel:
            await rooms.follow(tx, message.incident)
        else:
            await rooms.look_again(tx, message.incident)
    elif message.about is About.POSTMORTEM and message.to == desk.incidents_channel:
        said = Phrase("🧾 The draft of the post-mortem is in #{channel}, under the card", {"channel": message.to})
        await rooms.echo(tx, message.incident, {"phrase": said.to_json()})
    elif message.about is About.NOTE and message.to == desk.incidents_channel:
        await rooms.echo(tx, message.incident, message.body)


async def drawn_anew(tx: Tx, late: Message) -> None:
    """A process that had lost the edit has sent it all the same, perhaps over a newer one: it is drawn once more."""
    if late.about in EDITED:
        await messages.queue(
            tx, kind=late.kind, about=late.about, to=late.to, incident=late.incident, run=late.run,
            procedure=late.procedure, tail=late.tail,
        )  # fmt: skip


async def overtaken(tx: Tx, page: Message, incident: int) -> None:
    """Somebody took it, or it was over, while Slack was being asked: then no edit knew of this page, which would ask
    for ever. Whoever changes the incident at this moment is waited for, or finds the page sent.
    """
    await pages.wait_for_changes(tx, incident)
    if await no_longer_wanted(tx, page) is not None:
        await pages.edit(tx, incident, only=page.id)


async def only_inside(tx: Tx, desk: Desk, message: Message) -> Phrase | None:
    """Why a note does not leave for the incidents channel: it is said in the incident's own. What is said of that
    channel itself leaves.
    """
    if message.about is not About.NOTE or message.to != desk.incidents_channel or message.incident is None:
        return None
    incident = await incidents.get(tx, message.incident)
    if incident is None or not incident.confidential or message.body.get("not_echoed"):
        return None
    await rooms.echo(tx, incident.number, message.body)
    return Phrase("confidential: said in its own channel alone")


def above(message: Message) -> str | None:
    """The card in whose thread it is posted; None: it hangs under none, or is a note, which has a rule of its own."""
    if message.about is About.RUNBOOK_CARD and message.incident is not None:
        return f"incident:{message.incident}"
    if message.about in (About.RUN_OUTPUT, About.FILE) and message.run is not None:
        return f"run:{message.run}"
    return None


def subject(message: Message) -> str:
    """What a card is about, or the card that a note hangs on."""
    if message.about is About.RUN_OUTPUT:
        return f"output:{message.run}"
    if message.tail:
        return f"tail:{message.tail}"
    if message.procedure:
        return f"runbook:{message.procedure}"
    if message.run:
        return f"run:{message.run}"
    return f"incident:{message.incident}" if message.incident else NOWHERE
