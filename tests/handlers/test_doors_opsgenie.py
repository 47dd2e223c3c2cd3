"""Opsgenie's doors: what its senders send, and the official client for Python."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import opsgenie_sdk
import pytest

from tests.handlers.dropin import DESK_KEY, KEY, OTHER_KEY, DropIn, opened
from tests.killing import PostgresProxy

GENIE: Final = {"Authorization": f"GenieKey {KEY}"}
ALERT: Final = {"message": "API latency above 2 s", "alias": "api-latency", "description": "p99 is 2.4 s",
                "tags": ["prod", "api"], "details": {"environment": "production"}, "priority": "P2"}  # fmt: skip


@pytest.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[DropIn]:
    async with opened(database_url, tmp_path) as each:
        yield each


async def create(door: DropIn, **more: Any) -> str:
    status, answer, _ = await door.ask("POST", "/v2/alerts", {**ALERT, **more}, GENIE)
    assert status == 202, answer
    return str(answer["requestId"])


async def act(door: DropIn, what: str, body: object = None, method: str = "POST", alias: str = "api-latency") -> Any:
    """What became of it, as a client that asks later is told."""
    path = f"/v2/alerts/{alias}{what}{'&' if '?' in what else '?'}identifierType=alias"
    status, answer, _ = await door.ask(method, path, body, GENIE)
    assert status == 202, answer
    return await outcome(door, answer["requestId"])


async def outcome(door: DropIn, request: str) -> Any:
    status, answer, _ = await door.ask("GET", f"/v2/alerts/requests/{request}", None, GENIE)
    assert status == 200, answer
    return answer["data"]


async def test_an_alert_is_accepted_as_opsgenie_accepts_it(door: DropIn) -> None:
    status, answer, headers = await door.ask("POST", "/v2/alerts", ALERT, GENIE)
    assert (status, answer["result"]) == (202, "Request will be processed")
    assert answer["took"] >= 0
    assert headers["X-Request-ID"] == answer["requestId"]
    assert {"X-Response-Time", "X-RateLimit-State"} <= set(headers)
    (alert,) = await door.rows("SELECT a.*, i.environment FROM alert a JOIN incident i ON number = incident")
    assert (alert["source"], alert["dedup_key"], alert["environment"]) == ("opsgenie", "api-latency", "prod")
    data = await outcome(door, answer["requestId"])
    assert (data["isSuccess"], data["status"], data["alias"]) == (True, "Created alert", "api-latency")
    status, answer, _ = await door.ask("GET", f"/v2/alerts/{data['alertId']}", None, GENIE)
    assert (status, answer["data"]["message"], answer["data"]["status"]) == (200, ALERT["message"], "open")
    assert (answer["data"]["priority"], answer["data"]["tags"]) == ("P2", ["prod", "api"])


async def test_the_same_alias_is_counted_while_open_and_a_new_alert_once_closed(door: DropIn) -> None:
    await create(door)
    await create(door)
    assert [tuple(row) for row in await door.rows("SELECT status, count FROM alert")] == [("firing", 2)]
    assert (await act(door, "/close", {"source": "Alertmanager"}))["status"] == "Closed alert"
    assert await door.value("SELECT status FROM incident") == "resolved"
    await create(door)
    assert await door.value("SELECT count(*) FROM alert") == 2


async def test_moves_go_through_the_same_lifecycle_as_buttons(door: DropIn) -> None:
    await create(door)
    await act(door, "/acknowledge", {"user": "amina"})
    assert await door.value("SELECT status FROM incident") == "acknowledged"
    assert (await act(door, "/unacknowledge"))["isSuccess"]
    assert await door.value("SELECT status FROM incident") == "triggered"
    assert not (await act(door, "/unacknowledge"))["isSuccess"]
    assert (await act(door, "/escalate", {"escalation": {"name": "x"}}))["isSuccess"]
    assert await door.value("SELECT count(*) FROM audit WHERE did = 'incident.escalated'") == 1
    await act(door, "", method="DELETE")
    assert await door.value("SELECT status FROM incident") == "resolved"


async def test_words_change_and_a_higher_priority_raises_the_incident(door: DropIn) -> None:
    await create(door, priority="P3", message="Odd orders", description="")
    assert (await act(door, "/message", {"message": "Very odd orders"}, "PUT"))["isSuccess"]
    assert (await act(door, "/description", {"description": "nine of them"}, "PUT"))["isSuccess"]
    assert tuple((await door.rows("SELECT title, text, count FROM alert"))[0]) == ("Very odd orders", "nine of them", 1)
    before = await door.value("SELECT priority FROM incident")
    assert (await act(door, "/priority", {"priority": "P1"}, "PUT"))["isSuccess"]
    assert await door.value("SELECT priority FROM incident") < before
    raised = await door.value("SELECT priority FROM incident")
    await act(door, "/priority", {"priority": "P5"}, "PUT")
    assert await door.value("SELECT priority FROM incident") == raised, "nobody calms an incident down but a person"
    assert not (await act(door, "/priority", {"priority": "P9"}, "PUT"))["isSuccess"]


@pytest.mark.parametrize(
    ("what", "body", "method"),
    [
        ("/notes", {"note": "looking <!channel>", "user": "amina"}, "POST"),
        ("/tags", {"tags": ["db"], "user": "amina"}, "POST"), ("/tags?tags=db,web", None, "DELETE"),
        ("/details", {"details": {"a": "b"}}, "POST"), ("/details?keys=a", None, "DELETE"),
        ("/assign", {"owner": {"username": "bruno@ecotrajet.example"}}, "POST"),
        ("/responders", {"responder": {"type": "team", "name": "DevOps"}}, "POST"),
        ("/teams", {"team": {"name": "DevOps"}}, "POST"), ("/actions/Restart", {"user": "amina"}, "POST"),
    ],
)  # fmt: skip
async def test_what_is_no_move_is_told_in_the_incidents_thread(
    door: DropIn, what: str, body: object, method: str
) -> None:
    await create(door)
    assert (await act(door, what, body, method))["isSuccess"]
    assert await door.value("SELECT count(*) FROM message WHERE about = 'note'") == 1
    assert await door.value("SELECT count(*) FROM audit WHERE did = 'incident.noted'") == 1
    assert await door.value("SELECT count FROM alert") == 1


async def test_a_snooze_is_told_but_not_promised(door: DropIn) -> None:
    await create(door)
    data = await act(door, "/snooze", {"endTime": "2026-11-23T12:00:00Z"})
    assert not data["isSuccess"]
    assert await door.value("SELECT status FROM incident") == "triggered"


async def test_an_action_on_an_unknown_alert_is_accepted_and_its_request_says_so(door: DropIn) -> None:
    """A 404 would be a permanent failure for Alertmanager."""
    data = await act(door, "/close", alias="nobody")
    assert (data["isSuccess"], data["status"], data["alertId"]) == (False, "Alert does not exist", "")


async def test_an_alert_is_found_by_id_number_or_an_alias_of_any_letters(door: DropIn) -> None:
    alias = "Réservation / prod #1 {{x}} ?"
    alert = (await outcome(door, await create(door, alias=alias)))["alertId"]
    number = await door.value("SELECT id FROM alert")
    for path in (f"{quote(alias, safe='')}?identifierType=alias", f"{alert}?identifierType=id", alert,
                 f"{number}?identifierType=tiny"):  # fmt: skip
        status, answer, _ = await door.ask("GET", f"/v2/alerts/{path}", None, GENIE)
        assert (status, answer["data"]["alias"]) == (200, alias)
    for path in ("nobody", "0?identifierType=tiny", f"{'9' * 40}?identifierType=tiny"):
        assert (await door.ask("GET", f"/v2/alerts/{path}", None, GENIE))[0] == 404
    assert (await door.ask("GET", "/v2/alerts/x?identifierType=name", None, GENIE))[0] == 422
    status, _, _ = await door.ask("POST", f"/v2/alerts/{alert}/close", b"", GENIE)
    assert (status, await door.value("SELECT status FROM alert")) == (202, "resolved")


async def test_an_alert_without_an_alias_is_always_new(door: DropIn) -> None:
    aliases = [(await outcome(door, await create(door, alias="")))["alias"] for _ in range(2)]
    assert len(set(aliases)) == 2
    assert await door.value("SELECT count(*) FROM alert WHERE status = 'firing'") == 2


async def test_alerts_are_listed_and_counted(door: DropIn) -> None:
    for alias in ("a", "b", "c"):
        await create(door, alias=alias)
    await act(door, "/close", alias="b")
    _, answer, _ = await door.ask("GET", "/v2/alerts?limit=2", None, GENIE)
    assert [each["alias"] for each in answer["data"]] == ["c", "b"]
    assert "offset=2" in answer["paging"]["next"]
    _, answer, _ = await door.ask("GET", "/v2/alerts?query=status%3A%20open", None, GENIE)
    assert [each["alias"] for each in answer["data"]] == ["c", "a"]
    _, answer, _ = await door.ask("GET", "/v2/alerts/count?query=status%3Dclosed", None, GENIE)
    assert answer["data"] == {"count": 1}


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [(b"{", 400, ""), (b"", 400, ""), ([], 400, ""), ({}, 422, "message"), ({"message": {"a": 1}}, 422, "message"),
     (b"x" * 600_000, 413, "")],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
async def test_what_is_wrong_is_said_as_opsgenie_says_it(door: DropIn, body: object, status: int, field: str) -> None:
    found, answer, headers = await door.ask("POST", "/v2/alerts", body, GENIE)
    assert found == status
    assert answer["message"]
    assert answer["requestId"]
    assert "X-Opsgenie-Errortype" in headers
    assert set(answer.get("errors", {})) == ({field} if field else set())


@pytest.mark.parametrize("key", ["", "GenieKey", "GenieKey wrong", f"GenieKey {DESK_KEY}", f"Basic {KEY}"])
async def test_without_a_key_nothing_is_heard(door: DropIn, key: str) -> None:
    for method, path in (("POST", "/v2/alerts"), ("GET", "/v2/alerts"), ("POST", "/v2/alerts/x/close"),
                         ("GET", "/v2/alerts/requests/x"), ("GET", "/v2/heartbeats/backup/ping")):  # fmt: skip
        status, answer, _ = await door.ask(method, path, ALERT, {"Authorization": key})
        assert status == 401
        assert answer["message"]
    assert not await door.rows("SELECT 1 FROM intake_body")
    assert not door.beats


async def test_while_one_key_is_replaced_both_let_the_sender_in(door: DropIn) -> None:
    status, _, _ = await door.ask("POST", "/v2/alerts", ALERT, {"Authorization": f"GenieKey {OTHER_KEY}"})
    assert status == 202


async def test_a_heartbeat_is_answered_with_a_pong(door: DropIn) -> None:
    for method in ("GET", "POST", "PUT", "PATCH"):
        status, answer, _ = await door.ask(method, "/v2/heartbeats/backup/ping", None, GENIE)
        assert (status, answer["result"]) == (202, "PONG - Heartbeat received")
    assert (await door.ask("GET", "/v2/heartbeats/nobody/ping", None, GENIE))[0] == 202
    assert door.beats == [*["backup"] * 4, "nobody"]


async def test_while_the_database_is_away_alerts_and_closings_are_kept_on_disk(
    database_url: str, tmp_path: Path
) -> None:
    async with PostgresProxy.before(database_url) as proxy, opened(database_url, tmp_path, proxy.url) as door:
        await create(door)
        proxy.cable(pulled=True)
        status, _, headers = await door.ask("POST", "/v2/alerts/api-latency/close?identifierType=alias", {}, GENIE)
        assert (status, headers["Retry-After"]) == (503, "5")
        assert len(list(door.folder.iterdir())) == 1
        proxy.cable(pulled=False)
        await create(door, alias="other")
        assert not list(door.folder.iterdir())
        assert await door.value("SELECT status FROM alert WHERE dedup_key = 'api-latency'") == "resolved"


async def test_the_official_client_is_content(door: DropIn) -> None:
    settings = opsgenie_sdk.Configuration()
    settings.host, settings.api_key["Authorization"], settings.retry_enabled = door.url, KEY, False
    client = opsgenie_sdk.AlertApi(opsgenie_sdk.ApiClient(configuration=settings))
    payload = opsgenie_sdk.CreateAlertPayload(
        message="Queue is not consumed", alias="queue", priority="P1", tags=["prod"], details={"environment": "prod"},
        responders=[{"name": "DevOps", "type": "team"}],
    )  # fmt: skip
    created = await asyncio.to_thread(client.create_alert, payload)
    status = await asyncio.to_thread(client.get_request_status, created.request_id)
    assert status.data.is_success
    alert = (await asyncio.to_thread(client.get_alert, status.data.alert_id)).data
    assert (alert.message, alert.status, alert.priority, alert.acknowledged) == (
        "Queue is not consumed", "open", "P1", False
    )  # fmt: skip
    by_alias = {"identifier": "queue", "identifier_type": "alias"}
    note = opsgenie_sdk.AddNoteToAlertPayload(note="on it", user="amina")
    await asyncio.to_thread(client.acknowledge_alert, **by_alias)
    await asyncio.to_thread(client.add_note, **by_alias, add_note_to_alert_payload=note)
    assert (await asyncio.to_thread(client.get_alert, **by_alias)).data.acknowledged
    assert (await asyncio.to_thread(client.count_alerts)).data.count == 1
    assert [each.alias for each in (await asyncio.to_thread(client.list_alerts, query="status: open")).data] == [
        "queue"
    ]
    close = opsgenie_sdk.CloseAlertPayload(note="done")
    await asyncio.to_thread(client.close_alert, **by_alias, close_alert_payload=close)
    assert await door.value("SELECT status FROM incident") == "resolved"
    beats = opsgenie_sdk.HeartbeatApi(opsgenie_sdk.ApiClient(configuration=settings))
    assert (await asyncio.to_thread(beats.ping, "backup")).result == "PONG - Heartbeat received"
