"""Ids of deliveries already acted upon: stored in the act's transaction, so that a repeat acts once."""

from bot.audit import Actor
from bot.store.database import Tx


async def first_time(tx: Tx, by: Actor) -> bool:
    """False when this very delivery was acted upon before; an actor without a delivery is always new."""
    if by.delivery is None:
        return True
    done = await tx.execute(
        "INSERT INTO delivery (door, id) VALUES ($1, $2) ON CONFLICT DO NOTHING", by.door, by.delivery
    )
    return done == "INSERT 0 1"


async def seen(tx: Tx, by: Actor) -> bool:
    """Whether this delivery was acted upon before; nothing changes by the question."""
    found: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM delivery WHERE door = $1 AND id = $2)", by.door, by.delivery
    )
    return found


async def prune(tx: Tx) -> None:
    """Forget what no sender repeats any more."""
    await tx.execute("DELETE FROM delivery WHERE at < app_now() - interval '7 days'")
