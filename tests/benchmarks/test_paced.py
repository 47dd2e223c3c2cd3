"""The paced generator keeps to its times whatever the server does, and tells what a closed loop would hide."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from benchmarks import bodies
from benchmarks.paced import paced, percentile

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(answer: Handler) -> AsyncIterator[int]:
    """A server at 127.0.0.1; its port."""
    app = web.Application()
    app.add_routes([web.post("/in", answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def numbered(number: int) -> bytes:
    return b"%d" % number


request = bodies.requests("/in", "token", numbered)


async def test_a_pause_of_the_server_counts_for_everybody_who_was_due_in_it() -> None:
    asked: list[bytes] = []
    paused = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        asked.append(await request.read())
        if len(asked) == 20:  # from here on nobody is answered, for half a second
            asyncio.get_running_loop().call_later(0.5, paused.set)
        if len(asked) >= 20:
            await paused.wait()
        return web.Response()

    async with serving(answer) as port:
        found = await paced(port, request, rate=100, seconds=1, connections=2)
    assert (len(found.latencies), found.bad, found.unanswered) == (100, 0, 0)
    assert asked == [numbered(number) for number in range(100)]
    # A closed loop over two connections would tell of two slow answers. Fifty were due in that half second.
    assert 35 <= sum(latency > 0.1 for latency in found.latencies) <= 60
    assert percentile(found.latencies, 0.99) > 0.4
    assert 80 < found.reached <= 101


async def test_refusals_and_cut_connections_are_bad_and_the_rest_goes_on() -> None:
    async def answer(request: web.Request) -> web.Response:
        number = int(await request.read())
        if number % 10 == 3:
            assert request.transport is not None
            request.transport.abort()
        closes = web.Response(headers={"Connection": "close"})
        return closes if number % 10 == 7 else web.Response(status=503 if number % 10 == 5 else 200)

    async with serving(answer) as port:
        found = await paced(port, request, rate=200, seconds=0.5, connections=4)
    assert (len(found.latencies), found.bad, found.unanswered) == (100, 20, 0)


async def test_what_is_never_answered_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.paced.DRAINS", 0.3)
    never = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        if await request.read() == numbered(1):
            await never.wait()
        return web.Response()

    async with serving(answer) as port:
        found = await paced(port, request, rate=50, seconds=0.2, connections=1)
        never.set()
    assert (len(found.latencies), found.unanswered) == (10, 9)
    assert max(found.latencies) > 0.4


async def test_nobody_listening_is_an_error_and_no_figure(unused_tcp_port: int) -> None:
    with pytest.raises(OSError, match=str(unused_tcp_port)):
        await paced(unused_tcp_port, request, rate=50, seconds=0.1)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert [percentile(range(1, 101), share) for share in (0.5, 0.99, 0.999, 1.0)] == [50, 99, 100, 100]
    assert percentile([3.0], 0.5) == 3.0
    assert percentile([], 0.99) == 0.0
