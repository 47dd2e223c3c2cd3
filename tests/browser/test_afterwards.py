"""After an incident, as people see it: the form that closes it, the post-mortem, the tasks in the Home tab."""

from pathlib import Path

from playwright.async_api import expect

from tests.chromium import DESK, PHONE, fits, sandbox_page
from tests.world import new_world

TITLE = "Base de données injoignable"


async def test_from_the_form_that_closes_it_to_the_post_mortem(database_url: str, pictures: Path) -> None:
    async with new_world(database_url) as world, sandbox_page(world.sandbox.url, "amina") as page:
        await world.alert(TITLE)
        await world.person("amina").types("/ecotrajet ack 1", channel="incidents")
        await page.get_by_text("# incidents").first.click()
        await page.get_by_role("button", name="Résoudre").first.click()
        form = page.get_by_role("dialog")
        await form.get_by_role("radio").first.check()  # what still fires is over, too
        await form.get_by_label("Quelle était la cause").fill("Disque plein : journaux jamais purgés")
        await form.get_by_label("Que reste-t-il à faire").fill(
            "Agrandir le disque\nPurger les journaux @bruno vendredi"
        )
        await form.get_by_label("Qui s’en charge").select_option(label="Chloé Bernard")
        await form.get_by_label("Pour quand").fill("2031-01-15")
        await page.screenshot(path=pictures / "resolve-form.png")
        await form.get_by_role("button", name="Résoudre").click()
        await expect(page.get_by_text("Agrandir le disque · Chloé Bernard").first).to_be_visible()
        await page.get_by_role("button", name="Rédiger le post-mortem").first.click()
        await world.eventually_value(
            1, "SELECT count(*) FROM message WHERE about = 'postmortem' AND state = 'sent'", within=20
        )
        await page.get_by_role("button", name="réponses").first.click()
        await expect(page.get_by_text("(PDF)").first).to_be_visible()
        await page.screenshot(path=pictures / "post-mortem.png")
        await page.set_viewport_size(PHONE)
        await page.screenshot(path=pictures / "post-mortem-phone.png")
        assert await fits(page)
        await page.set_viewport_size(DESK)
        await page.goto(f"{world.sandbox.url}/?me=bruno")
        await page.wait_for_selector("body[data-ready]")
        await page.click("[data-place='home']")
        await expect(page.get_by_text("Purger les journaux")).to_be_visible()
        await page.screenshot(path=pictures / "home-tasks.png")
