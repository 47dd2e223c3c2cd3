"""The read-only profile of docs/moteurs-ssh.md: where only reading is let through, people see and no more."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from bot.errors import UserError
from bot.runbook import Light
from bot.runbook.looks import Probe
from bot.target import EngineAddress
from runbooks.docker_engine import DockerEngines
from runbooks.restart import Restart
from tests.runbooks.stage import Notes, Stage


@pytest.fixture
async def reading(shared: Stage) -> AsyncIterator[DockerEngines]:
    """As docker-socket-proxy with POST=0: GET and HEAD go through, all else is 403."""
    connector = aiohttp.UnixConnector(shared.workload.host.removeprefix("unix://"))
    async with aiohttp.ClientSession(connector=connector) as behind:

        async def answer(request: web.Request) -> web.StreamResponse:
            if request.method not in ("GET", "HEAD"):
                return web.Response(status=403, text="403 Forbidden")
            async with behind.get(f"http://docker{request.rel_url}") as found:
                made = web.StreamResponse(status=found.status, headers={"Content-Type": found.content_type})
                await made.prepare(request)
                async for piece in found.content.iter_any():
                    await made.write(piece)
                return made

        runner = web.AppRunner(app := web.Application())
        app.router.add_route("*", "/{path:.*}", answer)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        engines = DockerEngines([EngineAddress("default", f"tcp://127.0.0.1:{port}")])
        yield engines
        await engines.close()
        await runner.cleanup()


async def test_what_only_reads_works_and_nothing_else_does(shared: Stage, reading: DockerEngines) -> None:
    (seen,) = await reading.status([shared.target])
    assert seen.light is not Light.UNKNOWN
    assert seen.version == "v2"
    assert "écoute sur le port 8080" in await reading.logs(shared.target, grep="écoute")
    assert (await reading.looks.top(shared.target))[0].rows
    assert (await reading.looks.stats([shared.target]))[0].memory_limit == 64 * 1024 * 1024
    assert (await reading.looks.inspect(shared.target)).version == "v2"
    assert (await reading.looks.diff(shared.target)).container == shared.target.container
    assert (await reading.looks.compare(shared.target, shared.target)).alike
    await reading.looks.networks("default")
    began = shared.workload.inspect(shared.target.container)["State"]["StartedAt"]
    with pytest.raises(UserError, match="Forbidden"):
        await reading.looks.probe(shared.target, Probe.ENV)
    restart = Restart(reading)
    outcome = await restart.run(shared.target, await restart.plan(shared.target, [], [], datetime.now(UTC)), Notes())
    assert "403" in str(outcome.phrase) or "Forbidden" in str(outcome.phrase)
    assert shared.workload.inspect(shared.target.container)["State"]["StartedAt"] == began
