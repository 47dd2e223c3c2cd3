"""Windows by the clock on the wall, also in the two nights when the clocks change; which alerts are meant."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.heartbeat import Signal, signal_of
from bot.maintenance import Matcher, Silence, Window, covering
from handlers import span, when

PARIS = ZoneInfo("Europe/Paris")


def window(starts: str, ends: str, days: str = "0123456", zone: ZoneInfo = PARIS) -> Window:
    on = frozenset(int(day) for day in days)
    return Window("config:w", "w", Matcher(), on, time.fromisoformat(starts), time.fromisoformat(ends), zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "ends", "day", "begins", "over"),
    [
        ("02:00", "04:00", "2026-07-05", "2026-07-05T00:00", "2026-07-05T02:00"),
        ("02:00", "04:00", "2026-12-06", "2026-12-06T01:00", "2026-12-06T03:00"),
        ("01:00", "04:00", "2026-03-29", "2026-03-29T00:00", "2026-03-29T02:00"),  # two hours: one does not exist
        ("02:30", "03:00", "2026-03-29", "2026-03-29T01:30", "2026-03-29T02:00"),  # within the hour that is missing
        ("01:00", "04:00", "2026-10-25", "2026-10-24T23:00", "2026-10-25T03:00"),  # four hours: one comes twice
        ("22:00", "06:00", "2026-03-28", "2026-03-28T21:00", "2026-03-29T04:00"),  # over midnight
    ],
)
def test_a_window_keeps_to_the_clock_on_the_wall(starts: str, ends: str, day: str, begins: str, over: str) -> None:
    assert window(starts, ends).occurrence_on(date.fromisoformat(day)) == (utc(begins), utc(over))


def test_the_occurrence_under_way_comes_before_the_next() -> None:
    weekly = window("22:00", "02:00", days="6")
    assert weekly.present_or_next(utc("2026-11-23T00:30"))[0] == utc(
        "2026-11-22T21:00"
    )  # Monday, 01:30: still Sunday's
    assert weekly.present_or_next(utc("2026-11-23T01:00"))[0] == utc("2026-11-29T21:00")
    assert weekly.present_or_next(utc("2026-11-22T20:59"))[0] == utc("2026-11-22T21:00")


@given(
    st.integers(0, 366 * 24 * 60).map(lambda minutes: utc("2026-01-01") + timedelta(minutes=minutes)),
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.sampled_from(("Europe/Paris", "America/New_York", "Australia/Lord_Howe")),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_whatever_the_window_the_next_occurrence_is_not_over_and_within_eight_days(
    now: datetime, starts: time, ends: time, zone: str, days: set[int]
) -> None:
    start, end = Window("k", "k", Matcher(), frozenset(days), starts, ends, ZoneInfo(zone)).present_or_next(now)
    assert now < end
    assert timedelta(0) < end - start <= timedelta(hours=25)
    assert start - now < timedelta(days=8)


@pytest.mark.parametrize(
    ("matcher", "holds"),
    [
        (Matcher(), True),
        (Matcher(("prod",)), True),
        (Matcher(("staging", "prod"), ("ecotrajet",)), True),
        (Matcher(("staging",)), False),
        (Matcher(services=("carte",)), False),
        (Matcher(labels={"equipe": "PAIE*"}), True),
        (Matcher(labels={"equipe": "paie"}), False),
        (Matcher(labels={"absent": "x"}), False),
        (Matcher(labels={"absent": ""}), True),
    ],
)
def test_all_that_is_given_must_hold(matcher: Matcher, holds: bool) -> None:
    assert matcher.holds("prod", "ecotrajet", {"equipe": "Paiement"}) is holds
    assert Matcher.from_json(matcher.to_json()) == matcher


def test_of_several_silences_the_longest_counts() -> None:
    at = utc("2026-11-23T10:00")
    short, long = (Silence(n, Matcher(), at, at + timedelta(hours=n), "", "amina") for n in (1, 2))
    assert covering([short, long], "prod", "", {}) == long
    assert covering([], "prod", "", {}) is None
    assert short.in_force(at)
    assert not short.in_force(at + timedelta(hours=1))


@pytest.mark.parametrize(
    ("word", "days"),
    [("sunday", {6}), ("lundi", {0}), ("lun,Mer", {0, 2}), ("mardis", {1}), ("daily", set(range(7))), ("prod", None)],
)
def test_days_as_people_type_them(word: str, days: set[int] | None) -> None:
    assert when.days(word) == days


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("22:00", "2026-11-23T21:00"),
        ("10h", "2026-11-24T09:00"),  # ten o'clock is past
        ("demain 2h30", "2026-11-24T01:30"),
        ("30/11 22:00", "2026-11-30T21:00"),
        ("05/01 8h", "2027-01-05T07:00"),
        ("2026-12-01T07:15", "2026-12-01T06:15"),
    ],
)
def test_moments_as_people_type_them(words: str, told: str) -> None:
    assert span.moment(words, utc("2026-11-23T11:00"), PARIS) == utc(told)


@pytest.mark.parametrize("words", ["", "hier", "25:00", "31/02 10:00", "demain", "2026-13-01 10:00"])
def test_what_is_no_moment_is_refused(words: str) -> None:
    with pytest.raises(UserError):
        span.moment(words, utc("2026-11-23T11:00"), PARIS)


@pytest.mark.parametrize(
    ("word", "signal"),
    [("", Signal.SUCCESS), ("start", Signal.START), ("fail", Signal.FAIL), ("0", Signal.SUCCESS), ("137", Signal.FAIL),
     ("256", None), ("-1", None), ("success?", None), ("²", None)],
)  # fmt: skip
def test_signals_by_the_address(word: str, signal: Signal | None) -> None:
    assert signal_of(word) is signal
