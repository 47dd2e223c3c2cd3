"""What a runbook offers the worker, and what it asks of it; what all ask of the container engines."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.deployment import Deployment, Observation
from bot.phrase import Phrase
from bot.runbook.looks import Looks
from bot.runbook.outcome import Evidence, Outcome, Repaired, ServiceStatus
from bot.runbook.plan import Action, Plan
from bot.target import Target


class Journal(Protocol):
    """Where a run writes a row before and after each step, and is asked to stop."""

    async def before(self, step: str) -> None:
        """Called and awaited before the step touches the engine; raising stops the run there."""
        ...

    async def after(self, step: str, detail: str) -> None: ...

    async def evidence(self, evidence: Evidence) -> None: ...

    async def said(self, what: str | Phrase, *, instead: bool = False) -> None:
        """Shown live in the thread of the run's card: a line of a container, its secrets hidden, or a sentence of ours.

        `instead`: in the place of the last one, which counted the same up. Returns at once and never raises.
        """
        ...

    async def cancelled(self) -> bool:
        """Has a person called it off? Asked between steps, up to the moment the service is stopped."""
        ...


class Runbook(Protocol):
    """One action: `plan` only looks; `run` does; `repair` ends a run whose process died."""

    @property
    def name(self) -> str: ...

    @property
    def action(self) -> Action: ...

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        """Raises UserError when it cannot be done: the phrase says what to do instead."""
        ...

    async def run(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        """Raises UserError (nothing was touched) when the world is no longer that of the plan; Retryable when the
        engine was lost on the way: call `repair` as soon as it answers again."""
        ...

    async def repair(self, target: Target, plan: Plan, journal: Journal) -> Outcome:
        """Bring a run that was interrupted to an end, from what the engine shows: forward if the new container is
        healthy, else back. Idempotent. Raises Retryable while the engine does not answer."""
        ...


class Engines(Protocol):
    """Everything the worker and the handlers ask of the container engines. One that is away never delays another."""

    @property
    def looks(self) -> Looks:
        """What may be looked at without changing anything."""
        ...

    async def status(self, targets: Sequence[Target]) -> list[ServiceStatus]:
        """One per target, in their order; an engine that does not answer gives an UNKNOWN light, no exception."""
        ...

    async def logs(
        self, target: Target, *, tail: int = 50, since: timedelta | None = None, grep: str = "", max_bytes: int = 60_000
    ) -> str:
        """The last lines, redacted, at most `max_bytes`. `grep`: plain text, case ignored. Raises UserError."""
        ...

    async def running(self, target: Target) -> Observation:
        """What runs there now. Raises UserError: no such container, engine away."""
        ...

    async def observe(self, targets: Sequence[Target]) -> list[Observation]:
        """What runs now, for the history; targets that cannot be seen are left out."""
        ...

    def watch(self, targets: Sequence[Target]) -> AsyncGenerator[Target, None]:
        """Targets to look at again, as the engines tell of changes; all of an engine's after a reconnection."""
        ...

    async def repair(self, targets: Sequence[Target], journal: Journal | None = None) -> list[Repaired]:
        """End what was left half done; nothing to do: empty. Call at start, and when an engine is back, with targets
        whose run is not alive in another process. Engines away are left out (ask `identity`)."""
        ...

    async def keep(self, target: Target, image_ids: Sequence[str]) -> None:
        """Protect these images of a service from `docker image prune`, and no longer the others."""
        ...

    async def identity(self, engine: str) -> str:
        """The engine's own id (`docker info`). Raises UserError when it does not answer."""
        ...

    async def close(self) -> None: ...
