"""Roles during an incident: one row for each that somebody has; what was before stands in the audit trail."""

from bot.role import Role, RoleRow
from bot.store.database import Tx


async def of_incident(tx: Tx, incident: int) -> list[RoleRow]:
    rows = await tx.fetch("SELECT role, person, since FROM incident_role WHERE incident = $1", incident)
    found = {row["role"]: RoleRow(Role(row["role"]), row["person"], row["since"]) for row in rows}
    return [found[role.value] for role in Role if role.value in found]


async def holder(tx: Tx, incident: int, role: Role) -> str | None:
    person: str | None = await tx.fetchval(
        "SELECT person FROM incident_role WHERE incident = $1 AND role = $2", incident, role.value
    )
    return person


async def put(tx: Tx, incident: int, role: Role, person: str, by: str) -> None:
    await tx.execute(
        "INSERT INTO incident_role (incident, role, person, given_by) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (incident, role) DO UPDATE SET person = $3, given_by = $4, since = app_now()",
        incident, role.value, person, by,
    )  # fmt: skip


async def move(tx: Tx, incident: int, into: int) -> list[RoleRow]:
    """Whoever has a role in `incident` that nobody has in `into` has it there now; those."""
    rows = await tx.fetch(
        "INSERT INTO incident_role (incident, role, person, given_by) SELECT $2, role, person, given_by"
        " FROM incident_role WHERE incident = $1 ON CONFLICT (incident, role) DO NOTHING"
        " RETURNING role, person, since",
        incident, into,
    )  # fmt: skip
    return [RoleRow(Role(row["role"]), row["person"], row["since"]) for row in rows]


async def leave(tx: Tx, incident: int, role: Role) -> None:
    await tx.execute("DELETE FROM incident_role WHERE incident = $1 AND role = $2", incident, role.value)
