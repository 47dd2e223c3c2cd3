"""The image is built without a registry, holds no tool to build with, and runs as nobody in particular."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from uuid import uuid4

import pytest
from docker import DockerClient
from docker.models.containers import Container

from bot.sandbox.engine import RunningEngine
from tests.image.base import base_image
from tests.image.build import PARTS, ROOT, build_image, source_files

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]
TOKEN = "a token of the image test"


@pytest.fixture(scope="module")
def client(engine: RunningEngine) -> Iterator[DockerClient]:
    client = DockerClient(base_url=engine.host, timeout=600)
    yield client
    client.close()


@pytest.fixture(scope="module")
def given() -> frozenset[str]:
    return source_files()


@pytest.fixture(scope="module")
def image(client: DockerClient, given: frozenset[str]) -> Iterator[str]:
    tag = f"ecotrajet-test-image:{uuid4().hex[:8]}"
    built = build_image(client, base_image(client), tag)
    yield built
    client.images.remove(tag, force=True)


@pytest.fixture
def desk(client: DockerClient, image: str) -> Iterator[Container]:
    """The image as compose.yaml runs it: no right, nothing writable but its data; PostgreSQL is its own."""
    example = ROOT / "ecotrajet.example.yaml"
    container = client.containers.run(
        image,
        detach=True,
        init=True,
        name=f"ecotrajet-test-desk-{uuid4().hex[:8]}",
        environment={"ECOTRAJET_WEBHOOK_TOKEN": TOKEN, "ECOTRAJET_CONFIG": "/etc/ecotrajet/ecotrajet.yaml"},
        volumes={str(example): {"bind": "/etc/ecotrajet/ecotrajet.yaml", "mode": "ro"}},
        ports={"8080/tcp": ("127.0.0.1", 0)},
        read_only=True,
        tmpfs={"/tmp": "", "/var/lib/ecotrajet": "uid=10001,gid=10001,mode=0700"},
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
    )
    yield container
    container.remove(force=True, v=True)


def ask(desk: Container, path: str, body: object | None = None) -> tuple[int, str]:
    """Status and text of a GET, or of a POST of JSON with the token; 0 while nobody answers."""
    desk.reload()
    assert desk.status == "running", desk.logs(tail=50).decode()
    port = desk.attrs["NetworkSettings"]["Ports"]["8080/tcp"][0]["HostPort"]
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {TOKEN}")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()
    except OSError as failure:
        return 0, str(failure)


def wait_until_ready(desk: Container, within: float = 60) -> None:
    deadline = time.monotonic() + within
    while True:
        code, says = ask(desk, "/readyz")
        if code == 200:
            return
        assert time.monotonic() < deadline, f"{code} {says}\n{desk.logs(tail=50).decode()}"
        time.sleep(0.2)


def sql(desk: Container, question: str) -> str:
    folder = inside(desk, "python3", "-c", "from bot.store.cluster import postgres_programs as p; print(p())")
    sockets = "/var/lib/ecotrajet/postgres/run"
    return inside(desk, f"{folder}/psql", "-h", sockets, "-U", "postgres", "-d", "ecotrajet", "-Atc", question)


def inside(desk: Container, *command: str) -> str:
    done = desk.exec_run(list(command))
    assert isinstance(done.output, bytes)
    printed = done.output.decode().strip()
    assert done.exit_code == 0, printed
    return printed


def run(client: DockerClient, image: str, *command: str) -> str:
    printed = client.containers.run(image, list(command[1:]), entrypoint=command[0], remove=True, stderr=True)
    return printed.decode()


def test_the_build_is_given_what_dockerignore_lets_through() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_through = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert let_through == {*PARTS, "ca-certificates.crt"}


def test_it_runs_as_a_user_with_a_fixed_number_and_without_build_tools(client: DockerClient, image: str) -> None:
    assert run(client, image, "id", "-u").strip() == "10001"
    assert run(client, image, "sh", "-c", "command -v pip pip3 gcc cc make git || echo none").strip() == "none"
    assert run(client, image, "sh", "-c", "ls /build /root/.cache 2>/dev/null | wc -l").strip() == "0"
    installed = run(
        client, image, "python3", "-c", "import importlib.metadata as m; print({d.name for d in m.distributions()})"
    )
    assert "'ecotrajet'" in installed
    assert "'setuptools'" not in installed
    assert "'pip'" not in installed


def test_every_file_that_the_code_reads_is_in_it(client: DockerClient, image: str, given: frozenset[str]) -> None:
    """Migrations, translations, pages, pictures: whatever lies beside the code in Git."""
    found = run(
        client, image, "sh", "-c", "cd /opt/ecotrajet/lib/python3*/site-packages && find bot handlers runbooks -type f"
    )
    assert given - set(found.split()) == frozenset()


def test_its_health_is_the_process_alone(client: DockerClient, image: str) -> None:
    settings = client.images.get(image).attrs["Config"]
    assert "/healthz" in settings["Healthcheck"]["Test"][-1]
    assert settings["Entrypoint"] == ["ecotrajet"]
    assert settings["Cmd"] == ["serve"]
    assert "ca-certificates" not in str(settings)


def test_a_webhook_opens_an_incident_in_a_container_without_rights(desk: Container) -> None:
    wait_until_ready(desk)
    assert ask(desk, "/healthz")[0] == 200
    alert = {"title": "Database connection lost", "environment": "prod", "service": "ecotrajet", "severity": "critical"}
    code, says = ask(desk, "/webhooks/generic", alert)
    assert 200 <= code < 300, f"{code} {says}"
    assert (
        sql(desk, "SELECT count(*) || ' ' || min(title) FROM incident")
        == "1 [PROD] [CRITICAL] Database connection lost"
    )


def test_it_stops_in_time_and_by_itself(desk: Container) -> None:
    wait_until_ready(desk)
    began = time.monotonic()
    desk.stop(timeout=30)
    assert time.monotonic() - began < 8
    desk.reload()
    assert desk.attrs["State"]["ExitCode"] == 0, desk.logs(tail=30).decode()
