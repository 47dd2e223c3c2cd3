"""Other programs are told of what happens: signed, at least once, and whatever they do, nothing else waits for them."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.audit import DESK, Entry
from bot.config import load
from bot.desk import Desk
from bot.store import audit, webhooks_out
from bot.store.database import Database
from bot.worker.hooks import Hooks, session_for
from tests.world import World, edited_config, new_world

SECRET = "a-secret-of-both-sides"
TITLE = "Database connection lost"
STATE = "SELECT state FROM webhook_out ORDER BY id LIMIT 1"


class Receiver:
    """Somebody else's program: answers `/NAME` as `answers[NAME]` says, else with 204; keeps what it was sent."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: dict[str, list[int]] = {}
        self.let_go = asyncio.Event()
        app = web.Application()
        app.add_routes([web.post("/{name}", self.take), web.get("/{name}", self.take)])
        self.server = TestServer(app)

    async def take(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.got.append((name, dict(request.headers), await request.read()))
        if name == "hangs":
            await self.let_go.wait()
        status = self.answers[name].pop(0) if self.answers.get(name) else 204
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 307 else {})

    def events(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(body) for of, _, body in self.got if of == name]

    def url(self, name: str) -> str:
        return str(self.server.make_url(f"/{name}"))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    await made.server.start_server()
    yield made
    made.let_go.set()
    await made.server.close()


def told(receiver: Receiver, *names: str, **more: object) -> Callable[[dict[str, Any]], None]:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["webhooks_out"] = {
            name: {"url": receiver.url(name), "secret": SECRET, "private": True, **more} for name in names
        }

    return edit


