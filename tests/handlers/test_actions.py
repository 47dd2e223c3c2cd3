"""Buttons, and what Slack demands of whoever answers them: in Socket Mode and over HTTP."""

import asyncio
import hashlib
import hmac
import inspect
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.web.async_client import AsyncWebClient

from bot.lifecycle import Unavailable
from bot.notify import blocks
from handlers.errands import Errands
from handlers.slack_app import SlackDoor
from tests.handlers.slackdesk import SlackDesk, http_desk, new_slack_desk, slack_desk

__all__ = ["http_desk", "slack_desk"]


async def post_card(desk: SlackDesk, number: int, as_of: datetime | None = None) -> None:
    """The incident's card in #incidents, as the worker would post it."""
    view = await desk.tools.questions.incident(number)
    assert view is not None
    reader = desk.tools.reader("fr")
    if as_of is not None:
        reader = blocks.Reader(reader.language, reader.zone, as_of, reader.people, reader.places)
    await post(desk, blocks.incident_card(view, reader))


async def post_run_card(desk: SlackDesk, run: int) -> None:
    view = await desk.tools.runs.view(run)
    assert view is not None
    await post(desk, blocks.run_card(view, desk.tools.reader("fr")))


async def post(desk: SlackDesk, card: blocks.Card) -> None:
    environment = desk.sandbox.environment()
    client = AsyncWebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
    await client.chat_postMessage(channel="incidents", **card.arguments())


