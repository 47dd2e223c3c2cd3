"""Slack user groups (`@astreinte`) that hold whoever is on call: brought up to date after each hand-off.

Slack takes the whole list of members, and no empty one (docs.slack.dev, usergroups.users.update): with nobody on call
the group keeps the last.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Desk
from bot.phrase import Phrase
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
        self.rests_until: dict[str, float] = {}
        self.groups = {schedule.name: schedule.group for schedule in desk.schedules.values() if schedule.group}

    async def run(self) -> None:
        while self.groups:
            try:
                await self.round()
            except Unavailable:
                log.info("groups not compared: the database is away")
            except Exception:
                log.exception("comparing groups broke")
            await asyncio.sleep(EVERY)

    async def round(self) -> None:
        """Each group by itself: one that Slack refuses is left alone for a while, and holds up no other."""
        async with self.db.transaction() as tx:
            behind = await oncall.groups_behind(tx, list(self.groups))
        for schedule, people in behind:
            if self.rests_until.get(schedule, 0.0) > time.monotonic():
                continue
            try:
                await self.fill(schedule, people)
            except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as refused:
                log.warning("user group not brought up to date", schedule=schedule, reason=reason(refused))
                self.rests_until[schedule] = time.monotonic() + AFTER_TROUBLE
                await self.behind(schedule, reason(refused))
                continue
            async with self.db.transaction() as tx:
                await oncall.grouped(tx, schedule, people)

    async def behind(self, schedule: str, word: str) -> None:
        """Said where people look up who is on call."""
        why = Phrase("Its Slack user group is not brought up to date ({reason}).", {"reason": word})
        async with self.db.transaction() as tx:
            await oncall.not_grouped(tx, schedule, why)

    async def fill(self, schedule: str, people: Sequence[str]) -> None:
        members = [p.slack for each in people if (p := self.desk.people.get(each)) is not None and p.slack]
        if members:
            await self.client.usergroups_users_update(usergroup=self.groups[schedule], users=members)
            log.info("user group brought up to date", schedule=schedule, people=list(people))


def reason(error: Exception) -> str:
    """Slack's word for it, such as no_such_subteam, or missing_scope and the one that it needs."""
    if isinstance(error, SlackApiError):
        data = getattr(error.response, "data", error.response)
        words = (data.get("error"), data.get("needed")) if isinstance(data, dict) else ("unknown",)
        return " ".join(str(word) for word in words if word)
    return type(error).__name__
