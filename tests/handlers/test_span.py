"""Spans of time as people type them, in both languages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from handlers import span

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)  # a Monday, 12:30 in Paris


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("demain 18h-22h", "2026-11-24T18:00", "2026-11-24T22:00"),
        ("demain 18h à 22h", "2026-11-24T18:00", "2026-11-24T22:00"),
        ("demain de 18h30 à 22h15", "2026-11-24T18:30", "2026-11-24T22:15"),
        ("tomorrow 6pm-10pm", "2026-11-24T18:00", "2026-11-24T22:00"),
        ("tomorrow from 6:30pm to 10pm", "2026-11-24T18:30", "2026-11-24T22:00"),
        ("tomorrow 18:00–22:00", "2026-11-24T18:00", "2026-11-24T22:00"),
        ("samedi 9h-dimanche 9h", "2026-11-28T09:00", "2026-11-29T09:00"),
        ("samedi 9h - dimanche 9h", "2026-11-28T09:00", "2026-11-29T09:00"),
        ("du samedi 9h au dimanche 9h", "2026-11-28T09:00", "2026-11-29T09:00"),
        ("saturday 9am to monday 9am", "2026-11-28T09:00", "2026-11-30T09:00"),
        ("sam 22h-6h", "2026-11-28T22:00", "2026-11-29T06:00"),
        ("18h-22h", "2026-11-23T18:00", "2026-11-23T22:00"),
        ("8h-9h", "2026-11-24T08:00", "2026-11-24T09:00"),
        ("12h-14h", "2026-11-23T12:00", "2026-11-23T14:00"),
        ("lundis 14h-16h", "2026-11-23T14:00", "2026-11-23T16:00"),
        ("22h-6h", "2026-11-23T22:00", "2026-11-24T06:00"),
        ("18h-24h", "2026-11-23T18:00", "2026-11-24T00:00"),
        ("18h-minuit", "2026-11-23T18:00", "2026-11-24T00:00"),
        ("midi-14h", "2026-11-23T12:00", "2026-11-23T14:00"),
        ("lundi 8h-12h", "2026-11-30T08:00", "2026-11-30T12:00"),
        ("lundi 14h-16h", "2026-11-23T14:00", "2026-11-23T16:00"),
        ("lundi 9h au lundi 9h", "2026-11-23T09:00", "2026-11-30T09:00"),
        ("demain", "2026-11-24T00:00", "2026-11-25T00:00"),
        ("mercredi", "2026-11-25T00:00", "2026-11-26T00:00"),
        ("vendredi - dimanche", "2026-11-27T00:00", "2026-11-30T00:00"),
        ("ce week-end", "2026-11-28T00:00", "2026-11-30T00:00"),
        ("weekend", "2026-11-28T00:00", "2026-11-30T00:00"),
        ("2026-11-30 18:00-22:00", "2026-11-30T18:00", "2026-11-30T22:00"),
        ("2026-11-30T18:00/2026-12-01T09:00", "2026-11-30T18:00", "2026-12-01T09:00"),
        ("2026-11-30 18:00 - 2026-12-01 09:00", "2026-11-30T18:00", "2026-12-01T09:00"),
        ("30/11 18h - 1/12 9h", "2026-11-30T18:00", "2026-12-01T09:00"),
        ("2026-12-24 - 2026-12-26", "2026-12-24T00:00", "2026-12-27T00:00"),
        ("2h", "2026-11-23T12:30", "2026-11-23T14:30"),
        ("1h30", "2026-11-23T12:30", "2026-11-23T14:00"),
        ("30 min", "2026-11-23T12:30", "2026-11-23T13:00"),
        ("2 heures", "2026-11-23T12:30", "2026-11-23T14:30"),
        ("3 jours", "2026-11-23T12:30", "2026-11-26T12:30"),
        ("pour 2h", "2026-11-23T12:30", "2026-11-23T14:30"),
        ("jusqu'à 22h", "2026-11-23T12:30", "2026-11-23T22:00"),
        ("jusqu’à demain 9h", "2026-11-23T12:30", "2026-11-24T09:00"),
        ("until friday 9:00", "2026-11-23T12:30", "2026-11-27T09:00"),
    ],
)
def test_what_people_type(typed: str, start: str, end: str) -> None:
    meant = tuple(datetime.fromisoformat(each).replace(tzinfo=PARIS) for each in (start, end))
    assert span.read(typed, NOW, PARIS) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "bientôt", "demain 25h-26h", "18:00", "demain 18h", "2026-02-30 9h-10h", "demain 18h-22h 23h",
     "18h-22h demain matin", "-", "jusqu'à", "13pm-14pm", "2026-11-30 22:00 - 2026-11-30 18:00"],
)  # fmt: skip
def test_what_is_no_span_is_told_with_examples(typed: str) -> None:
    with pytest.raises(UserError) as refused:
        span.read(typed, NOW, PARIS)
    assert "18:00-22:00" in str(refused.value.phrase)


def test_over_the_change_of_the_clocks_the_wall_counts() -> None:
    before = datetime(2026, 10, 23, 12, tzinfo=UTC)
    start, end = span.read("samedi 22h - dimanche 6h", before, PARIS)
    assert end.astimezone(UTC) - start.astimezone(UTC) == (datetime(2026, 1, 1, 9) - datetime(2026, 1, 1, 0))  # noqa: DTZ001 - a length


WORDS = st.sampled_from(
    [
        "demain",
        "samedi",
        "9h",
        "22:00",
        "-",
        "à",
        "to",
        "2h",
        "30",
        "min",
        "jusqu'à",
        "2026-11-30",
        "30/11",
        "midi",
        "24h",
        "6pm",
        "weekend",
        "le",
        "until",
        "sunday",
        "99h",
        "/",
        "31/02",
    ]
)


@given(st.lists(WORDS, max_size=6).map(" ".join) | st.text(max_size=30))
def test_nothing_breaks_it(typed: str) -> None:
    try:
        start, end = span.read(typed, NOW, PARIS)
    except UserError:
        return
    assert start.astimezone(UTC) < end.astimezone(UTC)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("samedi 03:00", "2026-11-28T03:00"),
        ("saturday at 3am", "2026-11-28T03:00"),
        ("demain 3h", "2026-11-24T03:00"),
        ("22:00", "2026-11-23T22:00"),
        ("8h", "2026-11-24T08:00"),
        ("lundi 8h", "2026-11-30T08:00"),
        ("2026-11-30 22:00", "2026-11-30T22:00"),
        ("minuit", "2026-11-24T00:00"),
        ("dans 2h30", "2026-11-23T15:00"),
        ("in 3 days", "2026-11-26T12:30"),
    ],
)
def test_moments_that_people_type(typed: str, at: str) -> None:
    assert span.moment(typed, NOW, PARIS) == datetime.fromisoformat(at).replace(tzinfo=PARIS)


@pytest.mark.parametrize("typed", ["", "samedi", "bientôt", "3h 4h", "31/02 9h"])
def test_what_is_no_moment_is_told_with_examples(typed: str) -> None:
    with pytest.raises(UserError) as refused:
        span.moment(typed, NOW, PARIS)
    assert "`22:00`" in str(refused.value.phrase)


def test_what_spring_swallows_begins_and_ends_when_the_clocks_jump() -> None:
    """In Python's own reading 02:30 would come after 03:10 in that night."""
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    start, end = span.read("2026-03-29 02:30 - 03:10", saturday, PARIS)
    assert (start, end) == (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 1, 10, tzinfo=UTC))
    start, end = span.read("2026-03-28 23:00 - 04:00", saturday, PARIS)
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=4)
    start, end = span.read("2026-10-24 23:00 - 04:00", saturday, PARIS)
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=6)
    with pytest.raises(UserError):
        span.read("2026-03-29 02:10 - 02:50", saturday, PARIS)  # that night these are the same moment
