"""Sends one message: takes it, asks whether it is still wanted, speaks, and writes down how it went."""

import asyncio
import contextlib
import functools
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from weakref import WeakValueDictionary

import structlog

from bot.audit import DESK, Entry
from bot.carrier import VIA
from bot.desk import Desk
from bot.errors import Permanent, Retryable
from bot.escalation import level_named
from bot.incident import Incident
from bot.lifecycle import digest, ladder, outages, reviews, speaking, unreached
from bot.message import EDITED, LEASE, MAX_ATTEMPTS, About, Kind, Message, State, retry_delay
from bot.metrics import Metrics
from bot.notify.channel import Channel, Outgoing
from bot.phrase import Phrase, Value
from bot.reason import worded
from bot.store import audit, bundles, cards, digests, incidents, messages, pages
from bot.store.database import Database, Tx, Unavailable
from bot.worker import bundle
from bot.worker.filled import OF_REVIEW, filled, short_code
from bot.worker.pace import Pace
from bot.worker.places import beside, drawn_anew, only_inside, remember_place, standing, subject, waits_for_its_card
from bot.worker.wanted import no_longer_wanted

log = structlog.get_logger("deliver")

PER_LANE: Final = 10
TIME_LIMIT: Final = 15.0  # seconds for one sending, however often its lease is renewed meanwhile
DRAWING: Final = 60.0  # seconds, with drawing; matplotlib looks for fonts when it is first used on a machine
SIGN_OF_LIFE: Final = LEASE.total_seconds() / 3
WAITED_ENOUGH: Final = 2
"""Tries of a page, within two seconds: what comes and goes is over by then."""
BY_TWILIO: Final = frozenset({Kind.SMS, Kind.VOICE})
TRIES_FOR_EVER: Final = OF_REVIEW | {
    About.CARD, About.PAGE_EDIT, About.RUN_CARD, About.RUNBOOK_CARD, About.NOTE, About.TELL, About.ASK,
    About.POSTMORTEM, About.RUN_OUTPUT, About.FILE,
}  # fmt: skip
"""Nobody is waiting for these in the night: they are kept until the channel is back, a minute apart at most."""


