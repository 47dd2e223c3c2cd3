"""What a run says while it is under way, line by line."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.message import About, Message
from bot.run import SHOWN_LINES, Line
from bot.store.database import Tx

APART: Final = timedelta(seconds=1.5)
"""Between two edits of what is shown: Slack takes about 50 of them a minute from an app (chat.update, tier 3), and the
card is edited as well."""


async def keep(tx: Tx, run: int, owner: str, lines: Sequence[Line]) -> bool:
    """A line that is there already is replaced. False: `owner` no longer holds the run, nothing was kept."""
    held = await tx.fetchval("SELECT id FROM run WHERE id = $1 AND lease_owner = $2 FOR SHARE", run, owner)
    if held is None:
        return False
    await tx.executemany(
        "INSERT INTO run_output (run, number, step, said) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (run, number) DO UPDATE SET step = $3, said = $4",
        [(run, line.number, line.step, line.to_json()) for line in lines],
    )
    return True


async def count(tx: Tx, run: int) -> int:
    """The number of its last line; 0: it has said nothing."""
    last: int = await tx.fetchval("SELECT coalesce(max(number), 0) FROM run_output WHERE run = $1", run)
    return last


async def wait(tx: Tx, run: int) -> timedelta:
    """How long until the next edit may leave."""
    left: timedelta = await tx.fetchval(
        "SELECT greatest(interval '0', max(sent_at) + $2::interval - app_now()) FROM message"
        " WHERE run = $1 AND about = 'run_output'",
        run, APART,
    )  # fmt: skip
    return left


async def of(tx: Tx, message: Message) -> tuple[Line, ...]:
    """What `message` shows of it: the last lines while it is under way, all of them in a file."""
    if message.run is None or message.about not in (About.RUN_OUTPUT, About.FILE):
        return ()
    rows = await tx.fetch(
        "SELECT number, step, said FROM run_output WHERE run = $1 ORDER BY number DESC LIMIT $2",
        message.run, SHOWN_LINES if message.about is About.RUN_OUTPUT else None,
    )  # fmt: skip
    return tuple(Line.from_json(row["number"], row["step"], row["said"]) for row in reversed(rows))
