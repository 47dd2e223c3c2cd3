"""What the engine says when it cannot, and what people read of it. Its words as Docker 20.10 to 28 has them."""

import pytest

from runbooks.docker_engine import hands, look
from runbooks.docker_engine.failures import EngineSaid, plain
from tests.runbooks.stage import Stage


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (
            (
                "driver failed programming external connectivity on endpoint web (4f2a): Bind for 0.0.0.0:8080 failed:"
                " port is already allocated"
            ),
            "port 8080 of the host is taken",
        ),
        (
            (
                "driver failed programming external connectivity on endpoint web (4f2a): Error starting userland proxy:"
                " listen tcp4 0.0.0.0:8080: bind: address already in use"
            ),
            "port 8080 of the host is taken",
        ),
        ("failed to bind host port 127.0.0.1:443/tcp: address already in use", "port 443 of the host is taken"),
        ("Address already in use", "its fixed address in the network is taken"),
        (
            "write /var/lib/docker/tmp/GetImageBlob1: no space left on device",
            "the disk of the Docker host is full: `/ecotrajet prune`",
        ),
        (
            'invalid mount config for type "bind": bind source path does not exist: /srv/app/src',
            "a folder of the host that it mounts is not there",
        ),
        ("network 3f9c1b0d not found", "a network it belongs to is not there any more"),
        (
            'OCI runtime create failed: exec: "nodejs": executable file not found in $PATH: unknown',
            "its image has no such program",
        ),
        ("exec /app/server: exec format error", "its image has no such program for this machine"),
    ],
)
def test_the_engines_words_are_told_with_what_they_mean(said: str, means: str) -> None:
    told = str(EngineSaid(said).why)
    assert told.startswith(means)
    assert said in told


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("manifest for registry.example/app@sha256:1f not found: manifest unknown", "its registry has no such version"),
        ("Head https://registry.example/v2/app: unauthorized: authentication required", "log it in there again"),
        ("pull access denied for app, repository does not exist", "log it in there again"),
        ("toomanyrequests: You have reached your pull rate limit", "its registry asks to be asked less often"),
        ("Get https://registry.example/v2/: dial tcp 10.0.0.9:443: connect: connection refused", "does not answer"),
        ("dial tcp: lookup registry.example on 10.0.0.2:53: no such host", "does not answer"),
        ("write /var/lib/docker/tmp/x: no space left on device", "the disk of the Docker host is full"),
    ],
)
def test_what_a_registry_does_is_told_where_an_image_is_fetched(said: str, means: str) -> None:
    assert means in str(plain(said, registry=True))


def test_what_nobody_knows_stays_as_it_is() -> None:
    assert plain("connection refused by the log driver") == "connection refused by the log driver"


async def test_a_fixed_address_that_another_has_is_told_as_such(shared: Stage) -> None:
    network = f"{shared.workload.prefix}-fixed"
    shared.workload.docker("network", "create", "--subnet", "10.213.7.0/24", network)
    mine = ("--network", network, "--ip", "10.213.7.9")
    holder, name = shared.another(*mine, command=("sleep", "600")), f"{shared.workload.prefix}-late"
    engine = shared.engines.engine("default")
    try:
        label = f"ecotrajet.sandbox={shared.workload.prefix}"
        image = shared.workload.image("v1")
        shared.workload.docker("create", "--name", name, "--label", label, *mine, image, "sleep", "600")
        seen = await look.container(engine, name)
        assert seen is not None
        with pytest.raises(EngineSaid) as caught:
            await hands.start(engine, seen.id)
        assert "its fixed address in the network is taken by another container" in str(caught.value.why)
    finally:
        shared.workload.docker("rm", "-f", holder.container, name)
        shared.workload.docker("network", "rm", network)
