"""In which language people want to be spoken to, where they chose for themselves; by Slack id."""

from bot.store.database import Tx


async def of(tx: Tx, slack_user: str) -> str | None:
    chosen: str | None = await tx.fetchval("SELECT language FROM person_language WHERE slack_user = $1", slack_user)
    return chosen


async def everybody(tx: Tx) -> dict[str, str]:
    """Those who chose."""
    rows = await tx.fetch("SELECT slack_user, language FROM person_language")
    return {row["slack_user"]: row["language"] for row in rows}


async def put(tx: Tx, slack_user: str, language: str) -> None:
    await tx.execute(
        "INSERT INTO person_language (slack_user, language) VALUES ($1, $2) ON CONFLICT (slack_user)"
        " DO UPDATE SET language = excluded.language, changed_at = app_now()",
        slack_user, language,
    )  # fmt: skip


async def forget(tx: Tx, slack_user: str) -> None:
    await tx.execute("DELETE FROM person_language WHERE slack_user = $1", slack_user)
