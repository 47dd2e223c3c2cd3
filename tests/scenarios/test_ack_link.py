"""A page by mail is taken from the mail: by a button on a page, never by opening the link."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright, expect

from bot.link import Links
from bot.sandbox.actor import Actor
from tests.chromium import FLAGS, fits
from tests.world import TOKEN, World, edited_config, new_world

TITLE = "Database connection lost"


async def link_in_mail(world: World, person: Actor) -> str:
    assert person.mailbox is not None
    mail = await person.mailbox.gets(TITLE)
    found = re.search(rf"{re.escape(world.url)}/ack/[\w-]+", mail.text)
    assert found is not None, mail.text
    assert found[0] in mail.html
    return found[0]


async def status(world: World) -> object:
    return await world.value("SELECT status FROM incident")


async def test_opening_the_link_changes_nothing_and_the_button_takes_it_once(world: World, tmp_path: Path) -> None:
    await world.alert(TITLE)
    on_call = await world.on_call()
    link = await link_in_mail(world, on_call)
    pictures = Path(os.environ.get("ECOTRAJET_SCREENSHOTS", tmp_path))
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = await browser.new_page(viewport={"width": 390, "height": 844}, locale="fr-FR")
        await page.goto(link)
        await page.reload()
        assert await status(world) == "triggered"
        assert await fits(page)
        await page.screenshot(path=pictures / "ack-page.png")
        await page.get_by_role("button").click()
        await expect(page.get_by_role("status")).to_contain_text("✅")
        assert await status(world) == "acknowledged"
        assert await page.get_by_role("button").count() == 0
        await page.goto(link)
        await expect(page.get_by_role("status")).to_contain_text(on_call.person.name)
        await browser.close()
    assert await world.value("SELECT door FROM audit WHERE did = 'incident.acknowledged'") == "email"


async def test_who_was_first_is_told(world: World) -> None:
    number = await world.alert(TITLE)
    on_call = await world.on_call()
    link = await link_in_mail(world, on_call)
    await world.person("bruno").types(f"/ecotrajet ack {number}", channel="incidents")
    await world.eventually_value("acknowledged", "SELECT status FROM incident")
    async with world.http.post(link) as answer:
        assert answer.status == 200
        assert "Bruno Martin" in await answer.text()
    assert await world.value("SELECT acknowledged_by FROM incident") == "bruno"


async def test_a_link_that_is_not_ours_or_too_old_says_what_to_do(world: World) -> None:
    number = await world.alert(TITLE)
    link = await link_in_mail(world, await world.on_call())
    async with world.http.post(f"{world.url}/ack/made-up") as answer:
        assert answer.status == 404
        assert answer.headers["Cache-Control"] == "no-store"
    await world.fast_forward(hours=24.5)

    async def too_old() -> bool:
        async with world.http.get(link) as answer:
            return answer.status == 410

    await world.eventually(too_old, "the doors, whose clock is set once a round, to know how late it is")
    async with world.http.post(link) as answer:
        assert answer.status == 410
        assert f"/ecotrajet ack {number}" in await answer.text()
    assert await status(world) == "triggered"


async def test_a_link_that_took_it_once_says_where_the_new_one_is_when_it_came_back(world: World) -> None:
    number = await world.alert(TITLE)
    on_call = await world.on_call()
    link = await link_in_mail(world, on_call)
    async with world.http.post(link) as answer:
        assert answer.status == 200
    await on_call.types(f"/ecotrajet resolve {number}", channel="incidents")
    await world.eventually_value("resolved", "SELECT status FROM incident")
    await on_call.types(f"/ecotrajet reopen {number}", channel="incidents")
    await world.eventually_value("triggered", "SELECT status FROM incident")
    async with world.http.get(link) as answer:
        assert "<button" not in await answer.text()
    async with world.http.post(link) as answer:
        assert (answer.status, f"/ecotrajet ack {number}" in await answer.text()) == (410, True)
    assert await status(world) == "triggered"
    mails = "SELECT count(*) FROM message WHERE kind = 'email' AND about = 'page' AND person = $1 AND state = 'sent'"
    await world.eventually_value(2, mails, on_call.person.key)  # with a link of its own


async def test_whoever_is_asked_for_by_mail_alone_answers_there_and_an_observer_does_not(
    database_url: str, tmp_path: Path
) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        for name in ("chloe", "emma"):
            configuration["people"][name] = {"name": name.title(), "email": f"{name}@ecotrajet.example"}
        configuration["teams"]["management"]["responders"] = False
        configuration["incident_channels"] = {"automatic": []}

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        number = await world.alert(TITLE)
        bruno = world.person("bruno")
        await bruno.types(f"/ecotrajet ack {number}", channel="incidents")
        await world.eventually_value("acknowledged", "SELECT status FROM incident")
        await bruno.types(f"/ecotrajet assign {number} chloe", channel="incidents")
        link = await link_in_mail(world, world.person("chloe"))
        async with world.http.get(link) as answer:
            page = await answer.text()
            assert "<button" in page
            assert "Bruno Martin" in page  # who has it until she answers
        assert await world.value("SELECT acknowledged_by FROM incident") == "bruno"
        async with world.http.post(link) as answer:
            assert "✅" in await answer.text()
        assert await world.value("SELECT acknowledged_by FROM incident") == "chloe"

        await bruno.types(f"/ecotrajet page {number} emma", channel="incidents")
        mail = await world.person("emma").mailbox.gets("service indisponible")
        assert "/ack/" not in mail.text  # her team only follows
        forwarded = Links(TOKEN, world.url).to_acknowledge(number, "emma", 1, datetime.now(UTC))
        async with world.http.post(forwarded) as answer:
            assert answer.status == 403


@pytest.mark.parametrize("token", ["%00", "é", "A" * 5000])
async def test_odd_links_are_answered_without_a_traceback(world: World, token: str) -> None:
    async with world.http.get(f"{world.url}/ack/{token}") as answer:
        assert answer.status in (400, 404)
