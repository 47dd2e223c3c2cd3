"""Sends webhooks out: a loop for each receiver, so that one that hangs holds up nothing but itself.

Redirects are not followed, and names that lead into this host or network are not called, unless the configuration says
so: whoever owns the receiver's name does not choose what we reach from here.
"""

import asyncio
import functools
import ipaddress
import random
import socket
import time
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import msgspec
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.audit import DESK, Entry
from bot.desk import Desk
from bot.hook import Hook, next_try, signature
from bot.incident import VEIL
from bot.lifecycle.quiet import announce
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.store import audit, webhooks_out
from bot.store.database import Database, Unavailable

log = structlog.get_logger("webhooks")

EVERY: Final = 1.0  # seconds between two looks, when nothing waits
WITHIN: Final = 10.0  # seconds for a receiver to answer
LEASE: Final = timedelta(seconds=30)
SIDE_BY_SIDE: Final = 4  # of one receiver
GONE: Final = 410
AGENT: Final = "EcoTrajet-Webhooks/1"


class LedInside(OSError):
    """A name that leads where nobody may be called."""


class PublicOnly(AbstractResolver):
    """The system's resolver; raises LedInside when a name leads into this host or network."""

    def __init__(self) -> None:
        self.inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self.inner.resolve(host, port, family)
        addresses = [ipaddress.ip_address(each["host"].partition("%")[0]) for each in found]
        if not all(each.is_global and not each.is_multicast for each in addresses):
            raise LedInside("its name leads into this host or network")
        return found

    async def close(self) -> None:
        await self.inner.close()


class Hooks:
    """`run()` for ever; `owner` names this process in leases."""

    def __init__(self, db: Database, desk: Desk, owner: str, within: float = WITHIN) -> None:
        self.db, self.desk, self.owner, self.within = db, desk, owner, within

    async def run(self) -> None:
        """Until cancelled."""
        await self._until_subscribed()
        async with asyncio.TaskGroup() as loops:
            for hook in self.desk.webhooks_out.values():
                loops.create_task(self._serve(hook), name=f"webhook {hook.name}")

    async def _until_subscribed(self) -> None:
        while True:
            try:
                async with self.db.transaction() as tx:
                    await webhooks_out.subscribe(tx, self.desk.webhooks_out.values())
                return
            except Unavailable:
                log.warning("webhooks wait: the database is away")
            except Exception:
                log.exception("webhooks wait")
            await asyncio.sleep(EVERY)

    async def _serve(self, hook: Hook) -> None:
        async with session_for(hook, self.within) as http:
            while True:
                done = 0
                try:
                    done = await self.round(hook, http)
                except Unavailable:
                    log.warning("nothing sent now: the database is away", hook=hook.name)
                except Exception:
                    log.exception("a webhook broke", hook=hook.name)
                if not done:
                    await asyncio.sleep(EVERY)

    async def round(self, hook: Hook, http: aiohttp.ClientSession) -> int:
        """Send what is due, a few side by side; how many."""
        async with self.db.transaction() as tx:
            rows = await webhooks_out.claim(tx, hook.name, self.owner, LEASE, SIDE_BY_SIDE)
        await asyncio.gather(*(self._send(hook, http, dict(row)) for row in rows))
        return len(rows)

    async def _send(self, hook: Hook, http: aiohttp.ClientSession, row: dict[str, Any]) -> None:
        why, final = await attempt(hook, http, f"evt_{row['id']}", self.body(row))
        after = None if final else next_try(row["starts"])
        async with self.db.transaction() as tx:
            if why is None:
                await webhooks_out.sent(tx, row["id"], self.owner)
                return
            log.warning("a webhook was not taken", hook=hook.name, of=row["event"], reason=why, again_in=str(after))
            later = after and after * random.uniform(1.0, 1.2)
            if await webhooks_out.failed(tx, row["id"], self.owner, why, later) and after is None:
                facts = {"hook": hook.name, "event": row["event"], "reason": why}
                said = Phrase("⚠️ The webhook {hook} never took {event}: {reason}. It is given up.", facts)
                await audit.write(tx, Entry(DESK, "webhook.failed", on=hook.name, why=said))
                await announce(tx, self.desk, said)

    def body(self, row: dict[str, Any]) -> bytes:
        """The same at every try: sentences are worded as of the event itself."""
        told = dict(row["body"])
        if row.get("confidential"):  # its words stay with those who handle it
            told |= {"subject": "", "why": None, "result": "", "incident": {**told["incident"], "title": VEIL}}
        at = datetime.fromisoformat(told["at"])
        if isinstance(told.get("why"), dict):
            told["why"] = Reader.of(self.desk, self.desk.language, at).say(Phrase.from_json(told["why"]))
        return msgspec.json.encode({"type": row["event"], "timestamp": told.pop("at"), "data": told})


def session_for(hook: Hook, within: float) -> aiohttp.ClientSession:
    make = functools.partial(aiohttp.TCPConnector, limit=SIDE_BY_SIDE, force_close=True)
    return aiohttp.ClientSession(
        connector=make() if hook.private else make(resolver=PublicOnly()),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=within),
    )


async def attempt(hook: Hook, http: aiohttp.ClientSession, id: str, body: bytes) -> tuple[str | None, bool]:
    """(why it was not taken, or None; whether it is useless to try again). What it answers is neither read nor kept."""
    timestamp = int(time.time())  # the receiver compares it with its own clock
    headers = {
        "Content-Type": "application/json", "User-Agent": AGENT, "webhook-id": id, "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(hook.secret, id, timestamp, body),
    }  # fmt: skip
    try:
        async with http.post(hook.url.reveal(), data=body, headers=headers, allow_redirects=False) as answer:
            if 200 <= answer.status < 300:
                return None, False
            return f"it answered {answer.status}", answer.status == GONE
    except TimeoutError:
        return "no answer in time", False
    except (aiohttp.ClientError, OSError, ValueError) as error:
        refused = error if isinstance(error, LedInside) else getattr(error, "os_error", None)
        if isinstance(refused, LedInside):
            return str(refused), False
        return f"it cannot be reached: {type(error).__name__}", False
