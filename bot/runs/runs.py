"""What people do about runs: ask for one, approve, reject, call off. The plan is frozen before anybody approves it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import access
from bot.answers import Repeated
from bot.approval import (
    EXPIRES_AFTER,
    Allowed,
    BreakGlass,
    Refused,
    Request,
    Rule,
    may_approve,
    right_to_approve,
    rule_for,
)
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import Permanent, UserError
from bot.phrase import Phrase
from bot.run import Approved, Cancelled, NoSuchRun, NotNow, Planned, Rejected, Requested, Run, RunEnd, RunStatus
from bot.runbook import FROZEN, Action, Plan, Runbook
from bot.runs import resting, trains, wording
from bot.runs.diagnoses import Diagnoses
from bot.runs.freezes import Freezes, in_force
from bot.runs.pictures import Pictures
from bot.runs.tails import Tails
from bot.runs.validations import Validations
from bot.runs.wish import Wish, aimed, really_meant
from bot.store import audit, deliveries, deployments, incidents, jobs, runs
from bot.store.database import Database, Tx
from bot.target import Environment, Target
from bot.view import RunView


class Runs:
    """Raises `store.database.Unavailable` when the database is away, UserError when a plan cannot be made."""

    def __init__(self, db: Database, desk: Desk, runbooks: Mapping[Action, Runbook]) -> None:
        self.db = db
        self.desk = desk
        self.runbooks = runbooks
        self.freezes = Freezes(db, desk)
        self.validations = Validations(db, desk)
        self.diagnoses = Diagnoses(db, desk)
        self.pictures = Pictures(db, desk)
        self.tails = Tails(db, desk)

    async def request(self, wish: Wish, by: Actor) -> Requested | Planned | NotNow | Repeated:
        """Make the plan, freeze it and ask for its approval; what needs none starts at once."""
        target, params = aimed(wish, self.desk)
        right = wish.action.action_class
        if (missing := self._missing(by.id, right, target.environment)) is not None:
            return await self._refused(by, wish, target, missing)
        plan = await self._plan(wish, target, params, by)
        if wish.dry_run:
            return Planned(plan)
        really_meant(wish, target.environment)
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            return await self._ask(tx, wish, target.environment, plan, by)

    async def approve(
        self, run_id: int, by: Actor, *, fingerprint: str | None = None, break_glass: str | None = None
    ) -> Approved | NotNow | NoSuchRun | Repeated:
        """Let the frozen plan run. `fingerprint` is that of the card pressed; typed by number, it is the stored one."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            run = await self._held(tx, run_id)
            if run is None:
                return NoSuchRun(run_id)
            return await self._approve(tx, run, by, fingerprint or run.fingerprint, break_glass)

    async def reject(self, run_id: int, by: Actor) -> Rejected | NotNow | NoSuchRun | Repeated:
        """No: by anybody who might have approved it, or by the one who asked."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            run = await self._held(tx, run_id)
            if run is None:
                return NoSuchRun(run_id)
            if (missing := self._may_stop(run, by)) is not None:
                return NotNow(missing)
            end = RunEnd(Phrase("Rejected by {name}.", {"name": by.name}))
            moved = await runs.move(tx, run.id, RunStatus.REJECTED, end=end)
            if moved is None:
                return NotNow(wording.too_late(run))
            await wording.written(tx, by, "run.rejected", moved)
            await wording.card(tx, self.desk, moved)
            await wording.tell(
                tx, self.desk, run.requested_by if run.requested_by != by.id else None, moved, end.phrase
            )
            return Rejected(moved)

    async def cancel(self, run_id: int, by: Actor) -> Cancelled | NotNow | NoSuchRun | Repeated:
        """Call it off: at once while nothing has begun; a running one stops if the service is still untouched."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            run = await self._held(tx, run_id)
            if run is None:
                return NoSuchRun(run_id)
            if (missing := self._may_stop(run, by)) is not None:
                return NotNow(missing)
            return await self._cancel(tx, run, by)

    async def go_back(self, run_id: int, by: Actor) -> Requested | NotNow | NoSuchRun | Repeated:
        """Ask for the rollback of a deployment that turned out ill."""
        async with self.db.transaction() as tx:
            run = await runs.get(tx, run_id)
        if run is None:
            return NoSuchRun(run_id)
        words = (run.environment, run.service, run.plan.image_now.id)
        answer = await self.request(Wish(Action.ROLLBACK, words), by)
        assert not isinstance(answer, Planned)  # no dry run
        return answer

    async def recent(self) -> list[Run]:
        """The unfinished runs, then the newest."""
        async with self.db.transaction() as tx:
            return await runs.recent(tx)

    async def view(self, run_id: int) -> RunView | None:
        """A run with its steps and evidence."""
        async with self.db.transaction() as tx:
            return await runs.view(tx, run_id)

    # Asking ------------------------------------------------------------------------------------------------------

    async def _plan(self, wish: Wish, target: Target, params: Sequence[str], by: Actor) -> Plan:
        runbook, named = self.runbooks.get(wish.action), wording.action_name(wish.action)
        if runbook is None:
            raise UserError(Phrase("There is no runbook for {action} here.", {"action": named}))
        async with self.db.transaction() as tx:
            rows = await deployments.history(tx, target.environment.name, target.service.name)
            history = [replace(row, actor=wording.name(self.desk, row.actor) if row.actor else "") for row in rows]
            now = await incidents.now(tx)
        try:
            plan = await runbook.plan(target, params, history, now)
        except Permanent as said:
            raise UserError(Phrase("Docker refused: {why}. Nothing was touched.", {"why": said.reason})) from said
        reason = wish.reason or wish.break_glass or ""
        return resting.told(self.desk, trains.explained(self.desk, plan, reason, by, now, dry_run=wish.dry_run))

    async def _ask(
        self, tx: Tx, wish: Wish, environment: Environment, plan: Plan, by: Actor
    ) -> Requested | NotNow | Repeated:
        await runs.take_turns(tx, plan.environment, plan.service)
        if (holder := await runs.active(tx, plan.environment, plan.service)) is not None:
            return NotNow(wording.held(self.desk, holder))
        if (waiting := await runs.waiting(tx, plan.environment, plan.service)) is not None:
            return NotNow(await self._undecided(tx, waiting, wish))
        if (refused := await self._not_yet(tx, plan, by)) is not None:
            return NotNow(refused)
        incident = await runs.open_incident(tx, plan.environment, plan.service)
        run = await runs.insert(tx, plan, by.id, incident, EXPIRES_AFTER, step=wish.step)
        await wording.written(tx, by, "run.requested", run)
        await trains.tell(tx, self.desk, run, by)
        approved = await self._approved_at_once(tx, wish, environment, run, by)
        await wording.card(tx, self.desk, approved or run)
        return Requested(
            approved or run, approved is not None, () if approved else wording.whom_to_wake(self.desk, environment, run)
        )

    async def _not_yet(self, tx: Tx, plan: Plan, by: Actor) -> Phrase | None:
        """A freeze, or product's word that is missing."""
        if plan.action in FROZEN and (freeze := await in_force(tx, self.desk, plan.environment)) is not None:
            return wording.frozen(self.desk, freeze)
        if plan.action is Action.PROMOTE:
            return await self.validations.missing(tx, plan, by)
        return None

    async def _undecided(self, tx: Tx, waiting: Run, wish: Wish) -> Phrase:
        said = wording.undecided(self.desk, waiting)
        open_p1 = await runs.open_p1(tx, waiting.environment)
        return wording.alone(said, waiting, open_p1) if wish.break_glass is not None and open_p1 else said

    async def _approved_at_once(self, tx: Tx, wish: Wish, environment: Environment, run: Run, by: Actor) -> Run | None:
        """When nobody need approve, or the glass is broken; a plan that asks a question always waits for its answer."""
        if run.plan.asks is not None:
            return None
        if rule_for(environment, run.plan.action) is Rule.NONE:
            moved = await runs.move(tx, run.id, RunStatus.APPROVED, by=by.id)
            if moved is not None:
                await wording.written(tx, by, "run.approved", moved, Phrase("No approval is needed there"))
                await jobs.enqueue(tx, [jobs.run_job(moved.id, moved.starts)])
            return moved
        if wish.break_glass is None:
            return None
        answer = await self._approve(tx, run, by, run.fingerprint, wish.break_glass)
        if isinstance(answer, Approved):
            return answer.run
        raise UserError(answer.phrase)  # rolls back: a request that cannot start is not left lying about

    async def _refused(self, by: Actor, wish: Wish, target: Target, missing: Phrase) -> NotNow:
        """Somebody asked for what they may not do: said to them, and kept."""
        async with self.db.transaction() as tx:
            await audit.write(tx, Entry(by, "run.refused", on=f"{wish.action} {target.key}", why=missing))
        return NotNow(missing)

    # Deciding ----------------------------------------------------------------------------------------------------

    async def _held(self, tx: Tx, run_id: int) -> Run | None:
        """The run as it stands, with its target held until the transaction ends."""
        run = await runs.get(tx, run_id)
        if run is None:
            return None
        await runs.take_turns(tx, run.environment, run.service)
        return await runs.get(tx, run_id)

    async def _approve(
        self, tx: Tx, run: Run, by: Actor, fingerprint: str, break_glass: str | None
    ) -> Approved | NotNow:
        if run.status is not RunStatus.REQUESTED:
            return NotNow(wording.too_late(run))
        environment = self.desk.environments.get(run.environment)
        if environment is None:
            return NotNow(Phrase("{environment} is no longer configured.", {"environment": run.environment}))
        if (missing := self._missing(by.id, right_to_approve(run.plan.action), environment)) is not None:
            return NotNow(missing)
        if run.plan.action in FROZEN and (freeze := await in_force(tx, self.desk, run.environment)) is not None:
            return NotNow(wording.frozen(self.desk, freeze))
        open_p1 = await runs.open_p1(tx, run.environment)
        now = await incidents.now(tx)

        def asked(reason: str | None) -> Allowed | Refused:
            broken = BreakGlass(reason, open_p1) if reason is not None else None
            request = _request(run, environment)
            return may_approve(request, by.id, has_right=True, fingerprint=fingerprint, now=now, break_glass=broken)

        answer = asked(break_glass)
        if isinstance(answer, Refused):
            helps = open_p1 is not None and break_glass is None and isinstance(asked("any reason"), Allowed)
            return NotNow(wording.alone(answer.phrase, run, open_p1) if open_p1 and helps else answer.phrase)
        if (holder := await runs.active(tx, run.environment, run.service)) is not None:
            return NotNow(wording.held(self.desk, holder))
        return await self._let_run(tx, run, by, break_glass if answer.broke_glass else None)

    async def _let_run(self, tx: Tx, run: Run, by: Actor, alone_because: str | None) -> Approved | NotNow:
        moved = await runs.move(tx, run.id, RunStatus.APPROVED, by=by.id, break_glass=alone_because)
        if moved is None:
            return NotNow(wording.too_late(run))
        why = None
        if alone_because is not None:
            values = {**wording.where(self.desk, moved), "name": by.name, "reason": alone_because}
            why = Phrase(
                "🚨 {name} broke the glass: {action} of {service} in {environment} approved alone. Reason: {reason}",
                values,
            )
            await wording.announce(tx, self.desk, why)
        await wording.written(tx, by, "run.broke_glass" if why else "run.approved", moved, why)
        await jobs.enqueue(tx, [jobs.run_job(moved.id, moved.starts)])
        await wording.card(tx, self.desk, moved)
        return Approved(moved, broke_glass=alone_because is not None)

    async def _cancel(self, tx: Tx, run: Run, by: Actor) -> Cancelled | NotNow:
        if run.status is RunStatus.RUNNING:
            asked = await runs.ask_to_stop(tx, run.id)
            if asked is None:
                return NotNow(wording.too_late(run))
            await wording.written(tx, by, "run.cancel_asked", asked)
            return Cancelled(asked, at_once=False)
        end = RunEnd(Phrase("Called off by {name}.", {"name": by.name}))
        moved = await runs.move(tx, run.id, RunStatus.CANCELLED, end=end)
        if moved is None:
            return NotNow(wording.too_late(run))
        await wording.written(tx, by, "run.cancelled", moved)
        await wording.card(tx, self.desk, moved)
        return Cancelled(moved, at_once=True)

    # Rights ------------------------------------------------------------------------------------------------------

    def _missing(self, person: str, right: str, environment: Environment) -> Phrase | None:
        return access.why_not(self.desk.people, self.desk.teams, person, right, environment)

    def _may_stop(self, run: Run, by: Actor) -> Phrase | None:
        """The requester always may; anybody else needs the right to do it themselves."""
        environment = self.desk.environments.get(run.environment)
        if by.id == run.requested_by or environment is None:
            return None
        return self._missing(by.id, run.plan.action.action_class, environment)


def _request(run: Run, environment: Environment) -> Request:
    return Request(run.requested_by, environment, run.plan.action, run.fingerprint, run.requested_at)