def verified(headers: dict[str, str], body: bytes, secret: bytes) -> bool:
    """As a library of standardwebhooks.com does it."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and f"v1,{expected}" in headers["webhook-signature"].split(" ")


async def test_what_was_asked_for_is_told_signed_as_it_was_at_that_moment(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    edit = told(receiver, "app", events=["incident.opened", "incident.acknowledged"])
    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        number = await world.alert(TITLE)
        await world.person("bruno").types(f"/ecotrajet ack {number}", channel="incidents")

        async def both() -> bool:
            return len(receiver.got) == 2

        await world.eventually(both, "both events")
        opened, taken = receiver.events("app")
        assert [opened["type"], taken["type"]] == ["incident.opened", "incident.acknowledged"]
        assert opened["data"]["incident"]["status"] == "triggered"
        incident = taken["data"]["incident"]
        assert (incident["number"], incident["priority"], incident["status"]) == (number, "P1", "acknowledged")
        assert incident["title"].endswith(TITLE)
        assert taken["data"]["by"] == {"id": "bruno", "name": "Bruno Martin", "door": "command"}
        assert all(verified(headers, body, SECRET.encode()) for _, headers, body in receiver.got)
        assert not any(verified(headers, body, b"another secret") for _, headers, body in receiver.got)
        await world.eventually_value(2, "SELECT count(*) FROM webhook_out WHERE state = 'sent'")


async def test_one_that_hangs_holds_neither_another_nor_a_page(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    config = edited_config(tmp_path, told(receiver, "hangs", "app", events=["*"]))
    async with new_world(database_url, config=config) as world:
        await world.alert(TITLE)

        async def hangs() -> bool:
            return len(receiver.events("hangs")) >= 1

        await world.eventually(hangs, "the one that hangs was asked")
        number = await world.alert("Paiement indisponible", service="paiement")
        await (await world.on_call()).phone.gets_sms(f"#{number}", within=5)

        async def heard() -> bool:
            opened = [each for each in receiver.events("app") if each["type"] == "incident.opened"]
            return [each["data"]["incident"]["number"] for each in opened] == [number - 1, number]

        await world.eventually(heard, "the other one hears all of it", within=5)
        assert len(receiver.events("hangs")) <= 4
        receiver.let_go.set()


async def test_anything_but_2xx_is_tried_again_with_the_same_id_and_body_and_no_redirect_is_followed(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    receiver.answers["app"] = [500, 307]
    config = edited_config(tmp_path, told(receiver, "app", events=["incident.opened"]))
    async with new_world(database_url, config=config) as world:
        await world.alert(TITLE)
        for tries in (1, 2, 3):

            async def tried(count: int = tries) -> bool:
                return len(receiver.got) == count

            await world.eventually(tried, f"try {tries}")
            await world.eventually_value("sent" if tries == 3 else "waiting", STATE)
            await world.fast_forward(minutes=1)
        assert {name for name, _, _ in receiver.got} == {"app"}
        assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1
        assert len({body for _, _, body in receiver.got}) == 1
        assert all(verified(headers, body, SECRET.encode()) for _, headers, body in receiver.got)


def desk_of(folder: Path, database_url: str, edit: Callable[[dict[str, Any]], None]) -> Desk:
    return load({"ECOTRAJET_CONFIG": str(edited_config(folder, edit)), "DATABASE_URL": database_url}).desk


async def happens(db: Database, *did: str) -> None:
    async with db.transaction() as tx:
        for each in did:
            await audit.write(tx, Entry(DESK, each))


async def state_of(db: Database) -> tuple[str, str]:
    async with db.transaction() as tx:
        row = await tx.fetchrow("SELECT state, why FROM webhook_out")
        assert row is not None
        return row["state"], row["why"]


async def test_it_is_written_if_and_only_if_the_event_is(database_url: str, tmp_path: Path, receiver: Receiver) -> None:
    desk = desk_of(tmp_path, database_url, told(receiver, "a", "b", events=["run.*", "incident.handed_over"]))
    async with Database.open(database_url) as db:
        await happens(db, "run.requested")  # before anybody wanted to know
        async with db.transaction() as tx:
            await webhooks_out.subscribe(tx, desk.webhooks_out.values())
        with suppress(RuntimeError):
            async with db.transaction() as tx:
                await audit.write(tx, Entry(DESK, "run.approved"))
                raise RuntimeError
        await happens(db, "run.started", "incident.opened", "incident.handed_over", "incident.handed-over", "webhook.x")
        async with db.transaction() as tx:
            rows = await tx.fetch("SELECT hook, event FROM webhook_out ORDER BY event, hook")
            both = [(hook, event) for event in ("incident.handed_over", "run.started") for hook in ("a", "b")]
            assert [tuple(row) for row in rows] == both
            await webhooks_out.subscribe(tx, [desk.webhooks_out["b"]])
        await happens(db, "run.finished")
        async with db.transaction() as tx:
            rows = await tx.fetch("SELECT hook, state, count(*) FROM webhook_out GROUP BY 1, 2 ORDER BY 1, 2")
            assert [tuple(row) for row in rows] == [("a", "dropped", 2), ("b", "waiting", 3)]
            await webhooks_out.subscribe(tx, [])
        await happens(db, "run.finished")
        async with db.transaction() as tx:
            assert await tx.fetchval("SELECT count(*) FROM webhook_out WHERE state <> 'dropped'") == 0


async def test_a_name_that_leads_into_this_host_is_not_called_unless_that_is_meant(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    near = receiver.url("near").replace("127.0.0.1", "localhost.localdomain").replace("http:", "https:")

    def edit(configuration: dict[str, Any]) -> None:
        configuration["webhooks_out"] = {"near": {"url": near, "secret": SECRET, "events": ["*"]}}

    desk = desk_of(tmp_path, database_url, edit)
    hook = desk.webhooks_out["near"]
    async with Database.open(database_url) as db, session_for(hook, 5.0) as http:
        resolver = http.connector._resolver  # type: ignore[union-attr]  # reason: names of our own would need a server

        async def of_this_host(*_: object) -> list[dict[str, object]]:
            return [{"hostname": "x", "host": "127.0.0.1", "port": 0, "family": 2, "proto": 0, "flags": 0}]

        resolver.inner.resolve = of_this_host
        async with db.transaction() as tx:
            await webhooks_out.subscribe(tx, [hook])
        await happens(db, "run.started")
        assert await Hooks(db, desk, "us").round(hook, http) == 1
        assert await state_of(db) == ("waiting", "its name leads into this host or network")
    assert receiver.got == []


async def test_what_nobody_takes_for_a_day_is_given_up_and_said(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    receiver.answers["app"] = [503] * 50
    desk = desk_of(tmp_path, database_url, told(receiver, "app", events=["*"]))
    hook = desk.webhooks_out["app"]
    async with Database.open(database_url) as db, session_for(hook, 5.0) as http:
        async with db.transaction() as tx:
            await webhooks_out.subscribe(tx, [hook])
        await happens(db, "run.started")
        hooks, tries = Hooks(db, desk, "us"), 0
        while (await state_of(db))[0] == "waiting":
            async with db.transaction() as tx:
                await tx.execute("UPDATE webhook_out SET due_at = app_now() - interval '1 s'")
            tries += await hooks.round(hook, http)
        assert (tries, await state_of(db)) == (11, ("failed", "it answered 503"))
        async with db.transaction() as tx:
            assert await tx.fetchval("SELECT count(*) FROM audit WHERE did = 'webhook.failed'") == 1
            assert await tx.fetchval("SELECT count(*) FROM message WHERE about = 'note'") == 1
            assert await tx.fetchval("SELECT count(*) FROM webhook_out") == 1  # that is told to no webhook


async def test_what_a_dead_process_had_taken_is_sent_by_another_and_not_before(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    desk = desk_of(tmp_path, database_url, told(receiver, "app", events=["*"]))
    hook = desk.webhooks_out["app"]
    async with Database.open(database_url) as db, session_for(hook, 5.0) as http:
        async with db.transaction() as tx:
            await webhooks_out.subscribe(tx, [hook])
        await happens(db, "run.started")
        async with db.transaction() as tx:
            assert len(await webhooks_out.claim(tx, "app", "dead", timedelta(seconds=30), 4)) == 1
        assert await Hooks(db, desk, "us").round(hook, http) == 0
        async with db.transaction() as tx:
            await tx.execute("UPDATE webhook_out SET lease_until = clock_timestamp() - interval '1 s'")
        both = [Hooks(db, desk, name).round(hook, http) for name in ("us", "them")]
        assert sum(await asyncio.gather(*both)) == 1
        assert await state_of(db) == ("sent", "")
    assert len(receiver.got) == 1


async def test_without_any_nothing_is_written(world: World) -> None:
    await world.alert(TITLE)
    assert await world.value("SELECT count(*) FROM webhook_out") == 0
    asleep = "SELECT tgenabled = 'D' FROM pg_trigger WHERE tgname = 'audit_webhooks_out'"
    assert await world.value(asleep)  # nobody pays for what nobody wants to know


async def test_of_a_confidential_incident_only_that_it_is_there(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    edit = told(receiver, "app", events=["incident.opened"])
    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        await world.person("bruno").types(f"/ecotrajet declare P2 prod ecotrajet {TITLE} --confidential")

        async def told_of() -> bool:
            return len(receiver.got) == 1

        await world.eventually(told_of, "the event")
        (opened,) = receiver.events("app")
        assert opened["data"]["incident"] | {"number": 1, "priority": "P2", "title": "🔒"} == opened["data"]["incident"]
        assert TITLE not in receiver.got[0][2].decode()
