"""By day, by night, and when the night is over; around both changes of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident import Priority
from bot.message import Kind
from bot.oncall.wall import instant
from bot.person import CHANNELS, Person, Step
from bot.personal import Night, Rules

PARIS, LONDON = ZoneInfo("Europe/Paris"), ZoneInfo("Europe/London")
ZONES = [PARIS, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
AMINA = Person("amina", "Amina Diallo", "U0AMINA01", "+33600000001", "amina@ecotrajet.example")
QUIET = Rules(CHANNELS, {Priority.P2: (), Priority.P1: (Step(Kind.VOICE),), Priority.P3: ()})
WALLS = st.times(min_value=time(0), max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))


def paris(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


def test_the_night_goes_past_midnight_and_ends_in_the_morning() -> None:
    night = Night(time(22), time(7))
    assert night.over(paris(23, 21, 59), PARIS) is None
    assert night.over(paris(23, 22), PARIS) == paris(24, 7)
    assert night.over(paris(24, 6, 59), PARIS) == paris(24, 7)
    assert night.over(paris(24, 7), PARIS) is None


def test_a_night_may_begin_after_midnight_and_the_same_time_twice_is_none() -> None:
    assert Night(time(1), time(6)).over(paris(23, 3), PARIS) == paris(23, 6)
    assert Night(time(1), time(6)).over(paris(23, 0, 30), PARIS) is None
    assert Night(time(8), time(8)).over(paris(23, 8), PARIS) is None


@pytest.mark.parametrize(
    ("evening", "hours"), [(date(2026, 3, 28), 8), (date(2026, 10, 24), 10), (date(2026, 11, 23), 9)]
)
def test_seven_in_the_morning_stays_seven_when_the_clocks_change(evening: date, hours: int) -> None:
    begins = instant(evening, time(22), PARIS)
    over = Night(time(22), time(7)).over(begins, PARIS)
    assert over == begins + timedelta(hours=hours)
    assert over.astimezone(PARIS).time() == time(7)


@given(
    WALLS, WALLS, st.sampled_from(ZONES),
    st.sampled_from([date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4), date(2026, 10, 25)]),
    st.integers(-36 * 60, 36 * 60),
)  # fmt: skip
def test_a_night_is_one_piece_and_always_ends(start: time, end: time, zone: ZoneInfo, day: date, minutes: int) -> None:
    night, now = Night(start, end), datetime.combine(day, time(0), UTC) + timedelta(minutes=minutes)
    over = night.over(now, zone)
    if over is None:
        return
    assert now < over <= now + timedelta(hours=26)
    assert over == instant(over.astimezone(zone).date(), end, zone)
    assert night.over(over - timedelta(seconds=1), zone) == over  # no hole before it ends


def test_by_night_a_p2_waits_for_the_morning_and_comes_as_by_day() -> None:
    found = QUIET.ways(AMINA, Priority.P2, paris(24, 2), PARIS)
    assert found.held == paris(24, 7)
    assert found.steps == (Step(Kind.SLACK, timedelta(hours=5)), Step(Kind.EMAIL, timedelta(hours=5)))


def test_by_day_it_does_not_wait_and_a_p1_never_does() -> None:
    assert QUIET.ways(AMINA, Priority.P2, paris(24, 12), PARIS).steps == CHANNELS[Priority.P2]
    found = QUIET.ways(AMINA, Priority.P1, paris(24, 2), PARIS)
    assert (found.steps, found.held) == ((Step(Kind.VOICE),), None)
    careless = Rules(CHANNELS, {Priority.P1: ()})
    assert careless.ways(AMINA, Priority.P1, paris(24, 2), PARIS).steps == CHANNELS[Priority.P1]


def test_whoever_is_needed_now_is_not_left_to_sleep() -> None:
    found = QUIET.ways(AMINA, Priority.P2, paris(24, 2), PARIS, may_wait=False)
    assert (found.steps, found.held) == (CHANNELS[Priority.P2], None)


def test_the_night_is_that_of_the_person_s_own_zone() -> None:
    abroad = Person("dan", "Dan", "U0DAN0001", zone=LONDON)
    half_past_seven = datetime(2026, 11, 24, 7, 30, tzinfo=PARIS)
    assert QUIET.ways(AMINA, Priority.P2, half_past_seven, PARIS).held is None
    assert QUIET.ways(abroad, Priority.P2, half_past_seven, PARIS).held == datetime(2026, 11, 24, 7, tzinfo=LONDON)
