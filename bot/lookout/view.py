"""The desk as it is seen from another host: does it work, and who would it tell first."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import aiohttp
import msgspec
import structlog

from bot.phrase import Phrase
from bot.roster import Roster
from bot.secret import Secret

log = structlog.get_logger("lookout")

WITHIN: Final = 8.0  # seconds; /readyz itself gives up after three
LARGEST: Final = 2**20
USUAL: Final = frozenset({"ok"})


class RosterRefused(Exception):
    """The desk lives, but does not say who is on call: why, in English, for the log."""


class View:
    """`async with` one inside a running event loop. `oldest_round`: of a worker that still counts as at work."""

    def __init__(self, desks: tuple[str, ...], token: Secret | None, oldest_round: timedelta) -> None:
        self.desks, self.token, self.oldest_round = desks, token, oldest_round
        self.within = WITHIN
        self.http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))

    async def close(self) -> None:
        await self.http.close()

    async def trouble(self) -> Phrase | None:
        """None: at least one of its addresses says that it works; else what the last of them says."""
        told = await asyncio.gather(*(self._trouble(desk) for desk in self.desks))
        return None if None in told else told[-1]

    async def _trouble(self, desk: str) -> Phrase | None:
        try:
            async with (
                asyncio.timeout(self.within),
                self.http.get(f"{desk}/readyz", allow_redirects=False) as answer,
            ):
                body = await answer.content.read(LARGEST)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return Phrase("it does not answer")
        return trouble_of(answer.status, body, self.oldest_round)

    async def roster(self) -> Roster | None:
        """Who is to be told first; None: without a token nobody is asked. Raises RosterRefused."""
        if self.token is None:
            return None
        why = ""
        for desk in self.desks:
            try:
                return await self._roster(desk, self.token)
            except RosterRefused as refused:
                why = str(refused)
        raise RosterRefused(why)

    async def _roster(self, desk: str, token: Secret) -> Roster:
        headers = {"Authorization": f"Bearer {token.reveal()}"}
        try:
            async with (
                asyncio.timeout(self.within),
                self.http.get(f"{desk}/api/v1/on-call", headers=headers, allow_redirects=False) as answer,
            ):
                if answer.status == 401:
                    raise RosterRefused("ECOTRAJET_WATCH_TOKEN is not the same here and there")
                if answer.status == 404:
                    raise RosterRefused("ECOTRAJET_WATCH_TOKEN is not set where the desk runs")
                if answer.status != 200:
                    raise RosterRefused(f"it answered {answer.status}")
                return msgspec.json.decode(await answer.content.read(LARGEST), type=Roster)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise RosterRefused(f"it cannot be reached: {type(error).__name__}") from None
        except msgspec.MsgspecError:
            raise RosterRefused("its answer is not understood: are both of the same version?") from None


def trouble_of(status: int, body: bytes, oldest_round: timedelta) -> Phrase | None:
    """Whether /readyz says that the desk can work. A proxy before it may well answer, and with anything."""
    try:
        said = msgspec.json.decode(body)
    except msgspec.MsgspecError:
        said = None
    if not isinstance(said, dict) or "worker_round_age_seconds" not in said:
        return Phrase("something else answers in its place, with {status}", {"status": str(status)})
    age = said["worker_round_age_seconds"]
    if status != 200:
        return Phrase("it cannot work: {checks}", {"checks": ill(said)})
    if not isinstance(age, int | float) or age > oldest_round.total_seconds():
        length = timedelta(seconds=age) if isinstance(age, int | float) else timedelta(0)
        return Phrase("its last round of work was {length} ago", {"length": length})
    return None


def ill(said: Mapping[str, Any]) -> str:
    """`database failed, worker too old`."""
    checks = said.get("checks")
    found = checks if isinstance(checks, dict) else {}
    degraded = said.get("degraded") or []
    named = [f"{name} {word}" for name, word in found.items() if word not in USUAL and name not in degraded]
    return ", ".join(named)[:120] or "?"
