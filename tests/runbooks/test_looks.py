"""Looks that change nothing, on a real engine: processes, figures, configuration, files, networks, programs inside."""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.errors import UserError
from bot.runbook.looks import Changed, Fact, Probe
from bot.sandbox.record import PATIENCE
from bot.target import EngineAddress, Environment, Service, Target
from runbooks.docker_engine import DockerEngines, inside, look, looks
from runbooks.docker_engine.looks import changes_in
from runbooks.docker_engine.probes import disks, listening, names_of
from tests.runbooks.stage import SECRET, Stage


@pytest.fixture
def stage(shared: Stage) -> Stage:
    return shared


async def test_processes_are_shown_without_the_passwords_of_their_commands(stage: Stage) -> None:
    stage.workload.docker("exec", "-d", stage.target.container, "busybox", "sh", "-c", f"sleep 60; : {SECRET}")
    await until(lambda: "sleep 60" in stage.workload.docker("top", stage.target.container))
    (seen,) = await stage.engines.looks.top(stage.target)
    shown = [" ".join(row) for row in seen.rows]
    assert any("/app/start.sh" in each for each in shown)
    assert any("sleep 60; : [hidden]" in each for each in shown)
    assert SECRET not in str(seen)
    assert "PID" in seen.titles


async def test_figures_are_of_the_container_against_its_own_limits(stage: Stage) -> None:
    busy_one = stage.another("--cpus", "0.05", command=("sh", "-c", "while :; do :; done"))
    idle, busy = await stage.engines.looks.stats([stage.target, busy_one])
    stage.workload.docker("rm", "-f", busy_one.container)
    assert (idle.memory_limit, idle.limited, idle.cores) == (64 * 2**20, True, 0.5)
    assert 0 < idle.memory < idle.memory_limit
    assert idle.processes >= 2
    assert busy.cpu_share > 50
    assert busy.cpu < 10  # of a core: it may use a twentieth


async def test_of_a_service_that_does_not_run_the_figures_say_why(stage: Stage) -> None:
    missing, halted = replace(stage.target, container="no-such"), stage.another()
    stage.workload.docker("stop", "-t", "0", halted.container)
    stopped, none = await stage.engines.looks.stats([halted, missing])
    assert "/ecotrajet diagnose prod ecotrajet" in str(stopped.problem)
    assert "no container “no-such”" in str(none.problem)
    for ask in (stage.engines.looks.top, lambda target: stage.engines.looks.probe(target, Probe.DISK)):
        with pytest.raises(UserError, match="is not running"):
            await ask(halted)


async def test_an_inspection_holds_names_and_never_values(stage: Stage) -> None:
    container = stage.target.container
    await until(lambda: len(stage.workload.inspect(container)["State"]["Health"]["Log"]) > 0)
    seen = await stage.engines.looks.inspect(stage.target)
    assert {"DB_PASSWORD", "NODE_ENV", "EMPTY", "APP_RELEASE"} <= set(seen.variables)
    assert seen.empty == {"EMPTY"}
    assert (seen.version, seen.state, seen.restart_policy) == ("v2", "running", "unless-stopped")
    assert seen.ports == (f"8080/tcp → 127.0.0.1:{stage.workload.ports['prod']}",)
    assert [(each.kind, each.target, each.writable) for each in seen.mounts] == [("volume", "/data", True)]
    assert seen.networks[stage.workload.network].count(".") == 3
    assert "[hidden]" in seen.health_log[0]
    assert SECRET not in str(seen)
    assert "production" not in str(seen)


async def test_changed_files_are_those_of_the_containers_own_layer(stage: Stage) -> None:
    target = stage.another()
    stage.workload.docker(
        "exec", target.container, "sh", "-c", "echo > /app/www/new; echo > /app/www/version; rm /app/www/index.html"
    )
    seen = await stage.engines.looks.diff(target)
    assert set(seen.shown) == {
        (Changed.ADDED, "/app/www/new"),
        (Changed.CHANGED, "/app/www/version"),
        (Changed.DELETED, "/app/www/index.html"),
    }
    assert not seen.cut


async def test_a_great_many_changed_files_are_counted_and_few_shown(stage: Stage) -> None:
    target = stage.another()
    shell = "for n in $(busybox seq 500); do : > /tmp/$n; done"
    stage.workload.docker("exec", target.container, "sh", "-c", shell)
    seen = await stage.engines.looks.diff(target)
    assert len(seen.shown) == 60
    assert seen.counts[Changed.ADDED] == 500


def test_of_a_list_of_changes_that_was_cut_the_beginning_is_read() -> None:
    text = '[{"Path":"/a","Kind":1},{"Path":"/b},{c","Kind":2},{"Pa'
    assert changes_in(text, whole=False) == [(Changed.ADDED, "/a"), (Changed.DELETED, "/b},{c")]
    assert changes_in("null\n", whole=True) == []


async def test_two_environments_are_compared_without_any_value(stage: Stage) -> None:
    old = stage.another("-e", "KEY=a-key-of-prod", "-e", "ONLY_PROD=1", "-e", "NODE_ENV=production", version="v1")
    stage.workload.make_image("v9", changes=("LABEL ecotrajet.schema=20251101",))
    new = stage.another(
        "-e", "KEY=a-key-of-staging", "-e", "NEW_IN_STAGING=1", "-e", "NODE_ENV=production",
        "--memory", "64m", "-v", "/data", version="v9",
    )  # fmt: skip
    found = await stage.engines.looks.compare(old, new)
    assert (found.here, found.there) == (("ONLY_PROD",), ("NEW_IN_STAGING",))
    assert found.different == ("APP_RELEASE", "KEY")
    assert found.same >= 1
    assert found.shared == ("DB_PASSWORD",)
    assert set(found.facts) == {Fact.IMAGE, Fact.DIGEST, Fact.SCHEMA, Fact.MEMORY, Fact.MOUNTS}
    assert found.schema == ("", "20251101")
    assert "a-key-of" not in str(found)
    assert (await stage.engines.looks.compare(old, old)).alike


