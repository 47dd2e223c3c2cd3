"""A real container engine for the tests, and small applications on it. Without an engine tests fail, never skip."""

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bot.sandbox import workload as sandbox_workload
from bot.sandbox.engine import RunningEngine, ensure_engine, stop
from bot.sandbox.workload import Workload

QUICK = "300ms"  # between two healthchecks of the test applications


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    """The engine that answers already, else one of our own, shared by all workers of this run."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    running = _counted(shared, 1)
    yield running
    _counted(shared, -1)


def _counted(shared: Path, change: int) -> RunningEngine:
    """Start with the first user, stop with the last."""
    with (shared / "engine.users").open("a+") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        users.seek(0)
        count = int(users.read() or 0) + change
        users.truncate(0)
        users.write(str(count))
        if change < 0 and count == 0:
            stop(shared)
            return RunningEngine("", started=False)
        return ensure_engine(shared)


@pytest.fixture
def make_workload(engine: RunningEngine) -> Iterator[Callable[..., Workload]]:
    """A factory of applications under prefixes of their own; all of it is removed afterwards."""
    made: list[str] = []

    def make(**options: object) -> Workload:
        prefix = f"test-{uuid4().hex[:8]}"
        made.append(prefix)
        return sandbox_workload.start(prefix, host=engine.host, **{"interval": QUICK, **options})  # type: ignore[arg-type]  # passed on as they are

    yield make
    for prefix in made:
        sandbox_workload.stop(prefix, host=engine.host)


@pytest.fixture
def workload(make_workload: Callable[..., Workload]) -> Workload:
    """`v2` running healthy in prod; images v1, v2, v3-broken and v4-crash."""
    return make_workload(versions=("v1", "v2", "v3-broken", "v4-crash"), environments=("prod",))
