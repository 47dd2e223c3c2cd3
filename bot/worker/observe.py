"""Feeds the deployment history: at the start, every minute and whenever an engine tells of a change.

An engine's events are only a hint to look (docker.md section 2): what counts is what inspection shows.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.deployment import HEALTHY_FOR, Observation, record, to_keep
from bot.desk import Desk
from bot.errors import Permanent, Retryable, UserError
from bot.runbook import Engines
from bot.store import deployments, incidents, runs
from bot.store.database import Database, Tx, Unavailable
from bot.target import Target
from bot.worker.tidy import Tidy, targets

log = structlog.get_logger("observe")

EVERY: Final = 60.0  # seconds
AGAIN: Final = 5.0  # seconds, after the events broke off
UNPROVED: Final = 5.0  # seconds between looks while a new deployment has not been healthy for long enough


class Observer:
    """`run()` for ever; `look()` once. Safe in several replicas: the rows are the same whoever looks."""

    def __init__(
        self, db: Database, desk: Desk, engines: Engines, clock: Clock, tidy: Tidy, *,
        healthy_for: timedelta = HEALTHY_FOR, every: float = EVERY,
    ) -> None:  # fmt: skip
        self.db, self.desk, self.engines, self.clock, self.tidy = db, desk, engines, clock, tidy
        self.healthy_for, self.every = healthy_for, every
        self.kept: dict[str, tuple[str, ...]] = {}
        self.unproved: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._each_minute())
            both.create_task(self._on_events())

    async def look(self, at: Sequence[Target] | None = None) -> None:
        """Inspect these targets, or all, and write down what runs."""
        looked_at = list(targets(self.desk) if at is None else at)
        for seen in await self.engines.observe(looked_at):
            if await self._write_down(seen):
                await self._keep(next(target for target in looked_at if is_of(seen, target)))

    async def _write_down(self, seen: Observation) -> bool:
        """False when a run is, or was, at work on it: what it passes through is no deployment."""
        async with self.db.transaction() as tx:
            now = await incidents.now(tx)
            # The engine's moment is real time; rows live on the desk's clock, which demo and tests may move.
            seen = replace(seen, seen_at=now - (self.clock.now() - seen.seen_at))
            latest = await deployments.latest(tx, seen.environment, seen.service)
            if await runs.at_work_since(tx, seen.environment, seen.service, seen.seen_at):
                return False
            made = record(latest.deployment if latest else None, seen, healthy_for=self.healthy_for)
            if latest is not None and latest.deployment.first_seen == made.first_seen:
                await deployments.grow(tx, latest.id, made)
            else:
                await deployments.begin(tx, made, seen.engine_id)
                log.info("new deployment", target=f"{seen.environment}/{seen.service}", version=made.name)
            proved = made.proved(self.healthy_for, now)
            (self.unproved.discard if proved else self.unproved.add)((seen.environment, seen.service))
            return True

    async def _keep(self, target: Target) -> None:
        """Protect the images one may want to go back to from `docker image prune`; asked only when they change."""
        async with self.db.transaction() as tx:
            images = await self._images_to_keep(tx, target)
        if self.kept.get(target.key) != images:
            await self.engines.keep(target, images)
            self.kept[target.key] = images

    async def _images_to_keep(self, tx: Tx, target: Target) -> tuple[str, ...]:
        history = await deployments.history(tx, target.environment.name, target.service.name)
        running = history[0].image_id
        return tuple(to_keep(history, running, healthy_for=self.healthy_for, now=await incidents.now(tx)))

    async def _each_minute(self) -> None:
        while True:
            await self._carefully(None)
            # Health is known only at the moments we look: a deployment replaced within its first minute counts, too.
            await asyncio.sleep(min(self.every, UNPROVED) if self.unproved else self.every)

    async def _on_events(self) -> None:
        while True:
            try:
                async with aclosing(self.engines.watch(targets(self.desk))) as changes:
                    async for target in changes:
                        await self._carefully([target])
            except (UserError, Retryable, Permanent) as away:
                log.info("events broke off", reason=str(away))
            except Exception:
                log.exception("events broke off")
            await asyncio.sleep(AGAIN)

    async def _carefully(self, at: Sequence[Target] | None) -> None:
        try:
            if at is None:
                await self.tidy.all_engines()
            await self.look(at)
        except (UserError, Retryable, Permanent, Unavailable) as away:
            log.info("could not look", reason=str(away))
        except Exception:
            log.exception("could not look")


def is_of(seen: Observation, target: Target) -> bool:
    return (seen.environment, seen.service) == (target.environment.name, target.service.name)
