"""The stages of these tests: one of its own for each, and one that those share who only look."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from bot.sandbox import workload as sandbox_workload
from bot.sandbox.engine import RunningEngine
from bot.sandbox.workload import Workload
from tests.runbooks.stage import SECRET, Stage


@pytest.fixture
async def stage(workload: Workload) -> AsyncIterator[Stage]:
    """v2 runs healthy in prod."""
    made = Stage.of(workload)
    yield made
    await made.engines.close()


@pytest.fixture(scope="session")
def shared_workload(engine: RunningEngine) -> Iterator[Workload]:
    """In prod v2 with a secret, limits, a volume, a healthcheck that fails; whoever changes something makes another."""
    prefix = f"test-{uuid4().hex[:8]}"
    made = sandbox_workload.start(prefix, host=engine.host, versions=("v1", "v2", "v4-crash"), environments=())
    made.deploy(
        "prod", "v2", "-e", f"DB_PASSWORD={SECRET}", "-e", "NODE_ENV=production", "-e", "EMPTY=", "--memory", "64m",
        "--cpus", "0.5", "-v", "/data", "--health-cmd", f"echo {SECRET} && false", "--health-interval", "300ms",
        "--health-retries", "1",
    )  # fmt: skip
    yield made
    sandbox_workload.stop(prefix, host=engine.host)


@pytest.fixture
async def shared(shared_workload: Workload) -> AsyncIterator[Stage]:
    made = Stage.of(shared_workload)
    yield made
    await made.engines.close()
