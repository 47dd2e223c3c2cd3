"""A service that Docker Compose runs (the guide's way), rolled back, and Compose afterwards."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.runbook import Result
from bot.sandbox.workload import Workload
from runbooks.stop import Start, Stop
from tests.runbooks.stage import Stage
from tests.runbooks.test_page import answers, done
from tests.world import free_port

FILE = """
version: "3.8"
services:
  web:
    image: {image}
    restart: unless-stopped
    environment: [NODE_ENV=production]
    volumes: [/data]
    labels: {{ecotrajet.sandbox: {prefix}}}
"""


@pytest.mark.prove
async def test_compose_finds_its_service_again_and_leaves_the_rollback_alone(
    make_workload: Callable[..., Workload], tmp_path: Path
) -> None:
    workload = make_workload(versions=("v1", "v2"), environments=())
    described = tmp_path / "docker-compose.yml"
    described.write_text(FILE.format(image=workload.image("v2"), prefix=workload.prefix))

    def compose(*arguments: str) -> str:
        command = ["docker-compose", "-H", workload.host, "-p", workload.prefix, "-f", str(described), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout + done.stderr

    compose("up", "-d")
    try:
        stage = Stage.of(workload, container=f"{workload.prefix}/web")
        assert (await stage.engines.running(stage.target)).version == "v2"
        outcome = await stage.roll_back_to("v1")
        assert outcome.result is Result.SUCCEEDED, outcome.phrase
        assert any("--force-recreate" in str(remark) for remark in outcome.remarks)
        assert (await stage.engines.running(stage.target)).version == "v1"
        assert await stage.engines.repair([stage.target]) == []
        await stage.engines.close()

        assert len(compose("ps", "-q").split()) == 1
        assert "up-to-date" in compose("up", "-d")
        running = workload.docker("ps", "--format", "{{.Image}}", "--filter", f"name={workload.prefix}")
        assert running == workload.image("v1")
    finally:
        compose("down", "-v")


PUBLISHED = FILE + '    ports: ["127.0.0.1:{port}:8080"]\n'


@pytest.mark.prove
async def test_compose_neither_counts_the_page_of_an_isolated_service_nor_undoes_it(
    make_workload: Callable[..., Workload], tmp_path: Path
) -> None:
    workload = make_workload(versions=("v2",), environments=())
    workload.make_image("page", health=False, changes=[f"LABEL com.docker.compose.project={workload.prefix}"])
    workload.ports["prod"] = free_port()
    described = tmp_path / "docker-compose.yml"
    described.write_text(
        PUBLISHED.format(image=workload.image("v2"), prefix=workload.prefix, port=workload.ports["prod"])
    )

    def compose(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["docker-compose", "-H", workload.host, "-p", workload.prefix, "-f", str(described), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert compose("up", "-d").returncode == 0
    try:
        stage = Stage.of(workload, container=f"{workload.prefix}/web")
        service = replace(stage.target.service, maintenance_image=workload.image("page"))
        stage.target = replace(stage.target, service=service)
        assert (await done(stage, Stop(stage.engines))).result is Result.SUCCEEDED
        await answers(stage, "page")
        assert len(compose("ps", "-q").stdout.split()) == 1
        assert compose("up", "-d", "--remove-orphans").returncode != 0
        await answers(stage, "page")
        assert (await done(stage, Start(stage.engines))).result is Result.SUCCEEDED
        await answers(stage, "v2")
        assert await stage.engines.repair([stage.target]) == []
        assert "up-to-date" in compose("up", "-d").stderr
        await stage.engines.close()
    finally:
        compose("down", "-v")
