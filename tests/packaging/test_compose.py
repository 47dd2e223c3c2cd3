"""compose.yaml, as Debian's docker-compose reads it: least privilege, and time to finish a swap."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def compose(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["docker-compose", "--file", str(folder / "compose.yaml"), *arguments, "config"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    example = (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(example.replace("POSTGRES_PASSWORD=", "POSTGRES_PASSWORD=0123456789abcdef"))
    return tmp_path


@pytest.fixture
def services(folder: Path) -> dict[str, dict[str, Any]]:
    read = compose(folder, "--profile", "operate", "--profile", "deploy")
    assert read.returncode == 0, read.stderr
    parsed: dict[str, dict[str, Any]] = yaml.safe_load(read.stdout)["services"]
    return parsed


def test_nothing_starts_with_more_rights_than_it_needs(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert not service.get("privileged"), name


def test_only_the_proxies_see_the_engines_socket_and_only_the_bot_is_reached_from_outside(
    services: dict[str, dict[str, Any]],
) -> None:
    with_socket = {name for name, service in services.items() if "docker.sock" in str(service.get("volumes"))}
    assert with_socket == {"engine-operate", "engine-deploy"}
    assert {name for name, service in services.items() if service.get("ports")} == {"bot"}
    assert all(port.startswith("127.0.0.1:") for port in services["bot"]["ports"])


def test_looking_and_restarting_cannot_create_a_container(services: dict[str, dict[str, Any]]) -> None:
    operate = services["engine-operate"]["environment"]
    assert operate["POST"] in (0, "0")
    assert services["engine-deploy"]["environment"]["POST"] in (1, "1")
    assert not {"EXEC", "BUILD", "SECRETS", "SWARM", "SYSTEM", "AUTH"} & {
        *operate,
        *services["engine-deploy"]["environment"],
    }


def test_the_bot_has_the_time_to_finish_a_swap(services: dict[str, dict[str, Any]]) -> None:
    assert services["bot"]["stop_grace_period"] in ("150s", "2m30s")
    assert services["bot"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_without_a_password_nothing_starts_and_the_reason_is_said(folder: Path) -> None:
    shutil.copy(ROOT / ".env.example", folder / ".env")
    read = compose(folder)
    assert read.returncode != 0
    assert "set it in .env" in read.stderr
