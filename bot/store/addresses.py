"""Addresses at which people read their shifts: the key that they are derived from, and the how manyeth one it is."""

import secrets

from bot.store.database import Tx

KEY_BYTES = 32


async def key(tx: Tx, name: str) -> bytes:
    """A random key of the desk, made when it is first asked for."""
    await tx.execute(
        "INSERT INTO desk_key (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        name,
        secrets.token_bytes(KEY_BYTES),
    )
    value: bytes = await tx.fetchval("SELECT value FROM desk_key WHERE name = $1", name)
    return value


async def generations(tx: Tx) -> dict[str, int]:
    """Of those who have changed their address, or asked for it."""
    return {row["person"]: row["generation"] for row in await tx.fetch("SELECT * FROM oncall_feed")}


async def open_feed(tx: Tx, person: str) -> int:
    await tx.execute("INSERT INTO oncall_feed (person) VALUES ($1) ON CONFLICT DO NOTHING", person)
    generation: int = await tx.fetchval("SELECT generation FROM oncall_feed WHERE person = $1", person)
    return generation


async def renew_feed(tx: Tx, person: str) -> None:
    """Its address so far leads nowhere from now on."""
    await tx.execute(
        "INSERT INTO oncall_feed (person) VALUES ($1)"
        " ON CONFLICT (person) DO UPDATE SET generation = oncall_feed.generation + 1",
        person,
    )
