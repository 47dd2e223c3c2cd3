"""The same deliveries over signed HTTP, into the real bolt; and response URLs."""

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox import Sandbox
from bot.sandbox.slack.tickets import RESPONSE_USES
from tests.sandbox.conftest import actions, button, section


@pytest.fixture
async def retries(sandbox: Sandbox, app: AsyncApp) -> AsyncIterator[list[str | None]]:
    """Serve the application over HTTP; gives the retry number of every delivery that arrives."""
    seen: list[str | None] = []

    @web.middleware
    async def note(request: web.Request, handler: Any) -> web.StreamResponse:
        seen.append(request.headers.get("X-Slack-Retry-Num"))
        response: web.StreamResponse = await handler(request)
        return response

    served = app.web_app(path="/slack/events")
    served.middlewares.append(note)
    runner = web.AppRunner(served)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sandbox.bot_at(f"http://127.0.0.1:{runner.addresses[0][1]}", slack_http=True)
    yield seen
    await runner.cleanup()


async def test_commands_presses_and_events_arrive_signed(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, retries: list[str | None]
) -> None:
    seen: list[str] = []

    @app.command("/ecotrajet")
    async def command(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack(f"reçu : {command['text']}")

    @app.action("incident.acknowledge")
    async def press(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        seen.append(body["user"]["id"])

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        seen.append(event["text"])

    amina = sandbox.person("amina")
    delivery = await amina.types("/ecotrajet état de prod")
    assert (delivery.status, delivery.ephemeral) == ("ok", "reçu : état de prod")
    await client.chat_postMessage(channel="incidents", text="P1", blocks=[section("P1"), actions(button())])
    assert (await amina.presses("incident.acknowledge")).ok
    assert (await amina.types("bonjour à tous")).ok
    await sandbox.changes.until(lambda: True if len(seen) == 2 else None, 5, lambda: str(seen))
    assert seen == ["U0AMINA01", "bonjour à tous"]
    await sandbox.redeliver(delivery)
    assert retries == [None, None, None, "1"]


async def test_a_wrong_secret_is_seen_as_an_http_error(
    sandbox: Sandbox, app: AsyncApp, retries: list[str | None]
) -> None:
    sandbox.slack.courier.http.secret = "another"
    delivery = await sandbox.person("amina").types("/ecotrajet status")
    assert delivery.status == "http_401"
    await sandbox.person("amina").sees("http_401")


async def test_an_answer_is_ephemeral_unless_it_says_otherwise_and_may_replace(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, retries: list[str | None]
) -> None:
    @app.action("incident.acknowledge")
    async def press(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("pour vous")
        await respond("pour tous", response_type="in_channel")
        await respond("à la place", replace_original=True)

    @app.action("gone")
    async def gone(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(delete_original=True)

    blocks = [section("P1"), actions(button(), button("gone", "Ôter"))]
    await client.chat_postMessage(channel="incidents", text="P1", blocks=blocks)
    await client.chat_postEphemeral(
        channel="C0INCIDEN", user="U0AMINA01", text="plan", blocks=[section("plan"), blocks[1]]
    )
    amina, bruno = sandbox.person("amina"), sandbox.person("bruno")
    card = await bruno.sees("P1", "incidents")
    await bruno.presses("incident.acknowledge", on=card)
    await bruno.sees("à la place", "incidents")
    assert [one.text for one in sandbox.channel("incidents").messages] == ["à la place", "pour tous"]
    assert [one.text for one in bruno.visible("incidents") if one.ephemeral] == ["pour vous"]
    plan = await amina.sees("plan", "incidents")
    assert (await amina.presses("Ôter", on=plan)).ok
    await sandbox.changes.until(
        lambda: True if "plan" not in str(amina.visible("incidents")) else None, 5, lambda: "the plan is still there"
    )


async def test_a_response_url_works_five_times_for_half_an_hour(
    sandbox: Sandbox, app: AsyncApp, retries: list[str | None]
) -> None:
    @app.command("/ecotrajet")
    async def command(ack: AsyncAck) -> None:
        await ack()

    url = (await sandbox.person("amina").types("/ecotrajet status")).payload["response_url"]
    answers = [await AsyncWebhookClient(url).send(text=str(n)) for n in range(RESPONSE_USES + 1)]
    assert [one.status_code for one in answers] == [200] * RESPONSE_USES + [404]
    assert "used_url" in answers[-1].body
    fresh = (await sandbox.person("amina").types("/ecotrajet status")).payload["response_url"]
    sandbox.slack.workspace.response_urls.life = 0.0
    assert "expired_url" in (await AsyncWebhookClient(fresh).send(text="x")).body
    assert len(sandbox.violations) == 2


async def test_bolt_refuses_a_stale_signature_so_the_sandbox_signs_in_real_time(
    sandbox: Sandbox, app: AsyncApp, retries: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    @app.command("/ecotrajet")
    async def command(ack: AsyncAck) -> None:
        await ack()

    sandbox.slack.workspace.offset = 3600.0  # the demo's clock does not touch signatures
    assert (await sandbox.person("amina").types("/ecotrajet status")).ok
    now = time.time()
    monkeypatch.setattr("bot.sandbox.slack.signed_http.time.time", lambda: now - 301)
    assert (await sandbox.person("amina").types("/ecotrajet status")).status == "http_401"


async def test_files_are_served_as_plain_text_only(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.files_upload_v2(channel="C0INCIDEN", filename="x.html", content="<script>alert(1)</script>")
    file_id = next(iter(sandbox.slack.workspace.files))
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.url}/upload/{file_id}") as answer:
        assert answer.content_type == "text/plain"
        assert "script" in await answer.text()
