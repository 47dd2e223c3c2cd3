"""From what was seen to lights and sentences. The limits are here, each with its reason. Pure."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from bot.phrase import Phrase, Value
from bot.postgres import advice
from bot.postgres.chains import Chain, chains
from bot.postgres.seen import Examination, Migrations, Part, why_unread
from bot.postgres.verdict import Finding, Verdict, amount
from bot.runbook import Light

NEARLY_FULL: Final = 75  # per cent of the connections: a pool that grows by a quarter is refused
FULL: Final = 90
FORGOTTEN: Final = timedelta(minutes=1)  # idle in transaction: it keeps its locks, and vacuum away
LONG: Final = timedelta(seconds=30)  # the guide's time limit of a check is 10 s: no request of a person takes this long
VERY_LONG: Final = timedelta(minutes=5)
WAITED_LONG: Final = timedelta(seconds=30)
MEAN_LONG: Final = 1000.0  # milliseconds, of a statement on average
XID_WARNS: Final = (
    1_000_000_000  # autovacuum prevents it from 200 million on; PostgreSQL stops writing at 2,146 million
)
XID_ENDS: Final = 1_600_000_000
WAL_KEPT: Final = 2**30  # bytes: a slot that nobody reads fills the disk
COLD: Final = 90.0  # per cent of reads found in memory
SHOWN: Final = 3
Values = dict[str, Value | Phrase]


def judge(found: Examination, others: Mapping[str, Migrations] | None = None, parts: tuple[Part, ...] = ()) -> Verdict:
    """`others`: environment -> its migrations. `parts` empty: all of them."""
    if found.unreachable is not None:
        said = (Finding(Light.RED, Part.CONNECTIONS, found.unreachable),)
        return Verdict(said, advice.for_findings(found.entry, said), unreachable=True)
    findings = tuple(_of_part(found, part, others or {}) for part in parts or tuple(Part))
    return Verdict(findings, advice.for_findings(found.entry, findings))


def _of_part(found: Examination, part: Part, others: Mapping[str, Migrations]) -> Finding:
    if (unread := why_unread(found, part)) is not None:
        return Finding(Light.UNKNOWN, part, unread)
    if part is Part.MIGRATIONS:
        light, said = _migrations(found, others)
    else:
        light, said = RULES[part](found)
    return Finding(light, part, said)


def _connections(found: Examination) -> tuple[Light, Phrase]:
    seen = found.connections
    assert seen is not None  # else a problem says why
    values: Values = {
        "used": seen.used, "limit": seen.limit, "idle": sum(
            count for state, count in seen.by_state.items() if state.startswith("idle in transaction")
        ), "busiest": max(seen.by_application, key=lambda name: seen.by_application[name], default="") or "—",
    }  # fmt: skip
    if seen.share >= FULL:
        return Light.RED, Phrase("{used} of {limit} connections are taken, most of them by {busiest}", values)
    if seen.share >= NEARLY_FULL:
        return Light.YELLOW, Phrase("{used} of {limit} connections are taken, most of them by {busiest}", values)
    forgotten = [each for each in found.sessions or () if each.idles_in_transaction and each.since >= FORGOTTEN]
    if forgotten:
        oldest = max(forgotten, key=lambda each: each.since)
        more: Values = {"pid": str(oldest.pid), "application": oldest.application or oldest.user, "for": oldest.since}
        return Light.YELLOW, Phrase(
            "{application} has left a transaction open for {for} (pid {pid}): it keeps its locks", more
        )
    return Light.GREEN, Phrase("{used} of {limit} connections; idle in a transaction: {idle}", values)


def _slow(found: Examination) -> tuple[Light, Phrase]:
    seen = found.slow
    assert seen is not None
    longest = seen.running[0] if seen.running else None
    if longest is not None and longest.since >= LONG:
        values: Values = {
            "pid": str(longest.pid),
            "for": longest.since,
            "application": longest.application or longest.user,
        }
        light = Light.RED if longest.since >= VERY_LONG else Light.YELLOW
        return light, Phrase("a query of {application} has been running for {for} (pid {pid})", values)
    if seen.statements is None:
        return Light.GREEN, Phrase("no query has been running for long; {why}", {"why": seen.why or "—"})
    heavy = [each for each in seen.statements if each.mean >= MEAN_LONG]
    if heavy:
        most: Values = {"count": len(heavy), "seconds": round(heavy[0].mean / 1000, 1), "calls": heavy[0].calls}
        return Light.YELLOW, Phrase(
            "statements that take a second or more on average: {count}; the slowest {seconds} s, {calls} calls", most
        )
    return Light.GREEN, Phrase("no query has been running for long, none takes a second on average")


def _sizes(found: Examination) -> tuple[Light, Phrase]:
    seen = found.sizes
    assert seen is not None
    values: Values = {"size": amount(seen.database), "count": seen.count}
    if not seen.tables:
        return Light.GREEN, Phrase("{size}, tables: {count}", values)
    largest: Values = {**values, "table": seen.tables[0].name, "largest": amount(seen.tables[0].total)}
    bloated = [each for each in seen.tables if each.dead > 10_000 and each.dead > each.rows]
    if bloated:
        dead: Values = {**largest, "table": bloated[0].name, "dead": bloated[0].dead, "rows": bloated[0].rows}
        return Light.YELLOW, Phrase("{table} holds {dead} dead rows for {rows} living ones: vacuum falls behind", dead)
    return Light.GREEN, Phrase("{size}, tables: {count}, the largest {table} with {largest}", largest)


def _locks(found: Examination) -> tuple[Light, Phrase]:
    linked = chains(found.sessions or ())
    if not linked:
        return Light.GREEN, Phrase("nobody waits for anybody")
    first, count = linked[0], sum(len(each.waiting) for each in linked)
    values: Values = {"pid": str(first.root.pid), "count": len(first.waiting), "all": count, "for": first.longest,
                      "who": _called(first)}  # fmt: skip
    light = Light.RED if max(each.longest for each in linked) >= WAITED_LONG or count > SHOWN else Light.YELLOW
    if first.root.pid == 0:
        return light, Phrase("a prepared transaction holds up others: {count} waiting, {for} by now", values)
    if first.root.idles_in_transaction:
        return light, Phrase(
            "{who} (pid {pid}) has left a transaction open and holds up others: {count} waiting, {for} by now", values
        )
    return light, Phrase("{who} (pid {pid}) holds up others: {count} waiting, {for} by now", values)


def _called(chain: Chain) -> str:
    return chain.root.application or chain.root.user or "?"


def _migrations(found: Examination, others: Mapping[str, Migrations]) -> tuple[Light, Phrase]:
    seen = found.migrations
    assert seen is not None
    if not seen.table:
        return Light.YELLOW, Phrase(
            "neither supabase_migrations.schema_migrations nor schema_versions: no migration is on record"
        )
    values: Values = {"latest": seen.latest or "—", "count": len(seen.applied)}
    for place, other in others.items():
        here = missing_from(seen, other)
        if here:
            lacks: Values = {**values, "place": place, "versions": ", ".join(here[-SHOWN:]), "lacking": len(here)}
            return Light.YELLOW, Phrase("missing here, but in {place}: {versions} ({lacking} in all)", lacks)
    for place, other in others.items():
        there = missing_from(other, seen)
        if there:
            ahead: Values = {**values, "place": place, "versions": ", ".join(there[-SHOWN:]), "lacking": len(there)}
            return Light.YELLOW, Phrase("here, but missing in {place}: {versions} ({lacking} in all)", ahead)
    if others:
        alike: Values = {**values, "places": ", ".join(others)}
        return Light.GREEN, Phrase("{count} applied, the last {latest}; the same in {places}", alike)
    return Light.GREEN, Phrase("{count} applied, the last {latest}", values)


def missing_from(here: Migrations, there: Migrations) -> list[str]:
    """The versions that `there` has and `here` has not, in their order; none when one keeps no list."""
    if not (here.table and there.table):
        return []
    return [each.version for each in there.applied if each.version not in here.versions]


def _rls(found: Examination) -> tuple[Light, Phrase]:
    seen = found.exposed
    assert seen is not None
    if seen.world:
        values: Values = {"count": len(seen.world), "tables": ", ".join(seen.world[:SHOWN])}
        return Light.RED, Phrase(
            "without row-level security, so that anybody may read it: {tables} ({count} in all)", values
        )
    if seen.without:
        values = {"count": len(seen.without), "tables": ", ".join(seen.without[:SHOWN])}
        return Light.YELLOW, Phrase("without row-level security: {tables} ({count} in all)", values)
    return Light.GREEN, Phrase("it is on for every table of public ({count})", {"count": seen.tables})


def _upkeep(found: Examination) -> tuple[Light, Phrase]:
    seen = found.upkeep
    assert seen is not None
    values: Values = {"age": seen.xid_age, "hits": round(seen.cache_hits, 1), "deadlocks": seen.deadlocks}
    if seen.xid_age >= XID_WARNS:
        return Light.RED if seen.xid_age >= XID_ENDS else Light.YELLOW, Phrase(
            "the oldest transaction is {age} old: at 2,146,000,000 PostgreSQL stops writing (VACUUM FREEZE)", values
        )
    behind = next((each for each in seen.replication if each.behind >= WAL_KEPT), None)
    if behind is not None:
        kept: Values = {"name": behind.name, "size": amount(behind.behind)}
        return Light.YELLOW, Phrase("{size} of WAL are kept for {name}, which does not keep up", kept)
    if seen.cache_hits < COLD:
        return Light.YELLOW, Phrase("only {hits} % of what is read is found in memory", values)
    return Light.GREEN, Phrase("{hits} % of what is read is found in memory; deadlocks so far: {deadlocks}", values)


RULES: Final[Mapping[Part, Callable[[Examination], tuple[Light, Phrase]]]] = {
    Part.CONNECTIONS: _connections, Part.SLOW: _slow, Part.SIZES: _sizes, Part.LOCKS: _locks, Part.RLS: _rls,
    Part.UPKEEP: _upkeep,
}  # fmt: skip
