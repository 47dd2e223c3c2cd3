"""A probe goes and looks, on real sockets: what is well, and what is wrong in plain words."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.probe import Kind, ProbeEntry
from bot.secret import Secret
from bot.worker.prober import Prober
from tests.certificates import identity
from tests.world import free_port


class Site:
    """A team's application: answers as it is told, keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.delay = 200, "Recherche : Station Bastille – V&eacute;lib'", 0.0
        self.asked: list[web.Request] = []
        self.let_go, self.hanging = asyncio.Event(), asyncio.Event()
        app = web.Application()
        app.router.add_get("/{path:.*}", self.answer)
        self.server = TestServer(app)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        match request.path:
            case "/hangs":
                self.hanging.set()
                await self.let_go.wait()
            case "/home":
                raise web.HTTPFound("/")
            case "/away":
                raise web.HTTPFound("http://169.254.169.254/latest/meta-data")
            case "/round":
                raise web.HTTPFound("/round")
            case _:
                pass
        await asyncio.sleep(self.delay)
        return web.Response(status=self.status, text=self.body)

    def url(self, path: str = "/") -> str:
        return str(self.server.make_url(path))


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    await made.server.start_server()
    yield made
    made.let_go.set()
    await made.server.close()


def entry(url: str, **more: Any) -> ProbeEntry:
    given = {"timeout": timedelta(seconds=1), "private": True, **more}
    return ProbeEntry("app", given.pop("kind", Kind.HTTP), Secret(url), "prod", "ecotrajet", **given)


@pytest.fixture
async def prober() -> AsyncIterator[Prober]:
    made = Prober()
    yield made
    await made.close()


async def test_an_application_is_opened_as_a_user_would(site: Site, prober: Prober) -> None:
    seen = await prober.look(entry(site.url(), keyword="Station Bastille", headers={"X-Key": Secret("hunter2")}))
    assert seen.wrong is None
    assert seen.took is not None
    assert site.asked[0].headers["X-Key"] == "hunter2"
    assert (await prober.look(entry(site.url(), keyword="Vélib'"))).wrong is None
    assert (await prober.look(entry(site.url("/home"), follow_redirects=True, keyword="Bastille"))).wrong is None
    site.status = 404
    assert (await prober.look(entry(site.url(), statuses=(200, 404)))).wrong is None


@pytest.mark.parametrize(
    ("path", "more", "said"),
    [
        ("/", {"keyword": "Nation"}, "“Nation” is not in what it answered"),
        ("/", {"statuses": (204,)}, "it answered 200"),
        ("/home", {}, "it answered 302"),
        ("/away", {"follow_redirects": True}, "it redirects to another host: 169.254.169.254"),
        ("/round", {"follow_redirects": True}, "it redirects again and again"),
        ("/hangs", {}, "no answer within 1 s"),
        ("/", {"private": False}, "its name leads into this host or network, and `private: true` is not said"),
    ],
)
async def test_what_is_wrong_is_said_in_plain_words(
    site: Site, prober: Prober, path: str, more: dict[str, Any], said: str
) -> None:
    url = site.url(path).replace("127.0.0.1", "localhost")
    seen = await prober.look(entry(url, **more))
    assert (str(seen.wrong), seen.took) == (said, None)


async def test_ports_and_names_that_nobody_answers_for(site: Site, prober: Prober) -> None:
    open_one = f"127.0.0.1:{site.server.port}"
    assert (await prober.look(entry(open_one, kind=Kind.TCP))).wrong is None
    closed = await prober.look(entry(f"127.0.0.1:{free_port()}", kind=Kind.TCP))
    assert str(closed.wrong) == "the connection is refused"
    unknown = await prober.look(entry("http://nowhere.invalid/", timeout=timedelta(seconds=5)))
    assert str(unknown.wrong) == "its name is not known"


async def well(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


@asynccontextmanager
async def secured(context: ssl.SSLContext) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/", well)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=context)
    try:
        yield f"127.0.0.1:{server.port}"
    finally:
        await server.close()


async def test_certificates_are_read_also_when_they_are_over_or_nobody_trusts_them(
    tmp_path: Path, prober: Prober
) -> None:
    good, over = identity("app", days=5), identity("app", days=-1)
    authority = tmp_path / "authority.pem"
    authority.write_bytes(good.pem())
    async with secured(good.server(tmp_path)) as place:
        seen = await prober.look(entry(f"https://{place}/", authority=str(authority)))
        assert (seen.wrong, seen.certificate_until) == (None, good.certificate.not_valid_after_utc)
        seen = await prober.look(entry(place, kind=Kind.CERTIFICATE, authority=str(authority)))
        assert (seen.wrong, seen.certificate_until) == (None, good.certificate.not_valid_after_utc)
        unknown = await prober.look(entry(f"https://{place}/"))
        assert str(unknown.wrong).startswith("its certificate is refused")
        assert unknown.certificate_until == good.certificate.not_valid_after_utc
    async with secured(over.server(tmp_path)) as place:
        seen = await prober.look(entry(f"https://{place}/", authority=str(authority)))
        assert str(seen.wrong).startswith("its certificate is refused")
        assert seen.certificate_until == over.certificate.not_valid_after_utc
        authority.write_bytes(over.pem())  # an authority that was replaced is read anew
        seen = await prober.look(entry(f"https://{place}/", authority=str(authority)))
        assert str(seen.wrong) == "its certificate is refused: certificate has expired"
    seen = await prober.look(entry("https://127.0.0.1:1/", authority="/nowhere/authority.pem"))
    assert str(seen.wrong) == "the authority’s file cannot be read"
