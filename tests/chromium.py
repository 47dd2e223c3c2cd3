"""Debian's Chromium without a window."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, ViewportSize, async_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)


@asynccontextmanager
async def sandbox_page(url: str, me: str) -> AsyncIterator[Page]:
    """The sandbox's page as `me`; a mistake on it fails the test."""
    mistakes: list[str] = []
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = await browser.new_page(viewport=DESK)
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda said: mistakes.append(said.text) if said.type == "error" else None)
        await page.goto(f"{url}/?me={me}")
        await page.wait_for_selector("body[data-ready]")
        yield page
        await browser.close()
    assert mistakes == []


async def fits(page: Page) -> bool:
    """Nothing hangs over the side."""
    narrow: bool = await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return narrow
