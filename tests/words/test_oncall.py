"""Who is on call, above all in the two nights a year when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.oncall import Override, Rotation, Schedule

PARIS = ZoneInfo("Europe/Paris")
ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe")  # the last one moves by half an hour

WEEKLY = Rotation(("amina", "david"), starts=date(2026, 1, 5), days=7, hand_off=time(9), zone=PARIS)
ASTREINTE = Schedule("astreinte", (WEEKLY,))


def paris(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold)


@pytest.mark.parametrize(
    ("moment", "person"),
    [
        ("2026-01-05T08:59:59", None),  # before the first turn
        ("2026-01-05T09:00:00", "amina"),
        ("2026-01-12T08:59:59", "amina"),
        ("2026-01-12T09:00:00", "david"),
        ("2026-03-29T12:00:00", "david"),  # the day summer begins
        ("2026-03-30T08:59:59", "david"),
        ("2026-03-30T09:00:00", "amina"),  # at nine by the clock on the wall, an hour earlier in UTC
        ("2026-10-25T12:00:00", "david"),
        ("2026-10-26T08:59:59", "david"),
        ("2026-10-26T09:00:00", "amina"),
    ],
)
def test_the_turn_passes_at_nine_on_monday_by_the_clock_on_the_wall(moment: str, person: str | None) -> None:
    assert WEEKLY.on_call(paris(moment)) == person


def test_a_hand_off_in_the_hour_that_comes_twice_happens_once() -> None:
    nightly = Rotation(("amina", "david"), date(2026, 10, 24), days=1, hand_off=time(2, 30), zone=PARIS)
    start = paris("2026-10-25T01:00").astimezone(UTC)
    moments = [start + timedelta(minutes=10 * step) for step in range(24)]
    for zone in (UTC, PARIS):  # the same instants, however they are written
        turns = [nightly.on_call(moment.astimezone(zone)) for moment in moments]
        changes = [(a, b) for a, b in pairwise(turns) if a != b]
        assert changes == [("amina", "david")]


def test_a_hand_off_in_the_hour_that_does_not_exist_still_happens() -> None:
    nightly = Rotation(("amina", "david"), date(2026, 3, 28), days=1, hand_off=time(2, 30), zone=PARIS)
    assert nightly.on_call(paris("2026-03-29T01:59")) == "amina"
    assert nightly.on_call(paris("2026-03-29T04:00")) == "david"


rotations = st.builds(
    Rotation,
    people=st.lists(st.sampled_from("abcde"), min_size=1, max_size=4, unique=True).map(tuple),
    starts=st.dates(date(2024, 1, 1), date(2025, 12, 30)),
    days=st.integers(1, 15),
    hand_off=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
CHANGES = (  # the clocks change in Paris, New York, on Lord Howe Island
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
)
any_time = st.integers(0, 2 * 366 * 24 * 60).map(lambda m: datetime(2026, 1, 2, tzinfo=UTC) + timedelta(minutes=m))
near_a_change = st.builds(lambda at, m: at + timedelta(minutes=m), st.sampled_from(CHANGES), st.integers(-240, 240))
instants = st.builds(
    lambda at, zone: at.astimezone(ZoneInfo(zone)), any_time | near_a_change, st.sampled_from(("UTC", *ZONES))
)


@given(rotations, instants)
def test_there_is_never_a_gap_and_never_two(rotation: Rotation, now: datetime) -> None:
    """The person on call stays until the announced hand-off, to the second; then it is the next one."""
    person = rotation.on_call(now)
    change = rotation.next_change(now)
    assert person in rotation.people
    now = now.astimezone(UTC)
    assert now < change.astimezone(UTC) <= now + timedelta(days=rotation.days, hours=2)
    just_before = change.astimezone(UTC) - timedelta(seconds=1)
    if just_before >= now:
        assert rotation.on_call(just_before) == person
    follower = rotation.people[(rotation.people.index(person) + 1) % len(rotation.people)]
    assert rotation.on_call(change) == follower


@given(st.sampled_from(ZONES).map(ZoneInfo), st.integers(0, 23), st.integers(0, 59), st.integers(1, 8))
def test_over_a_year_each_turn_is_as_long_as_the_others(zone: ZoneInfo, hour: int, minute: int, days: int) -> None:
    """But for the hour that a change of the clocks adds or takes."""
    rotation = Rotation(("a", "b", "c"), date(2026, 1, 1), days, time(hour, minute), zone)
    now = datetime(2026, 1, 3, 12, tzinfo=UTC)
    change = rotation.next_change(now)
    while change.astimezone(UTC) < datetime(2027, 1, 3, tzinfo=UTC):
        following = rotation.next_change(change)
        lasted = following.astimezone(UTC) - change.astimezone(UTC)
        assert abs(lasted - timedelta(days=days)) <= timedelta(hours=1)
        change = following


def test_an_override_replaces_the_rotation_from_its_start_to_just_before_its_end() -> None:
    start, end = paris("2026-01-06T09:00"), paris("2026-01-06T18:00")
    swap = Override("astreinte", "bruno", start, end)
    other = Override("elsewhere", "emma", start, end)
    assert ASTREINTE.on_call(start - timedelta(seconds=1), [swap, other]) == ("amina",)
    assert ASTREINTE.on_call(start, [swap, other]) == ("bruno",)
    assert ASTREINTE.on_call(end, [swap, other]) == ("amina",)


def test_rotations_side_by_side_have_one_person_each_and_nobody_twice() -> None:
    second = Rotation(("david", "amina"), date(2026, 1, 5), days=7, hand_off=time(9), zone=PARIS)
    both = Schedule("both", (WEEKLY, second, WEEKLY))
    assert both.on_call(paris("2026-01-06T12:00")) == ("amina", "david")
