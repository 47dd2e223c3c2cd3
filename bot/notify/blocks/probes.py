"""The list of probes, and one that was looked at just now."""

from collections.abc import Sequence
from datetime import timedelta

from bot.notify.blocks.parts import Card, card, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.probe import ProbeRow, Standing, length
from bot.runbook import Light

ORDER = (Light.RED, Light.YELLOW, Light.UNKNOWN, Light.GREEN)  # what needs somebody first


def probe_list(rows: Sequence[ProbeRow], reader: Reader) -> Card:
    """With lights, the last response time and the 95th percentile of the last hour."""
    nothing = Phrase("No probe is configured: see `probes` in ecotrajet.example.yaml.")
    title = reader.say(Phrase("Probes") if rows else nothing)
    ordered = sorted(rows, key=lambda row: ORDER.index(row.state.light))
    hint = [context(reader.say(Phrase("To look now: `/ecotrajet probe run NAME`")))] if rows else []
    summary = ", ".join(f"{row.state.light} {line(row.entry.name)}" for row in ordered)
    told = reader.titled(title, summary) if rows else title
    return card(told, [section(f"*{title}*"), *(section(probe_row(row, reader)) for row in ordered), *hint])


def probe_seen(row: ProbeRow, reader: Reader) -> Card:
    """The answer to `probe run`: this look, and how the probe stands."""
    if row.why is not None:
        said = reader.say(Phrase("🔴 “{name}” fails: {why}", {"name": row.entry.name, "why": row.why}))
    else:
        took = length(row.took or timedelta(0))
        said = reader.say(Phrase("🟢 “{name}” answers in {took}", {"name": row.entry.name, "took": took}))
    return card(said, [section(f"*{escape(said)}*"), section(probe_row(row, reader))])


def probe_row(row: ProbeRow, reader: Reader) -> str:
    entry, state = row.entry, row.state
    place = line(reader.place(entry.environment, entry.service))
    head = f"{state.light} *{line(entry.name)}* · {place} · {escape(reader.say(standing(row)))}"
    facts = [f"`{line(entry.shown, 120)}`"]
    if row.took is not None:
        facts.append(reader.say(length(row.took)))
    if row.p95 is not None:
        facts.append(reader.say(Phrase("p95 over an hour: {took}", {"took": length(row.p95)})))
    if row.checked_at is not None:
        facts.append(reader.say(Phrase("seen at {time}", {"time": row.checked_at})))
    if state.certificate_until is not None:
        facts.append(reader.say(Phrase("certificate until {at}", {"at": state.certificate_until})))
    why = row.problem or (row.why and Phrase("the last look failed: {why}", {"why": row.why}))
    return f"{head}\n{' · '.join(facts)}" + (f"\n⚠️ {escape(reader.say(why))}" if why else "")


def standing(row: ProbeRow) -> Phrase:
    match row.state.standing:
        case Standing.DOWN:
            return Phrase("fails")
        case Standing.SLOW:
            return Phrase("slow")
        case Standing.UP:
            return Phrase("passes")
        case Standing.UNKNOWN:
            return Phrase("not seen yet")
