"""Which incident is part of which larger one."""

from bot.store.database import Tx


async def put(tx: Tx, number: int, parent: int, by: str) -> bool:
    """False: it is so already."""
    done = await tx.execute(
        "INSERT INTO incident_parent AS p (incident, parent, by) VALUES ($1, $2, $3) ON CONFLICT (incident)"
        " DO UPDATE SET parent = $2, by = $3, at = app_now() WHERE p.parent <> $2",
        number, parent, by,
    )  # fmt: skip
    return done == "INSERT 0 1"


async def drop(tx: Tx, number: int) -> int | None:
    """The number of the one that it was part of."""
    parent: int | None = await tx.fetchval("DELETE FROM incident_parent WHERE incident = $1 RETURNING parent", number)
    return parent


async def above(tx: Tx, number: int) -> list[int]:
    """The one that it is part of, the one that this is part of, and so on."""
    rows = await tx.fetch(
        "WITH RECURSIVE up AS (SELECT parent FROM incident_parent WHERE incident = $1"
        " UNION SELECT p.parent FROM incident_parent p JOIN up ON p.incident = up.parent) SELECT parent FROM up",
        number,
    )
    return [row["parent"] for row in rows]


async def below(tx: Tx, number: int) -> list[int]:
    """Those that are part of it."""
    rows = await tx.fetch("SELECT incident FROM incident_parent WHERE parent = $1 ORDER BY incident LIMIT 50", number)
    return [row["incident"] for row in rows]


async def open_below(tx: Tx, number: int) -> list[int]:
    rows = await tx.fetch(
        "SELECT number FROM incident_parent p JOIN incident i ON i.number = p.incident WHERE p.parent = $1"
        " AND i.status <> 'resolved' ORDER BY number LIMIT 50",
        number,
    )
    return [row["number"] for row in rows]
