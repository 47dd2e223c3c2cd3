"""Commands, buttons, modals and events through the real bolt, over the real socket."""

import asyncio
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.context.say.async_say import AsyncSay
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.sandbox.conftest import actions, button, section

MODAL = {
    "type": "modal",
    "callback_id": "declare",
    "title": {"type": "plain_text", "text": "Déclarer"},
    "submit": {"type": "plain_text", "text": "Envoyer"},
    "blocks": [
        {
            "type": "input",
            "block_id": "what",
            "label": {"type": "plain_text", "text": "Quoi ?"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "where",
            "label": {"type": "plain_text", "text": "Où ?"},
            "element": {
                "type": "static_select",
                "action_id": "env",
                "options": [{"text": {"type": "plain_text", "text": e}, "value": e} for e in ("prod", "staging")],
            },
        },
    ],
}


async def test_a_command_is_acked_and_answered_to_its_typist_only(
    sandbox: Sandbox, app: AsyncApp, on_socket: AsyncSocketModeHandler
) -> None:
    @app.command("/ecotrajet")
    async def command(ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]) -> None:
        await ack()
        await respond(f"*reçu* : {command['text']} de <@{command['user_id']}>")

    amina, bruno = sandbox.person("amina"), sandbox.person("bruno")
    delivery = await amina.types("/ecotrajet status prod")
    assert delivery.ok
    assert delivery.ack_ms is not None
    assert delivery.ack_ms < 500
    answer = await delivery.answered("reçu : status prod de @Amina Diallo")
    assert answer.ephemeral
    await amina.sees("status prod", "incidents")
    with pytest.raises(AssertionError, match="there is nothing"):
        await bruno.sees("status prod", within=0.05)


async def test_the_ack_itself_may_carry_the_answer(
    sandbox: Sandbox, app: AsyncApp, on_socket: AsyncSocketModeHandler
) -> None:
    @app.command("/ecotrajet")
    async def command(ack: AsyncAck) -> None:
        await ack(blocks=[section("aide")], text="aide", response_type="in_channel")

    await sandbox.person("amina").types("/ecotrajet help", channel="random")
    shown = await sandbox.person("bruno").sees("aide", "random")
    assert not shown.ephemeral
    assert sandbox.violations == []


async def test_a_missed_ack_shows_operation_timeout(
    sandbox: Sandbox, app: AsyncApp, on_socket: AsyncSocketModeHandler
) -> None:
    done = asyncio.Event()

    @app.command("/ecotrajet")
    async def command(ack: AsyncAck) -> None:
        await done.wait()
        await ack()

    amina = sandbox.person("amina")
    delivery = await amina.types("/ecotrajet slow")
    done.set()
    assert delivery.status == "operation_timeout"
    assert delivery.ack_ms is None
    await amina.sees("/ecotrajet a échoué avec l’erreur « operation_timeout »")
    assert any(entry.method == "missed" for entry in sandbox.record)


async def test_without_a_bot_a_command_fails_at_once(sandbox: Sandbox) -> None:
    delivery = await sandbox.person("amina").types("/ecotrajet status")
    assert delivery.status == "dispatch_failed"
    await sandbox.person("amina").sees("dispatch_failed")


