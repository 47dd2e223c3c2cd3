"""Builds the lookout from its settings, and answers `ecotrajet watch --check`."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from bot.config import default_desk
from bot.config.lookout import LookoutSettings
from bot.desk import Desk
from bot.language import say
from bot.lookout.lookout import Lookout, Pace
from bot.lookout.view import RosterRefused, View
from bot.message import Kind
from bot.notify.channel import Channel
from bot.notify.direct import Direct
from bot.notify.email import EmailChannel
from bot.notify.post import Ses, Smtp
from bot.notify.sms import SmsChannel
from bot.notify.twilio_client import Twilio
from bot.notify.voice import VoiceChannel
from bot.worker.pulse import Pulse

log = structlog.get_logger("lookout")


@asynccontextmanager
async def running(settings: LookoutSettings) -> AsyncIterator[tuple[Lookout, View]]:
    """A lookout that is ready to run, and its view of the desk; all is closed with the block."""
    async with AsyncExitStack() as stop:
        channels = channels_of(settings)
        for channel in channels.values():
            stop.push_async_callback(channel.close)
        view = View(settings.desks, settings.token, settings.oldest_round)
        stop.push_async_callback(view.close)
        pulse = Pulse(settings.dead_man_url) if settings.dead_man_url else None
        if pulse is not None:
            stop.push_async_callback(pulse.stop)
        pace = Pace(settings.every, settings.silent_after, settings.again_every, settings.call_after, settings.refresh)
        direct = Direct(channels, lambda person: person.language or settings.language)
        alive = pulse.round if pulse else None
        yield Lookout(view, direct, pace, settings.people, settings.data, alive=alive), view


def channels_of(settings: LookoutSettings) -> Mapping[Kind, Channel]:
    """Keys of its own: what the desk's host holds may be what is broken."""
    desk, channels = words_only(settings), dict[Kind, Channel]()
    if (twilio := settings.twilio) is not None:
        for kind, channel in ((Kind.SMS, SmsChannel), (Kind.VOICE, VoiceChannel)):
            client = Twilio(twilio.account_sid, twilio.auth_token, twilio.from_number, api_url=twilio.api_url)
            channels[kind] = channel(client, desk)
    if (mail := settings.mail) is not None:
        post = Smtp(mail.smtp_url) if mail.smtp_url else Ses(endpoint_url=mail.endpoint_url)
        channels[Kind.EMAIL] = EmailChannel(post, mail.sender, desk)
    return channels


def words_only(settings: LookoutSettings) -> Desk:
    """Channels word things in a desk's language and zone; nothing else of it is there."""
    return replace(default_desk(), language=settings.language, zone=settings.zone)


async def watch(settings: LookoutSettings) -> None:
    """Until SIGTERM or SIGINT."""
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    async with running(settings) as (lookout, _):
        looking = asyncio.create_task(lookout.run(), name="lookout")
        log.info("watching", desks=settings.desks)
        await asked_to_stop.wait()
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def check(settings: LookoutSettings) -> tuple[bool, list[str]]:
    """Is all well, and lines for the terminal: what the desk says, and who would be told by what. Nothing is sent."""
    now = datetime.now(UTC)
    async with running(settings) as (lookout, view):
        trouble = await view.trouble()
        state = say(trouble, "en", settings.zone, now) if trouble else "it works"
        lines, well = [f"{'✗' if trouble else '✓'} {', '.join(settings.desks)}: {state}"], trouble is None
        try:
            roster = await view.roster()
        except RosterRefused as refused:
            lines.append(f"✗ who is on call: {refused}")
            roster, well = lookout.memory.roster, False
        people = (roster.at(now) if roster else ()) or settings.people
        for person in people:
            ways = [kind.value for kind in lookout.direct.channels if person.address(kind)]
            lines.append(f"{'✓' if ways else '✗'} {person.name}: {', '.join(ways) or 'cannot be reached from here'}")
            well = well and bool(ways)
        if not people:
            lines.append("✗ nobody is known who could be told")
        return well and bool(people), lines
