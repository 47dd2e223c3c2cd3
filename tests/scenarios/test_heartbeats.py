"""Signs of life: awaited from the first start, missed by the minute, over with the next one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.world import TOKEN, World, edited_config, new_world


@pytest.fixture
async def beating(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["heartbeats"] = {
            "backup": {"period": "1 day", "grace": "1 h", "priority": "P1", "environment": "prod",
                       "service": "ecotrajet"},
            "rapport": {"period": "1 h", "grace": "5 min", "run_within": "10 min", "environment": "prod"},
        }  # fmt: skip

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as made:
        await made.eventually_value(2, "SELECT count(*) FROM heartbeat")
        yield made


async def ping(world: World, path: str, body: str | None = None, **more: Any) -> tuple[int, Any]:
    method = "GET" if body is None else "POST"
    headers = more.get("headers", {"Authorization": f"Bearer {TOKEN}"})
    async with world.http.request(method, f"{world.url}/heartbeats/{path}", data=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_one_that_never_came_is_missed_and_the_next_success_ends_it(beating: World) -> None:
    on_call = await beating.on_call()
    await beating.fast_forward(hours=24.9)
    assert await beating.value("SELECT count(*) FROM incident WHERE service = 'ecotrajet'") == 0
    await beating.fast_forward(minutes=10)
    assert "backup" in (await on_call.phone.gets_sms("backup")).body
    number = await beating.value("SELECT number FROM incident WHERE service = 'ecotrajet'")
    card = await beating.person("bruno").sees("Aucun signe de vie de « backup »", channel="incidents")
    assert "[PROD]" in card.text
    assert "jamais vu" in card.text
    assert (await ping(beating, "backup"))[1] == {
        "status": "ok", "heartbeat": "backup", "signal": "success", "incident": number,
    }  # fmt: skip
    await beating.eventually_value("resolved", "SELECT status FROM incident WHERE number = $1", number)
    assert (await ping(beating, "backup"))[1]["incident"] is None


async def test_regular_signs_keep_it_quiet(beating: World) -> None:
    for _ in range(4):
        assert (await ping(beating, "rapport", ""))[0] == 200
        await beating.fast_forward(minutes=61)
    assert await beating.value("SELECT count(*) FROM incident") == 0
    await beating.fast_forward(minutes=5)
    assert await beating.value("SELECT count(*) FROM incident") == 1
    await beating.fast_forward(hours=3)  # still missing: counted, not opened again
    assert await beating.value("SELECT count(*) FROM incident") == 1
    assert await beating.value("SELECT max(count) FROM alert") > 1


async def test_a_start_without_an_end_in_time_is_an_incident(beating: World) -> None:
    assert (await ping(beating, "rapport/start"))[1]["signal"] == "start"
    await beating.fast_forward(minutes=9.5)
    assert await beating.value("SELECT count(*) FROM incident") == 0
    await beating.fast_forward(minutes=1)
    await beating.person("emma").sees("a commencé et ne finit pas", channel="incidents")
    assert await beating.value("SELECT state FROM heartbeat WHERE name = 'rapport'") == "overrun"
    await ping(beating, "rapport/0")
    await beating.eventually_value("resolved", "SELECT status FROM incident")


@pytest.mark.parametrize("word", ["fail", "3"])
async def test_a_failure_is_an_incident_at_once_with_what_was_printed(beating: World, word: str) -> None:
    status, answer = await ping(beating, f"rapport/{word}", "pg_dump: disk full\x00 & <!channel>")
    assert (status, answer["signal"]) == (200, "fail")
    card = await beating.person("emma").sees("signale un échec", channel="incidents")
    assert "pg_dump: disk full" in card.text
    assert await beating.value("SELECT priority FROM incident WHERE number = $1", answer["incident"]) == "P2"


async def test_a_missing_one_is_hushed_by_maintenance_like_any_alert(beating: World) -> None:
    amina = beating.person("amina")
    await amina.types("/ecotrajet silence prod 2h entretien", channel="incidents")
    await amina.sees("silence end 1", channel="incidents")
    await beating.fast_forward(minutes=70)
    assert await beating.value("SELECT count(*) FROM incident") == 0
    await beating.fast_forward(minutes=60)
    assert await beating.value("SELECT title FROM incident") == "[PROD] Aucun signe de vie de « rapport »"


async def test_who_may_not_is_told_so(beating: World) -> None:
    assert (await ping(beating, "backup", headers={}))[0] == 401
    assert (await ping(beating, "backup", headers={"Authorization": "Bearer wrong"}))[0] == 401
    assert (await ping(beating, f"backup?token={TOKEN}", headers={}))[0] == 200
    assert (await ping(beating, "nowhere"))[0] == 404
    assert (await ping(beating, "backup/soon"))[0] == 400
    assert (await ping(beating, "backup/256"))[0] == 400


async def test_two_signs_at_once_end_one_incident_once(beating: World) -> None:
    await ping(beating, "rapport/fail", "x")
    answers = await asyncio.gather(*(ping(beating, "rapport") for _ in range(10)))
    assert {status for status, _ in answers} == {200}
    await beating.eventually_value(1, "SELECT count(*) FROM audit WHERE did = 'incident.resolved'")


@pytest.fixture
async def guarded(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["heartbeats"] = {
            "prometheus": {"period": "5 min", "grace": "1 min", "priority": "P1", "environment": "prod",
                           "watchdog": {"source": "alertmanager", "alert": "watchdog"}},
        }  # fmt: skip

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as made:
        await made.eventually_value(1, "SELECT count(*) FROM heartbeat")
        yield made


def from_prometheus(*names: str) -> dict[str, Any]:
    labels = [{"alertname": name, "severity": "critical" if name != "Watchdog" else "none"} for name in names]
    alerts = [
        {"status": "firing", "labels": each, "annotations": {}, "startsAt": "2026-11-25T09:00:00Z",
         "fingerprint": f"{n:016x}"}
        for n, each in enumerate(labels)
    ]  # fmt: skip
    return {"version": "4", "status": "firing", "receiver": "desk", "groupKey": "{}:{}", "alerts": alerts,
            "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://am"}  # fmt: skip


async def test_another_tool_s_watchdog_is_a_sign_of_life_and_its_silence_the_alarm(guarded: World) -> None:
    for _ in range(3):
        status, answer = await guarded.post("/webhooks/alertmanager", from_prometheus("Watchdog"))
        assert (status, answer["alerts"][0]["incident"]) == (200, None)
        await guarded.fast_forward(minutes=4)
    status, answer = await guarded.post("/webhooks/alertmanager", from_prometheus("Watchdog", "SiteDown"))
    opened = [each["incident"] for each in answer["alerts"]]
    assert opened[0] is None
    assert opened[1] is not None
    await guarded.fast_forward(minutes=7)
    await guarded.eventually_value(
        1, "SELECT count(*) FROM incident WHERE title LIKE '%prometheus%' AND status = 'triggered'"
    )
    await guarded.post("/webhooks/alertmanager", from_prometheus("Watchdog"))
    await guarded.eventually_value("resolved", "SELECT status FROM incident WHERE title LIKE '%prometheus%'")
