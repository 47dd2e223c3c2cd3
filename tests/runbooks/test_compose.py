"""A service that Docker Compose runs (the guide's way), rolled back, and Compose afterwards."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.runbook import Result
from bot.sandbox.workload import Workload
from tests.runbooks.stage import Stage

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
