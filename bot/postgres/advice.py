"""What to type next, by the parts that are not green. Pure."""

from collections.abc import Sequence
from typing import Final

from bot.phrase import Phrase
from bot.postgres.seen import DatabaseEntry, Part
from bot.postgres.verdict import WORST, Finding
from bot.runbook import Light
from bot.runbook.diagnosis import Advice

WHAT: Final = {
    Part.CONNECTIONS: Phrase("who holds the connections"),
    Part.SLOW: Phrase("the queries that take long, now and on average"),
    Part.SIZES: Phrase("the largest tables and indexes"),
    Part.LOCKS: Phrase("who blocks whom, and whom to end"),
    Part.MIGRATIONS: Phrase("which migrations are missing where"),
    Part.RLS: Phrase("which tables are open, and how to close them"),
    Part.UPKEEP: Phrase("age of transactions, replication, memory"),
}
MOST: Final = 4


def for_findings(entry: DatabaseEntry, findings: Sequence[Finding]) -> tuple[Advice, ...]:
    """The worst first; of a database that is well: what is looked at most."""
    place = f"{entry.environment} {entry.service}"
    ill = sorted(
        (each for each in findings if each.light in (Light.RED, Light.YELLOW)),
        key=lambda each: -WORST.index(each.light),
    )
    if len(findings) == 1 and ill:  # it is on the card already
        return (Advice(f"/ecotrajet diagnose {place}", Phrase("how the application is that asks it")),)
    if len(findings) == 1:
        return (Advice(f"/ecotrajet db {place}", Phrase("all of it, with a light for each part")),)
    parts = [each.part for each in ill] or [Part.SLOW]
    return tuple(Advice(f"/ecotrajet db {place} {part}", WHAT[part]) for part in dict.fromkeys(parts))[:MOST]
