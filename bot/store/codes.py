"""Which incident a person means by the short code of a text message."""

from bot.shortcode import next_code
from bot.store.database import Tx


async def give(tx: Tx, person: str, incident: int) -> int:
    """The person's code for this incident, a new one the first time. One sender at a time asks for a person
    (`bundles.take_turns`)."""
    rows = await tx.fetch(
        "SELECT c.code, c.incident, i.status <> 'resolved' AS open FROM sms_code c JOIN incident i"
        " ON i.number = c.incident WHERE c.person = $1 ORDER BY c.id", person,
    )  # fmt: skip
    known: dict[int, int] = {row["incident"]: row["code"] for row in rows}
    if incident in known:
        return known[incident]
    code = next_code(rows[-1]["code"] if rows else 0, {row["code"] for row in rows if row["open"]})
    await tx.execute("DELETE FROM sms_code WHERE person = $1 AND code = $2", person, code)
    await tx.execute("INSERT INTO sms_code (person, code, incident) VALUES ($1, $2, $3)", person, code, incident)
    return code


async def meant(tx: Tx, person: str, code: int) -> int | None:
    """The incident that this code stands for; None: the person was never given it."""
    number: int | None = await tx.fetchval(
        "SELECT incident FROM sms_code WHERE person = $1 AND code = $2", person, code
    )
    return number
