"""An engine behind tcp:// with TLS on both sides: a listener before the real one, with certificates of its own."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from bot.errors import UserError
from bot.runbook.looks import Probe
from bot.target import EngineAddress, TlsFiles
from runbooks.docker_engine import DockerEngines, inside, look
from tests.certificates import Identity, identity
from tests.runbooks.stage import SECRET, Stage


@dataclass(frozen=True, slots=True)
class Listener:
    """Where it listens, and what a client has to bring."""

    url: str
    files: TlsFiles
    stranger: TlsFiles  # a client that it does not know


def written(folder: Path, name: str, who: Identity) -> tuple[str, str]:
    """Paths of the certificate and of its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(who.pem())
    key.write_bytes(
        who.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(certificate), str(key)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    except (OSError, ssl.SSLError):
        pass  # one side hung up
    finally:
        writer.close()


@pytest.fixture
async def listener(shared: Stage, tmp_path: Path) -> AsyncIterator[Listener]:
    server, client, other = identity("engine"), identity("desk"), identity("somebody")
    authority, _ = written(tmp_path, "engine", server)
    context = server.server(tmp_path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=client.pem().decode())
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_unix_connection(shared.workload.host.removeprefix("unix://"))
        for each in (pump(reader, forth), pump(back, writer)):
            running.add(task := asyncio.create_task(each))
            task.add_done_callback(running.discard)

    made = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    url = f"tcp://127.0.0.1:{made.sockets[0].getsockname()[1]}"
    yield Listener(
        url, TlsFiles(*written(tmp_path, "desk", client), authority),
        TlsFiles(*written(tmp_path, "somebody", other), authority),
    )  # fmt: skip
    made.close()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_everything_works_through_tls_whatever_authorities_the_environment_names(
    shared: Stage, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, _ = written(tmp_path, "bundle", identity("an authority of the company"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    engines = DockerEngines([EngineAddress("default", listener.url, listener.files)])
    assert (await engines.running(shared.target)).version == "v2"
    assert "écoute sur le port 8080" in await engines.logs(shared.target, grep="écoute")
    names = (await engines.looks.probe(shared.target, Probe.ENV)).text
    assert "DB_PASSWORD=…" in names
    assert SECRET not in names
    engine = engines.engine("default")
    began = time.monotonic()
    with pytest.raises(UserError, match="within 1 s, so I gave it up"):
        await inside.run(engine, await look.find(engine, shared.target), [("sleep", "300")], limit=1)
    assert time.monotonic() - began < 10
    await engines.close()


async def test_who_brings_the_wrong_certificate_or_trusts_another_authority_gets_no_answer(
    shared: Stage, listener: Listener, tmp_path: Path
) -> None:
    elsewhere, _ = written(tmp_path, "elsewhere", identity("another engine"))
    for files in (listener.stranger, replace(listener.files, authority=elsewhere)):
        engines = DockerEngines([EngineAddress("default", listener.url, files)])
        with pytest.raises(UserError, match="The Docker engine “default” does not answer"):
            await engines.running(shared.target)
        await engines.close()
