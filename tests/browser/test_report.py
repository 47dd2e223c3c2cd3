"""A month looked back on, as the channel shows it at a desk and on a phone."""

import json
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Page, expect

from bot.phrase import Phrase
from bot.review import Period, Span
from tests.chromium import PHONE, fits, sandbox_page
from tests.world import World

SIGNALS = ("HighCPU", "HighCPU", "DiskAlmostFull", "DatabaseDown", "SlowSearch")
WHY = json.dumps(Phrase("Alert").to_json())


@pytest.fixture
async def page(world: World) -> AsyncIterator[Page]:
    async with sandbox_page(world.sandbox.url, "bruno") as opened:
        yield opened


async def a_month(world: World) -> Period:
    """The last whole one, with thirty incidents; the same every time but for its dates."""
    period, chance = Period.before(datetime.now(UTC).date(), Span.MONTH), random.Random(7)
    owner = await world.owner()
    try:
        for _ in range(30):
            day = chance.randrange((period.end - period.first).days)
            start = datetime(period.first.year, period.first.month, 1 + day, chance.randrange(24), 10, tzinfo=UTC)
            await one(owner, start, chance)
    finally:
        await owner.close()
    return period


async def one(owner: asyncpg.Connection, start: datetime, chance: random.Random) -> None:
    """An incident that began at `start`, its alerts, a page or two, whoever took it, its end."""
    priority, signal = chance.choice(("P1", "P2", "P2", "P3", "P3")), chance.choice(SIGNALS)
    person, taken = chance.choice(("amina", "amina", "david")), start + timedelta(minutes=chance.randrange(2, 25))
    number = await owner.fetchval(
        "INSERT INTO incident (priority, title, environment, service, rule, why, policy, ladder, opened_by, status,"
        " opened_at, resolved_at, alert_count) VALUES ($1, $2, 'prod', 'ecotrajet', 'r', $3, 'default', '{}', 'desk',"
        " 'resolved', $4, $5, $6) RETURNING number",
        priority, signal, WHY, start, taken + timedelta(minutes=chance.randrange(5, 200)), chance.randrange(1, 25),
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO alert (incident, source, dedup_key, status, title, labels) VALUES ($1, 'alertmanager', $2,"
        " 'resolved', $3, $4)",
        number, f"k{number}", signal, json.dumps({"alertname": signal}),
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO message (kind, about, recipient, person, incident, round, level, state, sent_at)"
        " VALUES ('slack', 'page', 'U', $1, $2, 1, 0, 'sent', $3)",
        person, number, start,
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO audit (at, actor, actor_name, door, did, incident) VALUES ($1, $2, $2, 'button', $3, $4)",
        taken, person, "incident.acknowledged", number,
    )  # fmt: skip


async def test_a_month_in_pictures_reads_on_a_phone(world: World, page: Page, pictures: Path) -> None:
    await a_month(world)
    await world.person("bruno").types("/ecotrajet rapport mois publier", channel="incidents")
    await expect(page.get_by_text("Les plus bruyants, et de quoi les faire taire")).to_be_visible()
    shown = page.locator("figure.picture img")
    await expect(shown).to_have_count(5)
    assert "Incidents par priorité" in str(await shown.first.get_attribute("alt"))
    await page.wait_for_function("[...document.images].every(each => each.complete && each.naturalWidth)")
    await shown.first.evaluate("each => each.scrollIntoView({block: 'end'})")
    await page.screenshot(path=pictures / "report.png")
    await page.set_viewport_size(PHONE)
    await shown.first.scroll_into_view_if_needed()
    await page.screenshot(path=pictures / "report-phone.png")
    assert await fits(page)
    wide = await shown.first.evaluate("each => each.getBoundingClientRect().width")
    assert 250 <= wide <= 390
    await page.get_by_text("Les plus bruyants, et de quoi").first.scroll_into_view_if_needed()
    await page.screenshot(path=pictures / "report-noise-phone.png")
