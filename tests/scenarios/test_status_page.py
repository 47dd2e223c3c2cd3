"""`/status` and `/status.json`: what a visitor sees while the desk lives through an incident."""

from playwright.async_api import async_playwright

from handlers.pages.status import spoken
from tests.chromium import FLAGS, fits
from tests.world import World

TITLE = "Base injoignable sur db-7.internal"


async def the_page(world: World, *wanted: str, language: str = "fr") -> str:
    """As soon as it says all of this: one look serves for some seconds."""
    shown = ""

    async def says_so() -> bool:
        nonlocal shown
        async with world.http.get(f"{world.url}/status", headers={"Accept-Language": language}) as answer:
            assert answer.status == 200
            shown = await answer.text()
        return all(each in shown for each in wanted)

    await world.eventually(says_so, f"the page says {wanted}")
    return shown


async def test_a_visitor_sees_trouble_begin_and_be_taken_and_nothing_of_the_inside(world: World) -> None:
    assert "Tout fonctionne" in await the_page(world)
    await world.alert(TITLE)
    page = await the_page(world, "Un service est indisponible", "Notre équipe est alertée.")
    assert "db-7" not in page
    assert "<script" not in page
    on_call = await world.on_call()
    await on_call.phone.gets_sms("1a")
    await on_call.phone.sends("ack 1")
    await the_page(world, "Notre équipe s’en occupe.")
    assert "A service is unavailable" in await the_page(world, "Our team is on it.", language="en-GB,fr;q=0.5")
    async with world.http.get(f"{world.url}/status.json") as answer:
        told = await answer.json()
    assert (told["status"], told["stale"], told["incidents"][0]["somebody_is_on_it"]) == ("down", False, True)
    assert told["incidents"][0]["since"].endswith("Z")
    assert "db-7" not in str(told)


async def test_maintenance_on_a_date_is_announced_in_the_channel_and_on_the_page(world: World) -> None:
    amina = world.person("amina")
    await amina.types('/ecotrajet maintenance prod ecotrajet demain 22:00-23:30 "nouvelle base"', channel="incidents")
    await amina.sees("moins de 2", channel="incidents")
    await world.person("bruno").sees("Maintenance annoncée", channel="incidents")
    assert "Tout fonctionne" in await the_page(world, "Maintenance prévue", "nouvelle base")


async def test_it_reads_well_on_a_phone(world: World) -> None:
    await world.alert(TITLE)
    await the_page(world, "Un service est indisponible")
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = await browser.new_page(viewport={"width": 390, "height": 844}, locale="fr-FR")
        await page.goto(f"{world.url}/status")
        assert await fits(page)
        assert await page.get_by_role("heading", level=1).inner_text() == "Un service est indisponible"
        await browser.close()


def test_the_language_is_the_first_that_we_speak() -> None:
    assert spoken("de-DE,de;q=0.9,en;q=0.8", "fr") == "en"
    assert spoken("fr;q=0,en", "fr") == "en"
    assert spoken("", "fr") == "fr"
    assert spoken("x;q=?,\x00", "fr") == "fr"
