"""The stage of these tests."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.workload import Workload
from tests.runbooks.stage import Stage


@pytest.fixture
async def stage(workload: Workload) -> AsyncIterator[Stage]:
    """v2 runs healthy in prod."""
    made = Stage.of(workload)
    yield made
    await made.engines.close()
