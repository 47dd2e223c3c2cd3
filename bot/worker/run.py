"""Carries out approved runs, ends those whose worker died, and never touches a container that is another's."""

import asyncio
import time
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from typing import Final

import structlog

from bot.answers import Declared
from bot.audit import Actor, Door
from bot.desk import Desk
from bot.errors import Permanent, Retryable, UserError
from bot.lifecycle import Lifecycle
from bot.metrics import Metrics
from bot.notify.blocks import Reader
from bot.phrase import Phrase, Value
from bot.run import LEASE, STARTS_WITHIN, Run, RunStatus
from bot.runbook import Action, Engines, Outcome, Plan, Result, Runbook
from bot.runs import Execution
from bot.runs.wording import action_name, where
from bot.store.database import Unavailable
from bot.target import Target
from bot.worker.journal import LeaseLost, RunJournal
from bot.worker.tidy import Tidy

log = structlog.get_logger("run")

SIGN_OF_LIFE: Final = LEASE.total_seconds() / 4  # seconds
MOST_STARTS: Final = 6  # a run that keeps killing its worker is given to a person
PAUSE: Final = 2.0  # seconds before an engine that does not answer is asked again
SILENT_FOR: Final = 20.0  # seconds that an engine may be away in the middle of a run before a person hears of it
STOP_WITHIN: Final = 120.0  # seconds that a run inside the swap gets when the process is told to stop


