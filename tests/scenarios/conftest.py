"""A desk for each story."""

from collections.abc import AsyncIterator

import pytest

from tests.world import World, new_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """The desk inside the test's own process: quick to start, and everything it speaks goes over real sockets."""
    async with new_world(database_url) as made:
        yield made


@pytest.fixture
async def served_world(database_url: str) -> AsyncIterator[World]:
    """`ecotrajet serve` as a child process, which may be killed."""
    async with new_world(database_url, own_process=True) as made:
        yield made
