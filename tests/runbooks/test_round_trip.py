"""A container made again from another image, and again from its own, is the same container (docker.md section 1)."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.runbook import Result
from bot.sandbox.workload import Workload
from runbooks.docker_engine.body import create_body, set_env, set_labels
from tests.runbooks.stage import Notes, Stage

SERVES = ("--env", "NODE_ENV=production", "-v", "/data")
KITCHEN = (
    *("--env", "NODE_ENV=production", "--env", "APP_RELEASE=v2", "--env", "PASSWORD=pa ss=1", "--env", "EMPTY="),
    *("--label", "team=éco", "--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=web"),
    *("--hostname", "web.example", "--domainname", "example", "--workdir", "/tmp", "--user", "0:0", "--group-add", "7"),
    *("--add-host", "db:10.0.0.9", "--dns", "10.0.0.53", "--dns-search", "example", "--dns-option", "ndots:2"),
    *("--cap-add", "NET_ADMIN", "--cap-drop", "MKNOD", "--security-opt", "no-new-privileges"),
    *("--ulimit", "nofile=1024:2048", "--memory", "128m", "--memory-swap", "256m", "--cpus", "0.5"),
    *("--cpu-shares", "512", "--pids-limit", "99", "--shm-size", "32m", "--oom-score-adj", "100"),
    *(
        "--tmpfs",
        "/scratch:size=1m",
        "-v",
        "/data",
        "--mount",
        "type=volume,dst=/more",
        "--device",
        "/dev/null:/dev/nil",
    ),
    *("--stop-signal", "SIGINT", "--stop-timeout", "2", "--restart", "on-failure:3", "--expose", "9999"),
    *("--log-driver", "json-file", "--log-opt", "max-size=1m", "--network-alias", "shop", "--interactive", "--tty"),
    *("--ipc", "private", "--read-only"),
)
SHAPES: list[Any] = [
    pytest.param(KITCHEN, (), id="kitchen"),
    pytest.param(SERVES, (), id="plain"),
    pytest.param((*SERVES, "--no-healthcheck"), (), id="no healthcheck", marks=pytest.mark.prove),
    pytest.param(
        (*SERVES, "--health-cmd", "true", "--health-interval", "400ms"), (), id="own check", marks=pytest.mark.prove
    ),
    pytest.param(
        (*SERVES, "--entrypoint", "/bin/sh"),
        ("-c", "exec sh /app/start.sh"),
        id="own entrypoint",
        marks=pytest.mark.prove,
    ),
    pytest.param(
        (*SERVES, "--no-healthcheck", "--stop-timeout", "1", "--network", "host"),
        ("sleep", "600"),
        id="host network",
        marks=pytest.mark.prove,
    ),
    pytest.param((*SERVES, "--network", "none"), (), id="no network", marks=pytest.mark.prove),
]


@pytest.mark.timeout(90)
@pytest.mark.parametrize(("options", "command"), SHAPES)
async def test_there_and_back_again_nothing_is_lost(
    make_workload: Callable[..., Workload], options: tuple[str, ...], command: tuple[str, ...]
) -> None:
    workload = make_workload(versions=("v1", "v2"), environments=())
    name = workload.container("prod")
    label = f"ecotrajet.sandbox={workload.prefix}"
    network = () if "--network" in options else ("--network", workload.network)
    workload.docker("run", "-d", "--name", name, "--label", label, *network, *options, workload.image("v2"), *command)
    if network:
        second = f"{workload.prefix}-second"
        workload.docker("network", "create", "--label", label, "--subnet", subnet(workload), second)
        workload.docker(
            "network", "connect", "--ip", subnet(workload).replace("0/24", "77"), "--alias", "db", second, name
        )
    stage = Stage.of(workload)
    before = shape(workload.inspect(name))

    there = await stage.roll_back_to("v1")
    assert there.result is Result.SUCCEEDED, there.phrase
    assert stage.running_version() == "v1"
    back = await stage.rollback.run(
        stage.target,
        await stage.rollback.plan(stage.target, ["v2"], stage.history("v2", running="v1"), there.evidence[0].taken_at),
        Notes(),
    )
    await stage.engines.close()

    assert back.result is Result.SUCCEEDED, back.phrase
    assert shape(workload.inspect(name)) == before


def subnet(workload: Workload) -> str:
    """A /24 of its own for each test's prefix."""
    return f"10.{int(workload.prefix[-4:-2], 16)}.{int(workload.prefix[-2:], 16)}.0/24"


