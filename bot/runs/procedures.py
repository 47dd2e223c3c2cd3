"""What people do about runbooks: begin one, answer a step, call it off. The worker walks through them (`walking`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot import access
from bot.answers import Repeated
from bot.approval import Rule, right_to_approve, rule_for
from bot.audit import DESK, Actor
from bot.desk import Desk
from bot.errors import UserError
from bot.incident import Incident
from bot.message import About, Kind
from bot.phrase import Phrase, Value
from bot.procedure import Procedure, ProcedureRun, ProcedureState, StepState, suggestions
from bot.runbook import Action
from bot.runs import wording
from bot.runs.advance import advance, card, facts, written
from bot.runs.beforehand import allow, given_to, place_of, to_confirm
from bot.store import deliveries, incidents, messages, procedures
from bot.store.database import Database, Tx
from bot.target import fold, nearest

LISTED = 10
FRESH = timedelta(minutes=5)
LOOKED_AT = 50  # incidents at once
BY_ITSELF, BY_ITSELF_IN = 10, timedelta(minutes=10)
"""So many runbooks begin by themselves in that time, and no more: each asks an engine for a dozen things."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a person asks for: `words` name the place, `given` are the parameters; `confirm` as in `runs.Wish`."""

    name: str
    words: Sequence[str] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    incident: int | None = None
    confirm: str | None = None


