"""Whatever comes through any door of a whole desk: 2xx or 4xx, nothing of ours breaks, and the desk goes on."""

import json
import time
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any, Final
from urllib.parse import quote, urlencode

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.sandbox.slack.signed_http import signature
from handlers.sources import SOURCES
from tests.handlers.test_sources_fuzz import anything, places, replaced, valid
from tests.world import TOKEN, World, new_world

HUGE: Final = 17 * 1024 * 1024
WEBHOOKS: Final = [f"/webhooks/{source}" for source in SOURCES]
DROP_IN: Final = [
    ("POST", "/v2/alerts"), ("GET", "/v2/alerts"), ("POST", "/v2/alerts/x/close"), ("PUT", "/v2/alerts/x/message"),
    ("GET", "/v2/alerts/requests/x"), ("POST", "/v2/heartbeats/backup/ping"), ("POST", "/v2/alert_events/http/1"),
    ("POST", "/integrations/v1/webhook/no-such-key/"), ("POST", "/heartbeats/backup"), ("GET", "/heartbeats/backup"),
]  # fmt: skip
TAKES_ALERTS: Final = [
    *WEBHOOKS, "/v2/enqueue", "/v2/change/enqueue", "/generic/2010-04-15/create_event.json", "/v2/alerts",
    f"/v2/alert_events/http/1?token={TOKEN}", f"/integrations/v1/webhook/{TOKEN}/",
]  # fmt: skip
OUR_FAULT: Final = "could not handle it"
FEW: Final = hypothesis.settings(
    max_examples=15, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
words: Final = st.text(max_size=20) | st.sampled_from(
    [
        "/ecotrajet",
        "ack 1",
        "42",
        "-1",
        "url_verification",
        "event_callback",
        "block_actions",
        "view_submission",
        "{",
        "1",
    ]
)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[World]:
    async with new_world(database_url, slack_http=True) as made:
        yield made


async def ask(
    desk: World, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, str]:  # fmt: skip
    """The answer, once the desk is seen to live."""
    async with desk.http.request(
        method, f"{desk.url}{path}", data=BytesIO(body) if body else None, headers=headers
    ) as answer:
        return answer.status, await answer.text()


def right(status: int) -> bool:
    return 200 <= status < 300 or 400 <= status < 500


async def test_a_wrong_token_is_refused_at_every_door_and_nothing_is_read(desk: World) -> None:
    for method, path in [("POST", path) for path in WEBHOOKS] + DROP_IN:
        for headers in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": "GenieKey wrong"},
            {"Authorization": "é"},
        ):
            status, told = await ask(desk, method, path, b'{"title": "x", "message": "x"}', **headers)
            assert status == 401, (method, path, headers)
            assert TOKEN not in told
    for path in ("/v2/enqueue", "/v2/change/enqueue"):
        event = {"routing_key": "wrong", "event_action": "trigger", "payload": {"summary": "s"}}
        assert (await ask(desk, "POST", path, json.dumps(event).encode()))[0] in (400, 401, 403)
    assert await desk.value("SELECT count(*) FROM intake_body") == 0
    assert await desk.value("SELECT count(*) FROM incident") == 0


async def test_too_large_is_413_at_every_door(desk: World) -> None:
    huge = b'{"title": "' + b"x" * HUGE + b'"}'
    for path in TAKES_ALERTS:
        key = "GenieKey" if path == "/v2/alerts" else "Bearer"
        status, _ = await ask(desk, "POST", path, huge, Authorization=f"{key} {TOKEN}")
        assert status == 413, path
    assert await desk.value("SELECT count(*) FROM intake_body") == 0


async def test_what_a_person_sends_wrongly_is_told_with_its_path(desk: World) -> None:
    body: dict[str, Any] = {
        "title": "t", "text": "x", "status": "firing", "severity": "error", "environment": "prod", "service": "s",
        "dedup_key": "k", "group_key": "g", "url": "https://x", "starts_at": "2026-11-23T10:42:00Z",
        "labels": {"a": "b"},
    }  # fmt: skip
    for name in body:
        for wrong in ([1], {"a": [1]}) if name != "labels" else (3, "x"):
            sent = json.dumps({**body, name: wrong}).encode()
            status, told = await ask(desk, "POST", "/webhooks/generic", sent, Authorization=f"Bearer {TOKEN}")
            assert (status, json.loads(told)["path"]) == (422, f"$.{name}"), (name, wrong)
    status, told = await ask(
        desk,
        "POST",
        "/webhooks/generic",
        b"\xff\xfe",
        **{"Authorization": f"Bearer {TOKEN}", "Content-Type": "image/png"},
    )
    assert status == 415


