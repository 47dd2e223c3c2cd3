"""The webhook door with the real lifecycle and a real PostgreSQL behind it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.config import load
from bot.lifecycle import Lifecycle
from bot.secret import Secret
from bot.store.database import Database
from handlers.refused import Refused
from handlers.webhooks import Webhooks
from tests.handlers.door import ALERT, AUTHORIZED, ROOT, TOKEN


@pytest.fixture
async def real(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Callable[..., Awaitable[Any]], Database]]:
    """(post, database): the door before the real lifecycle, with the example configuration."""
    configuration = load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "ECOTRAJET_DATA": str(tmp_path)})
    async with Database.open(database_url) as db:
        app = web.Application()
        webhooks = Webhooks(Lifecycle(db, configuration.desk), Secret(TOKEN), Refused(tmp_path / "refused"))
        app.add_routes(webhooks.routes())
        async with TestServer(app) as server, aiohttp.ClientSession() as http:

            async def post(body: object, source: str = "generic") -> Any:
                url = server.make_url(f"/webhooks/{source}")
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                async with http.post(url, data=data, headers=AUTHORIZED) as answer:
                    return {"http": answer.status, **await answer.json()}

            yield post, db


async def value(db: Database, query: str) -> Any:
    async with db.transaction() as tx:
        return await tx.fetchval(query)


Real = tuple[Callable[..., Awaitable[Any]], Database]


async def test_an_alert_opens_an_incident_repeats_are_counted_and_a_recovery_closes_it(real: Real) -> None:
    post, db = real
    first = (await post(ALERT))["alerts"][0]
    assert (first["outcome"], first["priority"]) == ("opened", "P1")
    again = (await post(ALERT))["alerts"][0]
    assert (again["outcome"], again["incident"]) == ("repeated", first["incident"])
    over = (await post({**ALERT, "status": "resolved"}))["alerts"][0]
    assert (over["outcome"], over["incident"]) == ("resolved", first["incident"])
    assert await value(db, "SELECT status FROM incident") == "resolved"
    assert await value(db, "SELECT count(*) FROM intake_body WHERE state = 'understood'") == 3
    assert await value(db, "SELECT count(*) FROM intake_body WHERE headers::text ILIKE '%token%'") == 0


async def test_twenty_senders_of_the_same_alert_at_once_open_one_incident(real: Real) -> None:
    post, db = real
    answers = await asyncio.gather(*(post(ALERT) for _ in range(20)))
    assert {answer["http"] for answer in answers} == {200}
    assert [answer["alerts"][0]["outcome"] for answer in answers].count("opened") == 1
    assert await value(db, "SELECT count(*) FROM incident") == 1


async def test_information_is_kept_and_opens_nothing(real: Real) -> None:
    post, db = real
    answer = (await post({"title": "Sauvegarde réussie", "environment": "prod", "severity": "info"}))["alerts"][0]
    assert (answer["incident"], answer["outcome"], answer["priority"]) == (None, "recorded", None)
    assert await value(db, "SELECT count(*) FROM incident") == 0


async def test_what_is_not_understood_opens_one_incident_to_classify(real: Real) -> None:
    post, db = real
    for body in (b"{}", b"[]", b"not json"):
        assert (await post(body, "alertmanager"))["http"] == (200 if body == b"[]" else 202)
    assert await value(db, "SELECT count(*) FROM intake_body WHERE state = 'not_understood'") == 2
    assert await value(db, "SELECT count(*) FROM incident") == 1
    assert await value(db, "SELECT priority FROM incident") == "P2"


async def test_the_nastiest_text_is_kept_by_the_real_database(real: Real) -> None:
    post, _ = real
    nasty = "\u0000 é 𝄞 <!channel> '; DROP TABLE alert; -- {braces} %s " + "x" * 5000
    body = {"title": nasty, "dedup_key": nasty, "group_key": nasty, "text": nasty, "environment": nasty,
            "service": nasty, "severity": nasty, "labels": {nasty: nasty}, "url": "http://" + nasty}  # fmt: skip
    answer = await post(body)
    assert answer["http"] == 200, answer
    assert answer["alerts"][0]["outcome"] == "opened"
    assert (await post(b'{"title": "\\ud800"}'))["http"] in (200, 422)


async def test_a_body_left_unread_is_found_by_its_age(real: Real) -> None:
    _, db = real
    async with db.transaction() as tx:
        await tx.execute(
            "INSERT INTO intake_body (source, body, received_at)"
            " VALUES ('generic', 'old', app_now() - interval '1 minute'), ('generic', 'new', app_now())"
        )
    found = await Lifecycle(db, load({}).desk).unread_bodies(timedelta(seconds=30))
    assert [body for _, _, _, body in found] == [b"old"]
