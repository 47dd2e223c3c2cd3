"""Builds everything, in one straight line; stops in reverse order. Nobody imports this but `cli` and the stories."""

import asyncio
import functools
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import version
from typing import Final
from uuid import uuid4

import structlog

from bot.backups import Backups, Copier
from bot.classification import warm_up
from bot.clock import SystemClock
from bot.config import Settings
from bot.databases import Databases
from bot.desk import Desk
from bot.ground import database_url, in_background, listening, wait_for
from bot.language import say
from bot.lifecycle import Lifecycle
from bot.lifecycle.audience import Audience
from bot.lifecycle.chasing import Chaser
from bot.lifecycle.doors import Doors
from bot.lifecycle.dues import Dues
from bot.lifecycle.handoffs import HandOffs
from bot.lifecycle.heartbeats import Heartbeats
from bot.lifecycle.homes import Homes
from bot.lifecycle.outages import Outages
from bot.lifecycle.probes import Probes
from bot.lifecycle.reach import Reach
from bot.lifecycle.reviews import Reviews
from bot.lifecycle.rota import Rota
from bot.lifecycle.rotations import Rotations
from bot.lifecycle.silences import Silences
from bot.metrics import Metrics
from bot.notify.groups import Groups
from bot.notify.workspace import SlackWorkspace
from bot.questions import Questions
from bot.runs import Execution, Runs
from bot.runs.freeze_news import FreezeNews
from bot.runs.procedures import Procedures
from bot.runs.walking import Walking
from bot.store import jobs
from bot.store.clock import DeskClock
from bot.store.database import Database
from bot.store.revision import bring_up_to_date
from bot.wiring import (
    ack_routes,
    channels_of,
    chores,
    drill_routes,
    entrypoints,
    links_of,
    polled_texts,
    probes,
    runbooks_on,
    slack_door,
    twilio_routes,
)
from bot.worker import proof, reports
from bot.worker.acts import Acts
from bot.worker.aftercare import Aftercare
from bot.worker.away import AwayEngines
from bot.worker.backup import BackupWorker
from bot.worker.blind import Blindness, ask_database
from bot.worker.calendars import Calendars
from bot.worker.cron import Calendar
from bot.worker.deliver import Deliverer
from bot.worker.home import HomeTabs
from bot.worker.hooks import Hooks
from bot.worker.levels import Levels
from bot.worker.observe import Observer
from bot.worker.prober import Prober
from bot.worker.probing import Probing
from bot.worker.procedure import Walker
from bot.worker.pulse import Pulse
from bot.worker.queue import Entrypoint, Queue
from bot.worker.rooms import RoomKeeper
from bot.worker.run import Runner
from bot.worker.tailer import Tailer
from bot.worker.tidy import Tidy
from bot.worker.watch import Watch
from handlers import doors, health, heartbeats, roster
from handlers.commands import Tools
from handlers.pages import ical
from handlers.pages.status import StatusPages
from handlers.refused import Refused
from handlers.webhooks import Webhooks
from runbooks.docker_engine import DockerEngines

log = structlog.get_logger("app")

