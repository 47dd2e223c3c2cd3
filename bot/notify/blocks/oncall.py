"""Who is on call now and next, the coming weeks, replacements, gaps."""

from collections.abc import Sequence
from datetime import datetime

from bot.notify.blocks.parts import Card, card, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.oncall import Gap, Lineup, Override, Row, Shift, Weeks
from bot.phrase import Phrase

SHOWN = 30  # rows: more make no sense on a telephone
A_SECTION = 10  # rows


def lineup_card(lineup: Lineup, reader: Reader) -> Card:
    """Each schedule: who now, until when, who next."""
    if not lineup.rows:
        nothing = reader.say(Phrase("No schedule is configured: see schedules in ecotrajet.yaml."))
        return card(nothing, [section(escape(nothing))])
    title = reader.say(Phrase("On call"))
    hint = reader.say(Phrase("Two weeks: `/ecotrajet oncall {schedule}`", {"schedule": lineup.rows[0].schedule.name}))
    told = [_row(each, reader) for each in lineup.rows[:SHOWN]]
    names = ", ".join(_people(each.now.people, reader) for each in lineup.rows)
    return card(reader.titled(title, names), [section(f"*{title}*"), *map(section, told), context(escape(hint))])


def weeks_card(weeks: Weeks, reader: Reader) -> Card:
    """The shifts of one schedule, one a line, gaps among them."""
    title = reader.say(Phrase("On call for {schedule}", {"schedule": weeks.schedule.name}))
    lines = [_shift(each, reader, weeks.now) for each in weeks.shifts[:SHOWN]]
    if len(weeks.shifts) > SHOWN:
        lines.append("…")
    blocks = [section(f"*{line(title)}*"), *_sections(lines)]
    if weeks.overrides:
        replaced = reader.say(Phrase("Replacements"))
        blocks += [section(f"*{replaced}*"), *_sections([_override(each, reader) for each in weeks.overrides[:SHOWN]])]
    return card(escape(title), [*blocks, *_troubles(weeks.trouble, reader)])


def overrides_card(overrides: Sequence[Override], reader: Reader) -> Card:
    if not overrides:
        nothing = reader.say(Phrase("No replacement is planned."))
        return card(nothing, [section(nothing)])
    title = reader.say(Phrase("Replacements"))
    hint = reader.say(Phrase("To end one: `/ecotrajet oncall override end N`."))
    rows = _sections([_override(each, reader) for each in overrides[:SHOWN]])
    return card(title, [section(f"*{title}*"), *rows, context(escape(hint))])


def gaps_card(gaps: Sequence[Gap], reader: Reader) -> Card:
    if not gaps:
        well = reader.say(Phrase("Somebody is on call at every moment of the next four weeks."))
        return card(well, [section(f"✅ {well}")])
    title = reader.say(Phrase("Nobody is on call in the next four weeks at these times"))
    lines = [f"⚠️ {line(each.schedule)} · {_span(each.starts_at, each.ends_at, reader)}" for each in gaps[:SHOWN]]
    hint = reader.say(Phrase("To fill one: `/ecotrajet oncall override @person saturday 9:00 - sunday 9:00`."))
    more = ["…"] if len(gaps) > SHOWN else []
    return card(title, [section(f"*{title}*"), *_sections(lines + more), context(escape(hint))])


def _row(row: Row, reader: Reader) -> str:
    lines = [f"*{line(row.schedule.name)}*", f"{_sign(row.now)} {_people(row.now.people, reader)}"]
    if row.next is not None:
        until = reader.say(Phrase("until {until}", {"until": row.now.ends_at}))
        then = reader.say(Phrase("then {names}", {"names": _names(row.next.people, reader)}))
        lines[1] += f" · {escape(until)}"
        lines.append(f"➡️ {line(then)}")
    lines += [f"⚠️ {line(reader.say(each), 300)}" for each in row.trouble]
    return "\n".join(lines)


def _shift(shift: Shift, reader: Reader, now: datetime) -> str:
    people = _people(shift.people, reader)
    return f"{_sign(shift)} {_span(shift.starts_at, shift.ends_at, reader)} · " + (
        f"*{people}*" if shift.starts_at <= now else people
    )


def _override(override: Override, reader: Reader) -> str:
    instead = ""
    if override.instead_of is not None:
        name = Phrase("instead of {name}", {"name": reader.name(override.instead_of)})
        instead = f" ({line(reader.say(name))})"
    span = _span(override.starts_at, override.ends_at, reader)
    who = line(reader.name(override.person))
    return f"*{override.id}* · {line(override.schedule)} · {who}{instead}\n{span}"


def _sections(lines: Sequence[str]) -> list[dict[str, object]]:
    return [section("\n".join(lines[at : at + A_SECTION])) for at in range(0, len(lines), A_SECTION)]


def _troubles(trouble: Sequence[Phrase], reader: Reader) -> list[dict[str, object]]:
    return [section(f"⚠️ {line(reader.say(each), 300)}") for each in trouble]


def _sign(shift: Shift) -> str:
    return "📟" if shift.people else "⚠️"


def _people(people: Sequence[str], reader: Reader) -> str:
    return line(_names(people, reader))


def _names(people: Sequence[str], reader: Reader) -> str:
    return ", ".join(reader.name(each) for each in people) or reader.say(Phrase("nobody"))


def _span(start: datetime, end: datetime, reader: Reader) -> str:
    return escape(f"{reader.time(start)} → {reader.time(end)}")
