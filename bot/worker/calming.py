"""Steps of a runbook that keep an environment quiet: a freeze, its end, a maintenance with its announcement."""

from datetime import timedelta
from typing import Final

from bot import access
from bot.answers import Repeated
from bot.audit import Actor
from bot.desk import Desk
from bot.errors import UserError
from bot.lifecycle.silences import Silences
from bot.maintenance import Matcher
from bot.phrase import Phrase, Value
from bot.procedure import Act
from bot.runs import Runs
from bot.runs.walking import Ended, Task
from bot.target import Environment, fold

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Calming:
    """Done once however often a step is begun again: the delivery is the step's. Raises UserError."""

    def __init__(self, desk: Desk, runs: Runs, silences: Silences) -> None:
        self.desk, self.runs, self.silences = desk, runs, silences

    async def do(self, task: Task, by: Actor) -> Ended:
        place = self._environment(task)
        match task.step.do:
            case Act.FREEZE:
                return await self._freeze(task, place, by)
            case Act.UNFREEZE:
                await self.runs.freezes.end(place, by)
                return Ended(True, Phrase("{environment} is no longer frozen.", {"environment": place.label}))
            case _:
                return await self._maintenance(task, place, by)

    async def _freeze(self, task: Task, place: Environment, by: Actor) -> Ended:
        length = duration(task.given["for"])
        made = await self.runs.freezes.begin_for(place, length, task.given.get("reason", ""), by)
        if isinstance(made, Repeated):
            return Ended(True, Phrase("{environment} is frozen.", {"environment": place.label}))
        values: dict[str, Value | Phrase] = {"environment": place.label, "until": made.until}
        return Ended(True, Phrase("{environment} is frozen until {until}.", values))

    async def _maintenance(self, task: Task, place: Environment, by: Actor) -> Ended:
        missing = access.why_not_respond(self.desk.people, self.desk.teams, by.id)
        if missing is not None:
            raise UserError(missing)
        matcher = Matcher((place.name,), (task.service,) if task.service else (), {})
        reason = task.given.get("reason") or task.step.title
        made = await self.silences.begin(matcher, duration(task.given["for"]), reason, by, maintenance=True)
        if isinstance(made, Repeated):
            return Ended(True, Phrase("The maintenance is announced; its alerts wait."))
        return Ended(
            True, Phrase("The maintenance is announced; its alerts wait until {until}.", {"until": made.ends_at})
        )

    def _environment(self, task: Task) -> Environment:
        word = task.environment
        found = next((each for each in self.desk.environments.values() if fold(word) in each.answers_to()), None)
        if found is None:
            known = ", ".join(self.desk.environments)
            raise UserError(Phrase("In which environment? There are: {known}.", {"known": known}))
        return found


def duration(said: str) -> timedelta:
    """`10m`, `2h`, `3d`. Raises UserError."""
    if said[-1:] not in UNITS or not said[:-1].isdigit():
        raise UserError(Phrase("“{word}” is not a duration. Write for example `10m` or `2h`.", {"word": said}))
    return timedelta(seconds=int(said[:-1]) * UNITS[said[-1]])
