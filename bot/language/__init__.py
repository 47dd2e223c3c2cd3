"""How a phrase is said: in French or English, with times in the reader's zone.

Catalogues are gettext files (`fr.po`; English sentences are their own keys), read and compiled in memory by Babel.
Source of the formats: Unicode CLDR through Babel, and the guide's own examples (`10:42`, `15 min`, `1 h 30`).
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

from bot.phrase import Phrase, Value

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = ("fr", "en")
DEFAULT: Final = "fr"
NAMED: Final = re.compile(r"#\{(\w+)\}")  # `#{number}` is a name, not a quantity: never grouped by thousands
GROUPED_FROM: Final = 10_000
# What stands before a moment fits an hour; before a date it has to become another word.
BEFORE_DATE: Final = {
    "fr": {"à": "le", "depuis": "depuis le", "avant": "avant le", "jusqu’à": "jusqu’au", "dès": "dès le"},
    "en": {"at": "on"},
}


class _Dated(str):
    """A moment that is written with its date."""

    __slots__ = ()


def say(phrase: Phrase, language: str, zone: ZoneInfo, now: datetime | None = None) -> str:
    """`phrase` in `language`, as plain text: the caller escapes it for its channel.

    A moment reads `10:42`, with its date when that is not the local day of `now` (default: the present); a duration
    reads `15 min` or `1 h 30`. A language without catalogue, and a sentence without translation, read in English.
    """
    present = now or datetime.now(UTC)
    names = frozenset(NAMED.findall(phrase.msgid))
    values = {key: _word(value, language, zone, present, key in names) for key, value in phrase.values.items()}
    return _fill(translated(phrase.msgid, language), values, BEFORE_DATE[known(language)])


def translated(msgid: str, language: str) -> str:
    """The sentence with its `{fields}` still open."""
    return _catalogue(known(language)).gettext(msgid)


def known(language: str) -> str:
    """`fr-CA` and `FR` are French; a language that we do not speak is answered in English."""
    short = language.replace("_", "-").partition("-")[0].lower()
    return short if short in LANGUAGES else "en"


@cache
def own_name(language: str) -> str:
    """What those who speak it call it: `Français`."""
    return str(_locale(known(language)).get_display_name(known(language))).capitalize()


def duration(length: timedelta) -> Phrase:
    """`45 s`, `15 min`, `1 h`, `1 h 30`, `2 d 3 h`: two units at most, and never a sign."""
    seconds = round(abs(length.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if seconds < 60:
        return Phrase("{seconds} s", {"seconds": seconds})
    if hours == 0:
        return Phrase("{minutes} min", {"minutes": minutes})
    if days == 0 and minutes % 60 == 0:
        return Phrase("{hours} h", {"hours": hours})
    if days == 0:
        return Phrase("{hours} h {minutes}", {"hours": hours, "minutes": f"{minutes % 60:02}"})
    if hours % 24 == 0:
        return Phrase("{days} d", {"days": days})
    return Phrase("{days} d {hours} h", {"days": days, "hours": hours % 24})


def _word(value: Value | Phrase, language: str, zone: ZoneInfo, now: datetime, is_name: bool) -> str:
    match value:
        case Phrase():
            return say(value, language, zone, now)
        case datetime():
            return moment(value, language, zone, now)
        case date():
            return day(value, language, zone, now)
        case timedelta():
            return say(duration(value), language, zone, now)
        case str():
            return value
        case int() if is_name or abs(value) < GROUPED_FROM:
            return str(value)
        case int() | float():
            return str(format_decimal(value, format="#,##0.##", locale=_locale(known(language))))


def moment(when: datetime, language: str, zone: ZoneInfo, now: datetime) -> str:
    """`10:42`, or `23 nov. à 10:42` when that is not the local day of `now`."""
    local, today = when.astimezone(zone), now.astimezone(zone).date()
    time = f"{local:%H:%M}"
    if local.date() == today:
        return time
    skeleton = "MMMd" if abs((local.date() - today).days) < 180 else "yMMMd"
    date = format_skeleton(skeleton, local, tzinfo=zone, locale=_locale(known(language)))
    return _Dated(say(Phrase("{date} at {time}", {"date": date, "time": time}), language, zone, now))


def day(when: date, language: str, zone: ZoneInfo, now: datetime) -> str:
    """`today`, `tomorrow`, else its date."""
    ahead = (when - now.astimezone(zone).date()).days
    if ahead in (0, 1):
        return say(Phrase("tomorrow") if ahead else Phrase("today"), language, zone, now)
    return dated(when, language, now.astimezone(zone).date())


def dated(when: date, language: str, today: date) -> str:
    """`ven. 27 nov.`, with its year when that is far away; for what stands and is read later."""
    skeleton = "MMMEd" if abs((when - today).days) < 180 else "yMMMd"
    return str(format_skeleton(skeleton, datetime.combine(when, time(12)), locale=_locale(known(language))))


def date_of(when: date, language: str) -> str:
    """`16 nov. 2026`."""
    return str(format_skeleton("yMMMd", when, locale=_locale(known(language))))


def month(when: date, language: str) -> str:
    """`novembre 2026`."""
    return str(format_skeleton("yMMMM", when, locale=_locale(known(language))))


def _fill(sentence: str, values: Mapping[str, str], before_date: Mapping[str, str]) -> str:
    """Not `str.format`: a value must never be read as a format, and a missing one must not cost us the message."""

    def word(field: re.Match[str]) -> str:
        value = values.get(field["name"], "{" + field["name"] + "}")
        before = field["before"] or ""
        if before and isinstance(value, _Dated):
            return before_date[before.lower()] + " " + value
        return f"{before} {value}" if before else value

    words = "|".join(sorted(before_date, key=len, reverse=True))
    return re.sub(rf"(?:\b(?P<before>{words}) )?\{{(?P<name>\w+)\}}", word, sentence)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@cache
def _catalogue(language: str) -> NullTranslations:
    source = FOLDER / f"{language}.po"
    if not source.exists():
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
