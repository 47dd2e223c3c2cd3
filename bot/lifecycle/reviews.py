"""Looking back on a week or a month: told in the channel when it is over, once, and to whoever asks."""

from datetime import date, datetime

from bot.audit import DESK, Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.message import About, Kind, Message
from bot.person import Person
from bot.phrase import Phrase
from bot.review import Figures, Nights, Period, Review, Settings, figures
from bot.store import audit, calendar, deliveries, incidents, messages, reviews
from bot.store.database import Database, Tx


class Reviews:
    """Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def tell(self, slot: date) -> None:
        """What is due on this local day; each week and month once, whichever replica does it."""
        settings = self.desk.reports
        if settings is None:
            return
        for period in settings.due(slot):
            async with self.db.transaction() as tx:
                if await calendar.take(tx, f"report_{period.span.value}", period.key):
                    await queue(tx, period, settings.channel or self.desk.incidents_channel)
                    await audit.write(tx, Entry(DESK, "report.told", on=period.key))

    async def ask(self, text: str, by: Actor, to: Person | None) -> Period | None:
        """`text` names the period ('' for the last week); to this person's messages, or else to the channel of reports.

        None: a repeated delivery. Raises UserError.
        """
        settings = self.desk.reports or Settings()
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return None
            today = (await incidents.now(tx)).astimezone(self.desk.zone).date()
            period = Period.named(text or "week", today)
            if period is None:
                raise UserError(
                    Phrase(
                        "“{word}” is no period that has begun. Write `week`, `month`, `2026-10` or `2026-W44`.",
                        {"word": text},
                    )
                )
            channel = settings.channel or self.desk.incidents_channel
            if to is not None and to.slack is not None:
                await queue(tx, period, to.slack, to.id)
            else:
                await queue(tx, period, channel)
            await audit.write(tx, Entry(by, "report.asked", on=period.key, result=to.id if to else channel))
            return period


async def queue(tx: Tx, period: Period, to: str, person: str | None = None) -> None:
    """The text; its pictures follow when it stands there."""
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.REVIEW, to=to, person=person, body={"period": period.key}
    )  # fmt: skip


async def pictures_follow(tx: Tx, place: str, person: str | None, key: object) -> None:
    """`place`: `channel:ts` of the text."""
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.PICTURES, to=place.partition(":")[0], person=person, body={"period": key}
    )  # fmt: skip


async def without_pictures(tx: Tx, pictures: Message, why: Phrase) -> None:
    said = Phrase("⚠️ The pictures of the report could not be sent: {why}", {"why": why})
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.TELL, to=pictures.to, person=pictures.person, body={"phrase": said.to_json()}
    )


async def of(tx: Tx, desk: Desk, key: str) -> Review | None:
    """The figures as the rows tell them now; None: the key names no period."""
    now = await incidents.now(tx)
    period = Period.named(key, now.astimezone(desk.zone).date())
    if period is None:
        return None
    zones = {person.id: person.zone for person in desk.people.values() if person.zone is not None}
    nights = Nights(desk.zone, (desk.reports or Settings()).night, zones)
    return Review(
        period, await _figures(tx, desk, period, nights, now), await _figures(tx, desk, period.previous(), nights, now)
    )


async def _figures(tx: Tx, desk: Desk, period: Period, nights: Nights, now: datetime) -> Figures:
    start, end = period.instants(desk.zone)
    return figures(await reviews.rows(tx, start, end, desk.people), period, nights, now)
