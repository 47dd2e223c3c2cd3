"""A small bot on real slack_bolt, living in the sandbox, for all tests of this folder."""

from collections.abc import AsyncIterator

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox with short patience: acks within 0.5 s."""
    async with Sandbox(ack_limit=0.5) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> AsyncWebClient:
    """The real Slack client, pointed at the sandbox."""
    return web_client(sandbox)


def web_client(sandbox: Sandbox) -> AsyncWebClient:
    """A real client for the bot of this sandbox."""
    env = sandbox.environment()
    return AsyncWebClient(token=env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])


@pytest.fixture
def app(sandbox: Sandbox) -> AsyncApp:
    """A bolt application without listeners."""
    return AsyncApp(client=web_client(sandbox), signing_secret=sandbox.environment()["SLACK_SIGNING_SECRET"])


@pytest.fixture
async def on_socket(sandbox: Sandbox, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """The application connected over Socket Mode."""
    handler = AsyncSocketModeHandler(app, sandbox.environment()["SLACK_APP_TOKEN"])
    await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt has no types here
    await sandbox.connected()
    yield handler
    await handler.close_async()  # type: ignore[no-untyped-call]  # bolt has no types here


def button(action_id: str = "incident.acknowledge", label: str = "Prendre en charge", **more: str) -> dict[str, object]:
    """A button element."""
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": label}, **more}


def section(text: str, **more: object) -> dict[str, object]:
    """A section block with mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: dict[str, object], block_id: str = "do") -> dict[str, object]:
    """An actions block."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}
