"""Whatever is sent to a drop-in door is answered with 2xx or 4xx, and the door goes on: any bytes, any JSON."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.handlers.dropin import DESK_KEY, KEY, DropIn, opened
from tests.handlers.test_sources_fuzz import anything, places, replaced

GENIE: Final = {"Authorization": f"GenieKey {KEY}"}
EVENT: Final = {
    "routing_key": KEY, "event_action": "trigger", "dedup_key": "k", "client": "c", "client_url": "http://c",
    "payload": {"summary": "s", "source": "h", "severity": "error", "timestamp": "2026-11-23T09:42:00Z",
                "component": "c", "custom_details": {"env": "prod"}},
    "links": [{"href": "http://x"}],
}  # fmt: skip
OLD: Final = {"service_key": KEY, "event_type": "trigger", "incident_key": "k", "description": "d", "details": {"a": 1},
              "contexts": [{"type": "link", "href": "http://x"}]}  # fmt: skip
ALERT: Final = {"message": "m", "alias": "a", "tags": ["t"], "details": {"k": "v"}, "priority": "P1", "note": "n",
                "user": "u", "responders": [{"type": "team", "name": "x"}], "owner": {"id": "1"}}  # fmt: skip
DOORS: Final[dict[str, tuple[str, str, Any]]] = {
    "event": ("POST", "/v2/enqueue", EVENT),
    "change": ("POST", "/v2/change/enqueue", EVENT),
    "old event": ("POST", "/generic/2010-04-15/create_event.json", OLD),
    "create": ("POST", "/v2/alerts", ALERT),
    **{
        action: ("POST", f"/v2/alerts/a/{action}?identifierType=alias", ALERT)
        for action in ("close", "acknowledge", "unacknowledge", "snooze", "escalate", "assign", "notes", "details")
    },
    **{
        part: ("PUT", f"/v2/alerts/a/{part}?identifierType=alias", {**ALERT, "description": "d"})
        for part in ("message", "description", "priority")
    },
    "oncall": ("POST", f"/integrations/v1/webhook/{KEY}/", {"title": "t", "state": "alerting", "alert_uid": "u"}),
    "incident.io": (
        "POST", f"/v2/alert_events/http/1?token={DESK_KEY}",
        {"status": "firing", "title": "t", "deduplication_key": "k", "metadata": {"a": "b"}},
    ),
}  # fmt: skip
FEW: Final = hypothesis.settings(
    max_examples=15, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)


@pytest.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[DropIn]:
    async with opened(database_url, tmp_path) as each:
        yield each


def answered(status: int) -> bool:
    return 200 <= status < 300 or 400 <= status < 500


@pytest.mark.parametrize("name", DOORS)
@FEW
@hypothesis.given(data=st.data())
async def test_a_wrong_type_anywhere_is_answered(door: DropIn, name: str, data: st.DataObject) -> None:
    method, path, valid = DOORS[name]
    body = replaced(valid, data.draw(st.sampled_from(places(valid))), data.draw(anything))
    status, _, _ = await door.ask(method, path, json.dumps(body).encode(), GENIE)
    assert answered(status)


@pytest.mark.parametrize("name", ["event", "change", "old event", "create", "close", "oncall", "incident.io"])
@FEW
@hypothesis.given(body=st.binary(max_size=100) | anything.map(lambda each: json.dumps(each).encode()))
async def test_any_bytes_are_answered(door: DropIn, name: str, body: bytes) -> None:
    method, path, _ = DOORS[name]
    status, _, _ = await door.ask(method, path, body, GENIE)
    assert answered(status)


@FEW
@hypothesis.given(
    identifier=st.text(min_size=1, max_size=30), by=st.sampled_from(["id", "alias", "tiny", "?"]),
    query=st.text(max_size=30),
)  # fmt: skip
async def test_any_identifier_and_query_are_answered(door: DropIn, identifier: str, by: str, query: str) -> None:
    safe = identifier.encode("utf-8", "replace").decode()
    said = quote(query.encode("utf-8", "replace").decode(), safe="")
    path = f"/v2/alerts/{quote(safe, safe='')}"
    for method, address in (
        ("GET", f"{path}?identifierType={quote(by)}"), ("POST", f"{path}/close?identifierType={quote(by)}"),
        ("GET", f"/v2/alerts/requests/{quote(safe, safe='')}"), ("GET", f"/v2/alerts?query={said}&limit={said}"),
        ("GET", f"/v2/heartbeats/{quote(safe, safe='')}/ping"),
    ):  # fmt: skip
        status, _, _ = await door.ask(method, address, None, GENIE)
        assert answered(status)
