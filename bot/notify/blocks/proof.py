"""Who can be reached by what, and when that was last proven."""

from collections.abc import Sequence

from bot.notify.blocks.parts import Card, card, context, escape, line, section
from bot.notify.blocks.reaching import kind_name
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value
from bot.proof import ReachRow, Way, address_name

SHOWN = 30  # people


def reach_card(rows: Sequence[ReachRow], reader: Reader) -> Card:
    """One block for each person: what was answered, what only arrived, what failed, what is missing."""
    title = reader.say(Phrase("Who can be reached, and by what"))
    if not rows:
        nothing = reader.say(Phrase("No schedule is configured: see schedules in ecotrajet.yaml."))
        return card(nothing, [section(escape(nothing))])
    hint = reader.say(Phrase("✅ answered by them · 📨 sent without trouble · ❔ never used · ❌ failed last"))
    more = [context(f"… {len(rows) - SHOWN}")] if len(rows) > SHOWN else []
    people = [section(_person(row, reader)) for row in rows[:SHOWN]]
    return card(title, [section(f"*{title}*"), *people, *more, context(hint)])


def _person(row: ReachRow, reader: Reader) -> str:
    turn = ""
    if row.on_call_from is not None:
        on_call = Phrase("on call from {since}", {"since": row.on_call_from})
        if row.on_call_from <= reader.now:
            on_call = Phrase("on call now")
        turn = f" · {escape(reader.say(on_call))}"
    lines = [f"*{line(row.person.name)}*{turn}", *(_way(way, reader) for way in row.ways)]
    for kind in row.missing:
        lacks = Phrase("{what} is not known", {"what": address_name(kind)})
        lines.append(f"❌ {escape(reader.say(lacks))}")
    return "\n".join(lines)


def _way(way: Way, reader: Reader) -> str:
    facts: dict[str, Value | Phrase] = {"channel": kind_name(way.kind)}
    if way.failed_at is not None:
        facts |= {"at": way.failed_at, "why": way.why or Phrase("no reason given")}
        return f"❌ {line(reader.say(Phrase('{channel}: failed at {at} ({why})', facts)), 300)}"
    if way.proven_at is not None:
        return f"✅ {escape(reader.say(Phrase('{channel}: answered at {at}', {**facts, 'at': way.proven_at})))}"
    if way.arrived_at is not None:
        return f"📨 {escape(reader.say(Phrase('{channel}: sent at {at}', {**facts, 'at': way.arrived_at})))}"
    return f"❔ {escape(reader.say(Phrase('{channel}: never used', facts)))}"
