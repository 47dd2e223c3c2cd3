"""`/ecotrajet supabase`: a project's own logs, from a server that answers as the Management API is documented to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from bot.check.databases import all_projects
from bot.check.finding import Verdict
from bot.databases.supabase import SupabaseLogs
from bot.errors import UserError
from bot.postgres.hosted import Stream, SupabaseEntry, lines_of, query, window
from bot.secret import Secret
from tests.handlers.slackdesk import SOMEBODY, SlackDesk, slack_desk

__all__ = ["slack_desk"]
PARIS = ZoneInfo("Europe/Paris")
TOKEN = "sbp_" + "0" * 40
ROWS: list[dict[str, Any]] = [
    {"timestamp": "2026-11-26T06:01:02.500000", "source": "postgres_logs", "severity_text": "ERROR",
     "event_message": 'relation "stations" does not exist'},
    {"timestamp": 1795672800000000, "source": "postgres_logs", "severity_text": "",
     "event_message": "connection received: password=hunter2hunter2"},
]  # fmt: skip


@dataclass
class Api:
    """What it was asked, and what it answers: rows, or a status, or an error beside 200."""

    url: str = ""
    asked: list[web.Request] = field(default_factory=list)
    status: int = 200
    body: Any = field(default_factory=lambda: {"result": ROWS, "error": None})

    async def logs(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        return web.json_response(self.body, status=self.status)

    def entry(self) -> SupabaseEntry:
        return SupabaseEntry("prod", "knebskomwvvvoaclrwjv", Secret(TOKEN), "prod", "ecotrajet", self.url)


@asynccontextmanager
async def served() -> AsyncIterator[Api]:
    api, app = Api(), web.Application()
    app.router.add_get("/v1/projects/{ref}/analytics/endpoints/logs", api.logs)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()


async def test_the_logs_of_a_project_are_read_by_whoever_may_read_there(slack_desk: SlackDesk) -> None:
    async with served() as api:
        logs = slack_desk.tools.databases.supabase
        logs.desk = replace(logs.desk, supabase={"prod": api.entry()})
        amina = slack_desk.sandbox.person("amina")
        await amina.types('/ecotrajet supabase prod auth --since 30m --tail 20 --grep "l\'utilisateur"')
        shown = (await amina.sees("does not exist")).text
        assert "07:01:02 postgres ERROR relation" in shown
        assert "hunter2" not in shown
        asked = api.asked[0]
        assert asked.match_info["ref"] == "knebskomwvvvoaclrwjv"
        assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
        assert asked.query["sql"] == query(Stream.AUTH, "l'utilisateur", 20)
        start, end = (datetime.fromisoformat(asked.query[f"iso_timestamp_{each}"]) for each in ("start", "end"))
        assert end - start == timedelta(minutes=31)
        assert start.second == end.second == 0
        assert not any("does not exist" in each.text for each in slack_desk.sandbox.person("bruno").visible())
        await amina.types("/ecotrajet supabase prod zzz")
        await amina.sees("Je ne connais pas « zzz »")
        victor = slack_desk.sandbox.person("victor")
        await victor.types("/ecotrajet supabase prod")
        await victor.sees("administrateur")
        assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"message": "Unauthorized"}, r"refuses the token \(401\).*analytics_logs_read"),
        (404, {}, "no such project"),
        (429, {}, "slow down"),
        (402, {}, r"no logs \(402\)"),
        (
            200,
            {"result": [], "error": {"message": "Backend, token=abcdefghijk"}},
            r"Backend, token=\[hidden\]",
        ),
        (200, ["?"], "not understood"),
        (200, {"result": [{"event_message": "x" * 5_000_000}]}, r"does not answer \(ValueError\)"),
    ],
)
async def test_what_it_refuses_is_said(slack_desk: SlackDesk, status: int, body: Any, said: str) -> None:
    async with served() as api:
        api.status, api.body = status, body
        by = replace(SOMEBODY, id="amina")
        with pytest.raises(UserError, match=said) as caught:
            await SupabaseLogs(slack_desk.desk).read(api.entry(), Stream.API, by, since=timedelta(minutes=1))
        assert TOKEN not in str(caught.value.phrase)


async def test_the_check_reads_one_line_of_each_project() -> None:
    async with served() as api:
        (well,) = await all_projects([api.entry()])
        assert (well.verdict, well.says) == (Verdict.OK, "prod ecotrajet, its logs may be read")
        assert api.asked[0].query["sql"].endswith("limit 1")
        api.status = 403
        (refused,) = await all_projects([api.entry()])
        assert refused.verdict is Verdict.PROBLEM
        assert "analytics_logs_read" in refused.says


async def test_nobody_answers_and_nothing_is_configured(slack_desk: SlackDesk) -> None:
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet supabase")
    await amina.sees("Aucun projet Supabase")
    logs = slack_desk.tools.databases.supabase
    away = SupabaseEntry("prod", "a" * 20, Secret(TOKEN), "prod", "ecotrajet", "http://127.0.0.1:9")
    logs.desk = replace(logs.desk, supabase={"prod": away})
    await amina.types("/ecotrajet supabase")
    await amina.sees("Supabase ne répond pas")


def test_a_word_with_quotes_stays_a_word() -> None:
    assert r"positionCaseInsensitiveUTF8(event_message, 'd\'abord \\')" in query(Stream.DATABASE, "d'abord \\", 5)
    assert "source in ('function_logs', 'function_edge_logs') order by" in query(Stream.FUNCTIONS, "", 5)


def test_a_window_is_whole_minutes_and_never_longer_than_a_day() -> None:
    now = datetime(2026, 11, 26, 6, 0, 30, tzinfo=UTC)
    assert window(now, timedelta(minutes=15)) == ("2026-11-26T05:45:00Z", "2026-11-26T06:01:00Z")
    assert window(now, timedelta(days=3)) == ("2026-11-25T06:01:00Z", "2026-11-26T06:01:00Z")


def test_lines_are_told_by_our_clock_the_oldest_first() -> None:
    assert lines_of(ROWS, PARIS) == [
        "07:00:00 postgres connection received: password=[hidden]",
        '07:01:02 postgres ERROR relation "stations" does not exist',
    ]
    assert lines_of([{"event_message": "x", "timestamp": "soon"}, {"event_message": ""}], PARIS) == ["x"]
