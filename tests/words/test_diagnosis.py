"""What is most probably wrong, and what to type next: the guide's two procedures (6.2) as rules."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.phrase import Phrase
from bot.runbook import Evidence
from bot.runbook.diagnosis import Case, Deployed, Verdict, judge
from bot.runbook.looks import Findings, Usage

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
WELL = Evidence("web · v2", NOW, "running", "GET / 200", health="healthy", started_at="")
BUSY = Usage("ecotrajet", "web", cpu=5, cores=2, memory=100, memory_limit=1000, limited=True)
FOUND = Findings(WELL, "web", "sha256:2", "v2", started=NOW - timedelta(hours=5), usage=BUSY, disks={"/": 40})
NEW = Deployed("v2", "v1", NOW - timedelta(minutes=6), "bruno")


def verdict(seen: Mapping[str, object], deployed: Deployed | None = None, found: Findings = FOUND) -> Verdict:
    """`seen`: fields of the evidence that differ from those of a container that is well."""
    evidence = replace(found.evidence, **seen)  # type: ignore[arg-type]  # fields of Evidence
    return judge(Case(replace(found, evidence=evidence), deployed, "prod", "ecotrajet", NOW, "staging"))


def commands(said: Verdict) -> list[str]:
    return [each.command.removeprefix("/ecotrajet ") for each in said.advice]


def test_of_one_that_is_well_nothing_is_made_up() -> None:
    log = "GET /x 404\npermission denied for user 7\nno such file or directory"
    said = verdict({"log_tail": log}, NEW)
    assert said.well
    assert "Nothing wrong is to be seen in web" in str(said.cause)
    assert commands(said)[0] == "logs prod ecotrajet --grep error"


DOWN: dict[str, object] = {"state": "exited", "exit_code": 1, "health": "unhealthy"}


@pytest.mark.parametrize(
    ("seen", "cause", "first"),
    [
        ({"state": "exited", "exit_code": 137, "oom_killed": True}, "for want of memory", "restart prod ecotrajet"),
        (DOWN | {"log_tail": "FATAL ERROR: JavaScript heap out of memory"}, "want of memory", "restart prod ecotrajet"),
        ({"state": "exited", "exit_code": 143}, "stopped in good order", "start prod ecotrajet"),
        ({"state": "created", "exit_code": 0}, "never started", "start prod ecotrajet"),
        ({"state": "paused"}, "is paused", "start prod ecotrajet"),
        (DOWN | {"log_tail": "write /x: no space left on device"}, "disk is full", "prune prod --confirm prod"),
        (DOWN | {"log_tail": "Error: listen EADDRINUSE: :::8080"}, "port is taken", "networks prod"),
        (DOWN | {"log_tail": "connect ECONNREFUSED 10.0.0.3:5432\nbye"}, "cannot reach", "status prod"),
        (DOWN | {"log_tail": 'relation "stations" does not exist'}, "schema does not fit", "logs prod ecotrajet"),
        (
            DOWN | {"log_tail": "❌ VITE_SUPABASE_URL manquante"},
            "variable is missing",
            "compare prod staging ecotrajet",
        ),
        (DOWN | {"log_tail": "password authentication failed for user"}, "refused", "compare prod staging ecotrajet"),
        (DOWN | {"log_tail": "Error: Cannot find module 'express'"}, "missing from its image", "diff prod ecotrajet"),
        (DOWN | {"log_tail": "EACCES: permission denied, open '/data/x'"}, "may not write", "diff prod ecotrajet"),
        (DOWN | {"exit_code": 137}, "by somebody, or for want of memory", "start prod ecotrajet"),
        (DOWN | {"exit_code": 127}, "not in its image (exit code 127)", "inspect prod ecotrajet"),
        (DOWN, "ends with exit code 1", "logs prod ecotrajet"),
        (DOWN | {"state": "restarting", "restart_count": 9}, "again and again (exit code 1, 9", "logs prod ecotrajet"),
        ({"health": "unhealthy", "health_log": ("exit 0", "exit 1: 404")}, "fails: “exit 1: 404”", "restart prod"),
        ({"health": "starting"}, "still starting", "status prod ecotrajet"),
    ],
)
def test_a_container_that_does_not_start(seen: dict[str, object], cause: str, first: str) -> None:
    said = verdict(seen)
    assert cause in str(said.cause)
    assert commands(said)[0].startswith(first)
    assert not said.well


@pytest.mark.parametrize("seen", [DOWN, DOWN | {"exit_code": 127}, {"health": "unhealthy"}])
def test_what_broke_after_a_deployment_goes_back_first(seen: dict[str, object]) -> None:
    assert commands(verdict(seen, NEW))[0] == "rollback prod ecotrajet"
    assert "back to v1" in str(verdict(seen, NEW).advice[0].what)
    old = replace(NEW, at=NOW - timedelta(days=3))
    assert "rollback prod ecotrajet" not in commands(verdict(seen, old))


@pytest.mark.parametrize(
    ("found", "cause", "first"),
    [
        ({"usage": replace(BUSY, memory=970)}, "uses 97 % of its memory", "restart prod"),
        ({"usage": replace(BUSY, cpu=195)}, "98 % of all the processor time", "top prod"),
        ({"disk_hangs": True}, "A disk that web uses does not answer", "inspect prod"),
        ({"disks": {"/": 40, "/data": 99}}, "disk under /data is full (99 %)", "prune prod"),
        (
            {"evidence": replace(WELL, log_tail="canceling statement due to statement timeout")},
            "too long",
            "stats prod",
        ),
        ({"evidence": replace(WELL, log_tail="sorry, too many connections")}, "no connection left", "logs prod"),
        (
            {"started": NOW - timedelta(minutes=2), "evidence": replace(WELL, restart_count=3)},
            "it fell (3",
            "logs prod",
        ),
    ],
)
def test_an_application_that_is_slow(found: dict[str, object], cause: str, first: str) -> None:
    said = verdict({}, found=replace(FOUND, **found))  # type: ignore[arg-type]  # fields of Findings
    assert cause in str(said.cause)
    assert commands(said)[0].startswith(first)


def test_one_that_fell_a_moment_ago_says_why_it_fell() -> None:
    found = replace(FOUND, started=NOW - timedelta(seconds=2))
    said = verdict({"restart_count": 7, "log_tail": "Error: Cannot find module 'express'\nstarting"}, NEW, found)
    assert "but it fell (7 restarts). Something is missing from its image." in str(said.cause)
    assert commands(said)[0] == "rollback prod ecotrajet"


def test_memory_of_the_host_is_no_limit_of_its_own() -> None:
    assert verdict({}, found=replace(FOUND, usage=replace(BUSY, memory=999, limited=False))).well


def test_what_docker_could_not_start_says_why() -> None:
    error = "driver failed: Bind for 0.0.0.0:8080 failed: port is already allocated"
    said = verdict({"state": "created", "exit_code": 128}, found=replace(FOUND, error=error))
    assert "port is already allocated" in str(said.cause)
    assert commands(said) == ["networks prod", "start prod ecotrajet"]


def test_every_verdict_can_be_stored_and_read_again() -> None:
    sick: list[dict[str, object]] = [DOWN, {"health": "unhealthy"}, {"state": "exited", "exit_code": 0}, {}]
    for seen in sick:
        cause = verdict(seen, NEW).cause
        assert Phrase.from_json(cause.to_json()) == cause
