"""When whoever has a task is reminded of it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.task import Chasing

PARIS = ZoneInfo("Europe/Paris")
CHASING = Chasing()
FRIDAY = date(2026, 11, 27)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    "now, following",
    [
        (at(20, 12), at(26, 9)),  # the day before
        (at(26, 8, 59), at(26, 9)),
        (at(26, 9), at(27, 9)),  # on the day
        (at(27, 9), at(30, 9)),  # then every three days, from the day on
        (at(28, 23), at(30, 9)),
        (at(30, 9), datetime(2026, 12, 3, 9, tzinfo=PARIS)),
    ],
)
def test_the_day_before_on_the_day_and_every_three_days(now: datetime, following: datetime) -> None:
    assert CHASING.next_after(FRIDAY, now, PARIS) == following


def test_however_late_there_is_always_a_next_one() -> None:
    for days in range(400):
        now = at(27, 10) + timedelta(days=days)
        following = CHASING.next_after(FRIDAY, now, PARIS)
        assert now < following <= now + timedelta(days=3)


def test_nine_o_clock_is_by_the_clock_on_the_owner_s_wall() -> None:
    sunday = date(2026, 10, 25)  # the night in which summer time ends
    eve = CHASING.next_after(sunday, datetime(2026, 10, 20, tzinfo=PARIS), PARIS)
    day = CHASING.next_after(sunday, eve, PARIS)
    assert (eve.hour, day.hour) == (9, 9)
    assert day.astimezone(ZoneInfo("UTC")) - eve.astimezone(ZoneInfo("UTC")) == timedelta(hours=25)


def test_what_has_no_day_is_asked_about_every_so_often() -> None:
    assert CHASING.next_after(None, at(20, 12), PARIS) == at(23, 9)
