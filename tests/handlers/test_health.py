"""/healthz, /readyz, /metrics over a real socket: what makes the desk unready, and what only degrades it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.metrics import Metrics
from handlers import health


class Body:
    """A desk's insides, to be made ill."""

    def __init__(self) -> None:
        self.ill: dict[str, str] = {}
        self.age: float | None = 0.5
        self.metrics = Metrics("1.2.3")

    def probe(self, name: str) -> health.Probe:
        async def ask() -> None:
            match self.ill.get(name):
                case "hangs":
                    await asyncio.Event().wait()
                case str(words):
                    raise OSError(words)
                case None:
                    return

        return ask

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        app = web.Application()
        others = {name: self.probe(name) for name in ("slack", "sms", "mail")}
        app.add_routes(
            health.routes(
                database=self.probe("database"),
                round_age=lambda: self.age,
                metrics=self.metrics,
                others=others,
                probe_limit=0.2,
            )
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
        await runner.cleanup()


async def ready(url: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/readyz") as answer:
        return answer.status, await answer.json()


async def test_all_is_well() -> None:
    async with Body().serving() as url:
        status, body = await ready(url)
        assert (status, body["status"], body["degraded"]) == (200, "ok", [])
        assert body["checks"] == {name: "ok" for name in ("database", "slack", "sms", "mail", "worker")}
        assert body["worker_round_age_seconds"] == 0.5


@pytest.mark.parametrize("how", ["hangs", "connection refused by postgres://u:hunter2@h"])
async def test_without_the_database_it_is_unready_and_tells_no_secret(how: str) -> None:
    body = Body()
    body.ill["database"] = how
    async with body.serving() as url:
        status, told = await ready(url)
        assert (status, told["status"]) == (503, "unavailable")
        assert told["checks"]["database"] in ("no answer", "failed")
        assert "hunter2" not in str(told)


@pytest.mark.parametrize(("age", "told"), [(None, "no round yet"), (10.1, "too old")])
async def test_without_a_recent_round_of_the_worker_it_is_unready(age: float | None, told: str) -> None:
    body = Body()
    body.age = age
    async with body.serving() as url:
        status, found = await ready(url)
        assert (status, found["checks"]["worker"]) == (503, told)


async def test_slack_sms_and_mail_only_degrade_it() -> None:
    body = Body()
    body.ill = {"slack": "down", "sms": "hangs", "mail": "down"}
    async with body.serving() as url:
        status, told = await ready(url)
        assert (status, told["status"], told["degraded"]) == (200, "degraded", ["slack", "sms", "mail"])


async def test_the_process_lives_even_when_nothing_else_does() -> None:
    body = Body()
    body.ill, body.age = {"database": "hangs"}, None
    async with body.serving() as url, aiohttp.ClientSession() as session, session.get(f"{url}/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_prometheus_finds_the_names_it_expects() -> None:
    body = Body()
    body.metrics.incidents_open.labels("P1", "triggered").set(2)
    body.metrics.pages.labels("sms", "sent").inc()
    body.metrics.page_lateness.observe(0.3)
    body.metrics.webhooks.labels("alertmanager", "stored").inc()
    body.metrics.webhook_seconds.labels("alertmanager").observe(0.01)
    body.metrics.runs.labels("rollback", "succeeded").inc()
    async with body.serving() as url, aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        lines = (await answer.text()).splitlines()
    for line in (
        'ecotrajet_incidents_open{priority="P1",status="triggered"} 2.0',
        'ecotrajet_pages_total{channel="sms",result="sent"} 1.0',
        'ecotrajet_page_lateness_seconds_bucket{le="0.5"} 1.0',
        'ecotrajet_webhooks_total{result="stored",source="alertmanager"} 1.0',
        'ecotrajet_webhook_seconds_count{source="alertmanager"} 1.0',
        'ecotrajet_runs_total{action="rollback",result="succeeded"} 1.0',
        "ecotrajet_worker_round_age_seconds 0.5",
        "ecotrajet_overdue_levels 0.0",
    ):
        assert line in lines
    assert any(line.startswith('ecotrajet_build_info{python="3.') and 'version="1.2.3"' in line for line in lines)


def test_two_desks_in_one_process_do_not_share_their_numbers() -> None:
    first, second = Metrics(), Metrics()
    first.overdue_levels.set(3)
    assert b"ecotrajet_overdue_levels 0.0" in second.text()
