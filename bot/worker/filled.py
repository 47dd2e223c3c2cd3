"""What a message says: filled in from the rows at the moment when it leaves."""

from typing import Final

from bot.desk import Desk
from bot.incident import Incident
from bot.lifecycle import reviews
from bot.message import EDITED, About, Kind, Message
from bot.notify.channel import Intend, Outgoing
from bot.questions import digest_view, postmortem_view
from bot.store import cards, codes, incidents, output, procedures, runs, tails
from bot.store.database import Tx
from bot.worker.places import above, standing, subject
from bot.worker.shown import shown

OF_REVIEW: Final = frozenset({About.REVIEW, About.PICTURES})


async def filled(tx: Tx, desk: Desk, message: Message, intend: Intend) -> Outgoing:
    """The message with what it is about, as the rows say now. `intend`: as in `Outgoing`."""
    person = desk.people.get(message.person or "")
    seen = await shown(tx, desk, message)
    place = await cards.place(tx, subject(message), message.to) if message.kind is Kind.SLACK else None
    card = above(message)
    there = await cards.place(tx, card, message.to) if card else None
    return Outgoing(
        message=message,
        language=desk.language_of(person, message.to),
        view=seen,
        run=await runs.view(tx, message.run) if message.run else None,
        existing_ts=standing(message, place),
        as_of=await incidents.now(tx),
        manager=desk.is_manager(message.person),
        procedure=await procedures.get(tx, message.procedure) if message.procedure else None,
        thread=f"{there.channel_id}:{there.ts}" if there else None,
        output=await output.of(tx, message),
        tail=await tails.get(tx, message.tail) if message.tail else None,
        digest=await digest_view(tx, message.person or "") if message.about is About.DIGEST else None,
        postmortem=await postmortem_view(tx, desk, seen.incident)
        if seen and message.about is About.POSTMORTEM
        else None,
        subject=subject(message) if message.about in EDITED else "",
        intend=intend,
        review=await reviews.of(tx, desk, str(message.body["period"])) if message.about in OF_REVIEW else None,
    )


async def short_code(tx: Tx, message: Message, together: tuple[Incident, ...]) -> int | None:
    """What the reader of a text writes back about it, or about the worst of several."""
    if message.about is not About.PAGE or message.kind is not Kind.SMS or message.person is None:
        return None
    number = together[0].number if together else message.incident
    return await codes.give(tx, message.person, number) if number is not None else None
