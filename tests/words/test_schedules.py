"""Layers, hours and holidays: at every instant, also in the two nights a year when the clocks change, exactly one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.oncall import Holidays, Hours, Imported, Override, Rotation, Schedule
from bot.oncall.holidays import easter, of_france
from bot.oncall.wall import instant
from tests.words.test_oncall import CHANGES, PARIS, ZONES, instants, paris

WEEK = frozenset(range(5))
OFFICE = Hours(WEEK, time(9), time(18))
WEEKEND = Hours(frozenset({4}), time(18), time(9), later=3, by_calendar=True)
MONDAY = date(2026, 1, 5)
FRANCE = Holidays(frozenset({date(2026, 12, 24)}), french=True)


def rotation(*people: str, only: Sequence[Hours] = (), outside: Sequence[Hours] = (), layer: int = 1) -> Rotation:
    return Rotation(people, MONDAY, 7, time(9), PARIS, tuple(only), tuple(outside), layer, FRANCE)


walls = st.times().map(lambda t: t.replace(second=0, microsecond=0))
any_hours = st.builds(
    lambda days, starts, ends: Hours(days, starts, ends, 0 if ends > starts else 1),
    st.frozensets(st.integers(0, 6), min_size=1), walls, walls,
)  # fmt: skip
zones = st.sampled_from(ZONES).map(ZoneInfo)


@given(st.lists(any_hours, min_size=1, max_size=3), zones, instants, st.integers(1, 9), walls)
def test_what_one_rotation_leaves_out_the_other_has(
    hours: list[Hours], zone: ZoneInfo, now: datetime, days: int, hand_off: time
) -> None:
    """Side by side in one layer, one `only` and one `outside` the same hours: never nobody, never both."""
    inside = Rotation(("a", "b"), date(2025, 1, 1), days, hand_off, zone, only=tuple(hours))
    rest = Rotation(("y", "z"), date(2025, 1, 1), days, hand_off, zone, outside=tuple(hours))
    assert len(Schedule("s", (inside, rest)).on_call(now)) == 1


@given(st.lists(walls, min_size=2, max_size=5, unique=True), zones, instants)
def test_spans_that_follow_each_other_around_the_clock_leave_no_gap_and_never_overlap(
    marks: list[time], zone: ZoneInfo, now: datetime
) -> None:
    marks.sort()
    every_day = frozenset(range(7))
    spans = [Hours(every_day, a, b) for a, b in pairwise(marks)] + [Hours(every_day, marks[-1], marks[0], 1)]
    turns = tuple(Rotation((str(n),), date(2025, 1, 1), 1, time(0), zone, only=(span,)) for n, span in enumerate(spans))
    assert len(Schedule("s", turns).on_call(now)) == 1


@given(st.lists(any_hours, min_size=1, max_size=2), zones, instants, st.integers(1, 9), walls)
def test_the_highest_layer_that_has_somebody_counts_and_below_it_there_is_always_somebody(
    hours: list[Hours], zone: ZoneInfo, now: datetime, days: int, hand_off: time
) -> None:
    below = Rotation(("a", "b", "c"), date(2025, 1, 1), days, hand_off, zone)
    above = Rotation(("x", "y"), date(2025, 1, 1), days, hand_off, zone, only=tuple(hours), layer=2)
    (person,) = Schedule("s", (below, above)).on_call(now)
    assert person == (above.on_call(now) or below.on_call(now))


@given(st.lists(any_hours, max_size=2), zones, st.sampled_from(CHANGES), st.integers(-50, 50), st.integers(1, 3), walls)
def test_shifts_are_the_answer_of_every_minute_and_touch_each_other(
    hours: list[Hours], zone: ZoneInfo, change: datetime, hours_away: int, days: int, hand_off: time
) -> None:
    start = change + timedelta(hours=hours_away)
    end = start + timedelta(days=4)
    below = Rotation(("a", "b"), date(2025, 1, 1), days, hand_off, zone)
    above = Rotation(("x", "y"), date(2025, 1, 1), 1, hand_off, zone, only=tuple(hours), layer=2)
    swap = Override("s", "o", start + timedelta(hours=3), start + timedelta(hours=7, minutes=30), id=1)
    schedule = Schedule("s", (below, above))
    shifts = schedule.shifts(start, end, [swap])
    assert (shifts[0].starts_at, shifts[-1].ends_at) == (start, end)
    assert all(a.ends_at == b.starts_at and a.people != b.people for a, b in pairwise(shifts))
    for shift in shifts:
        for moment in (shift.starts_at, shift.ends_at - timedelta(seconds=1)):
            assert schedule.on_call(moment, [swap]) == shift.people
    minutes = (start + timedelta(minutes=17 * n) for n in range(4 * 24 * 60 // 17))
    for moment in minutes:
        held = next(shift for shift in shifts if shift.starts_at <= moment < shift.ends_at)
        assert held.people == schedule.on_call(moment, [swap])


@given(zones, st.sampled_from(CHANGES), st.integers(-200, 200), st.integers(0, 200))
def test_a_later_wall_time_is_never_an_earlier_instant(zone: ZoneInfo, change: datetime, at: int, more: int) -> None:
    first = (change.astimezone(zone) + timedelta(minutes=at)).replace(tzinfo=None, fold=0)
    then = first + timedelta(minutes=more)
    assert instant(first.date(), first.time(), zone) <= instant(then.date(), then.time(), zone)


def test_what_spring_swallows_is_the_moment_of_the_jump() -> None:
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert instant(date(2026, 3, 29), time(2, 15), PARIS) == jump
    assert instant(date(2026, 3, 29), time(3, 0), PARIS) == jump
    assert instant(date(2026, 10, 25), time(2, 15), PARIS) == datetime(2026, 10, 25, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "people"),
    [
        ("2026-06-10T08:59", ("amina",)),  # a Wednesday
        ("2026-06-10T09:00", ("chloe",)),
        ("2026-06-10T17:59", ("chloe",)),
        ("2026-06-10T18:00", ("amina",)),
        ("2026-07-14T12:00", ("david",)),  # a Tuesday, but the national day
        ("2026-12-24T12:00", ("amina",)),  # ours
        ("2026-06-13T12:00", ("amina",)),  # a Saturday
    ],
)
def test_the_office_answers_in_its_hours_and_the_others_at_night_and_on_holidays(
    moment: str, people: tuple[str, ...]
) -> None:
    office = rotation("chloe", only=[OFFICE], layer=2)
    assert Schedule("s", (rotation("amina", "david"), office)).on_call(paris(moment)) == people


def test_a_weekend_is_a_span_of_its_own_also_over_the_change_of_the_clocks_and_from_a_holiday() -> None:
    weekends = rotation("emma", only=[WEEKEND])
    for friday, monday in (("2026-10-23", "2026-10-26"), ("2026-03-27", "2026-03-30"), ("2026-05-01", "2026-05-04")):
        start, end = paris(f"{friday}T18:00"), paris(f"{monday}T09:00")
        assert weekends.on_call(start - timedelta(seconds=1)) is None
        assert weekends.on_call(start) == weekends.on_call(end - timedelta(seconds=1)) == "emma"
        assert weekends.on_call(end) is None


def test_gaps_are_told_to_the_minute() -> None:
    week = rotation("amina", only=[Hours(WEEK, time(8), time(20))])
    found = Schedule("s", (week,)).gaps(paris("2026-06-12T12:00"), paris("2026-06-15T12:00"))
    assert [(gap.starts_at, gap.ends_at) for gap in found] == [(paris("2026-06-12T20:00"), paris("2026-06-15T08:00"))]
    assert Schedule("s", (rotation("amina"),)).gaps(paris("2026-06-01T00:00"), paris("2026-12-01T00:00")) == []


def test_an_override_may_replace_one_of_two_and_the_later_made_wins() -> None:
    both = Schedule("s", (rotation("amina"), rotation("david")))
    start, end = paris("2026-06-10T18:00"), paris("2026-06-10T22:00")
    cover = Override("s", "bruno", start, end, instead_of="amina", id=1)
    assert both.on_call(start, [cover]) == ("bruno", "david")
    everything = Override("s", "emma", start, start + timedelta(hours=1), id=2)
    assert both.on_call(start, [everything, cover]) == ("emma",)
    assert both.on_call(start + timedelta(hours=1), [everything, cover]) == ("bruno", "david")
    assert both.on_call(start, [Override("s", "bruno", start, end, instead_of="chloe")]) == ("amina", "david")


def test_an_imported_event_stands_in_its_layer() -> None:
    start, end = paris("2026-06-10T18:00"), paris("2026-06-10T22:00")
    event = Imported("s", 2, "bruno", start, end)
    schedule = Schedule("s", (rotation("amina"),))
    assert schedule.on_call(start, [event]) == ("bruno",)
    assert schedule.on_call(end, [event]) == ("amina",)
    assert schedule.on_call(start, [Imported("s", 1, "bruno", start, end)]) == ("amina", "bruno")
    assert schedule.on_call(start, [Imported("other", 2, "bruno", start, end)]) == ("amina",)


def test_now_and_next_know_until_when() -> None:
    schedule = Schedule("s", (rotation("amina", "david"),))
    now, following = schedule.now_and_next(paris("2026-10-20T12:00"))
    assert following is not None
    assert (now.people, now.ends_at) == (("david",), paris("2026-10-26T09:00"))
    assert (following.people, following.ends_at) == (("amina",), paris("2026-11-02T09:00"))
    alone, nobody = Schedule("s", (rotation("amina"),)).now_and_next(paris("2026-10-20T12:00"))
    assert (alone.people, nobody) == (("amina",), None)


def test_easter_and_the_days_that_move_with_it() -> None:
    assert [easter(year) for year in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25),
    ]  # fmt: skip
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} <= of_france(2026)
    assert len(of_france(2026)) == 11
