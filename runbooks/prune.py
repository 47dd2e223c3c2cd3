"""Images without a name that nothing uses, removed one by one as the plan lists them. Never volumes, never pins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.deployment import Deployment, short
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Action, Image, Journal, Outcome, Plan, Result, Step
from bot.target import Target
from runbooks.docker_engine import DockerEngines
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid, Gone

MOST: Final = 200  # in one run; the next takes the rest
SHOWN: Final = 8
MEGA: Final = 1_000_000


class Prune:
    """Of a whole engine: the service only says whose turn it is."""

    name = "prune"
    action = Action.PRUNE

    def __init__(self, engines: DockerEngines) -> None:
        self._engines = engines

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        """The figures first. Raises UserError when there is nothing to remove."""
        if params:
            raise UserError(Phrase("I do not know “{word}” here.", {"word": " ".join(params)}))
        engine = self._engines.engine(target.engine)
        found = await _dangling(engine, {row.image_id for row in history})
        if not found:
            raise UserError(Phrase("Engine “{engine}” holds no image that could go.", {"engine": target.engine}))
        named = ", ".join(short(str(each["Id"])) for each in found[:SHOWN]) + ("…" if len(found) > SHOWN else "")
        size = sum(int(each.get("Size") or 0) for each in found)
        figures: dict[str, Value | Phrase] = {"count": len(found), "size": round(size / MEGA), "names": named}
        return Plan(
            action=Action.PRUNE,
            environment=target.environment.name,
            service=target.service.name,
            engine=target.engine,
            engine_id=await engine.identity(),
            container=target.container,
            container_id="",
            image_now=Image(""),
            image_then=Image(""),
            steps=(Step.PRUNE.value,),
            facts=(
                Phrase("{count} images without a name, about {size} MB at most: {names}", figures),
                Phrase("Never touched: volumes, containers, named images, and those kept to go back to."),
            ),
            subjects=tuple(str(each["Id"]) for each in found),
        )

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        async with self._engines.lock(target):
            engine = self._engines.engine(plan.engine)
            if await engine.identity() != plan.engine_id:
                raise UserError(
                    Phrase(
                        "Another Docker engine answers as “{engine}” than the plan was made for.",
                        {"engine": plan.engine},
                    )
                )
            if await journal.cancelled():
                return Outcome(Result.CANCELLED, Phrase("Called off: no image was removed."), healthy=True)
            await journal.before(Step.PRUNE)
            removed = await _remove(engine, plan.subjects)
            await journal.after(Step.PRUNE, f"{removed} removed")
            values = {"count": removed, "left": len(plan.subjects) - removed}
            said = Phrase("{count} images removed; {left} were in use or gone by then.", values)
            return Outcome(Result.SUCCEEDED, said, healthy=True)

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        """To remove what is left of the list does no harm."""
        return await self.run(target, plan, journal)


async def _dangling(engine: Engine, kept: set[str]) -> list[dict[str, Any]]:
    """Without any tag or digest, of no container (stopped ones count), not of the history."""
    used = {str(each["ImageID"]) for each in await engine.call(lambda api: api.containers(all=True))}
    found: list[dict[str, Any]] = await engine.call(lambda api: api.images(filters={"dangling": True}))
    return [each for each in found if str(each["Id"]) not in used | kept and not _is_named(each)][:MOST]


def _is_named(image: dict[str, Any]) -> bool:
    names = [*(image.get("RepoTags") or []), *(image.get("RepoDigests") or [])]
    return any(not str(name).startswith("<none>") for name in names)


async def _remove(engine: Engine, image_ids: Sequence[str]) -> int:
    """Each by its id and never by force: one that got a name or a container since is refused by the engine."""
    removed = 0
    there: list[dict[str, Any]] = await engine.call(lambda api: api.images(filters={"dangling": True}))
    dangling = {str(each["Id"]) for each in there if not _is_named(each)}
    for image_id in image_ids:
        if image_id not in dangling:
            continue
        try:
            await engine.call(lambda api, wanted=image_id: api.remove_image(wanted, noprune=True), limit=60.0)  # type: ignore[misc]  # bound at once
            removed += 1
        except (Gone, EngineSaid):
            continue
    return removed