async def test_a_button_is_pressed_by_label_and_its_message_edited(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, on_socket: AsyncSocketModeHandler
) -> None:
    seen: list[dict[str, Any]] = []

    @app.action("incident.acknowledge")
    async def press(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        seen.append(body)
        place, ts = body["channel"]["id"], body["message"]["ts"]
        await client.chat_update(
            channel=place, ts=ts, text="pris", blocks=[section(f"Pris par <@{body['user']['id']}>")]
        )

    await client.chat_postMessage(channel="C0INCIDEN", text="P1", blocks=[section("*P1*"), actions(button(value="42"))])
    amina = sandbox.person("amina")
    card = await amina.sees("P1", "incidents")
    assert (await amina.presses("Prendre en charge", on=card)).ok
    edited = await amina.sees("Pris par @Amina Diallo")
    assert (edited.ts, edited.edits, edited.buttons) == (card.ts, 1, ())
    assert seen[0]["actions"][0]["value"] == "42"
    assert seen[0]["container"]["is_ephemeral"] is False
    with pytest.raises(AssertionError, match="no button"):
        await amina.presses("incident.acknowledge", on=card)
    assert (await amina.presses("incident.acknowledge", on=card, late=True)).ok
    assert [body["actions"][0]["value"] for body in seen] == ["42", "42"]


async def test_a_modal_is_opened_corrected_and_submitted(
    sandbox: Sandbox, app: AsyncApp, on_socket: AsyncSocketModeHandler
) -> None:
    @app.command("/ecotrajet")
    async def command(ack: AsyncAck, client: AsyncWebClient, command: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=MODAL)

    @app.view("declare")
    async def submitted(ack: AsyncAck, view: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        values = view["state"]["values"]
        if len(values["what"]["text"]["value"]) < 5:
            await ack(response_action="errors", errors={"what": "Trop court"})
            return
        await ack()
        where = values["where"]["env"]["selected_option"]["value"]
        await client.chat_postMessage(channel="incidents", text=f"{where} : {values['what']['text']['value']}")

    chloe = sandbox.person("chloe")
    await chloe.types("/ecotrajet declare")
    modal = await chloe.gets_view("Quoi ?")
    await chloe.submits(modal, {"what.text": "non", "where": "prod"})
    await chloe.gets_view("Trop court")
    await chloe.submits(modal, {"what.text": "La base est partie", "env": "prod"})
    await chloe.sees("prod : La base est partie", "incidents")
    assert chloe.view is None


async def test_a_trigger_opens_one_view_and_soon_expires(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, on_socket: AsyncSocketModeHandler
) -> None:
    @app.command("/ecotrajet")
    async def command(ack: AsyncAck) -> None:
        await ack()

    async def opened(trigger_id: str) -> str:
        try:
            await client.views_open(trigger_id=trigger_id, view=MODAL)
        except SlackApiError as refused:
            return str(refused.response["error"])
        return "opened"

    first = await sandbox.person("amina").types("/ecotrajet declare")
    later = await sandbox.person("amina").types("/ecotrajet declare")
    assert await opened(first.payload["trigger_id"]) == "opened"
    assert await opened(first.payload["trigger_id"]) == "exchanged_trigger_id"
    sandbox.slack.workspace.triggers.life = 0.0
    assert await opened(later.payload["trigger_id"]) == "expired_trigger_id"
    assert await opened("made.up") == "invalid_trigger_id"


async def test_the_same_envelope_can_come_twice(
    sandbox: Sandbox, app: AsyncApp, on_socket: AsyncSocketModeHandler
) -> None:
    seen: list[str] = []

    @app.command("/ecotrajet")
    async def command(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack()
        seen.append(command["trigger_id"])

    delivery = await sandbox.person("amina").types("/ecotrajet status")
    await sandbox.redeliver(delivery)
    assert delivery.ok
    assert delivery.attempts == 2
    assert seen == [seen[0]] * 2


async def test_two_connections_share_the_envelopes_and_a_refresh_reconnects(
    sandbox: Sandbox, app: AsyncApp, on_socket: AsyncSocketModeHandler
) -> None:
    @app.command("/ecotrajet")
    async def command(ack: AsyncAck) -> None:
        await ack()

    second = AsyncSocketModeHandler(app, sandbox.environment()["SLACK_APP_TOKEN"])
    await second.connect_async()  # type: ignore[no-untyped-call]  # bolt has no types here
    await sandbox.connected(connections=2)
    for _ in range(4):
        assert (await sandbox.person("amina").types("/ecotrajet status")).ok
    await second.close_async()  # type: ignore[no-untyped-call]  # bolt has no types here
    await sandbox.slack.sockets.refresh()
    await sandbox.connected()
    assert (await sandbox.person("amina").types("/ecotrajet status")).ok


async def test_messages_mentions_and_the_home_tab_reach_the_bot_as_events(
    sandbox: Sandbox, app: AsyncApp, on_socket: AsyncSocketModeHandler
) -> None:
    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: AsyncSay) -> None:
        await say("oui ?", thread_ts=event["ts"])

    @app.event("message")
    async def message(event: dict[str, Any], say: AsyncSay) -> None:
        if event["channel_type"] == "im":
            await say(f"en privé : {event['text']}")

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("Bonjour")]})

    david = sandbox.person("david")
    assert (await david.types("@ecotrajet tu es là ?", "general")).ok
    reply = await david.sees("oui ?", "general")
    assert reply.thread == sandbox.channel("general").messages[0].ts
    assert (await david.types("bonjour", channel=None)).ok
    await david.dm(containing="en privé : bonjour")
    assert (await david.opens_home()).ok
    await sandbox.changes.until(lambda: david.home or None, 5, lambda: "no home tab")
    assert david.home == "Bonjour"
    assert sandbox.violations == []


async def test_shortcuts_and_closed_views_are_told(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, on_socket: AsyncSocketModeHandler
) -> None:
    seen: list[str] = []

    @app.shortcut("declare.from_message")
    async def from_message(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        seen.append(body["message"]["text"])
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL | {"notify_on_close": True})

    @app.view_closed("declare")
    async def closed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        seen.append(body["type"])

    emma = sandbox.person("emma")
    await emma.types("le site est lent", "general")
    message = await emma.sees("lent")
    assert (await emma.uses_shortcut("declare.from_message", on=message)).ok
    await emma.closes(await emma.gets_view("Déclarer"))
    await sandbox.changes.until(lambda: True if len(seen) == 2 else None, 5, lambda: str(seen))
    assert seen == ["le site est lent", "view_closed"]