LOOKED_WITHIN: Final = 2.0


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
        await wait_for(bring_up_to_date, url)
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
        await reach.languages.refresh()
        reach.proofs.ways = proof.ways(channels, settings.public_url, links=links_of(settings) is not None)
        hand_offs = HandOffs(db, desk)
        beats = Heartbeats(db, desk, lambda phrase: say(phrase, desk.language, desk.zone, clock.now()))
        prober = Prober()
        stop.push_async_callback(prober.close)
        probing = Probes(
            db, desk, lambda phrase: say(phrase, desk.language, desk.zone, clock.now()), prober.look, owner
        )
        intake = Webhooks(
            lifecycle, settings.webhook_token, Refused(settings.data / "refused"),
            tell=lambda phrase: say(phrase, desk.language, desk.zone, clock.now()), metrics=metrics,
            entries=desk.sources, is_sign_of_life=beats.sign if beats.have_watchdogs else None,
            backlog=lifecycle.backlog,
        )  # fmt: skip
        tidy = Tidy(db, desk, engines)
        runner = Runner(Execution(db, desk, owner), desk, lifecycle, engines, runbooks, tidy, metrics)
        deliverer = Deliverer(db, desk, channels, metrics, owner)
        aftercare = Aftercare(db, desk, engines, runs)
        stop.push_async_callback(aftercare.stop)
        tailer = Tailer(runs.tails, desk, engines)
        stop.push_async_callback(tailer.stop)
        pulse = Pulse(desk.dead_man_url) if desk.dead_man_url else None
        if pulse is not None:
            stop.push_async_callback(pulse.stop)
        backups, backup_worker = Backups(db, desk), BackupWorker(db, desk, beats, Copier(url), owner)
        stop.push_async_callback(backup_worker.stop)
        databases, rotations = Databases(db, desk), Rotations(db, desk)
        walking = Walking(db, desk, owner)
        walker = Walker(walking, Acts(desk, walking, runs, engines, backups, probing, databases))
        stop.push_async_callback(walker.stop)
        levels = Levels(db, await stop.enter_async_context(Database.open(url, size=2)), desk)
        watch = Watch(
            db, levels, deliverer, metrics,
            (
                clock.refresh, reach.languages.refresh, Chaser(db, desk).round,
                Dues(db, desk).round, intake.take_in, lifecycle.calm, runner.round, silences.round,
                FreezeNews(db, desk).round, beats.round, hand_offs.round, aftercare.round, tailer.round,
                backup_worker.round, walker.round, reach.proofs.round,
            ),
            sign_of_life=pulse.round if pulse else None,
        )  # fmt: skip
        await stop.enter_async_context(in_background("watch", watch.run))
        words = asyncio.ensure_future(warmed_up(watch))
        await stop.enter_async_context(in_background("flood", intake.reception.catch_up))
        homes, reviews = Homes(db, desk), Reviews(db, desk)
        work = {
            **entrypoints(db, desk, levels, deliverer, runner, hand_offs, backups, rotations),
            **proof.entrypoints(reach.proofs, channels),
            **reports.entrypoints(reviews),
        }
        if settings.slack is not None:
            workspace = SlackWorkspace(settings.slack.bot_token, settings.slack.api_url)
            stop.push_async_callback(workspace.close)
            tabs = HomeTabs(homes, desk, engines, workspace)
            work[jobs.HOME] = Entrypoint(tabs.look)
            await stop.enter_async_context(in_background("home tabs", tabs.run))
            keeper = RoomKeeper(db, desk, workspace, owner, settings.public_url or "")
            work[jobs.ROOM] = Entrypoint(keeper.look)
            await stop.enter_async_context(in_background("channels", keeper.run))
        await stop.enter_async_context(Queue(url, db.role, work, watch.woken.set).running())
        stop.push_async_callback(runner.stop)
        await stop.enter_async_context(Calendar(db, desk.zone, chores(desk)).running())
        await stop.enter_async_context(in_background("observe", Observer(db, desk, engines, SystemClock(), tidy).run))
        await stop.enter_async_context(in_background("probes", Probing(probing, desk, metrics).run))
        away = AwayEngines(Outages(db, desk), desk, engines)
        await stop.enter_async_context(in_background("engines away", away.run))
        await stop.enter_async_context(in_background("webhooks", Hooks(db, desk, owner).run))
        await stop.enter_async_context(in_background("calendars", Calendars(db, desk).run))
        if settings.slack is not None:
            groups = Groups(db, desk, settings.slack.bot_token, settings.slack.api_url)
            await stop.enter_async_context(in_background("groups", groups.run))
        texts = polled_texts(settings, db, desk, lifecycle, questions, reach, clock)
        if texts is not None:
            stop.push_async_callback(texts.provider.close)
            await stop.enter_async_context(in_background("texts", texts.run))
        await words  # nobody comes in before: a second of compiling would hold everything up
        tools = Tools(
            desk, lifecycle, questions, runs, engines, clock, silences, rota, reach, backups, databases, rotations,
            Procedures(db, desk), homes, reviews,
            Audience(db, desk), probing,
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
            *drill_routes(settings, desk, reach, clock),
            *twilio_routes(settings, desk, lifecycle, questions, reach, clock),
            *(slack.routes() if slack is not None else []),
        ]
        await stop.enter_async_context(listening(settings, routes))
        yield


async def warmed_up(watch: Watch) -> None:
    """After the first round: what became overdue while nothing ran goes before a second of compiling."""
    with suppress(TimeoutError):
        await asyncio.wait_for(watch.looked.wait(), LOOKED_WITHIN)
    await asyncio.to_thread(warm_up)


async def serve(settings: Settings, desk: Desk, fits: Callable[[], bool]) -> bool:
    """Until SIGTERM or SIGINT, or SIGHUP when `fits` says that the configuration may be taken; then an orderly stop.

    Returns whether the desk is to be started again, with the configuration that stands there now.
    """
    asked_to_stop, again = asyncio.Event(), asyncio.Event()

    def read_again() -> None:
        if fits() and not asked_to_stop.is_set():
            again.set()
            asked_to_stop.set()

    def stop() -> None:
        again.clear()
        asked_to_stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, read_again)  # also while it starts: then it starts once more
    async with running(settings, desk):
        gc.freeze()  # modules, schemas, catalogues: looked through again and again, each time a tenth of a second
        log.info("ready", listen=f"{settings.host}:{settings.port}")
        await asked_to_stop.wait()
        log.info("stopping", starts_again=again.is_set())
    return again.is_set()
