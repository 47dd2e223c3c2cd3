"""The ladder in absolute times: repeats, the fallback at the end, business hours by the clock on the wall."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.escalation import LAST_RESORT, Hours, Level, Policy, due_levels
from bot.incident import RESOLVE_WITHIN, Priority
from bot.lifecycle.ladder import place_of
from bot.oncall import Holidays
from bot.sla import Due, acknowledged, clock

ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe")
MINUTE = timedelta(minutes=1)
LEVELS = tuple(Level(name, after * MINUTE, (f"team:{name}",)) for name, after in (("a", 0), ("b", 15), ("c", 60)))
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - made UTC


def office(zone: str = "Europe/Paris") -> Hours:
    return Hours(tuple(range(5)), time(9), time(18), ZoneInfo(zone))


def times(policy: Policy, priority: Priority, since: datetime, first: int = 0) -> list[float]:
    return [(level.due_at - since) / MINUTE for level in due_levels(policy, priority, since, first)]


def test_the_guide_s_offsets_count_from_detection() -> None:
    assert times(Policy("p", LEVELS), Priority.P1, MONDAY) == [0, 15, 60]


def test_going_on_from_a_level_keeps_the_distances() -> None:
    assert times(Policy("p", LEVELS), Priority.P1, MONDAY, 1) == [0, 45]


def test_repeats_begin_some_time_after_the_last_level_and_the_fallback_ends_it_all() -> None:
    policy = Policy("p", LEVELS[:2], fallback=("team:z",), repeat=2, repeat_after=10 * MINUTE)
    assert times(policy, Priority.P1, MONDAY) == [0, 15, 25, 40, 50, 65, 75]
    assert due_levels(policy, Priority.P1, MONDAY)[-1].name == LAST_RESORT


def test_a_priority_that_stops_before_the_top_gets_no_fallback() -> None:
    policy = Policy("p", LEVELS, stops_at=((Priority.P3, "b"),), fallback=("team:z",))
    assert len(due_levels(policy, Priority.P3, MONDAY)) == 2
    assert len(due_levels(policy, Priority.P2, MONDAY)) == 4


def test_what_is_put_off_until_the_morning_puts_off_the_rest_as_well() -> None:
    friday = datetime(2026, 11, 27, 16, 50, tzinfo=UTC)  # 17:50 in Paris
    levels = due_levels(Policy("p", LEVELS, hours=office()), Priority.P3, friday)
    opening = datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert [level.due_at for level in levels] == [friday, opening, opening + 45 * MINUTE]
    assert [level.waits for level in levels] == [False, True, False]
    assert times(Policy("p", LEVELS, hours=office()), Priority.P1, friday) == [0, 15, 60]


@given(MOMENTS, st.sampled_from(ZONES))
def test_the_next_opening_lies_within_business_hours_and_nothing_open_is_passed_over(at: datetime, zone: str) -> None:
    hours = office(zone)
    opening = hours.next_open(at)
    local = opening.astimezone(ZoneInfo(zone))
    assert opening >= at
    assert local.weekday() < 5
    assert time(9) <= local.time() < time(18)
    assert opening == at or local.time() == time(9)
    assert hours.next_open(opening) == opening
    between = at
    while between < opening:
        wall = between.astimezone(ZoneInfo(zone))
        assert wall.weekday() >= 5 or not time(9) <= wall.time() < time(18)
        between += timedelta(hours=1)


@given(MOMENTS, st.integers(0, 3), st.sampled_from(list(Priority)))
def test_levels_never_overtake_each_other(at: datetime, repeat: int, priority: Priority) -> None:
    policy = Policy("p", LEVELS, fallback=("team:z",), repeat=repeat, hours=office())
    due = [level.due_at for level in due_levels(policy, priority, at)]
    assert due == sorted(due)


def test_a_holiday_is_no_business_day_and_a_bridge_over_the_change_of_clocks_is_one_pause() -> None:
    christmas = datetime(2026, 12, 24, 17, 30, tzinfo=UTC)  # Thursday, 18:30 in Paris; Friday is a holiday
    hours = replace(office(), holidays=Holidays(french=True))
    assert hours.next_open(christmas) == datetime(2026, 12, 28, 8, tzinfo=UTC)
    closed = replace(office(), holidays=Holidays(frozenset({date(2026, 3, 30)})))  # the Monday after spring's change
    levels = due_levels(Policy("p", LEVELS, hours=closed), Priority.P3, datetime(2026, 3, 27, 17, 5, tzinfo=UTC))
    assert [level.due_at for level in levels] == [
        datetime(2026, 3, 31, 7, minute, tzinfo=UTC) for minute in (0, 15)
    ] + [datetime(2026, 3, 31, 8, tzinfo=UTC)]
    assert Hours.from_json(closed.to_json()) == closed
    mondays = replace(closed, days=(0,))  # far between, and this one is a holiday
    assert mondays.next_open(datetime(2026, 3, 24, 12, tzinfo=UTC)) == datetime(2026, 4, 6, 7, tzinfo=UTC)


def test_what_was_reached_in_a_repeat_is_gone_on_from_there() -> None:
    policy = Policy("p", LEVELS, fallback=("team:z",), repeat=1)
    assert place_of(policy, Priority.P1, 4, "b") == 4
    assert place_of(policy, Priority.P1, 5, "b") == 1  # of another ladder: where it stands on this one
    assert place_of(policy, Priority.P1, -1, "") == 0


def test_a_policy_survives_its_own_copy_and_older_ones_are_read() -> None:
    policy = Policy("p", LEVELS, fallback=("team:z",), repeat=1, ack_expires=((Priority.P1, MINUTE),), hours=office())
    assert Policy.from_json(policy.to_json()) == policy
    old = {key: policy.to_json()[key] for key in ("name", "levels", "stops_at", "fallback")}
    assert Policy.from_json(old) == Policy("p", LEVELS, fallback=("team:z",))


def test_the_clock_of_the_guide() -> None:
    points = clock(Priority.P1, MONDAY)
    assert [(each.at - MONDAY) / MINUTE for each in points] == [30, 48, 60]
    assert points[-1].at == MONDAY + RESOLVE_WITHIN[Priority.P1]


def test_the_owner_is_asked_five_minutes_before_or_at_half_of_a_short_time() -> None:
    asked, ends = acknowledged(MONDAY, 30 * MINUTE)
    assert (asked.due, (asked.at - MONDAY) / MINUTE, (ends.at - MONDAY) / MINUTE) == (Due.ACK_REMINDER, 25, 30)
    assert (acknowledged(MONDAY, 4 * MINUTE)[0].at - MONDAY) / MINUTE == 2
