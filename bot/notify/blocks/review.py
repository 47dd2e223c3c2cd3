"""A week or a month looked back on, in words: what the pictures show, and the noisiest with a silence at hand."""

from collections.abc import Sequence
from typing import Final

from bot.incident import RESOLVE_WITHIN, Priority
from bot.language import date_of, month
from bot.notify.blocks.parts import Block, Card, button, card, confirm, context, divider, escape, header, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value
from bot.review import Figures, Load, Noisy, Period, Review, Span, Spread

SILENCE: Final = "review.silence"
HOURS: Final = 2
PEOPLE_SHOWN: Final = 10


def title_of(period: Period, reader: Reader) -> str:
    """`Rapport : octobre 2026`, `Rapport : du 16 nov. 2026 au 22 nov. 2026`."""
    return reader.say(Phrase("Report: {period}", {"period": period_name(period, reader)}))


def period_name(period: Period, reader: Reader) -> str:
    if period.span is Span.MONTH:
        return month(period.first, reader.language)
    facts = {"first": date_of(period.first, reader.language), "last": date_of(period.last, reader.language)}
    return reader.say(Phrase("{first} to {last}", facts))


def review_card(review: Review, reader: Reader) -> Card:
    title = title_of(review.period, reader)
    now, before = review.now, review.before
    told = [counted(now, before), *times(now, before), limits(now, before), noise(now, before), judged(now)]
    lines = [escape(reader.say(each)) for each in told if each is not None]
    blocks = [header(title), section("\n".join(lines)), *_load(now.load, reader), *_noisiest(now.noisiest, reader)]
    small = reader.say(
        Phrase(
            "The pictures follow. In brackets: the period before. Awake: from a page or an act at night on, half an"
            " hour each."
        )
    )
    return card(f"{title}. {' '.join(lines)}", [*blocks, context(escape(small))])


# The sentences, which are the pictures' alt texts too ---------------------------------------------------------------


def counted(now: Figures, before: Figures) -> Phrase:
    facts: dict[str, Value | Phrase] = {"count": now.total, "before": before.total}
    facts |= {each.value: now.counts[each] for each in Priority}
    return Phrase("🔥 Incidents: {count} ({before}) · P1: {P1} · P2: {P2} · P3: {P3}", facts)


def times(now: Figures, before: Figures) -> list[Phrase]:
    return [
        Phrase("👀 Taken after: {spread} ({before})", {"spread": spread(now.taken), "before": spread(before.taken)}),
        Phrase(
            "✅ Resolved after: {spread} ({before})",
            {"spread": spread(now.resolved), "before": spread(before.resolved)},
        ),
    ]


def spread(found: Spread) -> Phrase:
    if found.median is None or found.p90 is None:
        return Phrase("none")
    return Phrase("half within {median}, nine in ten within {p90}", {"median": found.median, "p90": found.p90})


def limits(now: Figures, before: Figures) -> Phrase:
    facts: dict[str, Value | Phrase] = {}
    for each in Priority:
        facts[each.value] = Phrase(
            "{priority} ({limit}): {kept} of {judged}",
            {
                "priority": each.value, "limit": limit_of(each), "kept": now.kept[each].kept,
                "judged": now.kept[each].judged,
            },
        )  # fmt: skip
    all_before = {
        "kept": sum(each.kept for each in before.kept.values()),
        "judged": sum(each.judged for each in before.kept.values()),
    }
    facts["before"] = Phrase("{kept} of {judged}", all_before)
    return Phrase("⏱️ Resolved within the limit: {P1} · {P2} · {P3} ({before})", facts)


def limit_of(priority: Priority) -> Phrase:
    """As the guide has it: 24 h, and not a day."""
    return Phrase("{hours} h", {"hours": int(RESOLVE_WITHIN[priority].total_seconds()) // 3600})


def noise(now: Figures, before: Figures) -> Phrase:
    return Phrase(
        "🔔 For each incident {alerts} alerts ({alerts_before}) and {pages} pages ({pages_before}); nobody acted on"
        " {ignored} ({ignored_before})",
        {
            "alerts": round(now.per_incident(now.alerts), 1),
            "alerts_before": round(before.per_incident(before.alerts), 1),
            "pages": round(now.per_incident(now.pages), 1),
            "pages_before": round(before.per_incident(before.pages), 1),
            "ignored": now.ignored, "ignored_before": before.ignored,
        },
    )  # fmt: skip


def judged(now: Figures) -> Phrase | None:
    if not now.verdicts:
        return None
    facts: dict[str, Value | Phrase] = {each: now.verdicts.get(each, 0) for each in ("useful", "noise", "not_mine")}
    return Phrase("🗳️ Pages, say those who got them: useful {useful}, noise {noise}, not for them {not_mine}", facts)


def load_line(load: Load, reader: Reader) -> Phrase:
    facts: dict[str, Value | Phrase] = {
        "name": reader.name(load.person), "pages": load.pages, "night": load.night_pages, "awake": load.awake,
    }  # fmt: skip
    if not load.night_pages and not load.awake:
        return Phrase("{name}: pages {pages}, none at night", facts)
    return Phrase("{name}: pages {pages}, at night {night}, awake {awake}", facts)


def place(noisy: Noisy, reader: Reader) -> str:
    """`Production · ecotrajet · HighCPU`."""
    known = reader.place(noisy.environment, noisy.service) if noisy.environment or noisy.service else ""
    return " · ".join(each for each in (known, noisy.signal) if each)


def silence_command(noisy: Noisy, reader: Reader) -> str:
    """Ready to paste."""
    label = f'alertname="{noisy.signal}"' if noisy.signal else ""
    why = reader.say(Phrase("noise"))
    words = [noisy.environment, noisy.service, label, f"{HOURS}h", f'"{why}"']
    return " ".join(["/ecotrajet silence", *(word for word in words if word)])


def _load(loads: Sequence[Load], reader: Reader) -> list[Block]:
    if not loads:
        return []
    rows = [f"• {line(reader.say(load_line(each, reader)))}" for each in loads[:PEOPLE_SHOWN]]
    return [section("\n".join([f"*{escape(reader.say(Phrase('On-call load')))}*", *rows]))]


def _noisiest(found: Sequence[Noisy], reader: Reader) -> list[Block]:
    if not found:
        return []
    title = f"*{escape(reader.say(Phrase('The noisiest, with a silence at hand')))}*"
    return [divider(), section(title), *(_noisy(each, reader) for each in found)]


def _noisy(noisy: Noisy, reader: Reader) -> Block:
    said = Phrase(
        "alerts {alerts}, incidents {incidents}, pages {pages}, nobody acted on {ignored}",
        {"alerts": noisy.alerts, "incidents": noisy.incidents, "pages": noisy.pages, "ignored": noisy.ignored},
    )
    command = line(silence_command(noisy, reader), 250)
    block = section(f"*{line(place(noisy, reader))}*\n{escape(reader.say(said))}\n`{command}`")
    hours = {"hours": HOURS}
    label = reader.say(Phrase("Silence for {hours} h", hours))
    value = {"environment": noisy.environment, "service": noisy.service, "signal": noisy.signal[:500]}
    sure = confirm(
        label, reader.say(Phrase("Alerts of {place} open nothing meanwhile.", {"place": place(noisy, reader)[:200]})),
        label[:30], reader.say(Phrase("No")),
    )  # fmt: skip
    return {**block, "accessory": button(label, SILENCE, value, confirm=sure)}
