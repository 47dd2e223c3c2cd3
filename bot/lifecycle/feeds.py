"""Private calendars: whoever knows the address may read the shifts, nothing else."""

import hashlib
import hmac
from base64 import b32encode
from datetime import timedelta
from typing import Final

from bot.desk import Desk
from bot.oncall import Feed
from bot.store import addresses, incidents, oncall
from bot.store.database import Tx

KEY: Final = "oncall-feeds"
BEHIND: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=180)


async def secret_of(tx: Tx, person: str) -> str:
    generation = await addresses.open_feed(tx, person)
    return derived(await addresses.key(tx, KEY), person, generation)


def derived(key: bytes, person: str, generation: int) -> str:
    """32 letters and digits: 160 bits of an HMAC over who it is for, and the how manyeth address of theirs this is."""
    digest = hmac.new(key, f"{generation}:{person}".encode(), hashlib.sha256).digest()
    return b32encode(digest[:20]).decode().lower()


async def feed(tx: Tx, desk: Desk, secret: str, schedule: str | None) -> Feed | None:
    """The holder's own shifts in all schedules, or with `schedule` everybody's in that one."""
    key, generations = await addresses.key(tx, KEY), await addresses.generations(tx)
    holder = None
    for person, generation in generations.items():  # all of them: how long this takes tells nothing
        if hmac.compare_digest(derived(key, person, generation).encode(), secret.encode()):
            holder = desk.people.get(person)
    if holder is None or (schedule is not None and schedule not in desk.schedules):
        return None
    now = await incidents.now(tx)
    start, end = now - BEHIND, now + AHEAD
    booked = await oncall.between(tx, start, end)
    shown = [desk.schedules[schedule]] if schedule is not None else list(desk.schedules.values())
    shifts = [
        (each.name, shift)
        for each in shown
        for shift in each.shifts(start, end, booked)
        if shift.people and (schedule is not None or holder.id in shift.people)
    ]
    return Feed(holder.id, schedule, desk.language_of(holder), now, tuple(shifts))
