"""The image is built without a registry, holds no tool to build with, and runs as nobody in particular."""

from collections.abc import Iterator
from uuid import uuid4

import docker
import pytest
from docker import DockerClient

from tests.image.base import base_image
from tests.image.build import PARTS, ROOT, build_image, source_files

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900), pytest.mark.xdist_group("image")]


@pytest.fixture(scope="module")
def client() -> Iterator[DockerClient]:
    client = docker.from_env(timeout=600)
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