def shape(seen: dict[str, Any]) -> dict[str, Any]:
    """All that a person asked for; not ids, times, nor the way in which a volume is named."""
    config, host = dict(seen["Config"]), dict(seen["HostConfig"])
    config["Labels"] = {key: value for key, value in config["Labels"].items() if not key.startswith("ecotrajet.rb.")}
    if config["Hostname"] == seen["Id"][:12]:
        config["Hostname"] = ""
    config["Env"] = sorted(config["Env"])
    for key in ("Binds", "Mounts", "ContainerIDFile"):
        host.pop(key, None)
    mounts = sorted((m["Type"], m.get("Name", ""), m["Destination"], m["RW"]) for m in seen["Mounts"])
    networks = {
        name: (
            [alias for alias in end["Aliases"] or [] if alias != seen["Id"][:12]],
            (end["IPAMConfig"] or {}).get("IPv4Address"),
        )
        for name, end in seen["NetworkSettings"]["Networks"].items()
    }
    return {"config": config, "host": host, "mounts": mounts, "networks": networks}


@pytest.mark.parametrize(
    ("container", "image", "own"),
    [
        (["A=1", "B=2"], ["A=1", "B=2"], []),
        (["X=9", "A=1", "B=2"], ["A=1", "B=2"], ["X=9"]),
        (["A=7", "B=2"], ["A=1", "B=2"], ["A=7"]),
        (["NODE_ENV=x", "B=2"], ["B=2", "NODE_ENV=x"], ["NODE_ENV=x"]),  # set by hand to the image's own value
        (["FOO", "B=2"], ["FOO=1", "B=2"], ["FOO"]),  # unset by hand
        ([], [], []),
    ],
)
def test_variables_set_by_hand_are_told_from_the_images(container: list[str], image: list[str], own: list[str]) -> None:
    assert set_env(container, image) == own


def test_labels_of_the_image_and_of_earlier_actions_go_those_of_compose_stay() -> None:
    labels = {"a": "1", "b": "2", "com.docker.compose.project": "p", "ecotrajet.rb.op": "x"}
    assert set_labels(labels, {"a": "1", "com.docker.compose.project": "p"}) == {
        "b": "2",
        "com.docker.compose.project": "p",
    }


@pytest.mark.parametrize(
    ("container", "image", "sent"),
    [
        ({"Entrypoint": ["e"], "Cmd": ["c"]}, {"Entrypoint": ["e"], "Cmd": ["c"]}, {}),
        ({"Entrypoint": ["e"], "Cmd": ["d"]}, {"Entrypoint": ["e"], "Cmd": ["c"]}, {"Cmd": ["d"]}),
        ({"Entrypoint": ["f"], "Cmd": None}, {"Entrypoint": ["e"], "Cmd": ["c"]}, {"Entrypoint": ["f"]}),
        ({"Entrypoint": None, "Cmd": ["c"]}, {"Entrypoint": ["e"], "Cmd": ["c"]}, {"Entrypoint": [""], "Cmd": ["c"]}),
        ({"Entrypoint": ["e"], "Cmd": None}, {"Entrypoint": ["e"], "Cmd": ["c"]}, {"Entrypoint": ["e"]}),
    ],
)
def test_commands_are_sent_only_as_far_as_they_are_the_containers_own(
    container: dict[str, Any], image: dict[str, Any], sent: dict[str, Any]
) -> None:
    seen = {"Id": "0" * 64, "Config": container, "HostConfig": {}, "Mounts": []}
    config = create_body(seen, image, "i", {}).config
    assert {key: config[key] for key in ("Entrypoint", "Cmd") if key in config} == sent
