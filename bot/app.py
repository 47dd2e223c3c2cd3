"""Builds everything, in one straight line; stops in reverse order. Nobody imports this but `cli` and the stories."""

import asyncio
import functools
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import date
from importlib.metadata import version
from typing import Any, Final
from uuid import uuid4

import structlog
from aiohttp import web

from bot.backups import Backups, Copier
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.desk import Desk
from bot.language import say
from bot.lifecycle import Lifecycle, ladder
from bot.lifecycle.doors import Doors
from bot.lifecycle.dues import Dues
from bot.lifecycle.handoffs import HandOffs
from bot.lifecycle.heartbeats import Heartbeats
from bot.lifecycle.homes import Homes
from bot.lifecycle.inbox import Inbox
from bot.lifecycle.reach import Reach
from bot.lifecycle.rota import Rota
from bot.lifecycle.silences import Silences
from bot.link import Links
from bot.message import Kind
from bot.metrics import Metrics
from bot.notify.channel import Channel
from bot.notify.email import EmailChannel
from bot.notify.groups import Groups
from bot.notify.post import Ses, Smtp
from bot.notify.slack import SlackChannel
from bot.notify.sms import SmsChannel
from bot.notify.sms_second import carrier_of
from bot.notify.twilio_client import Twilio
from bot.notify.twilio_inbox import TwilioInbox
from bot.notify.voice import VoiceChannel
from bot.notify.workspace import SlackWorkspace
from bot.questions import Questions
from bot.runbook import Action, Runbook
from bot.runs import Execution, Runs
from bot.runs.procedures import Procedures
from bot.runs.walking import Walking
from bot.store import calendar, deliveries, inbox, jobs, webhooks_out
from bot.store import doors as store_of_doors
from bot.store import homes as store_of_homes
from bot.store.clock import DeskClock
from bot.store.database import Database, Unavailable
from bot.store.embedded import EmbeddedPostgres
from bot.store.migrate import migrate
from bot.target import upstream
from bot.worker import proof
from bot.worker.acts import Acts
from bot.worker.aftercare import Aftercare
from bot.worker.backup import BackupWorker
from bot.worker.blind import Blindness, ask_database
from bot.worker.calendars import Calendars
from bot.worker.cron import GAPS, HOUSEKEEPING, Calendar, Daily
from bot.worker.deliver import Deliverer
from bot.worker.home import HomeTabs
from bot.worker.hooks import Hooks
from bot.worker.observe import Observer
from bot.worker.procedure import Walker
from bot.worker.pulse import Pulse
from bot.worker.queue import Entrypoint, Queue
from bot.worker.rooms import RoomKeeper
from bot.worker.run import Runner
from bot.worker.tidy import Tidy
from bot.worker.watch import Watch
from handlers import doors, health, heartbeats, roster, twilio
from handlers.commands import Tools
from handlers.pages import ical
from handlers.pages.ack import AckPages
from handlers.pages.status import StatusPages
from handlers.polled import Polled
from handlers.refused import Refused
from handlers.slack_app import SlackDoor, SlackKeys
from handlers.webhooks import Webhooks
from runbooks.deploy import Deploy, Promote
from runbooks.docker_engine import DockerEngines
from runbooks.prune import Prune
from runbooks.restart import Restart
from runbooks.rollback import Rollback
from runbooks.stop import Start, Stop
from runbooks.swarm import ByKind, Scale, SwarmReplacement, SwarmRestart, SwarmStart, SwarmStop

log = structlog.get_logger("app")

MONDAY: Final = 0
DATABASE_WITHIN: Final = 60.0  # seconds; compose may start us before PostgreSQL answers
LARGEST_BODY: Final = 17 * 2**20  # each door has a limit of its own below this


