"""A look into a database: one card with a light for each part, or one part in full with what to do about it."""

from collections.abc import Mapping, Sequence

from bot.notify.blocks.looks import head
from bot.notify.blocks.parts import Block, Card, card, code, context, escape, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.tables import part_text
from bot.phrase import Phrase, Value
from bot.postgres import NAMES, Examination, Finding, Migrations, Part, Remembered, Verdict, chains
from bot.runbook import Light


def database_card(
    place: str, found: Examination, verdict: Verdict, reader: Reader, kept: Phrase, away: Mapping[str, Phrase]
) -> Card:
    """All parts, each in a line. `away`: environment -> why its migrations are not known."""
    heading = reader.say(Phrase("Database of {place}", {"place": escape(place)}))
    version = f" · PostgreSQL {escape(found.version)}" if found.version else ""
    said = escape(reader.say(verdict.headline))
    blocks = [section(f"🩺 *{heading}*{version}\n{verdict.light} *{said}*")]
    if found.unreachable is None:
        blocks.append(section(findings_text(verdict.findings, reader)))
    blocks += [_advice(verdict, reader), context(*_hints(found, reader, away), reader.say(kept))]
    return card(reader.titled(heading, said), blocks)


def part_card(
    place: str, part: Part, found: Examination, verdict: Verdict, reader: Reader, kept: Phrase,
    others: Mapping[str, Migrations], away: Mapping[str, Phrase],
) -> Card:  # fmt: skip
    """One part with its list, and the statement that mends it: for a person to type, since the desk may only read."""
    values: dict[str, Value | Phrase] = {"place": escape(place), "part": reader.say(NAMES[part])}
    heading = reader.say(Phrase("{part} of the database of {place}", values))
    said = escape(reader.say(verdict.findings[0].said))
    blocks = [section(f"🩺 *{heading}*\n{verdict.light} {said}")]
    if text := part_text(part, found, reader, others):
        blocks.append(section(head(text)))
    blocks += [section(each) for each in _remedies(part, found, reader)]
    blocks += [_advice(verdict, reader), context(*_hints(found, reader, away), reader.say(kept))]
    return card(reader.titled(heading, said), blocks)


def findings_text(findings: Sequence[Finding], reader: Reader) -> str:
    rows = [f"{each.light} *{reader.say(NAMES[each.part])}* · {escape(reader.say(each.said))}" for each in findings]
    return "\n".join(rows)


def remembered(kept: Remembered, reader: Reader) -> list[Block]:
    """What was kept last of a database, for the details of its incident."""
    values: dict[str, Value | Phrase] = {"at": kept.taken_at, "name": escape(kept.about)}
    seen = reader.say(Phrase("Database {name} seen at {at}", values))
    return [section(f"*{seen}*\n{findings_text(kept.findings, reader)}")]


def kept_where(incident: int | None, remembered_: bool) -> Phrase:
    """Under a look: whether it was kept, and why not."""
    if incident is not None:
        return Phrase("Kept with incident #{number}.", {"number": incident})
    if remembered_:
        return Phrase("No incident is open on it, so nothing was kept.")
    return Phrase("The desk's database does not answer: without its history, and nothing was kept.")


def _advice(verdict: Verdict, reader: Reader) -> Block:
    rows = [f"`{escape(each.command)}` · {escape(reader.say(each.what))}" for each in verdict.advice]
    return section("\n".join([f"*{reader.say(Phrase('What to type next'))}*", *rows]))


def _remedies(part: Part, found: Examination, reader: Reader) -> list[str]:
    """What a person who may write would type in SQL."""
    match part:
        case Part.LOCKS:
            linked = [each for each in chains(found.sessions or ()) if each.root.pid > 0]
            statements = [f"SELECT pg_terminate_backend({each.root.pid});" for each in linked[:3]]
            title = Phrase("To end who holds up the others (its transaction is undone; decide it together)")
        case Part.RLS if found.exposed is not None:
            statements = [f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;" for name in found.exposed.without[:5]]
            title = Phrase("To close them (then nobody reads them until a policy says who)")
        case Part.SLOW if found.slow is not None:
            statements = [f"SELECT pg_cancel_backend({each.pid});" for each in found.slow.running[:1]]
            title = Phrase("To cancel the longest query")
        case _:
            return []
    return [f"*{reader.say(title)}*\n{code(chr(10).join(statements))}"] if statements else []


def _hints(found: Examination, reader: Reader, away: Mapping[str, Phrase]) -> list[str]:
    hints = []
    if found.unreachable is None and not found.sees_all:
        hints.append(Phrase("The role sees only its own queries: GRANT pg_monitor to it."))
    if found.may_write:
        hints.append(Phrase("The role may also write; one that only reads is enough (the desk only reads)."))
    for place, why in away.items():
        hints.append(Phrase("{place}: {why}", {"place": place, "why": why}))
    return [escape(reader.say(hint)) for hint in hints]


def report_text(looked: Examination, verdict: Verdict, reader: Reader, others: Mapping[str, Migrations]) -> str:
    """For a runbook's card, which keeps the end of what is long: lists of what is not green, then all lights."""
    alone = len(verdict.findings) == 1
    ill = [each.part for each in verdict.findings if alone or each.light in (Light.YELLOW, Light.RED)]
    lists = [part_text(part, looked, reader, others) for part in ill] if looked.unreachable is None else []
    lines = [f"{each.light} {reader.say(NAMES[each.part])} · {reader.say(each.said)}" for each in verdict.findings]
    return "\n\n".join([*(text for text in lists if text), "\n".join(lines)])
