"""PagerDuty's doors: what its senders send, and the two official clients for Python."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pagerduty
import pytest

from tests.certificates import identity
from tests.handlers.dropin import DESK_KEY, KEY, OTHER_KEY, DropIn, opened
from tests.killing import PostgresProxy

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks people to move on to `pagerduty`
    import pdpyras


@pytest.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[DropIn]:
    async with opened(database_url, tmp_path) as each:
        yield each


def event(action: str = "trigger", key: str = KEY, **more: Any) -> dict[str, Any]:
    payload = {"summary": "Disk is full on web-1", "source": "web-1", "severity": "critical"}
    return {"routing_key": key, "event_action": action, "dedup_key": "disk", "payload": payload, **more}


async def test_a_trigger_opens_an_incident_its_resolution_closes_it_and_the_next_one_is_new(door: DropIn) -> None:
    status, answer, _ = await door.ask("POST", "/v2/enqueue", event())
    assert (status, answer) == (202, {"status": "success", "message": "Event processed", "dedup_key": "disk"})
    await door.ask("POST", "/v2/enqueue", event())
    (alert,) = await door.rows("SELECT a.*, i.environment FROM alert a JOIN incident i ON i.number = a.incident")
    assert (alert["source"], alert["count"], alert["environment"], alert["severity"]) == (
        "pagerduty", 2, "prod", "critical"
    )  # fmt: skip
    await door.ask("POST", "/v2/enqueue", event("acknowledge"))
    assert await door.value("SELECT status FROM incident") == "acknowledged"
    status, _, _ = await door.ask("POST", "/v2/enqueue", event("resolve"))
    assert status == 202
    assert await door.value("SELECT status FROM incident") == "resolved"
    await door.ask("POST", "/v2/enqueue", event())
    assert await door.value("SELECT count(*) FROM alert") == 2


async def test_a_key_is_of_one_service_so_the_same_dedup_key_means_another_alert(door: DropIn) -> None:
    await door.ask("POST", "/v2/enqueue", event())
    await door.ask("POST", "/v2/enqueue", event("resolve", OTHER_KEY))
    assert await door.value("SELECT status FROM incident") == "triggered"
    await door.ask("POST", "/v2/enqueue", event(key=OTHER_KEY))
    rows = await door.rows(
        "SELECT a.source, i.environment, i.service FROM alert a JOIN incident i ON number = incident"
    )
    assert [tuple(row) for row in rows] == [("pagerduty", "prod", ""), ("billing", "staging", "ecotrajet")]


async def test_a_trigger_without_a_key_is_always_new_and_is_told_the_one_it_got(door: DropIn) -> None:
    keys = []
    for _ in range(2):
        _, answer, _ = await door.ask("POST", "/v2/enqueue", {**event(), "dedup_key": ""})
        keys.append(answer["dedup_key"])
    assert len(set(keys)) == 2
    assert [row[0] for row in await door.rows("SELECT dedup_key FROM alert ORDER BY id")] == keys
    await door.ask("POST", "/v2/enqueue", event("resolve", dedup_key=keys[0]) | {"dedup_key": keys[0]})
    assert await door.value("SELECT count(*) FROM alert WHERE status = 'firing'") == 1


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, "no JSON object"), (b"{", 400, "no JSON object"), (b"[]", 400, "no JSON object"),
        ({}, 400, "routing_key"), ({"routing_key": 3}, 400, "no key"), (event(key="x" * 32), 400, "no key"),
        (event(key="c" * 32), 400, "no key"), (event(key=DESK_KEY), 400, "no key"),
        (event("close"), 400, "$.event_action"), ({"routing_key": KEY, "event_action": "resolve"}, 400, "$.dedup_key"),
        (event(payload={}) | {"payload": {}}, 400, "$.payload.summary"), (b"x" * 600_000, 413, "too large"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
async def test_what_is_wrong_is_said_as_pagerduty_says_it(door: DropIn, body: object, status: int, says: str) -> None:
    found, answer, _ = await door.ask("POST", "/v2/enqueue", body)
    assert found == status
    assert answer["status"] == "invalid event"
    assert answer["message"]
    assert says in answer["errors"][0]


async def test_the_key_is_not_stored_with_the_body(door: DropIn) -> None:
    await door.ask("POST", "/v2/enqueue", event())
    assert KEY.encode() not in await door.value("SELECT body FROM intake_body")
    assert await door.value("SELECT count(*) FROM intake_body WHERE headers::text LIKE $1", f"%{KEY}%") == 0


async def test_version_1_is_answered_with_200_and_its_incident_key(door: DropIn) -> None:
    old = {"service_key": KEY, "event_type": "trigger", "incident_key": "srv01/HTTP", "description": "HTTP fails",
           "details": {"env": "staging"}}  # fmt: skip
    status, answer, _ = await door.ask("POST", "/generic/2010-04-15/create_event.json", old)
    assert (status, answer["status"], answer["incident_key"]) == (200, "success", "srv01/HTTP")
    assert await door.value("SELECT environment FROM incident") == "staging", "what the event says goes first"
    await door.ask("POST", "/generic/2010-04-15/create_event.json", {**old, "event_type": "resolve"})
    assert await door.value("SELECT status FROM incident") == "resolved"


async def test_a_change_is_kept_and_pages_nobody(door: DropIn) -> None:
    change = {
        "routing_key": OTHER_KEY,
        "payload": {"summary": "v1.2.3 deployed", "source": "ci", "timestamp": "2026-11-23T09:42:00Z",
                    "custom_details": {"commit": "abc"}},
        "links": [{"href": "https://ci.example/1", "text": "the build"}],
    }  # fmt: skip
    status, answer, _ = await door.ask("POST", "/v2/change/enqueue", change)
    assert (status, answer["status"]) == (202, "success")
    (row,) = await door.rows("SELECT * FROM change_event")
    assert (row["source"], row["summary"], row["origin"], row["environment"], row["service"], row["url"]) == (
        "billing", "v1.2.3 deployed", "ci", "staging", "ecotrajet", "https://ci.example/1"
    )  # fmt: skip
    assert row["changed_at"].isoformat() == "2026-11-23T09:42:00+00:00"
    assert await door.value("SELECT count(*) FROM alert") == 0
    status, answer, _ = await door.ask("POST", "/v2/change/enqueue", {**change, "payload": {}})
    assert (status, answer["errors"][0][:9]) == (400, "$.payload")


async def test_while_the_database_is_away_the_event_is_kept_on_disk_and_the_sender_told_to_come_again(
    database_url: str, tmp_path: Path
) -> None:
    async with PostgresProxy.before(database_url) as proxy, opened(database_url, tmp_path, proxy.url) as door:
        proxy.cable(pulled=True)
        status, answer, headers = await door.ask("POST", "/v2/enqueue", event())
        assert (status, answer["status"], headers["Retry-After"]) == (503, "error", "5")
        (kept,) = door.folder.iterdir()
        assert KEY not in kept.read_text()
        proxy.cable(pulled=False)
        status, _, _ = await door.ask("POST", "/v2/enqueue", event())
        assert status == 202
        assert await door.value("SELECT count(*) FROM incident") == 1
        assert not list(door.folder.iterdir())


async def test_the_official_client_of_pagerduty_is_content(database_url: str, tmp_path: Path) -> None:
    """It insists on https."""
    own = identity("pagerduty")
    async with opened(database_url, tmp_path, tls=own.server(tmp_path)) as door:
        await used_by_the_official_client(door, own.client())


async def used_by_the_official_client(door: DropIn, trust: ssl.SSLContext) -> None:
    client = pagerduty.EventsApiV2Client(KEY, base_url=door.url, verify=trust)
    key = await asyncio.to_thread(
        client.trigger, "Queue is not consumed", "worker-1", severity="error", custom_details={"environment": "prod"}
    )
    assert await door.value("SELECT status FROM alert WHERE dedup_key = $1", key) == "firing"
    await asyncio.to_thread(client.acknowledge, key)
    assert await door.value("SELECT status FROM incident") == "acknowledged"
    await asyncio.to_thread(client.resolve, key)
    assert await door.value("SELECT status FROM incident") == "resolved"
    await asyncio.to_thread(client.submit, "Feature flag turned on", "flags", timestamp="2026-11-23T10:42:00Z")
    assert await door.value("SELECT summary FROM change_event") == "Feature flag turned on"
    stranger = pagerduty.EventsApiV2Client("x" * 32, base_url=door.url, verify=trust)
    with pytest.raises(pagerduty.HttpError):
        await asyncio.to_thread(stranger.resolve, key)
    client.close()
    stranger.close()


async def test_its_predecessor_is_content_too(door: DropIn) -> None:
    class Session(pdpyras.EventsAPISession):  # type: ignore[misc]  # ships no types
        url = door.url

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = Session(KEY)
    key = await asyncio.to_thread(session.trigger, "Queue is not consumed", "worker-1")
    await asyncio.to_thread(session.resolve, key)
    assert await door.value("SELECT status FROM incident") == "resolved"
