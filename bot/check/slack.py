"""Slack: are the tokens good, has the app the permissions of its manifest, is the bot in its channels?"""

from collections.abc import AsyncIterator, Iterable, Set
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import yaml
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.check.finding import Finding, not_set, ok, problem, warning
from bot.config import SlackSettings
from bot.reason import SLACK

WHAT: Final = "Slack"
TIMEOUT: Final = 8.0  # seconds
PAGES: Final = 20  # of 200 channels each
KINDS: Final = {"channels:read": "public_channel", "groups:read": "private_channel"}
EVERY_KIND: Final = frozenset(KINDS)


async def slack(settings: SlackSettings | None, channels: Iterable[str], manifest: Path | None) -> list[Finding]:
    """`channels` without `#`: those that the desk speaks in. `manifest`: manifest.yml, whose bot scopes are wanted."""
    if settings is None:
        return [not_set(WHAT, "SLACK_BOT_TOKEN is not set", "create the app from manifest.yml, and set its tokens")]
    async with _client(settings) as client:
        try:
            answer = await client.auth_test()
        except SlackApiError as error:
            return [_refused(WHAT, error)]
        except (aiohttp.ClientError, OSError) as error:
            return [_away(error, settings.api_url)]
        told = {name.lower(): value for name, value in answer.headers.items()}.get("x-oauth-scopes")
        granted = {scope.strip() for scope in str(told or "").split(",")} - {""}
        return [
            ok(WHAT, f"workspace {answer.get('team')}, bot {answer.get('user')}"),
            _scopes(None if told is None else granted, manifest),
            await _delivery(client, settings),
            *await _channels(client, granted if told is not None else EVERY_KIND, channels, str(answer.get("user"))),
        ]


@asynccontextmanager
async def _client(settings: SlackSettings) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        token = settings.bot_token.reveal()
        yield AsyncWebClient(token, base_url=settings.api_url, session=session, retry_handlers=[])


def bot_scopes(manifest: Path) -> frozenset[str]:
    """The bot scopes that the app's manifest asks for."""
    content = yaml.safe_load(manifest.read_text(encoding="utf-8"))
    return frozenset(content["oauth_config"]["scopes"]["bot"])


def _scopes(granted: set[str] | None, manifest: Path | None) -> Finding:
    """`granted` None: Slack did not tell (a proxy may drop the header)."""
    what = "Slack permissions"
    if granted is None:
        return not_set(what, "no X-OAuth-Scopes in the answer, so they are not compared with manifest.yml")
    if manifest is None:
        return not_set(what, "manifest.yml is not here to compare with")
    wanted = bot_scopes(manifest)
    if missing := sorted(wanted - granted):
        mend = "paste manifest.yml into the app's page → App Manifest, save, and install the app again"
        return problem(what, f"missing: {', '.join(missing)}", mend)
    if extra := sorted(granted - wanted):
        mend = "take them out on the app's page → OAuth & Permissions"
        return warning(what, f"more than manifest.yml asks for: {', '.join(extra)}", mend)
    return ok(what, f"all {len(wanted)} of manifest.yml")


async def _delivery(client: AsyncWebClient, settings: SlackSettings) -> Finding:
    """How Slack reaches us: a socket that we may open, or HTTP with a signing secret (which only Slack can prove)."""
    if settings.app_token is None:
        return ok("Slack requests", "by HTTP on /slack/events, with the signing secret")
    what = "Slack Socket Mode"
    try:
        await client.apps_connections_open(app_token=settings.app_token.reveal())
    except SlackApiError as error:
        word = _word(error)
        mend = "make an app-level token with connections:write (the app's page → Basic Information), and set it"
        if word == "socket_mode_not_enabled":
            mend = "switch Socket Mode on: the app's page → Socket Mode"
        return problem(what, f"SLACK_APP_TOKEN is refused: {word}", mend)
    except (aiohttp.ClientError, OSError) as error:
        return _away(error, settings.api_url)
    return ok(what, "the app token opens a connection")


async def _channels(client: AsyncWebClient, granted: Set[str], wanted: Iterable[str], bot: str) -> list[Finding]:
    try:
        joined = await _joined(client, granted)
    except SlackApiError as error:
        return [_refused("Slack channels", error)]
    except (aiohttp.ClientError, OSError) as error:
        return [_away(error, client.base_url)]
    return [
        ok(f"Slack #{name}", "the bot is in it")
        if name in joined
        else problem(f"Slack #{name}", "the bot is not in it", f"create it if need be, and type there: /invite @{bot}")
        for name in dict.fromkeys(wanted)
    ]


async def _joined(client: AsyncWebClient, granted: Set[str]) -> set[str]:
    """The names of the channels that the bot is in, as far as its permissions let it see them."""
    types = ",".join(kind for scope, kind in KINDS.items() if scope in granted) or "public_channel"
    names: set[str] = set()
    cursor = ""
    for _ in range(PAGES):
        answer = await client.users_conversations(types=types, exclude_archived=True, limit=200, cursor=cursor)
        names |= {str(channel.get("name")) for channel in answer.get("channels") or []}
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            break
    return names


def _word(error: SlackApiError) -> str:
    """A proxy answers in HTML: then there is no word."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "unknown error")) if isinstance(data, dict) else "unknown error"


def _refused(what: str, error: SlackApiError) -> Finding:
    word = _word(error)
    known = SLACK.get(word)
    return problem(
        what, f"it refuses: {word}", known.msgid if known else "look the word up at docs.slack.dev, under this method"
    )


def _away(error: Exception, url: str) -> Finding:
    mend = "check this machine's way out (proxy, firewall, DNS), and SLACK_API_URL"
    return problem(WHAT, f"{url} does not answer ({type(error).__name__})", mend)
