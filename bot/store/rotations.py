"""When secrets were changed, and what was said about them already."""

from datetime import date

from bot.store.database import Tx


async def record(tx: Tx, name: str, on: date, by: str) -> None:
    await tx.execute("INSERT INTO secret_rotation (name, rotated_on, by) VALUES ($1, $2, $3)", name, on, by)


async def recorded(tx: Tx, names: list[str]) -> dict[str, list[tuple[date, str]]]:
    """Name -> (date, person) of each time."""
    rows = await tx.fetch(
        "SELECT name, rotated_on, by FROM secret_rotation WHERE name = ANY($1::text[]) ORDER BY id", names
    )
    found: dict[str, list[tuple[date, str]]] = {name: [] for name in names}
    for row in rows:
        found[row["name"]].append((row["rotated_on"], row["by"]))
    return found


async def say_once(tx: Tx, name: str, due: date, stage: str) -> bool:
    """False: it was said already, by whichever replica."""
    done = await tx.execute(
        "INSERT INTO secret_reminder (name, due_on, stage) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", name, due, stage
    )
    return done == "INSERT 0 1"
