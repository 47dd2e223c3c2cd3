"""“demain 18h-22h”, “saturday 9am to sunday 9am”, “2h”, “until friday 9:00”: a span of time as people type it. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.oncall.wall import instant
from bot.phrase import Phrase
from bot.target import fold
from handlers import when

TOKEN: Final = re.compile(
    r"""(?P<date>\d{4}-\d\d-\d\d | \d{1,2}/\d{1,2}(?:/\d{4})?)
    | (?P<length>\d+\s*(?:minutes?|min|mn|days?|jours?|hours?|heures?|[dj]\b) )
    | (?P<clock>\d{1,2}(?:(?::\d\d)?\s?[ap]m\b | [:h]\d\d | \s?h\b) | midi\b | noon\b | minuit\b | midnight\b)
    | (?P<weekend>week-?ends?\b)
    | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)
    | (?P<dash>[-–—/→>]+)
    | (?P<other>\S)""",
    re.VERBOSE,
)
TO: Final = frozenset({"a", "au", "to", "till", "and", "et"})
UNTIL: Final = frozenset({"jusqu'a", "jusqu’a", "jusqu'au", "jusqu’au", "until"})
NOISE: Final = frozenset(
    [
        "de",
        "du",
        "des",
        "from",
        "le",
        "la",
        "les",
        "the",
        "on",
        "at",
        "pour",
        "for",
        "during",
        "pendant",
        "ce",
        "this",
        "next",
        "prochain",
        "prochaine",
        "between",
        "entre",
        "t",
    ]
)
FROM_NOW: Final = frozenset({"dans", "in"})
UNITS: Final = {"m": "minutes", "d": "days", "j": "days", "h": "hours"}
HOURS: Final = re.compile(r"(\d{1,2})h(\d\d)?")
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Token:
    """`what`: date, weekday, clock, length, weekend, to, until."""

    what: str
    text: str


@dataclass(slots=True)
class Side:
    """One end: a date or a weekday, and a time; what is not said is None. `next_day`: the time was 24:00."""

    on: date | None = None
    weekday: int | None = None
    at: time | None = None
    next_day: bool = False

    def is_empty(self) -> bool:
        return self.on is None and self.weekday is None and self.at is None

    def takes(self, token: Token, today: date) -> bool:
        """False: it has one of these already."""
        match token.what:
            case "clock" if self.at is None:
                self.at, self.next_day = clock(token.text)
            case "date" if self.on is None and self.weekday is None:
                self.on = when.day(token.text, today)
                if self.on is None:
                    raise not_understood(token.text)
            case "weekday" if self.on is None and self.weekday is None:
                self.weekday = when.DAYS.get(token.text, when.DAYS.get(token.text.removesuffix("s")))
            case _:
                return False
        return True


def read(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """(start, end), aware, in order. Raises UserError with examples for what is no span.

    `2h` is from now on; hours without a day are the next such ones; a day alone is all of it; an end without a day is
    on the day of the start, or the day after. A start in the past is left to the caller.
    """
    today = now.astimezone(zone).date()
    tokens = tokenised(text)
    if (ahead := _length(tokens)) is not None:
        return now, now + ahead
    if [token.what for token in tokens] == ["weekend"]:
        saturday = today + DAY * ((5 - today.weekday()) % 7 if today.weekday() != 6 else -1)
        return _at(saturday, time(0), zone), _at(saturday + 2 * DAY, time(0), zone)
    first, last, open_start = _sides(tokens, today, text)
    if open_start:
        return now, _end(first, today, now.astimezone(zone).time(), zone)
    return _resolved(first, last, now, zone, text)


def moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """`samedi 03:00`, `demain 3h`, `dans 2h30`, `2026-11-30 22:00`, `22:00` (the next one).

    Raises UserError with examples.
    """
    today = now.astimezone(zone).date()
    side = Side()
    first, _, rest = fold(text).partition(" ")
    if first in FROM_NOW and (ahead := length(rest)) is not None:
        return now + ahead
    try:
        understood = all(side.takes(token, today) for token in tokenised(text) if token.what != "to")
    except UserError:
        understood = False
    if not understood or side.at is None:
        raise UserError(
            Phrase("“{word}” is no moment. Write for example `22:00` or `2026-11-30 22:00`.", {"word": text})
        )
    day = side.on or today + DAY * (((side.weekday or 0) - today.weekday()) % 7 if side.weekday is not None else 0)
    found = _at(day + DAY if side.next_day else day, side.at, zone)
    if found <= now and side.on is None:
        found = _at(day + DAY * (1 if side.weekday is None else 7), side.at, zone)
    return found


def length(text: str) -> timedelta | None:
    """`2h`, `1h30`, `2 heures`, `30 min`, `3 jours`; None: it is something else."""
    try:
        return _length(tokenised(text))
    except UserError:
        return None


def tokenised(text: str) -> list[Token]:
    """Raises UserError for a word that says nothing about time."""
    found: list[Token] = []
    for match in TOKEN.finditer(fold(text).replace("jusqu'a", " until ").replace("jusqu’a", " until ")):
        kind, word = str(match.lastgroup), match.group()
        if kind == "word":
            kind = _kind_of(word)
        if kind == "other":
            raise not_understood(text)
        if kind != "noise":
            found.append(Token("to" if kind == "dash" else kind, word))
    return found


def clock(word: str) -> tuple[time, bool]:
    """(time, is it 24:00). Raises UserError."""
    plain = word.replace(" ", "")
    if plain in ("midi", "noon"):
        return time(12), False
    if plain in ("minuit", "midnight"):
        return time(0), True
    half = plain[-2:] if plain.endswith(("am", "pm")) else ""
    hour, _, minute = plain.removesuffix(half).replace("h", ":").partition(":")
    number, minutes = int(hour), int(minute or 0)
    if half:
        number = number % 12 + (12 if half == "pm" else 0) if 1 <= number <= 12 else 99
    if (number, minutes) == (24, 0):
        return time(0), True
    if number > 23 or minutes > 59:
        raise not_understood(word)
    return time(number, minutes), False


def not_understood(text: str) -> UserError:
    return UserError(
        Phrase(
            "“{word}” is no span of time that I understand. Write for example `tomorrow 18:00-22:00`, "
            "`saturday 9:00 - sunday 9:00`, `2h` or `2026-11-30 18:00 - 2026-12-01 09:00`.",
            {"word": text},
        )
    )


def _kind_of(word: str) -> str:
    if word in TO:
        return "to"
    if word in UNTIL:
        return "until"
    if word in NOISE:
        return "noise"
    if word in when.TODAY | when.TOMORROW:
        return "date"
    if word in when.DAYS or word.removesuffix("s") in when.DAYS:
        return "weekday"
    return "other"


def _length(tokens: list[Token]) -> timedelta | None:
    """`2h`, `1h30`, `30 min`, `3 jours`: nothing but lengths."""
    total = timedelta(0)
    for token in tokens:
        text = token.text.replace(" ", "")
        if token.what == "length":
            number = int(re.match(r"\d+", text)[0])  # type: ignore[index]  # the token begins with digits
            total += timedelta(**{UNITS[text.lstrip("0123456789")[0]]: number})
        elif token.what == "clock" and (hours := HOURS.fullmatch(text)) is not None:
            total += timedelta(hours=int(hours[1]), minutes=int(hours[2] or 0))
        else:
            return None
    return total if tokens and total else None


def _sides(tokens: list[Token], today: date, text: str) -> tuple[Side, Side, bool]:
    """Both ends; True when there is only an end (`until 22:00`)."""
    first, last, passed, open_start = Side(), Side(), False, False
    for token in tokens:
        if token.what in ("to", "until"):
            open_start = open_start or (token.what == "until" and first.is_empty())
            passed = passed or not first.is_empty()
        elif not passed and first.takes(token, today):
            continue
        elif not last.takes(token, today):
            raise not_understood(text)
    if first.is_empty() or (open_start and not last.is_empty()):
        raise not_understood(text)
    return first, last, open_start


def _resolved(first: Side, last: Side, now: datetime, zone: ZoneInfo, text: str) -> tuple[datetime, datetime]:
    today = now.astimezone(zone).date()
    if first.at is not None and last.is_empty():
        raise not_understood(text)  # from when? 18:00 alone has no end
    day = first.on if first.on is not None else today
    if first.weekday is not None:
        day = today + DAY * ((first.weekday - today.weekday()) % 7)
    free = first.on is None
    begins = first.at or time(0)
    if free and _end(last, day, begins, zone) <= now:  # meant for tomorrow, or next week
        day += DAY * (1 if first.weekday is None else 7)
    start, end = _at(day, begins, zone), _end(last, day, begins, zone)
    if first.next_day:
        start += DAY
    if end <= start:
        raise not_understood(text)
    return start, end


def _end(side: Side, day: date, start: time, zone: ZoneInfo) -> datetime:
    """The first such moment after the start on `day`; a day alone ends at its midnight."""
    on = side.on if side.on is not None else day
    if side.weekday is not None:
        on = day + DAY * ((side.weekday - day.weekday()) % 7)
    if side.at is None:
        return _at(on + DAY, time(0), zone)
    if side.next_day:
        return _at(on + DAY, time(0), zone)
    if side.on is None and on == day and side.at <= start:
        on += DAY * (1 if side.weekday is None else 7)
    return _at(on, side.at, zone)


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """What spring swallows is the moment of the jump, so that the end of a span never comes before its start."""
    return instant(day, at, zone).astimezone(zone)
