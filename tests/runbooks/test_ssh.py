"""Engines behind ssh://, with Debian's sshd: everything works, failures say what to do, nobody waits for the dead."""

import signal
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.errors import UserError
from bot.runbook import Light
from bot.runbook.looks import Probe
from bot.target import EngineAddress, SshFiles
from runbooks.docker_engine import DockerEngines, inside, look
from tests.runbooks.stage import SECRET, Stage
from tests.sshd import Sshd, make_key, sshd


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as made:
        yield made


@pytest.fixture
def ours(host: Sshd, shared: Stage) -> EngineAddress:
    """As docs/moteurs-ssh.md has it: a key that can do nothing but speak with Docker."""
    path = host.folder / "ours"
    key = str(path) if path.exists() else host.key("ours", f"docker -H {shared.workload.host} system dial-stdio")
    return EngineAddress("default", host.url, ssh=SshFiles(key, host.known))


async def test_everything_works_through_ssh_and_a_lost_connection_is_made_again(
    shared: Stage, host: Sshd, ours: EngineAddress
) -> None:
    engines = DockerEngines([ours])
    assert (await engines.running(shared.target)).version == "v2"
    assert "écoute sur le port 8080" in await engines.logs(shared.target, grep="écoute")
    names = (await engines.looks.probe(shared.target, Probe.ENV)).text
    assert "DB_PASSWORD=…" in names
    assert SECRET not in names
    engine = engines.engine("default")
    with pytest.raises(UserError, match="within 1 s, so I gave it up"):
        await inside.run(engine, await look.find(engine, shared.target), [("sleep", "300")], limit=1)
    host.send(signal.SIGKILL, connections_only=True)
    twelve = [replace(shared.target, container=shared.target.container) for _ in range(12)]
    assert [each.version for each in await engines.observe(twelve)] == ["v2"] * 12, "more at once than sshd's sessions"
    await engines.close()


async def test_each_mistake_says_what_to_do(shared: Stage, host: Sshd, ours: EngineAddress) -> None:
    ours_key, known = ours.ssh.key if ours.ssh else "", host.known
    nobody = f"exec setpriv --reuid=65534 --clear-groups docker -H {shared.workload.host} system dial-stdio"
    empty, other = host.folder / "empty", host.folder / "other"
    empty.touch()
    kind, key = make_key(host.folder / "elsewhere").with_suffix(".pub").read_text().split()[:2]
    other.write_text(f"[127.0.0.1]:{host.port} {kind} {key}\n")
    mistakes = {
        "nobody has confirmed the host key of 127.0.0.1, which is SHA256:.*ssh-keyscan -p": SshFiles(
            ours_key, str(empty)
        ),
        "shows another host key": SshFiles(ours_key, str(other)),
        "refuses our key for root": SshFiles(host.key("stranger", None), known),
        "usermod -aG docker root": SshFiles(host.key("nobody", nobody), known),
        "finds no program `docker`": SshFiles(host.key("without", "no-such-docker"), known),
        "Docker does not run on 127.0.0.1": SshFiles(
            host.key("down", "docker -H unix:///nowhere.sock system dial-stdio"), known
        ),
        "/nowhere/key cannot be read": SshFiles("/nowhere/key", known),
    }
    for said, files in mistakes.items():
        engines = DockerEngines([replace(ours, ssh=files)])
        with pytest.raises(UserError, match=said):
            await engines.running(shared.target)
        await engines.close()
    assert not empty.read_text(), "nothing is confirmed by itself"


async def test_a_host_that_is_silent_keeps_nobody_else_waiting_and_answers_again_afterwards(
    shared: Stage, host: Sshd, ours: EngineAddress
) -> None:
    engines = DockerEngines([replace(ours, name="far"), EngineAddress("default", shared.workload.host)], limit=1.0)
    far = replace(shared.target, engine="far")
    assert (await engines.running(far)).version == "v2"
    host.send(signal.SIGSTOP)
    began = time.monotonic()
    seen = await engines.status([far, shared.target])
    assert time.monotonic() - began < 3
    assert seen[0].light is Light.UNKNOWN
    assert seen[1].light is not Light.UNKNOWN
    host.send(signal.SIGCONT)
    deadline = time.monotonic() + 15
    while (await engines.status([far]))[0].light is Light.UNKNOWN:
        assert time.monotonic() < deadline
    await engines.close()
