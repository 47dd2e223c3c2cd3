"""The engine that the demo and the tests start when none answers. Here beside another one, so without network."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox import engine as sandbox_engine
from bot.sandbox.engine import NoEngine, RunningEngine, answers, ensure_engine, stop

APART = ("--bridge=none", "--iptables=false", "--containerd-namespace=apart", "--containerd-plugins-namespace=apart-p")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """In a network namespace of its own: `--bridge=none` makes dockerd delete docker0, which the other engine needs."""
    program = tmp_path / "bin" / "dockerd"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPATH={os.environ["PATH"]}:/usr/sbin exec unshare --net dockerd "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    yield tmp_path
    stop(tmp_path)


def test_an_engine_that_answers_is_adopted_and_never_stopped(engine: RunningEngine, tmp_path: Path) -> None:
    os.environ["DOCKER_HOST"] = engine.host
    try:
        assert ensure_engine(tmp_path) == RunningEngine(engine.host, started=False)
    finally:
        del os.environ["DOCKER_HOST"]
    assert stop(tmp_path) is False
    assert answers(engine.host)


def test_an_engine_of_our_own_starts_is_found_again_and_survives_a_kill(data: Path) -> None:
    first = ensure_engine(data, adopt=False, extra=APART)
    assert first.started
    assert len(first.host) < 100
    assert ensure_engine(data, adopt=False, extra=APART) == first

    pid = int((Path(first.host.removeprefix("unix://")).parent / "dockerd.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert not answers(first.host)

    assert ensure_engine(data, adopt=False, extra=APART) == first
    assert stop(data) is True
    assert not answers(first.host)


def test_without_dockerd_one_clear_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(NoEngine, match=r"dockerd is not installed: install it \(Debian: apt-get install docker.io"):
        ensure_engine(tmp_path, adopt=False)
    assert "docker.io" in sandbox_engine.INSTALL