@asynccontextmanager
async def running(settings: Settings, desk: Desk) -> AsyncIterator[None]:
    """The whole desk, until the block ends. Raises Unavailable when there is no database."""
    async with AsyncExitStack() as stop:
        url = await stop.enter_async_context(database_url(settings))
        channels = channels_of(settings, desk)
        for channel in channels.values():
            stop.push_async_callback(channel.close)
        blindness = Blindness(functools.partial(ask_database, url), desk, channels, settings.data)
        await stop.enter_async_context(in_background("blindness", blindness.run))
        await wait_for(migrate, url)
        db = await stop.enter_async_context(Database.open(url))
        metrics = Metrics(version("ecotrajet"))
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        engines = DockerEngines(desk.engines.values())
        stop.push_async_callback(engines.close)
        lifecycle, questions = Lifecycle(db, desk), Questions(db, desk)
        runbooks = runbooks_on(engines, desk)
        runs = Runs(db, desk, runbooks)
        clock = DeskClock(db)
        silences, rota = Silences(db, desk), Rota(db, desk, settings.public_url)
        reach = Reach(db, desk)
        reach.proofs.ways = proof.ways(channels, settings.public_url)
        hand_offs = HandOffs(db, desk)
        beats = Heartbeats(db, desk, lambda phrase: say(phrase, desk.language, desk.zone, clock.now()))
        intake = Webhooks(
            lifecycle, settings.webhook_token, Refused(settings.data / "refused"),
            tell=lambda phrase: say(phrase, desk.language, desk.zone, clock.now()), metrics=metrics,
            entries=desk.sources, is_sign_of_life=beats.sign if beats.have_watchdogs else None,
        )  # fmt: skip
        tidy = Tidy(db, desk, engines)
        runner = Runner(Execution(db, desk, owner), desk, lifecycle, engines, runbooks, tidy, metrics)
        deliverer = Deliverer(db, desk, channels, metrics, owner)
        aftercare = Aftercare(db, desk, engines)
        stop.push_async_callback(aftercare.stop)
        pulse = Pulse(desk.dead_man_url) if desk.dead_man_url else None
        if pulse is not None:
            stop.push_async_callback(pulse.stop)
        backups, backup_worker = Backups(db, desk), BackupWorker(db, desk, beats, Copier(url), owner)
        stop.push_async_callback(backup_worker.stop)
        walking = Walking(db, desk, owner)
        walker = Walker(walking, Acts(desk, walking, runs, engines, backups))
        stop.push_async_callback(walker.stop)
        watch = Watch(
            db, desk, deliverer, metrics,
            (
                clock.refresh, Dues(db, desk).round, intake.take_in, lifecycle.calm, runner.round, silences.round,
                beats.round, hand_offs.round, aftercare.round, backup_worker.round, walker.round,
                reach.proofs.round,
            ),
            sign_of_life=pulse.round if pulse else None,
        )  # fmt: skip
        await stop.enter_async_context(in_background("watch", watch.run))
        homes = Homes(db, desk)
        work = {
            **entrypoints(db, desk, deliverer, runner, hand_offs, backups),
            **proof.entrypoints(reach.proofs, channels),
        }
        if settings.slack is not None:
            workspace = SlackWorkspace(settings.slack.bot_token, settings.slack.api_url)
            stop.push_async_callback(workspace.close)
            tabs = HomeTabs(homes, desk, engines, workspace)
            work[jobs.HOME] = Entrypoint(tabs.look)
            await stop.enter_async_context(in_background("home tabs", tabs.run))
            keeper = RoomKeeper(db, desk, workspace, owner)
            work[jobs.ROOM] = Entrypoint(keeper.look)
            await stop.enter_async_context(in_background("channels", keeper.run))
        await stop.enter_async_context(Queue(url, db.role, work).running())
        stop.push_async_callback(runner.stop)
        await stop.enter_async_context(Calendar(db, desk.zone, chores(desk)).running())
        await stop.enter_async_context(in_background("observe", Observer(db, desk, engines, SystemClock(), tidy).run))
        await stop.enter_async_context(in_background("webhooks", Hooks(db, desk, owner).run))
        await stop.enter_async_context(in_background("calendars", Calendars(db, desk).run))
        if settings.slack is not None:
            groups = Groups(db, desk, settings.slack.bot_token, settings.slack.api_url)
            await stop.enter_async_context(in_background("groups", groups.run))
        texts = polled_texts(settings, db, desk, lifecycle, questions, clock)
        if texts is not None:
            stop.push_async_callback(texts.provider.close)
            await stop.enter_async_context(in_background("texts", texts.run))
        tools = Tools(
            desk, lifecycle, questions, runs, engines, clock, silences, rota, Reach(db, desk), backups,
            Procedures(db, desk), homes,
        )  # fmt: skip
        slack = slack_door(settings, tools, intake)
        if slack is not None:
            await stop.enter_async_context(slack.running())
        routes = [
            *health.routes(
                database=db.ping, round_age=watch.age, metrics=metrics, others=probes(slack, deliverer, channels)
            ),
            *intake.routes(),
            *doors.routes(intake, lifecycle, Doors(db, desk), beats.well),
            *heartbeats.routes(beats, settings.webhook_token),
            *ical.routes(rota),
            *roster.routes(questions.roster, settings.watch_token),
            *StatusPages(questions.status_page, desk.status_page.shown, desk.zone, desk.language).routes(),
            *ack_routes(settings, desk, lifecycle, questions, clock),
            *twilio_routes(settings, desk, lifecycle, questions, reach, clock),
            *(slack.routes() if slack is not None else []),
        ]
        await stop.enter_async_context(listening(settings, routes))
        yield


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


