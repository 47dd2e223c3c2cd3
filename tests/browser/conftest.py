"""Where pictures of the browser tests go: `make screenshots` keeps them."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("ECOTRAJET_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
