"""What every test may ask for by name; each plugin says what it is a fixture of."""

import functools
import gc
import os
from collections import Counter
from typing import Final

# First of all: its plugin imports it at the very end, and parsing that much code inside of so many hooks trips over a
# bug of CPython 3.11 ("AST constructor recursion depth mismatch").
import hypothesis
import pytest

from bot.worker.pace import Pace

gc.disable()  # until all is imported and collected: next to nothing of it is ever thrown away

# The same examples in every run: what is red today was red yesterday. For new ones: HYPOTHESIS_PROFILE=default.
hypothesis.settings.register_profile("alike", derandomize=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "alike"))

pytest_plugins = [
    "tests.amazon",
    "tests.engine",
    "tests.postgres",
]


LONGEST: Final = (
    "test_kills.py", "test_storm.py", "test_cli.py", "test_runs_story.py", "test_swarm.py", "test_rules_test.py",
    "test_outages.py", "test_main_story.py", "test_lookout.py", "test_alertmanager_dropin.py", "test_gathering.py",
    "test_runbooks_slack.py", "test_three_replicas.py", "test_ssh.py", "test_live.py", "test_several_acks.py",
)  # fmt: skip
"""Half a minute and more each: the last file of all should be a short one, or one core has nothing to do meanwhile."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, then those of many tests. Within a file nothing changes."""
    many = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        name = item.path.name
        return LONGEST.index(name) if name in LONGEST else len(LONGEST), -many[item.path], str(item.path)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Modules, schemas, catalogues, thousands of tests: looked through at each full collection, for nothing."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards are edited as soon as they change: each test would else wait whole seconds (`test_pace` tells of those)."""
    monkeypatch.setattr("bot.worker.deliver.Pace", functools.partial(Pace, 0.0))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a promise nobody checked: the run fails."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("CI=true: a test was skipped, so this run fails", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