@hypothesis.settings(FEW, max_examples=150)
@hypothesis.given(data=st.data(), source=st.sampled_from(sorted(SOURCES)))
async def test_a_wrong_type_anywhere_goes_through_the_whole_desk(desk: World, source: str, data: st.DataObject) -> None:
    body, headers = data.draw(st.sampled_from(valid(source)))
    sent = replaced(body, data.draw(st.sampled_from(places(body))), data.draw(anything))
    status, told = await ask(
        desk,
        "POST",
        f"/webhooks/{source}",
        json.dumps(sent).encode(),
        **{**headers, "Authorization": f"Bearer {TOKEN}"},
    )
    assert right(status)
    assert OUR_FAULT not in told


@FEW
@hypothesis.given(
    form=st.dictionaries(
        st.sampled_from(["payload", "command", "text", "user_id", "channel_id", "trigger_id", "response_url", "type"]),
        words | anything.map(json.dumps), max_size=6,
    ),
    content=anything | st.fixed_dictionaries({"type": words, "event": anything, "challenge": words}),
    as_json=st.booleans(),
)  # fmt: skip
@hypothesis.example({}, None, True)
@hypothesis.example({}, [{"event": 1}], True)
@hypothesis.example({}, {"type": "event_callback", "event": "x"}, True)
@hypothesis.example({}, {"type": "event_callback", "authorizations": [3]}, True)
@hypothesis.example({"payload": "{"}, {}, False)
@hypothesis.example({"payload": '{"type": "block_actions", "actions": [[]], "user": 7}'}, {}, False)
async def test_any_signed_request_of_slack_is_answered(
    desk: World, form: dict[str, str], content: object, as_json: bool
) -> None:
    text = (
        json.dumps(content)
        if as_json
        else urlencode({name: value.encode("utf-8", "replace") for name, value in form.items()})
    )
    kind = "application/json" if as_json else "application/x-www-form-urlencoded"
    now = str(int(time.time()))
    made = signature(desk.environment["SLACK_SIGNING_SECRET"], now, text)
    status, _ = await ask(
        desk, "POST", "/slack/events", text.encode(),
        **{"Content-Type": kind, "X-Slack-Request-Timestamp": now, "X-Slack-Signature": made},
    )  # fmt: skip
    assert right(status)


@FEW
@hypothesis.given(said=st.text(min_size=1, max_size=30), query=st.text(max_size=20))
async def test_any_address_is_answered(desk: World, said: str, query: str) -> None:
    part = quote(said.encode("utf-8", "replace").decode(), safe="")
    asked = quote(query.encode("utf-8", "replace").decode(), safe="")
    for path in (f"/ack/{part}", f"/oncall/{part}.ics", f"/oncall/{part}/{part}.ics", f"/webhooks/{part}",
                 f"/{part}", f"/heartbeats/{part}", f"/heartbeats/backup/{part}",
                 f"/status?{asked}", f"/api/v1/{part}"):  # fmt: skip
        for method in ("GET", "POST", "PUT"):
            status, _ = await ask(desk, method, f"{path}{'&' if '?' in path else '?'}x={asked}", b"x")
            assert right(status), (method, path)


async def test_who_cannot_sign_for_slack_learns_nothing_more(desk: World) -> None:
    kinds = ("application/json", "application/x-www-form-urlencoded", "text/plain; charset=klingon")
    for body in (b"", b"{", b"null", b"[1]", b"payload=%7B", b"\xff\xfe", b'{"event": 1}'):
        for when in ("", "now", "1", "9" * 400):
            for kind in kinds:
                status, told = await ask(
                    desk, "POST", "/slack/events", body,
                    **{"Content-Type": kind, "X-Slack-Request-Timestamp": when, "X-Slack-Signature": "v0=00"},
                )  # fmt: skip
                assert (status, json.loads(told)) == (401, {"error": "invalid request"})
