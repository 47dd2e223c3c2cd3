"""The list of what is quiet, or will be: silences and weekly windows."""

from collections.abc import Sequence
from datetime import datetime

from babel.dates import get_day_names

from bot.maintenance import Silence, Window
from bot.notify.blocks.parts import Card, card, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value

SHOWN = 30


def quiet_list(silences: Sequence[Silence], windows: Sequence[Window], now: datetime, reader: Reader) -> Card:
    if not silences and not windows:
        nothing = reader.say(Phrase("No silence, and no maintenance planned."))
        return card(nothing, [section(f"🔔 {nothing}")])
    title = reader.say(Phrase("Silences and maintenance"))
    rows = [_silence(each, now, reader) for each in silences] + [_window(each, reader) for each in windows]
    hint = Phrase("To end one: `/ecotrajet silence end N`; a weekly one: `/ecotrajet maintenance end N`.")
    return card(
        title, [section(f"*{title}*"), *(section(row) for row in rows[:SHOWN]), context(escape(reader.say(hint)))]
    )


def _silence(silence: Silence, now: datetime, reader: Reader) -> str:
    facts: dict[str, Value | Phrase] = {
        "id": silence.id, "since": silence.starts_at, "until": silence.ends_at, "came": silence.came,
        "firing": silence.firing,
    }  # fmt: skip
    if silence.in_force(now):
        when = Phrase("until {until}. Alerts kept: {came}, still firing: {firing}", facts)
    else:
        when = Phrase("planned from {since} until {until}", facts)
    sign = "🔕" if silence.in_force(now) else "🕗"
    by = line(reader.name(silence.by))
    why = f"{line(silence.reason)} ({by})" if silence.reason else by
    return f"{sign} *{silence.id}* · {_what(silence.matcher.what(), reader)} · {escape(reader.say(when))}\n{why}"


def _window(window: Window, reader: Reader) -> str:
    names = get_day_names(locale=reader.language)
    days = ", ".join(names[day] for day in sorted(window.days))
    told = Phrase(
        "every week: {days}, {start}–{end} ({zone})",
        {
            "days": days, "start": f"{window.starts:%H:%M}", "end": f"{window.ends:%H:%M}", "zone": window.zone.key,
        },
    )  # fmt: skip
    ours = window.key.startswith("config:")
    name = line(window.name) if ours else f"*{line(window.name)}*"
    by = reader.say(Phrase("from the configuration")) if ours else line(reader.name(window.by))
    reason = f"{line(window.reason)} " if window.reason and window.reason != window.name else ""
    return f"🔧 {name} · {_what(window.matcher.what(), reader)} · {escape(reader.say(told))}\n{reason}({by})"


def _what(what: str | Phrase, reader: Reader) -> str:
    return line(what if isinstance(what, str) else reader.say(what))