async def test_networks_say_who_is_in_them(stage: Stage) -> None:
    found = {each.name: each for each in await stage.engines.looks.networks("default")}
    mine = found[stage.workload.network]
    assert mine.driver == "bridge"
    assert mine.members[stage.target.container].count(".") == 3
    assert mine.subnets[0].endswith("/16") or "/" in mine.subnets[0]


# Programs inside -------------------------------------------------------------------------------------------------


async def test_programs_of_the_allow_list_run_inside(stage: Stage) -> None:
    asked, target = stage.engines.looks, stage.target
    assert " /" in (await asked.probe(target, Probe.DISK)).text
    assert "httpd" in (await asked.probe(target, Probe.PROCESSES)).text
    assert ":8080" in (await asked.probe(target, Probe.PORTS)).text
    names = await asked.probe(target, Probe.ENV)
    assert names.command == "env"
    assert {"DB_PASSWORD=…", "EMPTY=", "NODE_ENV=…"} <= set(names.text.split("\n"))
    assert SECRET not in names.text
    assert (await asked.probe(target, Probe.ENV, grep="node")).text == "NODE_ENV=…"


async def test_a_program_that_hangs_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "LIMIT", 1)
    monkeypatch.setattr(inside, "PATIENCE", 0.5)
    monkeypatch.setattr(looks, "QUICK", 1)
    hang = "printf '#!/bin/sh\\necho begun; sleep 300\\n' > /bin/df; busybox chmod +x /bin/df"
    target = stage.another()
    stage.workload.docker("exec", target.container, "sh", "-c", hang)
    began = time.monotonic()
    with pytest.raises(UserError, match=r"`df -h` did not end in .* within 1 s, so I gave it up"):
        await stage.engines.looks.probe(target, Probe.DISK)
    assert time.monotonic() - began < 10
    assert (await stage.engines.looks.findings(target)).disk_hangs
    await until(lambda: "engine-default" not in {each.name for each in threading.enumerate()})  # none hangs with it
    assert (await stage.engines.looks.probe(target, Probe.ENV)).text


async def test_where_the_image_has_timeout_what_hangs_is_ended_too(stage: Stage) -> None:
    target = stage.another()
    container = target.container
    hang = "printf '#!/bin/sh\\nexec sleep 300\\n' > /bin/hang; busybox chmod +x /bin/hang"
    stage.workload.docker("exec", container, "sh", "-c", f"{hang}; busybox ln -s busybox /bin/timeout")
    engine, seen = stage.engines.engine("default"), await look.find(stage.engines.engine("default"), target)
    with pytest.raises(UserError, match=r"`hang` did not end in .* within 1 s"):
        await inside.run(engine, seen, [("hang",)], limit=1)
    await until(lambda: "sleep 300" not in stage.workload.docker("top", container))


async def test_an_image_without_programs_says_so(stage: Stage) -> None:
    target = stage.another()
    stage.workload.docker("exec", target.container, "busybox", "mv", "/bin/busybox", "/app/away")
    with pytest.raises(UserError, match=r"has no program for that \(df, busybox\)"):
        await stage.engines.looks.probe(target, Probe.DISK)
    assert "APP_RELEASE=…" in (await stage.engines.looks.probe(target, Probe.ENV)).text
    assert (await stage.engines.looks.top(target))[0].rows  # by the host's own means


def test_sockets_and_disks_are_read_from_what_linux_shows() -> None:
    table = (
        "  sl  local_address rem_address   st\n"
        "   0: 0100007F:1F90 00000000:0000 0A 0\n   1: 00000000:0050 00000000:0000 0A 0\n"
        "   2: 0100007F:9C40 0100007F:1F90 01 0\n   3: 00000000000000000000000000000000:0051 00000000:0000 0A\n"
    )
    assert listening(table) == ["0.0.0.0:80", "[::]:81", "127.0.0.1:8080"]
    df = (
        "Filesystem  Size Used Available Use% Mounted on\noverlay 252G 26G 76G 98% /\ntmpfs 64M 0 64M 0% /dev\n"
        "/dev/vda 252G 26G 76G 98% /etc/hosts\nnas:/x 1G 1G 0 100% /data/a folder\n"
    )
    assert disks(df) == {"/": 98, "/data/a folder": 100}
    assert names_of(["A=1", "B=", "-----END KEY-----", "two words=3", "C=x\nD=y"]) == ["A=…", "B=", "C=…"]


# An engine that is away ------------------------------------------------------------------------------------------


async def test_a_dead_engine_is_a_clear_sentence_for_every_look() -> None:
    engines = DockerEngines([EngineAddress("gone", "unix:///nowhere/docker.sock")], limit=1.0)
    place = Environment("prod", "Prod", engine="gone")
    target = Target(place, Service("web", {"prod": "web"}), "gone", "web")
    asked = engines.looks
    for answer in (
        asked.top(target), asked.inspect(target), asked.diff(target), asked.compare(target, target),
        asked.networks("gone"), asked.probe(target, Probe.DISK), asked.findings(target),
    ):  # fmt: skip
        with pytest.raises(UserError, match="The Docker engine “gone” does not answer"):
            await answer
    (usage,) = await asked.stats([target])
    assert "does not answer" in str(usage.problem)
    await engines.close()


async def until(holds: Callable[[], bool], within: float = PATIENCE) -> None:
    deadline = time.monotonic() + within
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)  # between two looks; the deadline decides
