"""A desk for the browser, and where its pictures go: `make screenshots` keeps them."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World, new_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with new_world(database_url) as made:
        yield made


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("ECOTRAJET_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
