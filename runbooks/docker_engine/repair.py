"""A replacement whose process died, brought to its end from what the engine shows (docker.md section 3, crash table).

Idempotent, and may die as well. Marks go last: whatever is left tells the next repair all it needs.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

from bot.phrase import Phrase
from bot.runbook import Journal, Repaired, Result
from bot.target import Target
from runbooks.docker_engine import hands, look
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.gate import Verdict
from runbooks.docker_engine.look import Seen
from runbooks.docker_engine.marks import IN_FLIGHT, Marks, Scene, Was, read, scene
from runbooks.docker_engine.swap import Stopped, Swap

LOST_POLICY: Final[Mapping[str, Any]] = {"Name": "unless-stopped", "MaximumRetryCount": 0}


async def repair(engine: Engine, target: Target, name: str, journal: Journal) -> Repaired | None:
    """None: nothing was left half done. Raises Unreachable (what is left stays readable)."""
    found = await scene(engine, name)
    if found.clean:
        return None
    mend = Mend(engine, target, found, journal)
    try:
        return await mend.whole()
    except EngineSaid as said:
        return await mend.told(Result.FAILED, _failed(name, Phrase("Docker refused: {why}", {"why": said.why})))


def _failed(name: str, why: Phrase) -> Phrase:
    return Phrase(
        "An interrupted replacement of {container} could not be repaired: {why}. Somebody must look at it now.",
        {"container": name, "why": why},
    )


class Mend:
    """One scene, mended. The order of the questions in `whole` is the order in which marks are left."""

    def __init__(self, engine: Engine, target: Target, found: Scene, journal: Journal) -> None:
        self._engine = engine
        self._target = target
        self._found = found
        self._journal = journal
        self._swap: Swap | None = None
        self._marks: Marks | None = None

    async def whole(self) -> Repaired | None:
        found = self._found
        if marks := read(found.failed, found.name):
            return await self._back(marks, found.failed, Phrase("the new version was not well"))
        if found.done:
            return await self._finished(found.done)
        if found.old:
            return await self._half_swapped(found.old)
        if marks := read(found.new, found.name):
            return await self._not_yet_swapped(marks)
        return None  # bears the name, but somebody else made it

    async def _finished(self, done: Seen) -> Repaired:
        """Committed: only the replaced one was still to be removed."""
        main = self._found.main
        if main is None:  # the new one was removed by hand since: the old one is better than nothing
            return await self._alone(done)
        swap = self._swapping(read(main, self._found.name) or self._guessed(done), main)
        await swap.commit()
        return await self.told(Result.SUCCEEDED, await self._completed())

    async def _half_swapped(self, old: Seen) -> Repaired:
        main, name = self._found.main, self._found.name
        marks = read(main, name)
        if main is not None and (marks is None or marks.replaces != old.id):
            why = Phrase("a container that the desk did not make stands in its place")
            return await self.told(Result.FAILED, _failed(name, why))
        if main is None or marks is None:
            marks = read(self._found.new, name)
            if marks is None:
                return await self._alone(old)
            return await self._back(marks, self._found.new, None)
        swap = self._swapping(marks, main)
        try:
            if main.state in ("created", "running", "restarting"):
                await swap.start_and_judge()
            else:
                raise Stopped(Phrase("it stopped (exit code {code})", {"code": main.exit_code}))
        except Stopped as stopped:
            return await self._back(marks, main, stopped.why)
        await swap.commit()
        return await self.told(Result.SUCCEEDED, await self._completed())

    async def _not_yet_swapped(self, marks: Marks) -> Repaired:
        """The old one still has its name; a stop may be on its way to it, for the engine goes on without its client."""
        main, new = self._found.main, self._found.new
        assert new is not None
        swap = self._swapping(marks, new)
        if main is None:
            return await self._only_the_new(swap)
        if main.id == marks.replaces:
            if main.policy["Name"] == "no" and marks.was is not Was.DOWN:
                await self._outwait_a_stop(main)
            await hands.set_policy(self._engine, main.id, marks.policy)
            verdict = await swap.start_old()
        else:
            verdict = Verdict(True, seen=main)  # somebody replaced it meanwhile: theirs stays
        await swap.undo()
        return await self._as_before(verdict, None)

    async def _outwait_a_stop(self, main: Seen) -> None:
        deadline = time.monotonic() + main.stop_timeout + IN_FLIGHT
        while time.monotonic() < deadline:
            seen = await look.container(self._engine, main.id)
            if seen is None or seen.state not in hands.UP:
                return  # the stop has arrived: nothing more is on its way
            await asyncio.sleep(0.2)

    async def _only_the_new(self, swap: Swap) -> Repaired:
        """The old one was removed by hand: the new one is all there is."""
        await hands.rename(self._engine, swap.new, self._found.name)
        try:
            await swap.start_and_judge()
        except Stopped as stopped:
            return await self.told(Result.FAILED, _failed(self._found.name, stopped.why))
        return await self.told(Result.SUCCEEDED, await self._completed())

    async def _alone(self, kept: Seen) -> Repaired:
        """Only the set-aside one is left; its restart policy went with the labels of the other."""
        await hands.rename(self._engine, kept.id, self._found.name)
        await hands.set_policy(self._engine, kept.id, LOST_POLICY)
        verdict = await self._swapping(self._guessed(kept), kept).start_old()
        return await self._as_before(verdict, Phrase("the new container was removed by hand"))

    async def _back(self, marks: Marks, new: Seen | None, why: Phrase | None) -> Repaired:
        assert new is not None
        swap = self._swapping(marks, new)
        verdict = await swap.revert()
        if verdict is not None:
            return await self._as_before(verdict, why)
        if self._found.main is not None and self._found.main.id != new.id:
            await swap.undo()  # another one stands there: ours has no use
            return await self._as_before(Verdict(True, seen=self._found.main), why)
        await hands.rename(self._engine, new.id, self._found.name)
        await hands.start(self._engine, new.id)
        gone = Phrase("the container of before was removed by hand")
        return await self.told(Result.FAILED, _failed(self._found.name, gone))

    async def _as_before(self, verdict: Verdict, why: Phrase | None) -> Repaired:
        values = {"container": self._found.name, "image": await self._running()}
        if verdict.why is not None:
            return await self.told(Result.FAILED, _failed(self._found.name, verdict.why))
        if why is None:
            told = Phrase("An interrupted replacement was undone before the switch: {container} runs {image}.", values)
        else:
            told = Phrase(
                "An interrupted replacement was taken back ({why}): {container} runs {image} again.",
                {**values, "why": why},
            )
        return await self.told(Result.REVERTED, told)

    async def _completed(self) -> Phrase:
        values = {"container": self._found.name, "image": await self._running()}
        return Phrase("An interrupted replacement was completed: {container} runs {image}.", values)

    async def _running(self) -> str:
        seen = await look.container(self._engine, self._found.name)
        raw = await look.image(self._engine, seen.image_id) if seen else None
        return look.image_words(raw, seen.reference).name if seen and raw else "?"

    async def told(self, result: Result, phrase: Phrase) -> Repaired:
        seen = await look.container(self._engine, self._found.name)
        raw = await look.image(self._engine, seen.image_id) if seen else None
        return Repaired(
            environment=self._target.environment.name,
            service=self._target.service.name,
            result=result,
            phrase=phrase,
            fingerprint=self._marks.fingerprint if self._marks else "",
            container_id=seen.id if seen else "",
            image=look.image_words(raw, seen.reference) if seen and raw else None,
            healthy=bool(seen and seen.running and seen.health in ("healthy", "none")),
            evidence=tuple(self._swap.evidence) if self._swap else (),
        )

    def _swapping(self, marks: Marks, new: Seen) -> Swap:
        self._marks = marks
        self._swap = Swap(self._engine, self._journal, marks, new.id)
        return self._swap

    def _guessed(self, kept: Seen) -> Marks:
        """Marks for a set-aside container whose counterpart, and its labels, are gone."""
        return Marks("", self._found.name, kept.id, kept.image_id, "", LOST_POLICY, Was.WELL)
