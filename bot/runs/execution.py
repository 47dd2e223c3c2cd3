"""What the worker does about runs: start, step, end, take over. Each use case is one transaction."""

from collections.abc import Sequence
from dataclasses import replace

from bot import access
from bot.approval import right_to_approve
from bot.audit import DESK
from bot.deployment import Observation, Source, record
from bot.desk import Desk
from bot.incident import Priority
from bot.message import About, Kind
from bot.phrase import Phrase
from bot.run import SHOWN_LINES, Line, Run, RunEnd, RunStatus
from bot.runbook import FORWARD, FROZEN, REPLACING, Action, Evidence, Outcome, Result, Step
from bot.runs import wording
from bot.runs.freezes import in_force
from bot.store import deliveries, deployments, incidents, messages, output, runs, watches
from bot.store.database import Database, Tx

SHOWN_STEPS = frozenset({Step.STOP, Step.GATE, Step.R_RENAME_NEW, Step.R_GATE, Step.RESTART})
"""The card is edited when one of these begins; the others take milliseconds and Slack counts edits."""

TOUCHING = frozenset({Step.STOP, Step.START, Step.RESTART, Step.UPDATE, Step.SCALE})
"""From these on the service may be down."""

STATUS_OF = {
    Result.SUCCEEDED: RunStatus.SUCCEEDED,
    Result.REVERTED: RunStatus.REVERTED,
    Result.FAILED: RunStatus.FAILED,
    Result.CANCELLED: RunStatus.CANCELLED,
}


