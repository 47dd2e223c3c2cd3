"""The desk as people see it, in a real browser: the card, the phone, the rollback. Its pictures stand in the README.

`make screenshots` keeps the pictures in docs/images; otherwise they go to the test's own folder.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from bot.sandbox.telephone.sms import Sms
from bot.sandbox.workload import Workload
from tests.chromium import PHONE, fits, sandbox_page
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"
expect.set_options(timeout=20_000)  # milliseconds: a deadline, for a browser and a desk that share two cores


@pytest.fixture
async def world(database_url: str, tmp_path: Path, make_workload: Callable[..., Workload]) -> AsyncIterator[World]:
    app = await asyncio.to_thread(make_workload, versions=("v2", "v3-broken"), environments=("prod", "staging"))

    def aim(configuration: dict[str, Any]) -> None:
        names = {environment: app.container(environment) for environment in ("prod", "staging")}
        configuration["services"]["ecotrajet"]["containers"] = names

    config = edited_config(tmp_path, aim)
    async with new_world(database_url, config=config, more={"DOCKER_HOST": app.host}) as made:
        yield made


@pytest.fixture
async def page(world: World) -> AsyncIterator[Page]:
    async with sandbox_page(world.sandbox.url, "bruno") as opened:
        yield opened


async def test_a_p1_from_the_alert_to_the_ack(world: World, page: Page, pictures: Path) -> None:
    await world.alert(TITLE)
    on_call = await world.on_call()
    await expect(page.get_by_text("P1 critique").first).to_be_visible()
    await page.click(f"#own-{on_call.person.key}")
    await expect(page.get_by_text(re.compile("1a (prendre|to take)")).first).to_be_visible()
    await page.screenshot(path=pictures / "incident.png")

    await page.get_by_role("button", name="Prendre").first.click()
    await expect(page.get_by_text("pris par Bruno Martin").first).to_be_visible()
    assert await world.value("SELECT status FROM incident") == "acknowledged"
    await page.set_viewport_size(PHONE)
    await page.screenshot(path=pictures / "incident-phone.png")
    assert await fits(page)


async def test_a_click_while_the_page_is_being_redrawn_is_kept(page: Page) -> None:
    """The answer to the first click arrives after the second one."""
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await go_on.wait()
        await route.continue_()

    await page.route("**/page/scene?*", hold, times=1)
    await page.click("#own-amina")
    await asked.wait()
    await page.click("#own-chloe")
    go_on.set()
    await expect(page.locator("#own-chloe")).to_have_attribute("aria-pressed", "true")


async def test_a_page_redrawn_under_the_finger_keeps_the_click(world: World, page: Page) -> None:
    """A text for Chloé arrives, and changes her button, while it is held down."""
    phone, twilio = page.locator("#own-chloe"), world.sandbox.twilio
    await phone.hover()
    await page.mouse.down()
    async with page.expect_response("**/page/scene?*"):
        twilio.accept(Sms(twilio.account.number, "+33600000003", "P1 n° 42"))
    await page.evaluate("new Promise((done) => setTimeout(done))")
    await page.mouse.up()
    await expect(phone).to_have_attribute("aria-pressed", "true")


async def test_a_click_while_an_answer_is_being_read_is_kept(page: Page) -> None:
    """The answer's head is there, its body not yet."""
    await page.evaluate(
        """() => {
            const json = Response.prototype.json;
            Response.prototype.json = async function () {
                Response.prototype.json = json;
                const scene = await json.call(this);
                document.getElementById("own-chloe").click();
                return scene;
            };
        }"""
    )
    await page.click("#own-amina")
    await expect(page.locator("#own-chloe")).to_have_attribute("aria-pressed", "true")


async def test_a_restart_is_shown_before_it_is_approved(world: World, page: Page, pictures: Path) -> None:
    await page.get_by_label("Message ou commande").fill("/ecotrajet restart staging")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Approuver").first).to_be_visible()
    await page.screenshot(path=pictures / "plan.png")
    await page.get_by_role("button", name="Approuver").first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Approuver").click()
    await expect(page.get_by_text("Terminé").first).to_be_visible(timeout=20_000)


async def test_help_in_french_reads_well(page: Page, pictures: Path) -> None:
    await page.get_by_label("Message ou commande").fill("/ecotrajet aide")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Visible par vous uniquement").first).to_be_visible()
    await expect(page.get_by_text("/ecotrajet rollback", exact=False).first).to_be_visible()
    await page.screenshot(path=pictures / "help.png")


async def test_an_incident_is_declared_by_form_and_found_open_the_second_time(
    world: World, page: Page, pictures: Path
) -> None:
    for time in ("first", "second"):
        await page.get_by_label("Message ou commande").fill("/ecotrajet declare")
        await page.keyboard.press("Enter")
        await page.get_by_label("Quoi").fill("Les paiements échouent en prod")
        await page.get_by_label("Qui est touché").fill("tous les utilisateurs")
        await page.screenshot(path=pictures / f"declare-questions-{time}.png")
        await page.get_by_role("button", name="Continuer").click()
        await expect(page.get_by_label("Priorité", exact=True)).to_be_visible()
        await page.screenshot(path=pictures / f"declare-proposal-{time}.png")
        if time == "second":
            await page.set_viewport_size(PHONE)
            await page.screenshot(path=pictures / "declare-proposal-phone.png")
            assert await fits(page)
            await page.get_by_label("#1 P").check()
        await page.get_by_role("button", name="Valider").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await world.person("bruno").dm(containing="est ouvert" if time == "first" else "Ajouté à #1")
    assert await world.value("SELECT count(*) FROM incident") == 1
    await expect(page.get_by_text("tous les utilisateurs").first).to_be_visible()
    await page.screenshot(path=pictures / "declared-card-phone.png")


async def test_the_menu_and_the_form_that_closes_an_incident(world: World, page: Page, pictures: Path) -> None:
    number = await world.alert(TITLE)
    await expect(page.get_by_text("P1 critique").first).to_be_visible()
    await page.get_by_label("Message ou commande").fill("/ecotrajet")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Incidents ouverts")).to_be_visible()
    await page.screenshot(path=pictures / "menu.png")

    await page.get_by_role("button", name="Résoudre").first.click()
    await expect(page.get_by_text("encore actives")).to_be_visible()
    await page.get_by_label("Résoudre quand même").check()
    await page.get_by_label("Quelle était la cause").fill("Disque plein")
    await page.get_by_label("Que reste-t-il à faire").fill("agrandir le disque")
    await page.screenshot(path=pictures / "resolve.png")
    await page.set_viewport_size(PHONE)
    await page.screenshot(path=pictures / "resolve-phone.png")
    await page.get_by_role("dialog").get_by_role("button", name="Résoudre").click()
    await expect(page.get_by_text("agrandir le disque").first).to_be_visible()
    assert await world.value("SELECT status FROM incident WHERE number = $1", number) == "resolved"
    await page.screenshot(path=pictures / "resolved-phone.png")
    assert await fits(page)