class Deliverer:
    """One per process; `owner` names it in leases. Safe to call twice for one message: the row decides who sends."""

    def __init__(
        self, db: Database, desk: Desk, channels: Mapping[Kind, Channel], metrics: Metrics, owner: str
    ) -> None:
        self.db, self.desk, self.channels, self.metrics, self.owner = db, desk, channels, metrics, owner
        self.lanes = {kind: asyncio.Semaphore(PER_LANE) for kind in Kind}
        self.patient = {kind: asyncio.Semaphore(PER_LANE // 2) for kind in Kind}
        self.cards: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # gone with their last user
        self.pace = Pace()
        self.trouble: dict[Kind, str] = {}
        """Why the last sending by a channel failed, until one goes through: `/readyz` lists it as degraded."""

        self.unheard: str | None = None
        """Why nothing is said in the incidents channel any more; as above."""

    async def deliver(self, kind: Kind, number: int, *, urgent: bool = True) -> None:
        """Send message `number` if it is due and not taken. Of those that are not urgent only some stand in the lane:
        a page never comes after hundreds of cards that were left behind."""
        async with contextlib.nullcontext() if urgent else self.patient[kind], self.lanes[kind]:
            outgoing = await self.take(number)
            if outgoing is None:
                return
            with structlog.contextvars.bound_contextvars(incident=outgoing.message.incident, run=outgoing.message.run):
                async with self.held(outgoing.message), self.one_card_at_a_time(outgoing.message):
                    outgoing = await self.where_it_stands_now(outgoing)
                    await self.pace.wait(outgoing.message, outgoing.existing_ts)
                    await self.speak(outgoing)

    async def where_it_stands_now(self, outgoing: Outgoing) -> Outgoing:
        """A card that was posted while this edit of it waited for its turn is edited, and not posted again."""
        message = outgoing.message
        if message.about not in EDITED or outgoing.existing_ts is not None:
            return outgoing
        async with self.db.transaction() as tx:
            place = await cards.place(tx, subject(message), message.to)
            if place is None:
                message = replace(message, unsure=await messages.card_may_stand(tx, message))
            return replace(outgoing, message=message, existing_ts=standing(message, place))

    async def take(self, number: int) -> Outgoing | None:
        """Claim and look again in one transaction: between queueing and sending somebody may have taken it."""
        async with self.db.transaction() as tx:
            if await messages.gives_way(tx, number, timedelta(seconds=1)):
                return None
            await bundle.take_turns(tx, number)
            message = await messages.claim(tx, number, self.owner)
            if message is None:
                return None
            if message.kind not in self.channels:  # it fails at once: nothing more needs to be known of it
                return Outgoing(message, self.desk.language, None, None, None, as_of=message.due_at)
            why = await no_longer_wanted(tx, message) or await only_inside(tx, self.desk, message)
            if why is not None:
                await speaking.drop(tx, message, self.owner, why)
                return None
            wait = await bundle.has_to_wait(tx, message) or await digest.has_to_wait(tx, self.desk, message)
            if wait is not None:
                await bundles.put_off(tx, message, wait)
                return None
            together = await self.together(tx, message)
            outgoing = replace(
                await filled(tx, self.desk, message, functools.partial(self.intend, message.id)),
                together=together,
                code=await short_code(tx, message, together),
            )
            if waits_for_its_card(outgoing):
                await self.later(tx, message, timedelta(seconds=1))
                return None
            return outgoing

    async def together(self, tx: Tx, page: Message) -> tuple[Incident, ...]:
        """The incidents of all pages that leave in this one text or call; none when it goes for itself."""
        wanted = []
        for other in await bundle.companions(tx, page, self.owner):
            why = await no_longer_wanted(tx, other)
            if why is None:
                wanted.append(other)
            else:
                await speaking.drop(tx, other, self.owner, why)
        return await bundle.about(tx, [page, *wanted]) if wanted else ()

    async def intend(self, message: int, files: Sequence[str]) -> None:
        """Before Slack shows files: a process that dies then leaves word of them. Raises Retryable."""
        async with self.db.transaction() as tx:
            if not await messages.intend(tx, message, self.owner, files):
                raise Retryable("the lease has gone to another")

    async def speak(self, outgoing: Outgoing) -> None:
        message = outgoing.message
        channel = self.channels.get(message.kind)
        try:
            if channel is None:
                raise Permanent(f"no {message.kind.value} is configured")
            async with asyncio.timeout(DRAWING if message.about is About.PICTURES else TIME_LIMIT):
                provider_id = await channel.send(outgoing)
        except Permanent as never:
            await self.failed(message, never.reason)
        except Retryable as later:
            await self.try_again(message, later.reason, later.after)
        except TimeoutError:
            await self.try_again(message, "no answer in time", None)
        except Exception as broken:
            log.exception("channel broke", channel=message.kind.value, message=message.id)
            await self.try_again(message, type(broken).__name__, None)
        else:
            await self.sent(outgoing, provider_id)

    @contextlib.asynccontextmanager
    async def held(self, message: Message) -> AsyncIterator[None]:
        """Renews the lease while a slow provider is being asked; a process that hangs does not, and loses it."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(SIGN_OF_LIFE)
                with contextlib.suppress(Unavailable):
                    async with self.db.transaction() as tx:
                        await messages.hold(tx, message.id, self.owner)

        renewing = asyncio.create_task(renew(), name=f"hold message {message.id}")
        try:
            yield
        finally:
            renewing.cancel()

    @contextlib.asynccontextmanager
    async def one_card_at_a_time(self, message: Message) -> AsyncIterator[None]:
        """Two edits of one card, or of one page, never overtake each other within this process."""
        card = subject(message) if message.about in EDITED else str(message.body.get("at", ""))
        if not card:
            yield
            return
        lock = self.cards.setdefault(card, asyncio.Lock())
        async with lock:
            yield

    async def sent(self, outgoing: Outgoing, provider_id: str) -> None:
        message = outgoing.message
        self.trouble.pop(message.kind, None)
        if message.to == self.desk.incidents_channel:
            self.unheard = None
        async with self.db.transaction() as tx:
            late = await messages.late_by(tx, message.due_at)
            if not await messages.move(tx, message.id, State.SENT, self.owner, provider_id=provider_id):
                log.warning("sent, but the lease had gone to another: it may have been sent twice", message=message.id)
                await drawn_anew(tx, message)
            else:
                await beside(tx, self.desk, message, provider_id)
            await remember_place(tx, message, provider_id)
            if message.about is About.PAGE:
                for each in (message, *await bundles.arrived(tx, message, self.owner, provider_id)):
                    await audit.write(tx, page_sent(each, late))
        if message.about is About.PAGE:
            self.metrics.pages.labels(message.kind.value, "sent").inc()
            self.metrics.page_lateness.observe(late.total_seconds())

    async def try_again(self, message: Message, reason: str, wish: float | None) -> None:
        """Later; a page that has been tried often enough goes to the person's next channel instead."""
        self.trouble[message.kind] = reason
        gives_up = message.about not in TRIES_FOR_EVER or speaking.second_may_help(self.desk, message, reason)
        if message.starts >= MAX_ATTEMPTS and gives_up:
            await self.failed(message, reason)
            return
        log.info("will try again", channel=message.kind.value, message=message.id, reason=reason)
        async with self.db.transaction() as tx:
            if message.about is About.PAGE and message.kind is not Kind.SLACK:
                await self.unwell(tx, message, reason)
            await bundles.release(tx, message, self.owner)
            after = jittered(retry_delay(message.starts, wish))
            if wish is None:  # no plain refusal
                await messages.doubt(tx, message.id)
            await self.later(tx, message, after)

    async def later(self, tx: Tx, message: Message, after: timedelta) -> None:
        if not await messages.again(tx, message, self.owner, after):
            if message.about is About.DIGEST:
                await digests.hasten(tx, message.person or "", after)
            await messages.move(tx, message.id, State.DROPPED, self.owner, why=Phrase("a newer edit is waiting"))

    async def unwell(self, tx: Tx, page: Message, reason: str) -> None:
        """Refused for the second time: what goes by another provider does not wait; the third time it is said aloud.

        A call goes by the same provider as a text, so that it keeps its time.
        """
        if page.kind in BY_TWILIO and page.starts >= WAITED_ENOUGH:
            await pages.hasten(tx, page, (Kind.SLACK, Kind.EMAIL))
        if page.starts > WAITED_ENOUGH:
            await outages.channel(tx, self.desk, page, reason)

    async def failed(self, message: Message, reason: str) -> None:
        """It will never arrive this way: the person's next channel now; nobody left on the level: the next level."""
        if message.to == self.desk.incidents_channel and message.kind is Kind.SLACK:
            self.unheard = reason  # archived, deleted, the bot removed from it
        log.warning("not delivered", channel=message.kind.value, message=message.id, reason=reason)
        why = worded(reason[:200])
        async with self.db.transaction() as tx:
            await bundles.release(tx, message, self.owner)
            if not await messages.move(tx, message.id, State.FAILED, self.owner, why=why):
                return
            if message.about is About.DIGEST and await digest.by_another_way(tx, self.desk, message):
                return
            if message.about is not About.PAGE:
                await audit.write(
                    tx, Entry(DESK, "message.failed", message.incident, message.run, why=why, result=message.kind)
                )
                await speaking.by_second(tx, self.desk, message, why)
                await told_whoever_asked(tx, self.desk, message, why)
                if message.about is About.PICTURES:
                    await reviews.without_pictures(tx, message, why)
            elif not await speaking.page_failed(tx, self.desk, message, why):
                await unreached.may_be_dead(tx, self.desk, message)
        if message.about is About.PAGE:
            self.metrics.pages.labels(message.kind.value, "failed").inc()


async def told_whoever_asked(tx: Tx, desk: Desk, message: Message, why: Phrase) -> None:
    """For a post-mortem: it will not come, and what has to be mended."""
    incident = await incidents.get(tx, message.incident) if message.incident else None
    if message.about is not About.POSTMORTEM or incident is None:
        return
    facts: dict[str, Value | Phrase] = {"number": incident.number, "why": why}
    said = Phrase("The post-mortem of #{number} could not be brought: {why}", facts)
    await speaking.tell(tx, desk, incident, str(message.body.get("by") or ""), said)


def jittered(delay: timedelta) -> timedelta:
    """Up to a quarter longer: those that failed together do not all come back at the same instant."""
    return delay * random.uniform(1.0, 1.25)


def page_sent(message: Message, late: timedelta) -> Entry:
    level = level_named(message.level_name) if message.level_name else Phrase("Asked to help")
    by, via = speaking.channel_name(message.kind), message.body.get(VIA)
    if via is not None:
        by = Phrase("{channel} ({provider})", {"channel": by, "provider": str(via).upper()})
    facts = {"level": level, "channel": by, "late": late}
    said = Phrase("{level}: paged by {channel}", facts)
    if late > ladder.WORTH_SAYING:
        said = Phrase("{level}: paged by {channel}, {late} late", facts)
    return Entry(
        DESK, "page.sent", message.incident, on=message.person or "", why=said,
        result=f"{message.kind.value} late_s={late.total_seconds():.1f} starts={message.starts}"
        + (f" via={via}" if via else ""),
    )  # fmt: skip
