"""Slack user groups (`@astreinte`) that hold whoever is on call: brought up to date after each hand-off.

Slack takes the whole list of members, and no empty one (docs.slack.dev, usergroups.users.update): with nobody on call
the group keeps the last.
"""

import asyncio
from typing import Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Desk
from bot.secret import Secret
from bot.store import oncall
from bot.store.database import Database, Unavailable

log = structlog.get_logger("groups")

EVERY: Final = 5.0  # seconds between two looks
AFTER_TROUBLE: Final = 300.0  # seconds; Slack says why in the log


class Groups:
    """`run` for ever. Safe in several replicas: each only says what is already so."""

    def __init__(self, db: Database, desk: Desk, token: Secret, api_url: str) -> None:
        self.db = db
        self.desk = desk
        self.client = AsyncWebClient(token.reveal(), base_url=api_url, timeout=10, retry_handlers=[])
        self.groups = {schedule.name: schedule.group for schedule in desk.schedules.values() if schedule.group}

    async def run(self) -> None:
        while self.groups:
            try:
                await self.round()
            except Unavailable:
                log.info("groups not compared: the database is away")
            except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as refused:
                log.warning("user group not brought up to date", reason=reason(refused))
                await asyncio.sleep(AFTER_TROUBLE)
            await asyncio.sleep(EVERY)

    async def round(self) -> None:
        """Raises what Slack answers; the next round tries again."""
        async with self.db.transaction() as tx:
            behind = await oncall.groups_behind(tx, list(self.groups))
        for schedule, people in behind:
            members = [p.slack for each in people if (p := self.desk.people.get(each)) is not None and p.slack]
            if members:
                await self.client.usergroups_users_update(usergroup=self.groups[schedule], users=members)
                log.info("user group brought up to date", schedule=schedule, people=list(people))
            async with self.db.transaction() as tx:
                await oncall.grouped(tx, schedule, people)


def reason(error: Exception) -> str:
    """Slack's word for it, such as missing_scope or no_such_subteam."""
    if isinstance(error, SlackApiError):
        data = getattr(error.response, "data", error.response)
        return str(data.get("error", "")) if isinstance(data, dict) else "unknown"
    return type(error).__name__