def twilio_routes(
    settings: Settings, desk: Desk, lifecycle: Lifecycle, questions: Questions, reach: Reach, clock: Clock
) -> list[web.RouteDef]:
    """Nothing without a public address: signatures are over the address that Twilio called."""
    if settings.twilio is None or settings.public_url is None:
        return []
    return twilio.routes(lifecycle, questions, desk, settings.twilio.auth_token, settings.public_url, reach, clock.now)


def polled_texts(
    settings: Settings, db: Database, desk: Desk, lifecycle: Lifecycle, questions: Questions, clock: Clock
) -> Polled | None:
    """Without a public address Twilio cannot call us: then we ask."""
    if settings.twilio is None or settings.public_url is not None:
        return None
    door = twilio.TwilioDoor(lifecycle, questions, desk, Reach(db, desk), clock.now)
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
            if (trouble := deliverer.trouble.get(kind)) is not None:
                raise ConnectionError(trouble)

        return spoke

    return {"slack_connection": heard, **{kind.value: speaks(kind) for kind in channels}}


@asynccontextmanager
async def listening(settings: Settings, routes: list[web.RouteDef]) -> AsyncIterator[None]:
    """Our HTTP doors. The first to close at a stop: what was accepted is answered, nothing new comes in."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        yield
    finally:
        await runner.cleanup()


def runbooks_on(engines: DockerEngines, desk: Desk) -> Mapping[Action, Runbook]:
    """The one visible list of runbooks."""
    promote = Promote(engines, lambda target: upstream(target, desk.environments.values()), desk.zone)
    listed: tuple[Runbook, ...] = (
        ByKind(Restart(engines), SwarmRestart(engines)),
        *(ByKind(each, SwarmReplacement(engines, each)) for each in (Rollback(engines), Deploy(engines), promote)),
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
        *proof.chores(desk.proof),
        *(Daily(backup.chore, backup.at) for backup in desk.backups.values()),
    )


def entrypoints(
    db: Database, desk: Desk, deliverer: Deliverer, runner: Runner, hand_offs: HandOffs, backups: Backups
) -> Mapping[str, Entrypoint]:
    """Which job wakes whom; a lane for each channel kind."""

    async def escalate(level: list[int]) -> None:
        await ladder.fire(db, desk, *level)

    async def housekeeping(_slot: str) -> None:
        async with db.transaction() as tx:
            await deliveries.prune(tx)
            await calendar.prune(tx)
            await inbox.prune(tx)
            await store_of_doors.prune(tx)
            await store_of_homes.prune(tx)
            await webhooks_out.prune(tx)

    async def gaps(slot: str) -> None:
        if date.fromisoformat(slot).weekday() == MONDAY:
            await hand_offs.announce_gaps()

    def backup(name: str) -> Callable[[Any], Awaitable[None]]:
        return lambda slot: backups.due(name, slot)

    def lane(kind: Kind) -> Callable[[Any], Awaitable[None]]:
        return lambda message: deliverer.deliver(kind, message)

    return {
        jobs.ESCALATE: Entrypoint(escalate),
        jobs.RUN: Entrypoint(runner.start),
        HOUSEKEEPING.name: Entrypoint(housekeeping, at_once=1),
        GAPS.name: Entrypoint(gaps, at_once=1),
        **{each.chore: Entrypoint(backup(each.name), at_once=1) for each in desk.backups.values()},
        **{jobs.deliver_lane(kind): Entrypoint(lane(kind)) for kind in Kind},
    }


@asynccontextmanager
async def database_url(settings: Settings) -> AsyncIterator[str]:
    """The configured PostgreSQL, or the embedded one under the data folder."""
    if settings.database_url is not None:
        yield settings.database_url.reveal()
        return
    async with EmbeddedPostgres(settings.data) as url:
        yield url


async def wait_for(attempt: Callable[[str], Awaitable[object]], url: str) -> None:
    """Until the database answers; raises Unavailable after DATABASE_WITHIN."""
    deadline = asyncio.get_running_loop().time() + DATABASE_WITHIN
    while True:
        try:
            await attempt(url)
        except (OSError, Unavailable) as away:
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable(type(away).__name__) from away
            log.warning("waiting for the database", error=type(away).__name__)
            await asyncio.sleep(1)
        else:
            return


@asynccontextmanager
async def in_background(name: str, work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Cancelled, and waited for, at the end of the block."""

    async def named() -> None:
        await work()

    task = asyncio.create_task(named(), name=name)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def serve(settings: Settings, desk: Desk) -> None:
    """Until SIGTERM or SIGINT; then an orderly stop."""
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    async with running(settings, desk):
        gc.freeze()  # modules, schemas, catalogues: looked through again and again, each time a tenth of a second
        log.info("ready", listen=f"{settings.host}:{settings.port}")
        await asked_to_stop.wait()
        log.info("stopping")