async def test_a_button_takes_the_incident(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    await post_card(slack_desk, number)
    amina = slack_desk.sandbox.person("amina")
    await amina.presses("incident.acknowledge")
    await amina.sees("est à vous")
    row = (await slack_desk.rows("SELECT status, acknowledged_by FROM incident"))[0]
    assert tuple(row) == ("acknowledged", "amina")


async def test_the_second_to_press_hears_who_was_first(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    await post_card(slack_desk, number)
    amina, bruno = slack_desk.sandbox.person("amina"), slack_desk.sandbox.person("bruno")
    await amina.presses("incident.acknowledge")
    await amina.sees("est à vous")
    await bruno.presses("incident.acknowledge")
    await bruno.sees("Amina Diallo")


async def test_a_stranger_may_not_press(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    await post_card(slack_desk, number)
    victor = slack_desk.sandbox.person("victor")
    await victor.presses("incident.acknowledge")
    await victor.sees("administrateur")
    assert await slack_desk.value("SELECT status FROM incident") == "triggered"


async def test_the_same_press_delivered_twice_escalates_once(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    await post_card(slack_desk, number, datetime.now(UTC) + timedelta(minutes=1))
    bruno = slack_desk.sandbox.person("bruno")
    delivery = await bruno.presses("incident.escalate")
    await bruno.sees("niveau suivant")
    fired = await slack_desk.value("SELECT count(*) FROM audit WHERE did LIKE '%escalated'")
    await slack_desk.sandbox.redeliver(delivery)
    await bruno.types("/ecotrajet help")  # answered after the repeat was
    await bruno.sees("/ecotrajet rollback")
    assert await slack_desk.value("SELECT count(*) FROM audit WHERE did LIKE '%escalated'") == fired


async def test_a_link_button_is_acked_and_does_nothing(slack_desk: SlackDesk) -> None:
    link = {"type": "button", "action_id": "link.runbook", "text": {"type": "plain_text", "text": "Runbook"},
            "url": "https://wiki.example/"}  # fmt: skip
    await post(slack_desk, blocks.Card("See the runbook", ({"type": "actions", "elements": [link]},)))
    delivery = await slack_desk.sandbox.person("amina").presses("link.runbook")
    assert delivery.status == "ok", delivery


async def test_a_plan_is_approved_by_a_second_person_on_its_card(slack_desk: SlackDesk) -> None:
    amina, bruno = slack_desk.sandbox.person("amina"), slack_desk.sandbox.person("bruno")
    await amina.types("/ecotrajet rollback prod")
    await amina.sees("attend une approbation")
    await post_run_card(slack_desk, 1)
    await amina.presses("run.approve")
    await amina.sees("deuxième personne")
    await bruno.presses("run.approve")
    await bruno.sees("démarre")
    row = (await slack_desk.rows("SELECT status, requested_by, approved_by FROM run"))[0]
    assert tuple(row) == ("approved", "amina", "bruno")


async def test_a_button_of_another_plan_is_refused(slack_desk: SlackDesk) -> None:
    amina, bruno = slack_desk.sandbox.person("amina"), slack_desk.sandbox.person("bruno")
    await amina.types("/ecotrajet rollback prod")
    await amina.sees("attend une approbation")
    await post_run_card(slack_desk, 1)
    async with slack_desk.db.transaction() as tx:
        await tx.execute("UPDATE run SET fingerprint = 'something else'")
    await bruno.presses("run.approve")
    await bruno.sees("plan")
    assert await slack_desk.value("SELECT status FROM run") == "requested"


async def test_the_ack_leaves_before_the_work(database_url: str) -> None:
    """The database hangs for longer than Slack waits; the person sees no `operation_timeout`."""
    async with new_slack_desk(database_url, ack_limit=0.5) as desk:
        amina = desk.sandbox.person("amina")
        async with desk.db.transaction() as tx:
            await tx.execute("LOCK TABLE incident IN ACCESS EXCLUSIVE MODE")
            delivery = await amina.types("/ecotrajet incidents")
            assert delivery.status == "ok"
            assert delivery.ack_ms is not None
            assert delivery.ack_ms < 500
        await amina.sees("Aucun incident")


async def test_a_database_that_is_away_is_said(slack_desk: SlackDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("ConnectionRefusedError")

    monkeypatch.setattr(slack_desk.tools.questions, "open_incidents", away)
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet incidents")
    await amina.sees("base de données")


async def test_a_bug_becomes_a_sentence_with_a_reference_and_no_secret(
    slack_desk: SlackDesk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    async def broken(*_: object) -> None:
        raise RuntimeError("postgres://u:hunter2@db/x")

    monkeypatch.setattr(slack_desk.tools.questions, "open_incidents", broken)
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet incidents")
    shown = await amina.sees("référence")
    assert "hunter2" not in shown.text
    logged = capsys.readouterr()
    # Wherever tests before this one have sent the log.
    assert "a handler broke" in logged.out + logged.err + caplog.text


async def test_the_socket_comes_back_after_slack_closed_it(slack_desk: SlackDesk) -> None:
    assert await slack_desk.door.connected()
    await slack_desk.sandbox.slack.sockets.close()
    await slack_desk.sandbox.connected(within=20.0)
    amina = slack_desk.sandbox.person("amina")
    await amina.types("/ecotrajet help")
    await amina.sees("/ecotrajet rollback")


def test_listeners_ask_bolt_only_for_what_it_knows() -> None:
    """A misspelt argument arrives as None, with no more than a warning."""
    for listener in (SlackDoor.command, SlackDoor.press):
        asked = set(inspect.signature(listener).parameters) - {"self"}
        assert asked <= set(AsyncArgs.__annotations__)


async def test_accepted_work_is_finished_when_the_process_stops() -> None:
    errands, done = Errands(), asyncio.Event()

    async def work() -> None:
        await done.wait()

    async def tell(_: object) -> None: ...

    errands.start(work(), tell)
    asyncio.get_running_loop().call_later(0.05, done.set)
    await errands.finish(5.0)
    assert done.is_set()
    assert not errands.under_way


async def test_work_that_does_not_end_does_not_hold_up_the_stop() -> None:
    errands = Errands()

    async def tell(_: object) -> None: ...

    errands.start(asyncio.sleep(3600), tell)
    await errands.finish(0.05)
    assert not errands.under_way


# HTTP -------------------------------------------------------------------------------------------------------------


async def test_commands_and_buttons_work_over_http(http_desk: SlackDesk) -> None:
    number = await http_desk.incident()
    amina = http_desk.sandbox.person("amina")
    delivery = await amina.types("/ecotrajet incidents")
    await amina.sees(f"#{number}")
    await post_card(http_desk, number)
    await amina.presses("incident.acknowledge")
    await amina.sees("est à vous")
    await http_desk.sandbox.redeliver(delivery)
    assert await http_desk.door.connected()


def signed(secret: str, body: str, at: float) -> dict[str, str]:
    """Slack's own recipe (docs.slack.dev, Verifying requests from Slack)."""
    stamp = str(int(at))
    mac = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={mac}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


COMMAND = urlencode(
    {
        "command": "/ecotrajet", "text": "declare P1 prod tout est en panne", "user_id": "U0AMINA01",
        "user_name": "amina", "team_id": "T0ECOTRAJ", "channel_id": "C0INCIDEN", "trigger_id": "1.2.abc",
        "api_app_id": "A0ECOTRAJ",
    }
)  # fmt: skip


async def posted(desk: SlackDesk, body: str, headers: dict[str, str]) -> int:
    url = f"{desk.sandbox.slack.courier.public_url}/slack/events"
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize(
    ("seconds", "change", "expected"),
    [(0, "", 200), (-310, "", 401), (310, "", 401), (0, "forged", 401)],
    ids=["fresh", "replayed after five minutes", "from the future", "forged"],
)
async def test_only_slacks_own_fresh_requests_are_heard(
    http_desk: SlackDesk, seconds: int, change: str, expected: int
) -> None:
    secret = http_desk.sandbox.environment()["SLACK_SIGNING_SECRET"]
    headers = signed(secret + change, COMMAND, time.time() + seconds)
    assert await posted(http_desk, COMMAND, headers) == expected
    await http_desk.door.errands.finish(5.0)
    assert await http_desk.value("SELECT count(*) FROM incident") == (1 if expected == 200 else 0)


async def test_a_retry_over_http_acts_once(http_desk: SlackDesk) -> None:
    secret = http_desk.sandbox.environment()["SLACK_SIGNING_SECRET"]
    for retry in range(3):
        headers = signed(secret, COMMAND, time.time()) | ({"X-Slack-Retry-Num": str(retry)} if retry else {})
        assert await posted(http_desk, COMMAND, headers) == 200
    await http_desk.door.errands.finish(5.0)
    assert await http_desk.value("SELECT count(*) FROM incident") == 1


async def test_without_a_signing_secret_nothing_listens(http_desk: SlackDesk) -> None:
    keys = replace(http_desk.door.keys, signing_secret=None)
    assert SlackDoor(keys, http_desk.tools).routes() == []
