"""Containers that are made in unusual ways, and what becomes of them when they are made anew."""

from typing import Any

import pytest

from bot.errors import UserError
from bot.runbook import Image
from runbooks.docker_engine import company, look
from runbooks.docker_engine.body import create_body
from runbooks.docker_engine.look import Seen, image_words
from runbooks.replace.version import repository
from runbooks.warnings import of_replacing
from tests.runbooks.stage import Stage

ID = "3f2a91bc04de" + "0" * 52
APP = "127.0.0.1:5000/app"


def seen(host: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"Id": "c" * 64, "Name": "/web", "Config": {}, "HostConfig": host or {}, "Mounts": [], **more}


@pytest.mark.parametrize(
    ("host", "destination"),
    [
        ({"Binds": ["files:/data/"]}, "/data"),
        ({"Mounts": [{"Type": "volume", "Source": "files", "Target": "/data/"}]}, "/data"),
    ],
)
def test_a_volume_asked_for_with_a_slash_behind_is_not_asked_for_twice(host: dict[str, Any], destination: str) -> None:
    mounts = [{"Type": "volume", "Name": "files", "Destination": destination, "RW": True}]
    made = create_body(seen(host, Mounts=mounts), {}, "i", {}).config["HostConfig"]
    assert made["Binds"] == host.get("Binds")


@pytest.mark.parametrize("mode", ["default", "gone"])
def test_whoever_has_left_its_first_network_does_not_come_back_into_it(mode: str) -> None:
    joined = {"back": {"NetworkID": "n1"}, "front": {"NetworkID": "n2", "Aliases": ["web"]}}
    body = create_body(seen({"NetworkMode": mode}, NetworkSettings={"Networks": joined}), {}, "i", {})
    assert body.config["HostConfig"]["NetworkMode"] == "back"
    assert body.config["NetworkingConfig"]["EndpointsConfig"] == {"back": {}}
    assert body.connects == (("n2", {"Aliases": ["web"]}),)


@pytest.mark.parametrize(
    ("asked", "seconds"), [({}, 10), ({"StopTimeout": 0}, 0), ({"StopTimeout": 25}, 25), ({"StopTimeout": -1}, 300)]
)
def test_how_long_a_stop_may_take_is_the_containers_own_wish(asked: dict[str, int], seconds: int) -> None:
    assert Seen(seen(Config=asked)).stop_timeout == seconds


@pytest.mark.parametrize(
    ("reference", "tags", "shown"),
    [
        (f"sha256:{ID}", ["app:v1"], "app:v1"),
        (ID[:12], ["app:v1"], "app:v1"),
        (ID[:12], [], ""),
        ("app:latest", ["app:v1"], "app:latest"),
    ],
)
def test_a_container_made_from_an_id_is_told_by_a_name_of_its_image(
    reference: str, tags: list[str], shown: str
) -> None:
    assert image_words({"Id": f"sha256:{ID}", "RepoTags": tags}, reference).reference == shown


@pytest.mark.parametrize("reference", [f"{APP}:v1", APP, f"{APP}@sha256:{ID}", f"{APP}:v1@sha256:{ID}", ID, ""])
def test_its_other_versions_are_looked_for_where_it_comes_from(reference: str) -> None:
    named = reference if reference != ID else f"sha256:{ID}"
    assert repository(Image(f"sha256:{ID}", named, digests=(f"{APP}@sha256:{ID}",))) == APP


def test_a_port_of_a_range_may_become_another_one() -> None:
    told = of_replacing(seen({"PortBindings": {"80/tcp": [{"HostPort": "8000-8010"}]}}), {}, {}, [])
    assert any("chose the host port of 80/tcp" in str(each) for each in told)


def test_whoever_is_linked_in_the_old_way_would_be_cut_off_for_good() -> None:
    web, other = Seen(seen()), Seen(seen({"Links": ["/web:/app/database"]}, Name="/app"))
    with pytest.raises(UserError, match="app reaches web by an old `--link`"):
        company.stands_alone(web, [other])
    company.stands_alone(Seen(seen(Name="/we")), [other])


def test_one_that_lives_in_a_container_of_yesterday_is_not_stopped() -> None:
    guest, host = Seen(seen({"NetworkMode": "container:" + "d" * 64})), Seen(seen(Id="d" * 64, Name="/host"))
    company.has_its_host(guest, [host])
    with pytest.raises(UserError, match=r"not there any more \(dddddddddddd\)"):
        company.has_its_host(guest, [])


@pytest.mark.parametrize(("mode", "warned"), [("default", True), ("front", True), ("host", False), ("none", False)])
def test_a_service_cut_off_from_its_networks_on_purpose_is_told_before_it_is_connected_again(
    mode: str, *, warned: bool
) -> None:
    alone = seen({"NetworkMode": mode}, State={"Status": "running"}, NetworkSettings={"Networks": {}})
    assert (company.apart(Seen(alone)) is not None) == warned


async def test_a_command_run_once_beside_a_compose_service_is_not_the_service(shared: Stage) -> None:
    project = shared.workload.prefix
    labels = [f"com.docker.compose.project={project}", "com.docker.compose.service=web"]
    mine = [part for label in labels for part in ("--label", label)]
    serves = shared.another(*mine, "--label", "com.docker.compose.oneoff=False", command=("sleep", "60"))
    once = shared.another(*mine, "--label", "com.docker.compose.oneoff=True", command=("sleep", "60"))
    service = Stage.of(shared.workload, container=f"{project}/web")
    try:
        assert await look.names(service.engines.engine("default"), service.target) == [serves.container]
    finally:
        await service.engines.close()
        shared.workload.docker("rm", "-f", serves.container, once.container)
