"""A replacement being done, from the checked world to its outcome."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.deployment import short
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Action, Image, Journal, Outcome, Plan, Result, Step
from bot.target import Target
from runbooks.docker_engine import look, pins, pull
from runbooks.docker_engine.body import COMPOSE, create_body
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.gate import Verdict
from runbooks.docker_engine.look import Seen
from runbooks.docker_engine.marks import Marks, Was, was
from runbooks.docker_engine.swap import Stopped, Swap
from runbooks.replace.version import pruned


def _refused(said: EngineSaid) -> UserError:
    return UserError(Phrase("Docker refused: {why}. Nothing was touched.", {"why": said.why}))


class Run:
    """One replacement, from the checked world to its outcome."""

    def __init__(self, engine: Engine, target: Target, plan: Plan, journal: Journal, seen: Seen) -> None:
        before = was(seen)
        marks = Marks(
            fingerprint=plan.fingerprint(),
            name=plan.container,
            replaces=seen.id,
            image_from=plan.image_now.id,
            image_to=plan.image_then.id,
            policy=seen.policy,
            was=before,
        )
        self._then = plan.image_then  # whole once it is on the engine
        self._engine = engine
        self._target = target
        self._plan = plan
        self._journal = journal
        self._seen = seen
        self._was = before
        self._swap = Swap(engine, journal, marks)

    async def whole(self) -> Outcome:
        await self._swap.step(Step.EVIDENCE, self._evidence)
        if await self._journal.cancelled():
            return self._cancelled()
        try:
            await self._swap.step(Step.PIN, self._pin)
        except pull.CalledOff:
            return self._cancelled()
        except EngineSaid as said:
            raise _refused(said) from said
        await self._create()
        if await self._journal.cancelled():
            await self._swap.undo()
            return self._cancelled()
        try:
            verdict = await self._swap.put_in_place()
        except EngineSaid as said:
            await self._swap.undo()
            raise _refused(said) from said
        except Stopped as stopped:
            return await self._reverted(stopped.why)
        return await self._succeeded(verdict)

    async def _evidence(self) -> str:
        await self._swap.remember(self._seen.id)
        return ""

    async def _pin(self) -> str:
        """Both images are kept from a prune in the middle; a missing one is fetched before anything is touched."""
        found = await look.planned(self._engine, self._plan)
        if found is None:
            if not self._plan.pull:
                raise UserError(await pruned(self._engine, self._then, ()))
            fetched = await pull.by_digest(self._engine, self._plan.pull, self._then.id, self._journal)
            found = look.image_words(fetched, self._then.reference)
        self._then = found
        self._swap.marks = replace(self._swap.marks, image_to=found.id)
        for image_id in (self._plan.image_now.id, found.id):
            await pins.pin(self._engine, self._target, image_id)
        await self._named(found)
        return short(found.id)

    async def _named(self, image: Image) -> None:
        """An image fetched by digest has no tag: it gets that of the plan, unless another image bears it here."""
        if self._plan.pull and image.reference and await look.image(self._engine, image.reference) is None:
            repository, _, tag = image.reference.rpartition(":")
            await self._engine.call(lambda api: api.tag(image.id, repository, tag))

    async def _create(self) -> None:
        now, then = self._plan.image_now, self._then
        raw = await look.image(self._engine, now.id)
        reference = await look.image(self._engine, then.reference) if then.reference else None
        name = then.reference if reference and reference["Id"] == then.id else then.id
        body = create_body(self._seen.raw, (raw or {}).get("Config") or {}, name, self._swap.marks.labels())
        try:
            await self._swap.create(body)
        except EngineSaid as said:
            if self._swap.new:
                await self._swap.undo()
            raise UserError(
                Phrase("Docker refused to make the new container ({why}). Nothing was touched.", {"why": said.why})
            ) from said

    async def _succeeded(self, verdict: Verdict) -> Outcome:
        remarks = self._remarks()
        if verdict.weak:
            remarks.append(Phrase("There is no healthcheck: all I saw is that it stays up. Please look."))
        try:
            await self._swap.commit()
        except EngineSaid as said:  # it is in place and well; what is left over is repaired later
            remarks.append(Phrase("The replaced container could not be removed: {why}", {"why": said.why}))
        down = timedelta(seconds=self._swap.downtime or 0)
        values: dict[str, Value | Phrase] = {
            "service": self._plan.service,
            "image": self._then.name,
            "downtime": down,
        }
        phrase = Phrase("{service} runs {image} now. It was down for {downtime}.", values)
        if self._plan.action is Action.ROLLBACK:
            phrase = Phrase("{service} runs {image} again. It was down for {downtime}.", values)
        return self._outcome(Result.SUCCEEDED, phrase, self._swap.new, self._then, True, remarks)

    def _remarks(self) -> list[Phrase]:
        """What the files of whoever deploys otherwise still say."""
        compose = f"{COMPOSE}project" in self._seen.labels
        if self._plan.action is not Action.ROLLBACK:
            then = {"image": self._then.name}
            return (
                [Phrase("The Compose file still names the old version: write {image} there.", then)] if compose else []
            )
        remarks = [Phrase("Git still holds {image}: the next deployment brings it back.", {"image": self._now})]
        if compose:
            remarks.append(Phrase("To deploy {image} again, Compose needs --force-recreate.", {"image": self._now}))
        return remarks

    async def _reverted(self, why: Phrase) -> Outcome:
        values: dict[str, Value | Phrase] = {
            "image": self._then.name,
            "now": self._now,
            "why": why,
            "container": self._plan.container,
        }
        try:
            verdict = await self._swap.revert()
        except EngineSaid as said:
            values = {**values, "problem": said.why}
            return self._failed(
                Phrase("{image}: {why}. Putting {now} back failed as well: {problem}. Look at {container} now.", values)
            )
        if verdict is None:
            return self._failed(
                Phrase("{image}: {why}. The container of before was removed by hand. Look at {container} now.", values)
            )
        if verdict.why is not None:
            values = {**values, "problem": verdict.why}
            return self._failed(
                Phrase("{image}: {why}. {now} is back but not well: {problem}. Look at {container} now.", values)
            )
        if self._was is Was.WELL:
            phrase = Phrase("{image}: {why}. So {now} was put back, and is healthy.", values)
        else:
            phrase = Phrase("{image}: {why}. So {now} was put back, as unwell as it was before.", values)
        return self._outcome(Result.REVERTED, phrase, self._seen.id, self._plan.image_now, verdict.well, [])

    @property
    def _now(self) -> str:
        return self._plan.image_now.name

    def _failed(self, phrase: Phrase) -> Outcome:
        return self._outcome(Result.FAILED, phrase, "", None, False, [])

    def _cancelled(self) -> Outcome:
        phrase = Phrase("Called off before anything was touched: {image} runs on.", {"image": self._now})
        well = self._was is Was.WELL
        return self._outcome(Result.CANCELLED, phrase, self._seen.id, self._plan.image_now, well, [])

    def _outcome(
        self,
        result: Result,
        phrase: Phrase,
        container: str,
        image: Image | None,
        healthy: bool,
        remarks: Sequence[Phrase],
    ) -> Outcome:
        return Outcome(
            result=result,
            phrase=phrase,
            container_id=container,
            image=image,
            healthy=healthy,
            evidence=tuple(self._swap.evidence),
            remarks=tuple(remarks),
            timings=dict(self._swap.timings),
            downtime=self._swap.downtime,
        )
