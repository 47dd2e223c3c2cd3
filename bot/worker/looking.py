"""Steps of a runbook that look into a container: what was seen, as text for the card, in the desk's own language."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.audit import Actor
from bot.databases import Databases
from bot.desk import Desk
from bot.errors import UserError
from bot.notify.blocks import Reader
from bot.notify.blocks.checks import patches_headline, patches_text, validated_lines
from bot.notify.blocks.database import report_text
from bot.notify.blocks.looks import compared, figures, table
from bot.phrase import Phrase
from bot.postgres import Part
from bot.procedure import Act
from bot.runbook import Engines
from bot.runbook.looks import Probe
from bot.runs import Runs
from bot.runs.walking import Ended, Task
from bot.target import Target, nearest


class Looking:
    """Raises UserError: no such container, not running, engine away."""

    def __init__(self, desk: Desk, runs: Runs, engines: Engines, databases: Databases) -> None:
        self.desk, self.runs, self.engines, self.databases = desk, runs, engines, databases

    async def do(self, task: Task, target: Target, by: Actor) -> Ended:
        assert task.step.do is not None
        return await LOOKS[task.step.do](self, task, target, by)

    async def diagnose(self, task: Task, target: Target, by: Actor) -> Ended:
        """Well when nothing wrong is to be seen; kept with the incident that is open on the service."""
        made = await self.runs.diagnoses.of(target, await self.engines.looks.findings(target), by, task.run.incident)
        reader = self._reader(task)
        advice = [f"{each.command} · {reader.say(each.what)}" for each in made.verdict.advice]
        return Ended(made.verdict.well, made.verdict.cause, "\n".join(advice))

    async def database(self, task: Task, by: Actor) -> Ended:
        """Well when it is green; kept with the incident that is open on the service."""
        look = task.given.get("look", "")
        if look and look not in set(Part):
            values = {"word": look, "known": ", ".join(Part)}
            raise UserError(Phrase("I do not know “{word}” here. To look at one thing: {known}.", values))
        try:
            entry = self.databases.named([word for word in (task.environment, task.service) if word])
        except UserError as none:
            if "optional" in task.given:
                return Ended(True, none.phrase)
            raise
        looked = await self.databases.look(entry, [Part(look)] if look else [], by)
        text = report_text(looked.found, looked.verdict, self._reader(task), looked.others)
        return Ended(looked.verdict.well, looked.verdict.headline, text)

    async def stats(self, task: Task, target: Target, by: Actor) -> Ended:
        reader, usages = self._reader(task), await self.engines.looks.stats([target])
        told = [
            f"{each.service} · {each.container}\n{figures(each, reader) if each.problem is None else ''}".rstrip()
            for each in usages
        ]
        problem = next((each.problem for each in usages if each.problem is not None), None)
        return Ended(problem is None, problem or Phrase("What it uses now"), "\n\n".join(told))

    async def top(self, task: Task, target: Target, by: Actor) -> Ended:
        shown = await self.engines.looks.top(target)
        told = [f"{each.container}\n{table([each.titles, *each.rows])}" for each in shown]
        return Ended(True, Phrase("What runs in it"), "\n\n".join(told))

    async def execute(self, task: Task, target: Target, by: Actor) -> Ended:
        """One of the allow-list; there is no free shell."""
        wanted = task.given.get("look", "")
        if wanted not in set(Probe):
            values = {"word": wanted, "near": nearest(wanted, list(Probe)) or ", ".join(Probe)}
            raise UserError(Phrase("I do not run “{word}”: there is no free shell. I only run: {near}.", values))
        answer = await self.engines.looks.probe(target, Probe(wanted), task.given.get("grep", ""))
        return Ended(True, Phrase("{reason}", {"reason": answer.command}), answer.text.strip())

    async def validate(self, task: Task, target: Target, by: Actor) -> Ended:
        reader, found = self._reader(task), await self.engines.looks.validate(target)
        well = found.is_well(task.taken.started_at)
        said = Phrase("The configuration is whole.") if well else Phrase("Something is wrong with the configuration.")
        return Ended(well, said, "\n".join(validated_lines(found, reader)))

    async def security(self, task: Task, target: Target, by: Actor) -> Ended:
        found = await self.engines.looks.patches(target)
        return Ended(not found.grave, patches_headline(found), patches_text(found, self._reader(task)))

    async def compare(self, task: Task, here: Target, there: Target) -> Ended:
        """Well when both are alike: image, configuration, variables."""
        found = await self.engines.looks.compare(here, there)
        reader = self._reader(task)
        names = reader.place(here.environment.name), reader.place(there.environment.name)
        said = Phrase("{here} and {there} are alike", {"here": names[0], "there": names[1]})
        if not found.alike:
            said = Phrase("{here} and {there} differ", {"here": names[0], "there": names[1]})
        return Ended(found.alike, said, compared(names, found, reader))

    def _reader(self, task: Task) -> Reader:
        return Reader.of(self.desk, self.desk.language, task.taken.started_at)


LOOKS: Final[Mapping[Act, Callable[[Looking, Task, Target, Actor], Awaitable[Ended]]]] = {
    Act.DIAGNOSE: Looking.diagnose,
    Act.STATS: Looking.stats,
    Act.TOP: Looking.top,
    Act.EXEC: Looking.execute,
    Act.VALIDATE: Looking.validate,
    Act.SECURITY: Looking.security,
}