class Runner:
    """One per process. `start` is the work of the job `run`; `round` is a chore of the watch; `stop` at the end."""

    def __init__(
        self, execution: Execution, desk: Desk, lifecycle: Lifecycle, engines: Engines,
        runbooks: Mapping[Action, Runbook], tidy: Tidy, metrics: Metrics,
    ) -> None:  # fmt: skip
        self.execution, self.desk, self.lifecycle, self.metrics = execution, desk, lifecycle, metrics
        self.engines, self.runbooks, self.tidy = engines, runbooks, tidy
        self.under_way: dict[int, asyncio.Task[None]] = {}
        self.at_work: set[int] = set()  # those of `under_way` that hold their run
        self.silent: dict[int, float] = {}  # runs whose engine does not answer, since when (monotonic)
        self.stopping = False

    async def start(self, run_id: int) -> None:
        """Returns at once: a run outlives the job that woke us, which the job engine may hand back at any time."""
        if not self.stopping:
            self._spawn(run_id, self._carry_out(run_id))

    async def round(self) -> None:
        """Whatever the jobs missed: expiries, approved runs that nobody started, runs whose worker died."""
        await self.execution.expire()
        if self.stopping:
            return
        approved, abandoned = await self.execution.to_start()
        left = {run.id for run in (*approved, *abandoned)}
        self.silent = {run: since for run, since in self.silent.items() if run in left}
        for run in approved:
            self._spawn(run.id, self._carry_out(run.id))
        for run in abandoned:
            self._spawn(run.id, self._repair(run))

    async def stop(self) -> None:
        """Take no new one; those under way end first: what is in the middle of a swap commits or reverts."""
        self.stopping = True
        for run_id, task in self.under_way.items():
            if run_id not in self.at_work:
                task.cancel()  # it only waits for an engine that does not answer
        tasks = list(self.under_way.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # One run -----------------------------------------------------------------------------------------------------

    async def _carry_out(self, run_id: int) -> None:
        run = await self.execution.get(run_id)
        if run is None or run.status is not RunStatus.APPROVED:
            return
        if not await self._reachable(run):
            await self._waits(run)
            return
        await self.tidy.before_first_action(run.plan.engine)
        self.at_work.add(run_id)
        started = await self.execution.start(run_id)
        if started is not None:
            await self._execute(started, repair=False)

    async def _repair(self, run: Run) -> None:
        if not await self._reachable(run):
            await self._lost(run)
            return
        self.at_work.add(run.id)
        taken = await self.execution.take_over(run.id)
        if taken is None:
            return
        if taken.starts > MOST_STARTS:
            times = {"count": taken.starts - 1}
            said = Phrase("It was interrupted {count} times: somebody has to look at the service now.", times)
            await self._end(taken, Outcome(Result.FAILED, said))
            return
        await self._execute(taken, repair=True)

    async def _execute(self, run: Run, *, repair: bool) -> None:
        journal = RunJournal(self.execution, run)
        try:
            outcome = await self._outcome(run, journal, repair=repair)
        except LeaseLost:
            log.warning("lease lost: left to the worker that has it")
            return
        except Retryable as away:
            log.warning("the engine went away in the middle; repaired as soon as it answers", reason=away.reason)
            await self.execution.let_go(run.id)
            await self._pause()
            return
        finally:
            await journal.live.close()
        if outcome is not None:
            await self._end(run, outcome)

    async def _outcome(self, run: Run, journal: RunJournal, *, repair: bool) -> Outcome | None:
        """None: refused before anything was touched."""
        try:
            runbook, target = self.runbooks[run.plan.action], self._target(run.plan)
            doing = runbook.repair if repair else runbook.run
            return await held(doing(target, run.plan, journal), journal)
        except (LeaseLost, Retryable):  # first: an engine that is away is both Retryable and a UserError
            raise
        except UserError as refused:
            if not repair:
                await self.execution.refuse(run, refused.phrase)
                return None
            return Outcome(Result.FAILED, refused.phrase)
        except Permanent as broken:
            log.error("the runbook broke", reason=broken.reason)
        except Exception:
            log.exception("the runbook broke")
        if not repair:  # it may have broken half-way: what the engine shows decides
            return await self._outcome(run, journal, repair=True)
        return Outcome(Result.FAILED, Phrase("The runbook broke in the middle. Look at the service now."))

    async def _end(self, run: Run, outcome: Outcome) -> None:
        """Page first, then write the end: a crash in between pages again rather than not at all."""
        while True:
            try:
                if not outcome.healthy and outcome.result in (Result.FAILED, Result.REVERTED):
                    await self._page(run, outcome)
                if outcome.result is Result.FAILED:
                    self.tidy.away(run.plan.engine)  # what it left half done may be mended once its reason is gone
                if await self.execution.finish(run, outcome):
                    self.metrics.runs.labels(run.action, outcome.result.value).inc()
                return
            except Unavailable:
                log.warning("the end of the run cannot be written yet: the database is away")
                await asyncio.sleep(1)

    async def _waits(self, run: Run) -> None:
        """Approved, and nothing happens: who pressed is told why, once."""
        if not self._silent_for_long(run):
            return
        minutes = round(STARTS_WITHIN.total_seconds() / 60)
        values: dict[str, Value | Phrase] = {"engine": run.plan.engine, "id": run.id, "minutes": minutes}
        said = Phrase(
            "The Docker engine “{engine}” does not answer, so run {id} has not begun: nothing was touched. It starts as"
            " soon as the engine answers, within {minutes} min of its approval. Look at its host.",
            values,
        )
        await self.execution.tell_once(run, "run.waits", said)

    def _silent_for_long(self, run: Run) -> bool:
        return time.monotonic() - self.silent.get(run.id, time.monotonic()) > SILENT_FOR

    async def _lost(self, run: Run) -> None:
        """Nobody knows when its engine comes back, nor how the service is: a person hears of it, once."""
        if not self._silent_for_long(run):
            return
        values: dict[str, Value | Phrase] = {**where(self.desk, run), "engine": run.plan.engine}
        said = Phrase(
            "The Docker engine “{engine}” fell silent in the middle of run {id} ({action} of {service} in"
            " {environment}). The run is brought to its end as soon as it answers. Look at its host now.",
            values,
        )
        if await self.execution.touched(run):
            await self._page(run, Outcome(Result.FAILED, said))
        await self.execution.tell_once(run, "run.hangs", said)

    async def _page(self, run: Run, outcome: Outcome) -> None:
        """A service left ill becomes an incident: once per run, however often this is tried."""
        if not await self.execution.first_alarm(run):
            return
        plan = run.plan
        declared = await self.lifecycle.declare(
            title=self._title(plan), priority=self.execution.priority(run),
            environment=plan.environment, service=plan.service, text="",
            by=Actor("desk", "ÉcoTrajet", Door.WORKER, delivery=f"run:{run.id}"),
        )  # fmt: skip
        if isinstance(declared, Declared):
            await self.execution.explain(run, declared.incident.number, outcome.phrase)

    def _title(self, plan: Plan) -> str:
        """In the desk's language: an incident's title is kept as it is."""
        values: dict[str, Value | Phrase] = {"service": plan.service, "action": action_name(plan.action)}
        said = Phrase("{service}: {action} went wrong", values)
        if plan.image_now.id != plan.image_then.id:
            values["change"] = f"{plan.image_now.name} → {plan.image_then.name}"
            said = Phrase("{service}: {action} went wrong, {change}", values)
        return Reader.of(self.desk, self.desk.language, datetime.now(UTC)).say(said)

    # Around it ---------------------------------------------------------------------------------------------------

    async def _reachable(self, run: Run) -> bool:
        """Does the socket show the very engine of the plan? Another one: not ours to touch (design section 8.11)."""
        try:
            identity = await self.engines.identity(run.plan.engine)
            self.silent.pop(run.id, None)
        except (UserError, Retryable, Permanent):
            self.silent.setdefault(run.id, time.monotonic())
            log.info("the engine does not answer", engine=run.plan.engine)
            self.tidy.away(run.plan.engine)
            await self._pause()
            return False
        if identity != run.plan.engine_id:
            log.info("another engine answers here: left to the worker that has the right one", engine=run.plan.engine)
            await self._pause()
        return identity == run.plan.engine_id

    def _target(self, plan: Plan) -> Target:
        environment, service = self.desk.environments[plan.environment], self.desk.services[plan.service]
        return Target(environment, service, plan.engine, service.containers.get(plan.environment, plan.container))

    async def _pause(self) -> None:
        if not self.stopping:
            await asyncio.sleep(PAUSE)

    def _spawn(self, run_id: int, work: Coroutine[object, object, None]) -> None:
        """Never two at once for the same run in this process."""
        if run_id in self.under_way:
            work.close()
            return
        task = asyncio.create_task(self._logged(run_id, work), name=f"run {run_id}")
        self.under_way[run_id] = task
        task.add_done_callback(lambda _: self._ended(run_id))

    def _ended(self, run_id: int) -> None:
        self.under_way.pop(run_id, None)
        self.at_work.discard(run_id)

    async def _logged(self, run_id: int, work: Coroutine[object, object, None]) -> None:
        with structlog.contextvars.bound_contextvars(run=run_id):
            try:
                await work
            except Unavailable:
                log.warning("not now: the database is away")
            except Exception:
                log.exception("a run broke")


async def held(doing: Coroutine[object, object, Outcome], journal: RunJournal) -> Outcome:
    """The outcome of `doing`, giving signs of life meanwhile; raises LeaseLost, and stops it, when they fail."""
    work = asyncio.ensure_future(doing)
    try:
        while not work.done():
            await asyncio.wait({work}, timeout=SIGN_OF_LIFE)
            if not work.done():
                await journal.hold()
        return await work
    finally:
        if not work.done():
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
