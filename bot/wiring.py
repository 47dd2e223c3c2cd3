"""Which parts the desk has: its channels, runbooks, doors and the work of its alarms, each in one visible list."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, Final

from aiohttp import web

from bot.backups import Backups
from bot.clock import Clock
from bot.config import Settings
from bot.databases.schemas import AppliedSchemas
from bot.desk import Desk
from bot.lifecycle import Lifecycle
from bot.lifecycle.handoffs import HandOffs
from bot.lifecycle.inbox import Inbox
from bot.lifecycle.reach import Reach
from bot.lifecycle.rotations import Rotations
from bot.link import Links
from bot.message import Kind
from bot.notify.channel import Channel
from bot.notify.email import EmailChannel
from bot.notify.post import Ses, Smtp
from bot.notify.slack import SlackChannel
from bot.notify.sms import SmsChannel
from bot.notify.sms_second import carrier_of
from bot.notify.twilio_client import Twilio
from bot.notify.twilio_inbox import TwilioInbox
from bot.notify.voice import VoiceChannel
from bot.questions import Questions
from bot.runbook import Action, Runbook
from bot.store import calendar, deliveries, inbox, jobs, subscriptions, tails, webhooks_out
from bot.store import doors as store_of_doors
from bot.store import homes as store_of_homes
from bot.store import probes as store_of_probes
from bot.store.database import Database
from bot.store.escalations import Rung
from bot.target import upstream
from bot.worker import proof, reports
from bot.worker.cron import GAPS, HOUSEKEEPING, SECRETS, Daily
from bot.worker.deliver import Deliverer
from bot.worker.levels import AT_ONCE, Levels
from bot.worker.queue import Entrypoint
from bot.worker.run import Runner
from handlers import health, twilio
from handlers.commands import Tools
from handlers.pages.ack import AckPages
from handlers.pages.drill import DrillPages
from handlers.polled import Polled
from handlers.slack_app import SlackDoor, SlackKeys
from handlers.webhooks import Webhooks
from runbooks.deploy import Deploy, Promote
from runbooks.docker_engine import DockerEngines
from runbooks.prune import Prune
from runbooks.restart import Restart
from runbooks.rollback import Rollback
from runbooks.stop import Start, Stop
from runbooks.swarm import ByKind, Scale, SwarmReplacement, SwarmRestart, SwarmStart, SwarmStop

MONDAY: Final = 0


def slack_door(settings: Settings, tools: Tools, intake: Webhooks) -> SlackDoor | None:
    if settings.slack is None:
        return None
    slack = settings.slack
    keys = SlackKeys(slack.bot_token, slack.app_token, slack.signing_secret, slack.api_url)
    watched = tuple(channel for entry in tools.desk.sources.values() for channel in entry.channels)
    return SlackDoor(keys, tools, intake.reception, watched)


def ack_routes(
    settings: Settings, desk: Desk, lifecycle: Lifecycle, questions: Questions, clock: Clock
) -> list[web.RouteDef]:
    links = links_of(settings)
    return AckPages(links, lifecycle, questions, desk, clock.now).routes() if links is not None else []


def drill_routes(settings: Settings, desk: Desk, reach: Reach, clock: Clock) -> list[web.RouteDef]:
    links = links_of(settings)
    return DrillPages(links, reach, desk, clock.now).routes() if links is not None else []


def twilio_routes(
    settings: Settings, desk: Desk, lifecycle: Lifecycle, questions: Questions, reach: Reach, clock: Clock
) -> list[web.RouteDef]:
    """Nothing without a public address: signatures are over the address that Twilio called."""
    if settings.twilio is None or settings.public_url is None:
        return []
    return twilio.routes(lifecycle, questions, desk, settings.twilio.auth_token, settings.public_url, reach, clock.now)


def polled_texts(
    settings: Settings, db: Database, desk: Desk, lifecycle: Lifecycle, questions: Questions, reach: Reach, clock: Clock
) -> Polled | None:
    """Without a public address Twilio cannot call us: then we ask."""
    if settings.twilio is None or settings.public_url is not None:
        return None
    door = twilio.TwilioDoor(lifecycle, questions, desk, reach, clock.now)
    return Polled(door, Inbox(db, desk), TwilioInbox(twilio_of(settings)), settings.twilio.from_number)


def probes(
    slack: SlackDoor | None, deliverer: Deliverer, channels: Mapping[Kind, Channel]
) -> Mapping[str, health.Probe]:
    """What may be away without making the desk unready; each raises when it is."""

    async def heard() -> None:
        if slack is not None and not await slack.connected():
            raise ConnectionError("not connected to Slack")

    def speaks(kind: Kind) -> health.Probe:
        async def spoke() -> None:
            trouble = deliverer.trouble.get(kind) or (deliverer.unheard if kind is Kind.SLACK else None)
            if trouble is not None:
                raise ConnectionError(trouble)

        return spoke

    return {"slack_connection": heard, **{kind.value: speaks(kind) for kind in channels}}


def runbooks_on(engines: DockerEngines, desk: Desk) -> Mapping[Action, Runbook]:
    """The one visible list of runbooks."""
    schemas = AppliedSchemas(desk.databases)
    promote = Promote(
        engines, lambda target: upstream(target, desk.environments.values()), desk.zone, schemas, desk.train
    )
    replacements = (Rollback(engines, schemas), Deploy(engines, schemas), promote)
    listed: tuple[Runbook, ...] = (
        ByKind(Restart(engines), SwarmRestart(engines)),
        *(ByKind(each, SwarmReplacement(engines, each)) for each in replacements),
        ByKind(Stop(engines), SwarmStop(engines)), ByKind(Start(engines), SwarmStart(engines)),
        ByKind(None, Scale(engines)), Prune(engines),
    )  # fmt: skip
    return {runbook.action: runbook for runbook in listed}


def channels_of(settings: Settings, desk: Desk) -> Mapping[Kind, Channel]:
    """The one visible list of channels; one that is not configured is not in it."""
    channels: dict[Kind, Channel] = {}
    if settings.slack is not None:
        channels[Kind.SLACK] = SlackChannel(settings.slack.bot_token, desk, api_url=settings.slack.api_url)
    if settings.twilio is not None:
        second = carrier_of(desk.second_sms) if desk.second_sms is not None else None
        channels[Kind.SMS] = SmsChannel(twilio_of(settings), desk, second)
        channels[Kind.VOICE] = VoiceChannel(twilio_of(settings), desk)
    if settings.mail is not None:
        post = Smtp(settings.mail.smtp_url) if settings.mail.smtp_url else Ses(endpoint_url=settings.mail.endpoint_url)
        channels[Kind.EMAIL] = EmailChannel(post, settings.mail.sender, desk, links_of(settings))
    return channels


def links_of(settings: Settings) -> Links | None:
    """Links in mails need an address that people reach, and a secret to sign with."""
    if settings.public_url is None or settings.webhook_token is None:
        return None
    return Links(settings.webhook_token.reveal(), settings.public_url)


def twilio_of(settings: Settings) -> Twilio:
    assert settings.twilio is not None
    return Twilio(
        settings.twilio.account_sid, settings.twilio.auth_token, settings.twilio.from_number,
        public_url=settings.public_url or "", api_url=settings.twilio.api_url,
    )  # fmt: skip


def chores(desk: Desk) -> tuple[Daily, ...]:
    """The one visible list of calendar work."""
    return (
        HOUSEKEEPING,
        GAPS,
        SECRETS,
        *proof.chores(desk.proof),
        *reports.chores(desk.reports),
        *(Daily(backup.chore, backup.at) for backup in desk.backups.values()),
    )


def entrypoints(
    db: Database,
    desk: Desk,
    levels: Levels,
    deliverer: Deliverer,
    runner: Runner,
    hand_offs: HandOffs,
    backups: Backups,
    rotations: Rotations,
) -> Mapping[str, Entrypoint]:
    """Which job wakes whom; a lane for each channel kind."""

    async def escalate(level: list[int]) -> None:
        await levels.fire(Rung(*level))

    async def housekeeping(_slot: str) -> None:
        async with db.transaction() as tx:
            await deliveries.prune(tx)
            await calendar.prune(tx)
            await inbox.prune(tx)
            await store_of_doors.prune(tx)
            await store_of_homes.prune(tx)
            await subscriptions.prune(tx)
            await webhooks_out.prune(tx)
            await store_of_probes.prune(tx)
            await tails.prune(tx)

    async def gaps(slot: str) -> None:
        if date.fromisoformat(slot).weekday() == MONDAY:
            await hand_offs.announce_gaps()

    async def secrets(_slot: str) -> None:
        await rotations.remind()

    def backup(name: str) -> Callable[[Any], Awaitable[None]]:
        return lambda slot: backups.due(name, slot)

    def lane(kind: Kind) -> Callable[[Any], Awaitable[None]]:
        return lambda message: deliverer.deliver(kind, message)

    return {
        jobs.ESCALATE: Entrypoint(escalate, at_once=AT_ONCE),
        jobs.RUN: Entrypoint(runner.start),
        HOUSEKEEPING.name: Entrypoint(housekeeping, at_once=1),
        GAPS.name: Entrypoint(gaps, at_once=1),
        SECRETS.name: Entrypoint(secrets, at_once=1),
        **{each.chore: Entrypoint(backup(each.name), at_once=1) for each in desk.backups.values()},
        **{jobs.deliver_lane(kind): Entrypoint(lane(kind)) for kind in Kind},
    }
