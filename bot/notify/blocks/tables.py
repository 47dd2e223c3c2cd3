"""What is seen of a database, part by part, as text that a phone shows: on cards and in what a runbook read."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from babel.numbers import format_decimal

from bot.notify.blocks.figures import share, size
from bot.notify.blocks.looks import table
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.postgres import Examination, Migrations, Part, Session, chains, missing_from

FEW: Final = 8
QUERY: Final = 110  # characters of a query in a list


def part_text(part: Part, found: Examination, reader: Reader, others: Mapping[str, Migrations] | None = None) -> str:
    """'' when there is nothing to list."""
    if part is Part.MIGRATIONS:
        return _migrations(found, reader, others or {})
    return TEXTS[part](found, reader)


def _connections(found: Examination, reader: Reader) -> str:
    seen = found.connections
    if seen is None:
        return ""
    unseen = reader.say(Phrase("not ours to see"))
    states = [(str(count), state or unseen) for state, count in seen.by_state.items()]
    by_whom = [(str(count), name or unseen) for name, count in list(seen.by_application.items())[:FEW]]
    idle = sorted((each for each in found.sessions or () if each.idles_in_transaction), key=lambda each: -each.since)
    shown = [
        f"{reader.say(Phrase('By state'))}\n{table(states)}",
        f"{reader.say(Phrase('By application'))}\n{table(by_whom)}",
    ]
    if idle:
        shown.append(f"{reader.say(Phrase('Idle in a transaction'))}\n{_sessions(idle[:FEW], reader)}")
    return "\n\n".join(shown)


def _slow(found: Examination, reader: Reader) -> str:
    seen = found.slow
    if seen is None:
        return ""
    shown = []
    if seen.running:
        shown.append(f"{reader.say(Phrase('Running now'))}\n{_sessions(seen.running, reader)}")
    if seen.statements is None:
        return "\n\n".join([*shown, reader.say(seen.why or Phrase("unknown"))])
    rows = [
        (f"{_number(each.mean, reader)} ms", f"{each.calls} ×", share(each.share, reader), each.query[:QUERY])
        for each in seen.statements
    ]
    titles = [reader.say(each) for each in (Phrase("mean"), Phrase("calls"), Phrase("of the time"), Phrase("query"))]
    return "\n\n".join([*shown, f"pg_stat_statements\n{table([titles, *rows])}"])


def _sizes(found: Examination, reader: Reader) -> str:
    seen = found.sizes
    if seen is None or not seen.tables:
        return ""
    titles = [reader.say(each) for each in (Phrase("table"), Phrase("in all"), Phrase("indexes"), Phrase("rows"))]
    rows = [
        (each.name, size(each.total, reader), size(each.indexes, reader), _number(each.rows, reader))
        for each in seen.tables
    ]
    shown = [table([titles, *rows])]
    if seen.unused:
        unused = table([(size(each.size, reader), f"{each.name} ({each.table})") for each in seen.unused])
        shown.append(f"{reader.say(Phrase('Indexes that nothing was ever found by'))}\n{unused}")
    return "\n\n".join(shown)


def _locks(found: Examination, reader: Reader) -> str:
    """A tree for each root, the one that holds up most first."""
    shown = []
    for chain in chains(found.sessions or ())[:FEW]:
        lines = [_session(chain.root, reader)]
        for depth, each in chain.waiting[:FEW]:
            waits = reader.say(Phrase("waits for {for}", {"for": each.waits}))
            lines.append(f"{'   ' * (depth - 1)}└─ {_session(each, reader)} · {waits} · {each.lock}")
        if len(chain.waiting) > FEW:
            lines.append(reader.say(Phrase("… and {count} more", {"count": len(chain.waiting) - FEW})))
        shown.append("\n".join(lines))
    return "\n\n".join(shown)


def _migrations(found: Examination, reader: Reader, others: Mapping[str, Migrations]) -> str:
    seen = found.migrations
    if seen is None or not seen.table:
        return ""
    last = table([(each.version, each.name or each.applied_at) for each in seen.applied[-FEW:]])
    shown = [f"{seen.table}\n{last}"]
    for place, other in others.items():
        if not other.table:
            shown.append(reader.say(Phrase("{place}: no list of migrations", {"place": place})))
            continue
        here, there = missing_from(seen, other), missing_from(other, seen)
        if not here and not there:
            shown.append(reader.say(Phrase("{place}: the same", {"place": place})))
        if here:
            lacks = {"place": place, "versions": ", ".join(here[-FEW:])}
            shown.append(reader.say(Phrase("{place} has, missing here: {versions}", lacks)))
        if there:
            ahead = {"place": place, "versions": ", ".join(there[-FEW:])}
            shown.append(reader.say(Phrase("missing in {place}: {versions}", ahead)))
    return "\n\n".join(shown)


def _rls(found: Examination, reader: Reader) -> str:
    seen = found.exposed
    if seen is None:
        return ""
    shown = []
    if seen.without:
        anybody = reader.say(Phrase("anybody may read it"))
        lines = [f"{name}{f'  ← {anybody}' if name in seen.world else ''}" for name in seen.without[: 2 * FEW]]
        shown.append("\n".join([reader.say(Phrase("Without row-level security")), *lines]))
    if seen.shut:
        names = "\n".join(seen.shut[:FEW])
        shown.append(f"{reader.say(Phrase('On, but no policy lets anybody in'))}\n{names}")
    return "\n\n".join(shown)


def _upkeep(found: Examination, reader: Reader) -> str:
    seen = found.upkeep
    if seen is None:
        return ""
    rows = [
        (reader.say(Phrase("Oldest transaction")), _number(seen.xid_age, reader)),
        (reader.say(Phrase("Found in memory")), share(seen.cache_hits, reader)),
        (reader.say(Phrase("Deadlocks")), str(seen.deadlocks)),
    ]
    if seen.wal is not None:
        rows.append((reader.say(Phrase("WAL on disk")), size(seen.wal, reader)))
    for each in seen.replication:
        what = Phrase("standby {name}", {"name": each.name})
        if not each.active:
            what = Phrase("slot {name}, read by nobody", {"name": each.name})
        rows.append((reader.say(what), size(each.behind, reader)))
    return table(rows)


def _sessions(sessions: Sequence[Session], reader: Reader) -> str:
    return "\n".join(f"{_session(each, reader, QUERY)}" for each in sessions)


def _session(each: Session, reader: Reader, most: int = QUERY - 40) -> str:
    if each.pid == 0:
        return reader.say(Phrase("a prepared transaction (SELECT gid FROM pg_prepared_xacts)"))
    words = [f"pid {each.pid}", each.application or each.user, each.state, reader.length(each.since)]
    return " · ".join([*(word for word in words if word), each.query[:most] or "—"])


def _number(value: float, reader: Reader) -> str:
    return str(format_decimal(round(value, 1), format="#,##0.#", locale=reader.language))


TEXTS: Final[Mapping[Part, Callable[[Examination, Reader], str]]] = {
    Part.CONNECTIONS: _connections, Part.SLOW: _slow, Part.SIZES: _sizes, Part.LOCKS: _locks, Part.RLS: _rls,
    Part.UPKEEP: _upkeep,
}  # fmt: skip