class Procedures:
    """Raises UserError, and `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    def named(self, name: str) -> Procedure:
        """Raises UserError with the nearest known name."""
        known = {fold(each): found for each, found in self.desk.procedures.items()}
        if (found := known.get(fold(name))) is not None:
            return found
        if near := nearest(name, self.desk.procedures):
            values = {"word": name, "near": near}
            raise UserError(Phrase("There is no runbook “{word}”. Did you mean “{near}”?", values))
        raise UserError(
            Phrase("There is no runbook “{word}”. All there are: `/ecotrajet runbook list`.", {"word": name})
        )

    def to_confirm(self, procedure: Procedure, words: Sequence[str]) -> str:
        """The name of the protected environment that a step takes something away in; empty: none does."""
        environment, service = place_of(self.desk, procedure, words)
        return to_confirm(self.desk, procedure, {"environment": environment, "service": service})

    async def begin(self, start: Start, by: Actor) -> ProcedureRun | Repeated:
        """Its row and its card; the worker takes the first step. Refused at once when a step would be refused later."""
        procedure = self.named(start.name)
        environment, service = place_of(self.desk, procedure, start.words)
        given = given_to(procedure, start.given)
        self._allow_answer(by)
        values = {**given, "environment": environment, "service": service}
        allow(self.desk, by, procedure, values, start.confirm)
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            if start.incident is not None and await incidents.get(tx, start.incident) is None:
                raise UserError(Phrase("There is no incident #{number}.", {"number": start.incident}))
            number = await procedures.begin(
                tx, procedure, environment, service, by.id, given=given, incident=start.incident, confirm=start.confirm
            )
            if number is None:
                raise UserError(await self._under_way(tx, procedure.name, environment, service))
            return await self._begun(tx, number, by)

    async def _begun(self, tx: Tx, number: int, by: Actor) -> ProcedureRun:
        made = await procedures.get(tx, number)
        assert made is not None  # just inserted
        said = Phrase("{name} began the runbook “{title}” ({id})", facts(made) | {"name": by.name})
        await written(tx, by, "runbook.begun", made, said)
        if made.incident is not None:  # it is no longer proposed there
            await messages.queue(
                tx, kind=Kind.SLACK, about=About.CARD, to=self.desk.incidents_channel, incident=made.incident
            )
        return await advance(tx, self.desk, number)

    async def begin_safe(self) -> None:
        """Those that only look, on incidents that have just opened: what they read is there before a human looks.

        Once for each incident, whichever replica is first; in a storm a few, for the worst incidents.
        """
        safe = [each for each in self.desk.procedures.values() if each.safe and not each.parameters]
        if not safe or not self.desk.automatic_runbooks:
            return
        async with self.db.transaction() as tx:
            fresh = await incidents.not_looked_at(tx, FRESH, LOOKED_AT)
            fitting = [(each, suggestions(safe, each, self.desk.environments)) for each in fresh]
            wanted = [(found.name, each) for each, several in fitting for found in several]
            if not wanted:
                return
            left = await procedures.left_to_begin(tx, BY_ITSELF, BY_ITSELF_IN)
            for name, incident in wanted:
                if left and await self._begin_by_itself(tx, self.desk.procedures[name], incident):
                    left -= 1

    async def _begin_by_itself(self, tx: Tx, procedure: Procedure, incident: Incident) -> bool:
        """Once for each incident, and not while it looks at the same place for another one. False: not now."""
        try:
            place = place_of(self.desk, procedure, [word for word in (incident.environment, incident.service) if word])
        except UserError:  # nothing of ours runs there
            return False
        number = await procedures.begin(
            tx, procedure, *place, DESK.id, given={}, incident=incident.number, confirm=None
        )
        if number is not None:
            await self._begun(tx, number, DESK)
        return number is not None

    async def answer(self, step: int, done: bool, by: Actor) -> ProcedureRun | Repeated:
        """A person's word about a step, once; who was first counts."""
        self._allow_answer(by)
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            number = await procedures.of_step(tx, step)
            if number is None:
                raise UserError(Phrase("There is no such step."))
            await procedures.held(tx, number)
            run = await procedures.get(tx, number)
            assert run is not None  # its steps refer to it
            state = StepState.DONE if done else StepState.FAILED
            if done:
                self._allow_approval(run, step, by)
            if run.state.is_over or not await procedures.end_step(tx, step, StepState.WAITING, state, by=by.id):
                raise UserError(self._too_late(run, step))
            said = self._answered(run, step, done, by)
            await written(tx, by, f"runbook.step_{state.value}", run, said)
            await card(tx, self.desk, run)
            return await advance(tx, self.desk, number)

    async def answer_of(self, number: int, done: bool, by: Actor) -> ProcedureRun | Repeated:
        """The same by the number of the runbook: of the step that waits now."""
        run = await self.view(number)
        if run is None:
            raise UserError(no_such(number))
        if run.current is None or run.current.state is not StepState.WAITING:
            raise UserError(Phrase("No step of runbook {id} waits for an answer.", {"id": number}))
        return await self.answer(run.current.id, done, by)

    async def cancel(self, number: int, by: Actor) -> ProcedureRun | Repeated:
        """No further step. What a step has asked for already goes on by itself: its card can call that off."""
        self._allow_answer(by)
        async with self.db.transaction() as tx:
            run = await self._held(tx, number, by)
            if run is None:
                return Repeated()
            said = Phrase("Called off by {name}.", {"name": by.name})
            if not await procedures.move(tx, number, ProcedureState.CANCELLED, said):
                raise UserError(Phrase("Runbook {id} is over already.", {"id": number}))
            if run.current is not None:
                await procedures.end_step(tx, run.current.id, run.current.state, StepState.SKIPPED, said=said)
            told = Phrase("{name} called off the runbook “{title}” ({id})", facts(run) | {"name": by.name})
            await written(tx, by, "runbook.cancelled", run, told)
            await card(tx, self.desk, run)
            return run

    async def again(self, number: int, by: Actor) -> ProcedureRun | Repeated:
        """The step at which it stopped, once more: nobody walks through ten steps again because the eleventh failed."""
        self._allow_answer(by)
        async with self.db.transaction() as tx:
            run = await self._held(tx, number, by)
            if run is None:
                return Repeated()
            if not run.may_go_on:
                raise UserError(Phrase("Runbook {id} has not stopped at a step that failed.", {"id": number}))
            name = run.procedure.name
            if await procedures.under_way(tx, name, run.environment, run.service) is not None:
                raise UserError(await self._under_way(tx, name, run.environment, run.service))
            await procedures.move(tx, number, ProcedureState.RUNNING, None)
            last = run.taken[-1]
            state = StepState.WAITING if run.step_of(last).do is None else StepState.RUNNING
            visit = 1 + sum(each.position == last.position for each in run.taken)
            await procedures.take(tx, number, last.position, visit, state)
            values = {**facts(run), "name": by.name, "step": last.position + 1}
            said = Phrase("{name} tries step {step} of the runbook “{title}” ({id}) again", values)
            await written(tx, by, "runbook.again", run, said)
            await card(tx, self.desk, run)
            return run

    async def recent(self) -> list[ProcedureRun]:
        """The unfinished ones, then the newest."""
        async with self.db.transaction() as tx:
            return await procedures.recent(tx, LISTED)

    async def view(self, number: int) -> ProcedureRun | None:
        """With its steps; None: no such number."""
        async with self.db.transaction() as tx:
            return await procedures.get(tx, number)

    async def _held(self, tx: Tx, number: int, by: Actor) -> ProcedureRun | None:
        """Locked until the end of `tx`; None: this very delivery was handled before. Raises UserError."""
        if not await deliveries.first_time(tx, by):
            return None
        run = await procedures.get(tx, number) if await procedures.held(tx, number) else None
        if run is None:
            raise UserError(no_such(number))
        return run

    # Asking ------------------------------------------------------------------------------------------------------

    async def _under_way(self, tx: Tx, name: str, environment: str, service: str) -> Phrase:
        there = await procedures.under_way(tx, name, environment, service)
        if there is None:
            return Phrase("It has just ended there. Begin it again.")
        values: dict[str, Value | Phrase] = {
            **facts(there), "name": wording.name(self.desk, there.begun_by), "at": there.begun_at,
        }  # fmt: skip
        return Phrase(
            "“{title}” is under way there already: runbook {id}, begun by {name} at {at}. "
            "`/ecotrajet runbook {id}` shows it.",
            values,
        )

    # Rights ------------------------------------------------------------------------------------------------------

    def _allow_answer(self, by: Actor) -> None:
        missing = access.why_not_respond(self.desk.people, self.desk.teams, by.id)
        if missing is not None:
            raise UserError(missing)

    def _allow_approval(self, run: ProcedureRun, step: int, by: Actor) -> None:
        """The rules of an action's approval; nothing for a mere question."""
        taken = next(each for each in run.taken if each.id == step)
        environment = self.desk.environments.get(run.environment)
        if not run.step_of(taken).approval or taken.state is not StepState.WAITING:
            return
        if environment is None:
            if by.id == run.begun_by:
                raise UserError(Phrase("A second person approves this step: let a colleague press."))
            return
        missing = access.why_not(self.desk.people, self.desk.teams, by.id, right_to_approve(Action.DEPLOY), environment)
        if missing is not None:
            raise UserError(missing)
        if rule_for(environment, Action.DEPLOY) is Rule.SECOND_PERSON and by.id == run.begun_by:
            values = {"environment": environment.label}
            raise UserError(
                Phrase("In {environment} a second person approves. You asked for it: let a colleague press.", values)
            )

    def _too_late(self, run: ProcedureRun, step: int) -> Phrase:
        taken = next((each for each in run.taken if each.id == step), None)
        if taken is not None and taken.by is not None and taken.finished_at is not None:
            values: dict[str, Value | Phrase] = {"name": wording.name(self.desk, taken.by), "at": taken.finished_at}
            if taken.state is StepState.DONE:
                return Phrase("{name} answered at {at}: done.", values)
            return Phrase("{name} answered at {at}: it failed.", values)
        return Phrase("Runbook {id} is past that step.", {"id": run.id})

    def _answered(self, run: ProcedureRun, step: int, done: bool, by: Actor) -> Phrase:
        taken = next(each for each in run.taken if each.id == step)
        values = {**facts(run), "name": by.name, "step": taken.position + 1}
        if done:
            return Phrase("{name}: step {step} of the runbook “{title}” is done", values)
        return Phrase("{name}: step {step} of the runbook “{title}” failed", values)


def no_such(number: int) -> Phrase:
    return Phrase("There is no runbook under way with the number {id}. See `/ecotrajet runbook list`.", {"id": number})