class Execution:
    """`owner` names this worker in leases. Raises `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk, owner: str) -> None:
        self.db = db
        self.desk = desk
        self.owner = owner

    async def get(self, run_id: int) -> Run | None:
        async with self.db.transaction() as tx:
            return await runs.get(tx, run_id)

    async def start(self, run_id: int) -> Run | None:
        """Claim an approved run, after asking once more who may; None: somebody else has it, or it was refused."""
        async with self.db.transaction() as tx:
            run = await runs.get(tx, run_id)
            if run is None:
                return None
            await runs.take_turns(tx, run.environment, run.service)
            run = await runs.get(tx, run_id)  # another worker may have begun it meanwhile: that one is not refused
            if run is None or run.status is not RunStatus.APPROVED:
                return None
            if (missing := self._missing(run) or await self._frozen(tx, run)) is not None:
                await self._end(tx, run, RunStatus.REFUSED, RunEnd(missing), owner=None)
                return None
            started = await runs.claim(tx, run_id, self.owner)
            if started is not None:
                await wording.written(tx, DESK, "run.started", started)
                await wording.card(tx, self.desk, started)
            return started

    async def take_over(self, run_id: int) -> Run | None:
        """Hold a run whose worker died; None: it lives, it ended, or another took it."""
        async with self.db.transaction() as tx:
            taken = await runs.take_over(tx, run_id, self.owner)
            if taken is not None:
                await wording.written(tx, DESK, "run.interrupted", taken, result=f"starts={taken.starts}")
                await wording.card(tx, self.desk, taken)
            return taken

    async def hold(self, run_id: int) -> bool:
        """A sign of life; False: the lease is lost, stop touching anything."""
        async with self.db.transaction() as tx:
            return await runs.hold(tx, run_id, self.owner)

    async def let_go(self, run_id: int) -> None:
        """The engine is away: whoever reaches it first may take over."""
        async with self.db.transaction() as tx:
            await runs.let_go(tx, run_id, self.owner)

    # Steps -------------------------------------------------------------------------------------------------------

    async def begin_step(self, run: Run, name: str) -> bool:
        """A row before the step. False: the lease is lost, do not take the step."""
        async with self.db.transaction() as tx:
            if not await runs.hold(tx, run.id, self.owner):
                return False
            await runs.begin_step(tx, run.id, name)
            if name in SHOWN_STEPS:
                await wording.card(tx, self.desk, run)
            return True

    async def step_done(self, run: Run, name: str, detail: str) -> None:
        """The row after the step."""
        async with self.db.transaction() as tx:
            await runs.end_step(tx, run.id, name, detail)

    async def keep_evidence(self, run: Run, evidence: Evidence) -> None:
        async with self.db.transaction() as tx:
            await runs.keep_evidence(tx, run, evidence)

    async def keep_output(self, run: Run, lines: Sequence[Line]) -> None:
        """What it said since the last time, and the edit that shows it. Nothing when the lease is another's."""
        async with self.db.transaction() as tx:
            if await output.keep(tx, run.id, self.owner, lines):
                await self._show_output(tx, run)

    async def lines_so_far(self, run: Run) -> int:
        async with self.db.transaction() as tx:
            return await output.count(tx, run.id)

    async def _show_output(self, tx: Tx, run: Run) -> None:
        await messages.queue(
            tx, kind=Kind.SLACK, about=About.RUN_OUTPUT, to=self.desk.incidents_channel, run=run.id,
            after=await output.wait(tx, run.id),
        )  # fmt: skip

    async def _whole_output(self, tx: Tx, run: Run) -> None:
        """Once it is over: the last edit, and all of it as a file where the edit leaves something out."""
        said = await output.count(tx, run.id)
        if said:
            await self._show_output(tx, run)
        if said > SHOWN_LINES:
            await messages.queue(tx, kind=Kind.SLACK, about=About.FILE, to=self.desk.incidents_channel, run=run.id)

    async def asked_to_stop(self, run: Run) -> bool:
        async with self.db.transaction() as tx:
            return await runs.asked_to_stop(tx, run.id)

    # Ends --------------------------------------------------------------------------------------------------------

    async def finish(self, run: Run, outcome: Outcome) -> bool:
        """Run, deployment, audit, card and messages at once. False: the lease was lost, another worker ends it."""
        status = STATUS_OF[outcome.result]
        if run.status is RunStatus.INTERRUPTED and status is RunStatus.CANCELLED:
            status = RunStatus.REVERTED  # it had begun; that nothing changed in the end is what "reverted" says
        end = RunEnd(outcome.phrase, outcome.remarks, outcome.healthy, outcome.downtime)
        async with self.db.transaction() as tx:
            ended = await self._end(tx, run, status, end, owner=self.owner)
            if ended is None:
                return False
            if outcome.image is not None and status is not RunStatus.CANCELLED:
                await self._remember(tx, ended, outcome)
            if status is RunStatus.SUCCEEDED:
                await self._watch(tx, ended, outcome)
            return True

    async def refuse(self, run: Run, why: Phrase) -> bool:
        """Claimed, but the world is no longer that of the plan: nothing was touched."""
        async with self.db.transaction() as tx:
            return await self._end(tx, run, RunStatus.REFUSED, RunEnd(why), owner=self.owner) is not None

    async def expire(self) -> None:
        """Requests nobody decided about, and approvals nobody could start, in time."""
        async with self.db.transaction() as tx:
            for run in await runs.expired(tx):
                said = Phrase("Nobody approved it in time. Ask again for a fresh plan.")
                await self._end(tx, run, RunStatus.EXPIRED, RunEnd(said), owner=None)
            for run in await runs.too_old_to_start(tx):
                said = Phrase("Approved, but the engine could not be reached in time. Ask again.")
                await self._end(tx, run, RunStatus.EXPIRED, RunEnd(said), owner=None)

    async def to_start(self) -> tuple[Sequence[Run], Sequence[Run]]:
        """Runs that are approved and unclaimed, and runs whose worker gave no sign of life."""
        async with self.db.transaction() as tx:
            return await runs.to_start(tx), await runs.abandoned(tx)

    async def first_alarm(self, run: Run) -> bool:
        """Should a person be paged for how this run ended? Not when someone is on that very outage already."""
        if run.plan.was_healthy or run.incident is None:
            return True
        async with self.db.transaction() as tx:
            incident = await incidents.get(tx, run.incident)
            return incident is None or incident.resolved_at is not None

    async def explain(self, run: Run, incident: int, why: Phrase) -> None:
        """Tell in the new incident what happened, and let the run belong to it if it belongs to none."""
        async with self.db.transaction() as tx:
            await runs.belongs_to(tx, run.id, incident)
            await wording.note(tx, self.desk, incident, why)

    async def touched(self, run: Run) -> bool:
        """Has it come so far that the service may be down?"""
        async with self.db.transaction() as tx:
            view = await runs.view(tx, run.id)
            return view is not None and any(step.name in TOUCHING for step in view.steps)

    async def tell_once(self, run: Run, what: str, said: Phrase) -> None:
        """That it hangs, to those who wait for it: the first time only, whichever replica comes first.

        `what`: the word of the audit trail for it.
        """
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, replace(DESK, delivery=f"{what}:{run.id}")):
                return
            await wording.written(tx, DESK, what, run, said)
            for who in dict.fromkeys((run.requested_by, run.approved_by)):
                await wording.tell(tx, self.desk, who, run, said)
            if run.incident is not None:
                await wording.note(tx, self.desk, run.incident, said)

    def priority(self, run: Run) -> Priority:
        """Of the incident that a service left ill becomes."""
        environment = self.desk.environments.get(run.environment)
        if environment is None or environment.protected:
            return Priority.P1
        return Priority.P2 if environment.confirm else Priority.P3

    async def _end(self, tx: Tx, run: Run, to: RunStatus, end: RunEnd, owner: str | None) -> Run | None:
        ended = await runs.move(tx, run.id, to, end=end, owner=owner)
        if ended is None:
            return None
        await wording.written(tx, DESK, f"run.{to.value}", ended, end.phrase)
        await wording.card(tx, self.desk, ended)
        await self._whole_output(tx, ended)
        said = Phrase(
            "Run {id}, {action} of {service} in {environment}: {status}. {detail}",
            {**wording.where(self.desk, ended), "status": wording.status_name(ended), "detail": end.phrase},
        )
        if ended.incident is not None:
            await wording.note(tx, self.desk, ended.incident, said)
        await wording.tell(tx, self.desk, ended.requested_by, ended, said)
        if to is not RunStatus.SUCCEEDED and ended.approved_by != ended.requested_by:
            await wording.tell(tx, self.desk, ended.approved_by, ended, said)
        return ended

    async def _watch(self, tx: Tx, run: Run, outcome: Outcome) -> None:
        """Something new is watched for a while; what was watched there before is over."""
        if run.plan.action in REPLACING | {Action.STOP}:
            for before in await watches.over(tx, run.environment, run.service):
                if (other := await runs.get(tx, before)) is not None:
                    await wording.card(tx, self.desk, other)
        if run.plan.action in FORWARD and outcome.image is not None:
            await watches.begin(tx, run, outcome.image.id, outcome.container_id)

    async def _remember(self, tx: Tx, run: Run, outcome: Outcome) -> None:
        """What runs now, as a stretch of the deployment history, with who put it there."""
        image = outcome.image
        if image is None:
            return
        seen = Observation(
            run.environment, run.service, run.plan.engine_id, image.id, image.reference, image.digests, image.version,
            outcome.container_id, outcome.healthy, await incidents.now(tx),
        )  # fmt: skip
        latest = await deployments.latest(tx, run.environment, run.service)
        by_us = run.plan.action in REPLACING and outcome.result is Result.SUCCEEDED
        theirs = Source.ROLLBACK if run.plan.action is Action.ROLLBACK else Source.DEPLOY
        source, actor = (theirs, run.requested_by) if by_us else (Source.OBSERVED, "")
        made = record(latest.deployment if latest else None, seen, source=source, actor=actor)
        if latest is None or latest.deployment.first_seen != made.first_seen:
            await deployments.begin(tx, made, run.plan.engine_id)
        else:
            await deployments.grow(tx, latest.id, made)

    async def _frozen(self, tx: Tx, run: Run) -> Phrase | None:
        freeze = await in_force(tx, self.desk, run.environment) if run.plan.action in FROZEN else None
        return wording.frozen(self.desk, freeze) if freeze else None

    def _missing(self, run: Run) -> Phrase | None:
        """Asked a last time before anything is touched: rights may have been taken away since."""
        environment = self.desk.environments.get(run.environment)
        if environment is None or run.service not in self.desk.services:
            return Phrase("{environment} is no longer configured.", {"environment": run.environment})
        action = run.plan.action
        for person, right in ((run.requested_by, action.action_class), (run.approved_by, right_to_approve(action))):
            if not access.may(self.desk.people, self.desk.teams, person, right, environment.name):
                return Phrase("{name} may no longer do this.", {"name": wording.name(self.desk, person)})
        return None
