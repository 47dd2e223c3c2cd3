"""Home tabs that somebody opened, and what stands on them for one person."""

from datetime import timedelta

from bot.store.database import Tx


async def opened(tx: Tx, slack_user: str) -> None:
    await tx.execute(
        "INSERT INTO home_tab (slack_user) VALUES ($1) ON CONFLICT (slack_user) DO UPDATE SET opened_at = app_now()",
        slack_user,
    )


async def due(tx: Tx, pause: timedelta, recent: timedelta, limit: int = 100) -> list[str]:
    """Those opened within `recent` that nobody has looked at for `pause`; who waits longest first."""
    rows = await tx.fetch(
        "SELECT slack_user FROM home_tab WHERE opened_at > app_now() - $2::interval"
        " AND (looked_at IS NULL OR looked_at <= app_now() - $1::interval) ORDER BY looked_at NULLS FIRST LIMIT $3",
        pause, recent, limit,
    )  # fmt: skip
    return [row["slack_user"] for row in rows]


async def take(tx: Tx, slack_user: str, pause: timedelta) -> str | None:
    """The digest of what is shown, for whoever looks first; None: somebody has looked within `pause`."""
    shown: str | None = await tx.fetchval(
        "UPDATE home_tab SET looked_at = app_now() WHERE slack_user = $1"
        " AND (looked_at IS NULL OR looked_at <= app_now() - $2::interval) RETURNING shown",
        slack_user, pause,
    )  # fmt: skip
    return shown


async def look_again(tx: Tx, slack_user: str) -> bool:
    """Now, and not only after a pause; False: they have not opened theirs."""
    opened = await tx.fetchval(
        "UPDATE home_tab SET looked_at = NULL WHERE slack_user = $1 RETURNING slack_user", slack_user
    )
    return opened is not None


async def shown(tx: Tx, slack_user: str, digest: str) -> None:
    await tx.execute("UPDATE home_tab SET shown = $2 WHERE slack_user = $1", slack_user, digest)


async def forget(tx: Tx, slack_user: str) -> None:
    """Until it is opened again."""
    await tx.execute("DELETE FROM home_tab WHERE slack_user = $1", slack_user)


async def prune(tx: Tx) -> None:
    """Whoever has not looked for a month gets it anew when they do."""
    await tx.execute("DELETE FROM home_tab WHERE opened_at < app_now() - interval '30 days'")


async def to_answer(tx: Tx, person: str) -> set[int]:
    """Open incidents of which a page reached this person, and waits: nobody is on it, or they were asked to help."""
    rows = await tx.fetch(
        "SELECT i.number FROM incident i WHERE (i.status = 'triggered' AND EXISTS (SELECT FROM message m"
        "  WHERE m.incident = i.number AND m.about = 'page' AND m.person = $1 AND m.round = i.round"
        "  AND m.state IN ('sending', 'sent', 'delivered')))"
        " OR (i.status <> 'resolved' AND EXISTS (SELECT FROM responder r WHERE r.incident = i.number AND r.person = $1"
        "  AND r.answered_at IS NULL))",
        person,
    )
    return {row["number"] for row in rows}


async def theirs(tx: Tx, person: str) -> set[int]:
    """Open incidents that this person is on, or helps with."""
    rows = await tx.fetch(
        "SELECT i.number FROM incident i WHERE i.status <> 'resolved' AND (i.acknowledged_by = $1"
        "  OR i.takers @> jsonb_build_array(jsonb_build_object('person', $1::text)) OR EXISTS (SELECT"
        " FROM responder r WHERE r.incident = i.number AND r.person = $1 AND r.answered_at IS NOT NULL)"
        " OR EXISTS (SELECT FROM incident_role o WHERE o.incident = i.number AND o.person = $1))",
        person,
    )
    return {row["number"] for row in rows}
