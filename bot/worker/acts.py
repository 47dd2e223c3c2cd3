"""What a step of a runbook does: look, read, ask for a run and follow it, make a backup and follow it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from bot import access
from bot.answers import Repeated
from bot.audit import DESK, Actor, Door
from bot.backup import Backup, BackupState, Kind
from bot.backups import Backups
from bot.databases import Databases
from bot.desk import Desk
from bot.errors import Permanent, Retryable, UserError
from bot.lifecycle.probes import Probes
from bot.lifecycle.silences import Silences
from bot.phrase import Phrase, Value
from bot.procedure import Act, StepState
from bot.run import NotNow, RunStatus
from bot.runbook import ActionClass, Engines, Light, ServiceStatus
from bot.runs import Runs
from bot.runs.walking import Ended, Task, Walking
from bot.runs.wish import Wish
from bot.target import Environment, Service, Target, resolve, resolve_all
from bot.worker.calming import Calming, duration
from bot.worker.looking import LOOKS, Looking
from bot.worker.probed import probed

TAIL: Final = 50
MOST_LINES: Final = 1000


class Acts:
    """`do` is safe to repeat: a step that was interrupted is begun again, and finds what it had asked for."""

    def __init__(
        self, desk: Desk, walking: Walking, runs: Runs, engines: Engines, backups: Backups, probes: Probes,
        databases: Databases,
    ) -> None:  # fmt: skip
        self.desk, self.walking, self.runs, self.engines, self.backups = desk, walking, runs, engines, backups
        self.probes = probes
        self.looking = Looking(desk, runs, engines, databases)
        self.calming = Calming(desk, runs, Silences(walking.db, desk))
        self.ways: Mapping[Act, Callable[[Task], Awaitable[Ended | None]]] = {
            Act.STATUS: self._status, Act.LOGS: self._logs, Act.BACKUP: self._backup, Act.COMPARE: self._compare,
            **dict.fromkeys((Act.FREEZE, Act.UNFREEZE, Act.MAINTENANCE), self._calm),
            **dict.fromkeys((Act.RESTORE, Act.CUTOVER), self._put_back),
            Act.PROBE: self._probe, Act.DATABASE: self._database, **dict.fromkeys(LOOKS, self._look),
        }  # fmt: skip

    async def do(self, task: Task) -> Ended | None:
        """None: it is under way, look again later. Raises `store.database.Unavailable`."""
        assert task.step.do is not None
        try:
            return await self.ways.get(task.step.do, self._run)(task)
        except UserError as refused:
            return Ended(False, refused.phrase)
        except (Retryable, Permanent):
            return Ended(False, Phrase("The engine does not answer."))

    async def _compare(self, task: Task) -> Ended:
        there = self._readable(task, task.given["against"])
        return await self.looking.compare(task, self._readable(task), there)

    async def _calm(self, task: Task) -> Ended | None:
        return await self.calming.do(task, self._by(task, delivery_of(task)))

    async def _probe(self, task: Task) -> Ended:
        return await probed(task, self.probes, lambda each: self._may_look(task, each.environment))

    async def _database(self, task: Task) -> Ended:
        return await self.looking.database(task, self._by(task, delivery_of(task)))

    async def _look(self, task: Task) -> Ended:
        return await self.looking.do(task, self._readable(task), self._by(task, delivery_of(task)))

    async def _status(self, task: Task) -> Ended:
        """Well when everything is green."""
        words = [word for word in (task.environment, task.service) if word]
        targets, unknown = resolve_all(words, *self._known())
        if unknown:
            raise UserError(Phrase("I do not know “{word}” here.", {"word": unknown[0]}))
        seen = await self.engines.status([each for each in targets if self._may_read(task, each)])
        well = bool(seen) and all(each.light is Light.GREEN for each in seen)
        output = "\n".join(line_of(each) for each in seen)
        ill = [each for each in seen if each.light is not Light.GREEN]
        if well:
            return Ended(True, Phrase("Everything is green."), output)
        if not ill:
            return Ended(False, Phrase("Nothing runs there."), output)
        values: dict[str, Value | Phrase] = {
            "light": ill[0].light.value, "service": ill[0].service, "problem": ill[0].problem or ill[0].state,
        }  # fmt: skip
        return Ended(False, Phrase("{light} {service}: {problem}", values), output)

    async def _logs(self, task: Task) -> Ended:
        target, given = self._readable(task), task.given
        text = await self.engines.logs(
            target, tail=min(_number(given.get("tail", str(TAIL))), MOST_LINES), grep=given.get("grep", ""),
            since=duration(given["since"]) if "since" in given else None,
        )  # fmt: skip
        return Ended(True, Phrase("The last lines of the log"), text.strip())

    async def _run(self, task: Task) -> Ended | None:
        """By the same door as a command: its plan, its approval, its card."""
        number = await self.walking.run_of(task)
        if number is None:
            return await self._ask(task)
        view = await self.runs.view(number)
        assert view is not None  # run_of has just seen it
        if not view.run.status.is_over:
            return None
        said = view.run.end.phrase if view.run.end else None
        return Ended(view.run.status is RunStatus.SUCCEEDED, said)

    async def _ask(self, task: Task) -> Ended | None:
        assert task.step.do is not None
        assert task.step.do.action is not None  # a backup goes its own way
        given = [task.given[name] for name in task.step.do.kind.words if name in task.given]
        words = [word for word in (task.environment, task.service, *given) if word]
        if task.step.do is Act.PROMOTE:
            words = [task.service] if task.service else []
        wish = Wish(
            task.step.do.action, words, confirm=task.run.confirm, step=task.taken.id,
            reason=task.given.get("reason", ""),
        )  # fmt: skip
        answer = await self.runs.request(wish, self._by(task))
        return Ended(False, answer.phrase) if isinstance(answer, NotNow) else None

    async def _backup(self, task: Task) -> Ended | None:
        """Asked for once: the delivery is the step's."""
        entry = self.backups.of_place(task.environment, task.service, exactly=False)
        if not isinstance(await self.backups.now([entry.name], self._by(task, delivery_of(task))), Repeated):
            return None
        made = await self.backups.asked_since(entry.name, task.taken.started_at)
        if made is None or made.state in (BackupState.QUEUED, BackupState.RUNNING):
            return None
        if made.state is BackupState.SUCCEEDED:
            return Ended(True, Phrase("Kept as {object}", {"object": made.object}))
        return Ended(False, Phrase("{reason}", {"reason": made.why}))

    async def _put_back(self, task: Task) -> Ended | None:
        """Asked for once: the slot is the step's."""
        assert task.step.do is not None
        if not agreed(task):
            return Ended(False, Phrase("A question with `approval: true` must be answered with yes before this step."))
        kind = Kind(task.step.do.value)
        entry = self.backups.of_place(task.environment, task.service, exactly=True)
        slot = f"{kind}:{task.run.id}:{task.taken.id}"
        made = await self.backups.put_back(
            entry.name, kind, slot, self._by(task), dump=task.given.get("backup", ""), before=task.run.begun_at
        )
        if made.state in (BackupState.QUEUED, BackupState.RUNNING):
            return None
        if made.state is BackupState.FAILED:
            return Ended(False, Phrase("{reason}", {"reason": made.why}))
        return Ended(True, await self._came_back(made))

    async def _came_back(self, made: Backup) -> Phrase:
        if made.kind is Kind.CUTOVER:
            kept = {"name": made.object}
            return Phrase("In place. What was there is kept as {name}; drop it when you are sure.", kept)
        values: dict[str, Value | Phrase] = {"name": made.object, "tables": len(made.facts)}
        source = await self.backups.source_of(made)
        if source is None or source.finished_at is None:
            return Phrase("It stands beside as {name}: {tables} tables, just as they were dumped.", values)
        return Phrase(
            "It stands beside as {name}: {tables} tables, just as they were dumped at {at} ({object}).",
            {**values, "at": source.finished_at, "object": source.object},
        )

    def _by(self, task: Task, delivery: str | None = None) -> Actor:
        """Whoever began the runbook: their rights count, and a second person approves what they ask for."""
        if task.run.begun_by == DESK.id:
            return replace(DESK, delivery=delivery)
        person = self.desk.people.get(task.run.begun_by)
        return Actor(task.run.begun_by, person.name if person else task.run.begun_by, Door.WORKER, delivery)

    def _readable(self, task: Task, environment: str = "") -> Target:
        """Where the step looks, or the same service in another environment. Raises UserError: no such place, or not for
        who began it."""
        words = [word for word in (environment or task.environment, task.service) if word]
        target = resolve(words, *self._known())[0]
        if not self._may_read(task, target):
            missing = access.why_not(
                self.desk.people, self.desk.teams, task.run.begun_by, ActionClass.READ, target.environment
            )
            raise UserError(missing or Phrase("Nothing runs there."))
        return target

    def _known(self) -> tuple[tuple[Environment, ...], tuple[Service, ...]]:
        return tuple(self.desk.environments.values()), tuple(self.desk.services.values())

    def _may_read(self, task: Task, target: Target) -> bool:
        return self._may_look(task, target.environment.name)

    def _may_look(self, task: Task, environment: str) -> bool:
        people, teams = self.desk.people, self.desk.teams
        if task.run.begun_by == DESK.id:  # by itself: only what looks does so
            return task.run.procedure.safe
        return access.may(people, teams, task.run.begun_by, ActionClass.READ, environment)


def delivery_of(task: Task) -> str:
    """What is asked for under this name is asked for once, however often the step is begun."""
    return f"step:{task.taken.id}"


def agreed(task: Task) -> bool:
    """Whether somebody who may approve has said yes earlier in this run: no file of steps goes without."""
    steps = task.run.procedure.steps
    return any(steps[each.position].approval and each.state is StepState.DONE for each in task.run.taken)


def line_of(seen: ServiceStatus) -> str:
    """`🟢 prod/ecotrajet v2 healthy`: for the card, as it stands."""
    words = [seen.light.value, f"{seen.environment}/{seen.service}", seen.version, seen.health or seen.state]
    return " ".join(word for word in words if word)


def _number(said: str) -> int:
    if not said.isdigit() or not int(said):
        raise UserError(Phrase("“{word}” is no number of lines. Write for example `--tail 50`.", {"word": said}))
    return int(said)
