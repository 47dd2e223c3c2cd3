"""Steps of a runbook that look as a user would: the probes of a place, now."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from bot.errors import UserError
from bot.lifecycle.probes import Probes
from bot.phrase import Phrase
from bot.probe import ProbeEntry, ProbeRow, Seen, length, slowness
from bot.runs.walking import Ended, Task

AT_ONCE: Final = 8


async def probed(task: Task, probes: Probes, may_look: Callable[[ProbeEntry], bool]) -> Ended:
    """Well when each one passes at this look, and quickly enough. Raises UserError: there is none."""
    name = task.given.get("name", "")
    meant = [probes.named(name)] if name else probes.meant([task.environment, task.service])
    entries = [each for each in meant if may_look(each)]
    if not entries:
        raise UserError(Phrase("No probe looks at this place: nothing was checked."))
    hands = asyncio.Semaphore(AT_ONCE)

    async def look(entry: ProbeEntry) -> ProbeRow:
        async with hands:
            return await probes.now(entry.name)

    rows = await asyncio.gather(*(look(entry) for entry in entries))
    ill = [(row, why) for row in rows if (why := amiss(row)) is not None]
    output = "\n".join(probes.tell(line_of(row)) for row in rows)
    if not ill:
        return Ended(True, Phrase("The probes pass."), output)
    return Ended(False, Phrase("{name}: {why}", {"name": ill[0][0].entry.name, "why": ill[0][1]}), output)


def amiss(row: ProbeRow) -> Phrase | None:
    """At this very look, whatever was before."""
    if row.why is not None:
        return row.why
    slow = row.entry.slow_after is not None and row.took is not None and row.took > row.entry.slow_after
    return slowness(row.entry, Seen(row.took)) if slow else None


def line_of(row: ProbeRow) -> Phrase:
    if (why := amiss(row)) is not None:
        return Phrase("🔴 “{name}” fails: {why}", {"name": row.entry.name, "why": why})
    took = length(row.took or timedelta(0))
    return Phrase("🟢 “{name}” answers in {took}", {"name": row.entry.name, "took": took})
