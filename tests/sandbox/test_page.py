"""The page in a real browser: type a command, press a button, answer a text message, on a desk and on a telephone."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from bot.sandbox.telephone.sms import Sms
from tests.chromium import sandbox_page
from tests.sandbox.conftest import actions, button, section
from tests.sandbox.test_socket_mode import MODAL


@pytest.fixture
async def browser_page(sandbox: Sandbox) -> AsyncIterator[Page]:
    async with sandbox_page(sandbox.url, "amina") as opened:
        yield opened


async def test_a_command_typed_and_a_button_pressed(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, on_socket: AsyncSocketModeHandler, browser_page: Page
) -> None:
    @app.command("/ecotrajet")
    async def command(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="état", blocks=[section("*prod* :large_green_circle:"), actions(button())])

    @app.action("incident.acknowledge")
    async def press(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel="incidents", text=f"Pris par <@{body['user']['id']}>")

    page = browser_page
    await page.get_by_label("Message ou commande").fill("/ecotrajet status")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Visible par vous uniquement")).to_be_visible()
    await expect(page.get_by_text("🟢")).to_be_visible()
    await page.get_by_role("button", name="Prendre en charge").click()
    await expect(page.get_by_text("Pris par @Amina Diallo")).to_be_visible()
    await page.get_by_role("button", name="Bruno").first.click()
    await expect(page.get_by_text("Visible par vous uniquement")).to_have_count(0)
    await expect(page.get_by_text("Pris par @Amina Diallo")).to_be_visible()
    assert sandbox.violations == []


async def test_a_modal_is_filled_in_and_an_unacked_press_is_marked(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, on_socket: AsyncSocketModeHandler, browser_page: Page
) -> None:
    @app.action("declare")
    async def press(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("declare")
    async def submitted(ack: AsyncAck, view: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        values = view["state"]["values"]
        where, what = values["where"]["env"]["selected_option"]["value"], values["what"]["text"]["value"]
        await client.chat_postMessage(channel="incidents", text=f"{where} : {what}")

    @app.action("mute")
    async def mute(body: dict[str, Any]) -> None:
        """Never acks."""

    page = browser_page
    await client.chat_postMessage(
        channel="incidents", text="x", blocks=[actions(button("declare", "Déclarer"), button("mute", "Muet"))]
    )
    await page.get_by_role("button", name="Muet").click()
    await expect(page.get_by_title("L’application n’a pas répondu")).to_be_visible()
    await page.get_by_role("button", name="Déclarer").click()
    await page.get_by_label("Quoi ?").fill("La base est partie")
    await page.get_by_role("button", name="Envoyer", exact=True).last.click()
    await expect(page.get_by_text("Ce champ est obligatoire.")).to_be_visible()
    await page.get_by_label("Où ?").select_option("prod")
    await page.get_by_role("button", name="Envoyer", exact=True).last.click()
    await expect(page.get_by_text("prod : La base est partie")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_on_a_telephones_screen_one_tab_is_shown_at_a_time(sandbox: Sandbox, browser_page: Page) -> None:
    page = browser_page
    await page.set_viewport_size({"width": 390, "height": 844})
    account = sandbox.twilio.account
    sandbox.twilio.accept(Sms(account.number, "+33600000001", "P1 n° 42, répondez ACK 42"))
    await page.get_by_role("button", name="Téléphone").click()
    await expect(page.get_by_text("répondez ACK 42")).to_be_visible()
    await expect(page.get_by_label("Message ou commande")).not_to_be_visible()
    await page.get_by_label("Répondre par SMS").fill("ack 42")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("ack 42", exact=True)).to_be_visible()
    assert [one.body for one in sandbox.twilio.messages if one.inbound] == ["ack 42"]
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width == 390


async def test_the_clock_has_buttons_only_when_it_can_be_pushed(sandbox: Sandbox) -> None:
    pushed: list[int] = []

    async def forward(minutes: int) -> None:
        pushed.append(minutes)

    async with Sandbox(fast_forward=forward) as movable, aiohttp.ClientSession() as session:
        async with session.get(f"{movable.url}/page/scene") as answer:
            assert "+15 min" in (await answer.json())["clock"]
        async with session.get(f"{sandbox.url}/page/scene") as answer:
            assert "+15 min" not in (await answer.json())["clock"]
        act = f"{movable.url}/page/act/forward"
        async with session.post(act, json={"minutes": 30}, headers={"X-Sandbox": "1"}) as answer:
            assert answer.status == 200
        async with session.post(act, json={"minutes": 30}) as foreign:
            assert foreign.status == 403  # another site's form cannot set the header
    assert pushed == [30]
