"""Grafana OnCall's and incident.io's doors."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.handlers.dropin import DESK_KEY, KEY, DropIn, opened
from tests.killing import PostgresProxy

DOWN = {"title": "Réservation is down", "message": "timeout", "state": "alerting"}
GROUP = {
    "version": "4", "groupKey": "g", "status": "firing", "externalURL": "http://am.example",
    "alerts": [{"status": "firing", "labels": {"alertname": "Down", "env": "prod"}, "annotations": {},
                "startsAt": "2026-11-23T09:42:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f1"}],
}  # fmt: skip


@pytest.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[DropIn]:
    async with opened(database_url, tmp_path) as each:
        yield each


@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("kind", ["formatted_webhook", "webhook", "something_new"])
async def test_a_webhook_opens_an_incident_and_its_recovery_closes_it(door: DropIn, kind: str, end: str) -> None:
    """Uptime Kuma sends no key: OnCall itself never closed such an alert."""
    path = f"/integrations/v1/{kind}/{KEY}{end}"
    status, answer, _ = await door.ask("POST", path, DOWN)
    assert (status, answer) == (200, "Ok.")
    assert await door.value("SELECT source FROM alert") == "oncall"
    await door.ask("POST", path, {"title": "Réservation is up", "message": "200 OK", "state": "ok"})
    assert await door.value("SELECT status FROM incident") == "resolved"


async def test_the_type_in_the_address_tells_the_format(door: DropIn) -> None:
    for kind in ("alertmanager", "legacy_alertmanager"):
        status, answer, _ = await door.ask("POST", f"/integrations/v1/{kind}/{KEY}/", GROUP)
        assert (status, answer) == (200, "Ok.")
    assert [tuple(row) for row in await door.rows("SELECT source, dedup_key, count FROM alert")] == [
        ("alertmanager", "f1", 2)
    ]


async def test_the_token_of_the_format_itself_lets_in_too(door: DropIn) -> None:
    status, _, _ = await door.ask("POST", f"/integrations/v1/alertmanager/{DESK_KEY}/", GROUP)
    assert status == 200


@pytest.mark.parametrize("token", ["wrong", DESK_KEY, "%20"])
async def test_a_strangers_token_is_refused(door: DropIn, token: str) -> None:
    for path in (f"/integrations/v1/webhook/{token}/", f"/integrations/v1/webhook/{token}/heartbeat/"):
        status, answer, _ = await door.ask("POST", path, DOWN)
        assert status == 401
        assert answer["detail"]
    assert not await door.rows("SELECT 1 FROM intake_body")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", {}, {"state": "ok"}, 3])
async def test_what_is_not_understood_is_refused_with_its_place(door: DropIn, body: Any) -> None:
    status, answer, _ = await door.ask("POST", f"/integrations/v1/webhook/{KEY}/", body)
    assert status == 400
    assert answer["detail"].startswith("$")


async def test_a_heartbeat_is_a_sign_of_life_of_its_source(door: DropIn) -> None:
    path = f"/integrations/v1/webhook/{KEY}/heartbeat"
    status, answer, _ = await door.ask("GET", f"{path}/")
    assert (status, answer) == (200, ":)")
    status, answer, _ = await door.ask("POST", path)
    assert (status, answer) == (200, None)
    assert set(door.beats) == {"oncall"}


async def test_an_outage_of_the_database_is_503(database_url: str, tmp_path: Path) -> None:
    async with PostgresProxy.before(database_url) as proxy, opened(database_url, tmp_path, proxy.url) as door:
        proxy.cable(pulled=True)
        for path, body in (
            (f"/integrations/v1/webhook/{KEY}/", DOWN),
            (f"/v2/alert_events/http/01?token={DESK_KEY}", {"status": "firing", "title": "x"}),
        ):
            status, _, headers = await door.ask("POST", path, body)
            assert (status, headers["Retry-After"]) == (503, "5")
        assert len(list(door.folder.iterdir())) == 2


# incident.io ----------------------------------------------------------------------------------------------------------


async def test_incident_io_is_answered_with_its_key(door: DropIn) -> None:
    path = "/v2/alert_events/http/01HPS"
    firing = {"status": "firing", "title": "Queue is not consumed", "deduplication_key": "q",
              "metadata": {"environment": "prod"}}  # fmt: skip
    status, answer, _ = await door.ask("POST", f"{path}?token={DESK_KEY}", firing)
    assert (status, answer) == (
        202, {"status": "success", "message": "Event accepted for processing", "deduplication_key": "q"}
    )  # fmt: skip
    bearer = {"Authorization": f"Bearer {DESK_KEY}"}
    assert (await door.ask("POST", path, {**firing, "status": "resolved"}, bearer))[0] == 202
    assert await door.value("SELECT status FROM incident") == "resolved"
    _, answer, _ = await door.ask("POST", path, {**firing, "deduplication_key": None}, bearer)
    assert await door.value("SELECT status FROM alert WHERE dedup_key = $1", answer["deduplication_key"]) == "firing"


@pytest.mark.parametrize(
    ("body", "field"),
    [(b"{", "$"), ({"status": "x", "title": "y"}, "status"), ({"status": "firing"}, "title")],
    ids=lambda value: str(value)[:30],
)
async def test_incident_io_is_told_which_field_is_wrong(door: DropIn, body: object, field: str) -> None:
    status, answer, _ = await door.ask("POST", f"/v2/alert_events/http/01?token={DESK_KEY}", body)
    assert (status, answer["type"], answer["errors"][0]["source"]["field"]) == (422, "validation_error", field)


async def test_a_stranger_at_incident_ios_door_is_refused(door: DropIn) -> None:
    for query in ("", "?token=x", f"?token={KEY}"):
        status, answer, _ = await door.ask("POST", f"/v2/alert_events/http/01{query}", {"status": "firing"})
        assert (status, answer["type"]) == (401, "authentication_error")
