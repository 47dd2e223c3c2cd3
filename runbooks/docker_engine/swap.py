"""One container in the place of another, and back: the steps of docker.md section 3, in their order.

Every step is announced to the journal before it touches the engine, so a test can end the process there, and each
leaves the engine in a state that `repair` understands.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Evidence, Journal, Step
from runbooks.docker_engine import evidence, gate, hands, listening, look, page, raw
from runbooks.docker_engine.body import Body
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import Conflict, EngineSaid, Gone
from runbooks.docker_engine.gate import Verdict
from runbooks.docker_engine.marks import DONE, FAILED, NEW, OLD, Marks, Was, read, scene

NEVER: Final[Mapping[str, Any]] = {"Name": "no", "MaximumRetryCount": 0}


class Stopped(Exception):
    """The forward way ends here and the old container has to come back; `why` is for people."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(str(why))
        self.why = why


def _busy(name: str) -> UserError:
    return UserError(Phrase("Another action on {container} is going on. Wait for its end.", {"container": name}))


class Swap:
    """`old` is the id of the container to replace; `new` that of its replacement, once it is made."""

    def __init__(self, engine: Engine, journal: Journal, marks: Marks, new: str = "") -> None:
        self.engine = engine
        self.journal = journal
        self.marks = marks
        self.old = marks.replaces
        self.new = new
        self.timings: dict[str, float] = {}
        self.evidence: list[Evidence] = []
        self._down_since: float | None = None
        self._judged_at = 0.0
        self.downtime: float | None = None

    async def step(self, step: Step, act: Callable[[], Awaitable[str]]) -> None:
        """Announce, do (again while the engine is away for a moment), note."""
        await self.journal.before(step)
        began = time.monotonic()
        detail = await hands.patiently(act)
        self.timings[step.value] = round(time.monotonic() - began, 3)
        await self.journal.after(step, detail)

    async def remember(self, container_id: str) -> None:
        """Evidence of a container, to the journal and for the outcome."""
        seen = await look.container(self.engine, container_id)
        if seen is not None:
            found = await evidence.of(self.engine, seen)
            self.evidence.append(found)
            await self.journal.evidence(found)

    # -- forward -------------------------------------------------------------------------------------------------

    async def create(self, body: Body) -> None:
        """`N.rb-new`, joined to its networks. Raises UserError when another action holds the name."""
        await self.step(Step.CREATE, lambda: self._create(body))
        await self.step(Step.CONNECT, lambda: self._connect(body))

    async def put_in_place(self) -> Verdict:
        """From the last moment at which nothing has happened to the verdict on the new one.

        Raises Stopped, and EngineSaid while the old one is still as it was.
        """
        await self.step(Step.NO_RESTART, lambda: self._policy(self.old, NEVER))
        try:
            self._down_since = time.monotonic()
            await self.step(Step.STOP, lambda: self._stop(self.old))
            await self.step(Step.RENAME_OLD, lambda: self._rename(self.old, self.marks.name + OLD, may_be_gone=True))
            await self.step(Step.RENAME_NEW, lambda: self._rename(self.new, self.marks.name))
        except EngineSaid as said:
            raise Stopped(Phrase("Docker refused: {why}", {"why": said.why})) from said
        return await self.start_and_judge()

    async def start_and_judge(self) -> Verdict:
        """Start the new one (again: harmless) and wait at the gate. Raises Stopped when it is not well."""
        try:
            await self.step(Step.START, lambda: self._start(self.new))
        except EngineSaid as said:
            raise Stopped(Phrase("it did not start: {why}", {"why": said.why})) from said
        verdict = await self._judge(Step.GATE, self.new, 0)
        if verdict.why is not None:
            raise Stopped(verdict.why)
        if self._down_since is not None:
            self.downtime = round(self._judged_at - self._down_since, 3)
        return verdict

    async def commit(self) -> None:
        """From here on the new one stays. The old one goes, its volumes do not."""
        await self.step(Step.COMMIT, lambda: self._rename(self.old, self.marks.name + DONE, may_be_gone=True))
        await self.step(Step.REMOVE_OLD, lambda: self._remove(self.old))

    async def undo(self) -> None:
        """Before anything happened to the old one: the new one goes, with the volumes made for it alone."""
        await self.step(Step.UNDO, lambda: self._remove(self.new, with_volumes=True))

    # -- back ----------------------------------------------------------------------------------------------------

    async def revert(self) -> Verdict | None:
        """The old one back in place, as it was. None: it is gone, and the new one was left where it is.

        The new one is marked first: a process that dies anywhere below leaves no doubt about the direction.
        """
        if await look.container(self.engine, self.old) is None:
            return None
        await self.step(Step.R_RENAME_NEW, lambda: self._rename_if_possible(self.new, self.marks.name + FAILED))
        await self.step(Step.R_STOP_NEW, self._stop_and_mark)
        await self.remember(self.new)
        await self.step(Step.R_RENAME_OLD, lambda: self._rename(self.old, self.marks.name))
        await self.step(Step.R_POLICY, lambda: self._policy(self.old, self.marks.policy))
        verdict = await self.start_old()
        await self.step(Step.R_REMOVE_NEW, lambda: self._remove(self.new, with_volumes=True))
        return verdict

    async def start_old(self) -> Verdict:
        """Start the old one if it ran before, and judge it by what it was. Raises EngineSaid when it will not start."""
        if self.marks.was is not Was.DOWN:
            await self.step(Step.R_START_OLD, lambda: self._start(self.old))
        if self.marks.was is Was.WELL:
            return await self._judge(Step.R_GATE, self.old, None)
        return Verdict(False, seen=await look.container(self.engine, self.old))

    # -- each step, safe to do twice -----------------------------------------------------------------------------

    async def _create(self, body: Body) -> str:
        name = self.marks.name + NEW
        try:
            self.new = await self.engine.call(lambda api: raw.create(api, body.config, name))
        except Conflict:
            there = await look.container(self.engine, name)
            ours = read(there, self.marks.name)
            if there is None or ours != self.marks:
                raise _busy(self.marks.name) from None
            self.new = there.id
        seen = await look.container(self.engine, self.new)
        if seen is None or seen.image_id != self.marks.image_to:
            raise EngineSaid("the new container did not get the image of the plan")
        # Holding the name now: did another desk go through with it between our look and this moment?
        found = await scene(self.engine, self.marks.name)
        if found.old or found.done or found.failed or found.main is None or found.main.id != self.old:
            await hands.remove(self.engine, seen, with_volumes=True)
            raise _busy(self.marks.name)
        return self.new[:12]

    async def _connect(self, body: Body) -> str:
        for network, endpoint in body.connects:
            await self._join(network, {"Container": self.new, "EndpointConfig": endpoint})
        return f"{len(body.connects)} more networks"

    async def _join(self, network: str, request: dict[str, object]) -> None:
        try:
            await self.engine.call(lambda api: raw.connect(api, network, request))
        except EngineSaid as said:
            if "already exists" not in said.reason:
                raise

    async def _policy(self, container_id: str, policy: Mapping[str, Any]) -> str:
        try:
            await hands.set_policy(self.engine, container_id, policy)
        except Gone:
            return "removed by hand"
        return str(policy["Name"])

    async def _stop(self, container_id: str) -> str:
        try:
            await hands.stop(self.engine, container_id)
        except Gone:
            return "removed by hand"
        return container_id[:12]

    async def _rename(self, container_id: str, name: str, *, may_be_gone: bool = False) -> str:
        try:
            await hands.rename(self.engine, container_id, name)
        except Gone:
            if not may_be_gone:
                raise
            return "removed by hand"
        return name

    async def _rename_if_possible(self, container_id: str, name: str) -> str:
        try:
            return await self._rename(container_id, name, may_be_gone=True)
        except EngineSaid as said:  # one that crashes again and again cannot be renamed until it is stopped
            return said.reason

    async def _stop_and_mark(self) -> str:
        await self._stop(self.new)
        return await self._rename(self.new, self.marks.name + FAILED, may_be_gone=True)

    async def _start(self, container_id: str) -> str:
        if self.marks.was is Was.DOWN:  # isolated perhaps: its page holds the ports (`page.settle` decides afterwards)
            await page.aside(self.engine, self.marks.name)
        await hands.start(self.engine, container_id)
        return container_id[:12]

    async def _judge(self, step: Step, container_id: str, restarts: int | None) -> Verdict:
        verdict = Verdict(False)

        async def judge() -> str:
            nonlocal verdict
            judging = gate.wait(self.engine, container_id, restarts=restarts)
            verdict, self._judged_at = await listening.during(self.engine, container_id, self.journal, judging)
            return str(verdict.why or ("stays up (no healthcheck)" if verdict.weak else "healthy"))

        await self.step(step, judge)
        return verdict

    async def _remove(self, container_id: str, *, with_volumes: bool = False) -> str:
        seen = await look.container(self.engine, container_id)
        if seen is not None:
            await hands.remove(self.engine, seen, with_volumes=with_volumes)
        return container_id[:12]
