"""A week or a month looked back on: known sets of incidents and the figures that follow from them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.incident import Priority
from bot.review import Happened, Kept, Load, Moment, Nights, Period, Rows, Settings, Span, Spread, figures, kept, load

PARIS = ZoneInfo("Europe/Paris")
NIGHTS = Nights(PARIS, (time(22), time(7)))
OCTOBER = Period.month(date(2026, 10, 1))
P1, P2, P3 = Priority


def paris(day: int, hour: int, minute: int = 0, month: int = 10, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS, fold=fold).astimezone(UTC)


def mins(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_a_week_is_from_monday_to_monday_and_a_month_from_its_first_day() -> None:
    week = Period.before(date(2026, 11, 26), Span.WEEK)
    assert (week.first, week.end, week.key) == (date(2026, 11, 16), date(2026, 11, 23), "2026-W47")
    month = Period.before(date(2026, 11, 26), Span.MONTH)
    assert (month.first, month.end, month.key) == (date(2026, 10, 1), date(2026, 11, 1), "2026-10")
    assert Period.before(date(2027, 1, 1), Span.MONTH).key == "2026-12"
    assert Period.before(date(2027, 1, 4), Span.WEEK).key == "2026-W53"
    assert month.previous().key == "2026-09"
    assert Period.month(date(2026, 1, 31)).previous().key == "2025-12"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("semaine", "2026-W47"), ("Week", "2026-W47"), ("mois", "2026-10"), ("2026-10", "2026-10"),
        ("2026-9", "2026-09"), ("2026-W44", "2026-W44"), ("2026-S44", "2026-W44"), ("2026-11", "2026-11"),
    ],
)  # fmt: skip
def test_periods_are_called_by_word_or_by_number(said: str, key: str) -> None:
    found = Period.named(said, date(2026, 11, 26))
    assert found is not None
    assert found.key == key
    assert Period.named(found.key, date(2026, 11, 26)) == found


@pytest.mark.parametrize("said", ["2026-13", "2026-W54", "2027-01", "0000-01", "hier", "", "2026"])
def test_what_is_no_period_or_has_not_begun_is_none(said: str) -> None:
    assert Period.named(said, date(2026, 11, 26)) is None


def test_the_month_of_the_clock_change_is_one_hour_longer() -> None:
    start, end = OCTOBER.instants(PARIS)
    assert (start, end) == (datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert end - start == timedelta(days=31, hours=1)
    start, end = Period.month(date(2026, 3, 1)).instants(PARIS)
    assert end - start == timedelta(days=31, hours=-1)


def test_what_is_due_on_which_day() -> None:
    settings = Settings(weekly=0, monthly=1)
    assert [each.key for each in settings.due(date(2026, 11, 23))] == ["2026-W47"]
    assert [each.key for each in settings.due(date(2026, 11, 1))] == ["2026-10"]
    assert [each.key for each in settings.due(date(2026, 6, 1))] == ["2026-W22", "2026-05"]  # a Monday, and a first
    assert settings.due(date(2026, 11, 24)) == []
    assert Settings(weekly=None, monthly=None).due(date(2026, 6, 1)) == []


def test_incidents_stand_in_the_day_that_the_team_saw_them_in() -> None:
    week = Period.week(date(2026, 10, 21))
    rows = Rows(
        incidents=[
            Happened(1, P1, datetime(2026, 10, 18, 22, 30, tzinfo=UTC)),  # 00:30 on Monday in Paris
            Happened(2, P2, paris(25, 2, 30)),
            Happened(3, P2, paris(25, 2, 30, fold=1)),  # an hour later: the clocks went back
            Happened(4, P3, paris(25, 23, 59)),
        ]
    )
    found = figures(rows, week, NIGHTS, paris(27, 12))
    assert [(day.day, dict(counts)) for day, counts in found.columns if counts] == [
        (19, {P1: 1}),
        (25, {P2: 2, P3: 1}),
    ]
    assert found.counts == {P1: 1, P2: 2, P3: 1}


def test_a_month_is_drawn_by_its_weeks_cut_at_its_edges() -> None:
    assert [each.isoformat()[5:] for each in OCTOBER.columns()] == ["10-01", "10-05", "10-12", "10-19", "10-26"]
    rows = Rows(incidents=[Happened(1, P3, paris(1, 0)), Happened(2, P3, paris(4, 23)), Happened(3, P3, paris(31, 23))])
    found = figures(rows, OCTOBER, NIGHTS, paris(2, 0, month=11))
    assert [counts[P3] for _, counts in found.columns] == [2, 0, 0, 0, 1]


def test_median_and_ninth_decile_of_answers_and_ends() -> None:
    start = paris(5, 12)
    rows = [
        Happened(count, P2, start, taken_at=start + mins(count), resolved_at=start + mins(10 * count))
        for count in range(1, 11)
    ]
    untouched = Happened(11, P2, start, acted=False)
    found = figures(Rows([*rows, untouched]), OCTOBER, NIGHTS, paris(6, 12))
    assert found.taken == Spread(10, mins(5.5), mins(9))
    assert found.resolved == Spread(10, mins(55), mins(90))
    assert found.taken_by[P1] == Spread(0, None, None)
    assert found.ignored == 1
    assert Spread.of([mins(3)]) == Spread(1, mins(3), mins(3))


def test_limits_are_kept_to_the_second_and_open_ones_count_when_their_time_is_up() -> None:
    start = paris(5, 12)
    hour = timedelta(hours=1)
    rows = [
        Happened(1, P1, start, resolved_at=start + hour),
        Happened(2, P1, start, resolved_at=start + hour + timedelta(seconds=1)),
        Happened(3, P1, start),
    ]
    assert kept(rows, start + mins(59)) == Kept(1, 2)
    assert kept(rows, start + hour) == Kept(1, 3)
    four = [Happened(4, P2, start, resolved_at=start + 4 * hour), Happened(5, P3, start, resolved_at=start + 25 * hour)]
    assert kept(four[:1], start) == Kept(1, 1)
    assert kept(four[1:], start) == Kept(0, 1)
    assert kept([], start).share is None
    # The night in which the clocks go back: an hour is an hour.
    late = Happened(6, P1, paris(25, 2, 30), resolved_at=paris(25, 2, 45, fold=1))
    assert kept([late], paris(25, 12)) == Kept(0, 1)


def test_nights_are_everybodys_own_and_hours_awake_are_not_counted_twice() -> None:
    moments = [
        Moment("amina", paris(6, 3, 0)),
        Moment("amina", paris(6, 3, 10), page=False),  # she took it: awake until 03:40
        Moment("amina", paris(6, 6, 50)),  # ten minutes until her night is over anyway
        Moment("amina", paris(6, 14, 0)),
        Moment("hiro", paris(6, 3, 0)),  # ten in the morning where he lives
        Moment("chloe", paris(6, 3, 0), page=False),  # was there, but nobody paged her
    ]
    nights = Nights(PARIS, (time(22), time(7)), {"hiro": ZoneInfo("Asia/Tokyo")})
    assert load(moments, nights) == [Load("amina", 3, 2, mins(50)), Load("hiro", 1, 0, mins(0))]


def test_the_night_of_the_clock_change_is_one_night() -> None:
    moments = [Moment("amina", paris(25, 2, 15)), Moment("amina", paris(25, 2, 15, fold=1))]
    assert load(moments, NIGHTS) == [Load("amina", 2, 2, mins(60))]
    assert NIGHTS.of("amina", paris(25, 6, 59)) is not None
    assert NIGHTS.of("amina", paris(25, 7, 0)) is None
    assert Nights(PARIS, (time(0), time(6))).of("amina", paris(24, 23, 59)) is None


def test_the_noisiest_are_those_with_the_most_alerts_by_place_and_name() -> None:
    at = paris(5, 12)
    rows = [
        Happened(1, P2, at, "prod", "ecotrajet", "HighCPU", alerts=40, pages=2, acted=False),
        Happened(2, P2, at, "prod", "ecotrajet", "HighCPU", alerts=10, pages=1),
        Happened(3, P1, at, "prod", "ecotrajet", "Down", alerts=3, pages=4),
        *(Happened(10 + count, P3, at, "staging", f"service-{count}", alerts=4) for count in range(5)),
        Happened(20, P3, at, alerts=500),
    ]
    found = figures(Rows(rows), OCTOBER, NIGHTS, paris(6, 12))
    assert [(each.service, each.signal, each.alerts) for each in found.noisiest[:2]] == [
        ("ecotrajet", "HighCPU", 50), ("service-0", "", 4),
    ]  # fmt: skip
    worst = found.noisiest[0]
    assert (worst.incidents, worst.pages, worst.ignored) == (2, 3, 1)
    assert len(found.noisiest) == 5
    assert (found.alerts, found.pages, found.per_incident(found.pages)) == (573, 7, 7 / 9)


def test_of_a_quiet_time_nothing_is_divided_by_nothing() -> None:
    found = figures(Rows(), OCTOBER, NIGHTS, paris(2, 0, month=11))
    assert (found.total, found.per_incident(0), found.taken, found.noisiest) == (0, 0.0, Spread(), ())
