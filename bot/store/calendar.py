"""Slots of calendar work, and the housekeeping that one of them does."""

from bot.store.database import Tx


async def take(tx: Tx, name: str, slot: str) -> bool:
    """False when this slot was fired already, here or by another replica."""
    done = await tx.execute("INSERT INTO cron_fire (name, slot) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, slot)
    return done == "INSERT 0 1"


async def prune(tx: Tx) -> None:
    """What no longer serves: the job engine's log, slots long past. Alerts, incidents, audit are never pruned."""
    await tx.execute("DELETE FROM pgqueuer_log WHERE created < now() - interval '3 days'")
    await tx.execute("DELETE FROM cron_fire WHERE fired_at < app_now() - interval '400 days'")
