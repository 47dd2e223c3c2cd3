"""Home tab, incident channel, roles and news as people see them, at a desk and on a phone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.chromium import DESK, PHONE, fits, sandbox_page
from tests.world import World

TITLE = "Base de données injoignable"
ROOM = "inc-0001-base-de-donnees-injoignable"


@pytest.fixture
async def page(world: World) -> AsyncIterator[Page]:
    async with sandbox_page(world.sandbox.url, "amina") as opened:
        yield opened


async def test_the_home_tab_of_who_is_on_call_and_of_a_manager(world: World, page: Page, pictures: Path) -> None:
    await world.alert(TITLE)
    bruno = world.person("bruno")
    await bruno.types("/ecotrajet tâche 1 agrandir le disque")
    await bruno.types("/ecotrajet page 1 @amina")
    await world.person("amina").dm(containing="demande votre aide")
    await page.click("[data-place='home']")
    await expect(page.get_by_role("heading", name="alerte attend votre réponse")).to_be_visible()
    await expect(page.get_by_text("État des environnements")).to_be_visible()
    await page.screenshot(path=pictures / "home.png")
    await page.set_viewport_size(PHONE)
    await page.screenshot(path=pictures / "home-phone.png")
    assert await fits(page)
    await page.set_viewport_size(DESK)
    await page.get_by_role("button", name="Qui est d’astreinte").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Amina Diallo")
    await page.get_by_role("dialog").get_by_role("button", name="Fermer").first.click()

    await bruno.types('/ecotrajet update 1 "Les recherches échouent ; nous revenons à la version d’avant."')
    await page.goto(f"{world.sandbox.url}/?me=emma")
    await page.wait_for_selector("body[data-ready]")
    await page.click("[data-place='home']")
    await expect(page.get_by_role("heading", name="1 incident a un impact")).to_be_visible()
    await expect(page.get_by_text("nous revenons à la version")).to_be_visible()
    await page.screenshot(path=pictures / "home-manager.png")
    await page.set_viewport_size(PHONE)
    await page.screenshot(path=pictures / "home-manager-phone.png")
    assert await fits(page)


async def test_the_channel_of_an_incident_with_roles_and_news(world: World, page: Page, pictures: Path) -> None:
    await world.alert(TITLE)
    amina, bruno = world.person("amina"), world.person("bruno")
    await page.get_by_text(ROOM).first.click()
    await amina.types("/ecotrajet ack 1")
    await bruno.types("/ecotrajet rôle 1 pilote")
    await bruno.types("/ecotrajet rôle 1 communication @chloe")
    await expect(page.get_by_text("Pilote", exact=False).first).to_be_visible()
    await expect(page.get_by_text("Amina Diallo s’en occupe").first).to_be_visible()
    await page.get_by_role("button", name="Donner des nouvelles").first.click()
    await page.get_by_label("Quoi de neuf").fill("Les recherches échouent depuis 10:42 ; nous revenons en arrière.")
    await page.screenshot(path=pictures / "news-form.png")
    await page.get_by_role("button", name="Publier").click()
    await expect(page.get_by_text("nous revenons en arrière").first).to_be_visible()
    await page.screenshot(path=pictures / "channel.png")
    await page.set_viewport_size(PHONE)
    await page.screenshot(path=pictures / "channel-phone.png")
    assert await fits(page)
