"""The section `freezes`: what the example shows, when its windows hold, and every mistake told with its place."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import load_desk
from bot.desk import Desk
from bot.errors import ConfigError
from bot.freeze import FreezeWindow, Moment

EXAMPLE = Path(__file__).parent.parent / "ecotrajet.example.yaml"
PARIS = ZoneInfo("Europe/Paris")
PLACES = "environments: {staging: , prod: }\nservices: {ecotrajet: }\n"


def desk_of(tmp_path: Path, text: str) -> Desk:
    file = tmp_path / "ecotrajet.yaml"
    file.write_text(text)
    return load_desk(file)


def test_what_the_example_shows_behind_its_hash_signs_is_valid(tmp_path: Path) -> None:
    shown = EXAMPLE.read_text("utf-8")
    at, end = shown.index("#freezes:"), shown.index("# ── Maintenance")
    desk = desk_of(tmp_path, shown[:at] + re.sub(r"(?m)^#(?=\S|  )", "", shown[at:end]) + shown[end:])
    assert desk.freezes == (
        FreezeWindow(
            "config:week-end", ("prod",), Moment(4, time(16)), Moment(0, time(8)), PARIS, "personne au bureau"
        ),
        FreezeWindow(
            "config:fin-d-annee", ("prod", "staging"), Moment(date(2026, 12, 18), time(16)),
            Moment(date(2027, 1, 4)), PARIS, "fin-d-annee",
        ),
    )  # fmt: skip


WEEKEND = FreezeWindow("config:w", ("prod",), Moment(4, time(16)), Moment(0, time(8)), PARIS, "w")
ALMOST_ALWAYS = FreezeWindow("config:w", ("prod",), Moment(0, time(12)), Moment(0, time(9)), PARIS, "w")
LUNCH = FreezeWindow("config:w", ("prod",), Moment(0, time(12)), Moment(0, time(14)), PARIS, "w")
CHRISTMAS = FreezeWindow(
    "config:w", ("prod",), Moment(date(2026, 12, 18)), Moment(date(2027, 1, 4), time(8)), PARIS, "w"
)


@pytest.mark.parametrize(
    ("window", "now", "until"),
    [
        (WEEKEND, "2026-11-27 15:59", None),  # a Friday
        (WEEKEND, "2026-11-27 16:00", "2026-11-30 08:00"),
        (WEEKEND, "2026-11-29 23:00", "2026-11-30 08:00"),
        (WEEKEND, "2026-11-30 07:59", "2026-11-30 08:00"),
        (WEEKEND, "2026-11-30 08:00", None),
        (WEEKEND, "2026-10-25 12:00", "2026-10-26 08:00"),  # summer time ended that night
        (ALMOST_ALWAYS, "2026-11-30 08:00", "2026-11-30 09:00"),  # a Monday: the one of last week
        (ALMOST_ALWAYS, "2026-11-30 10:00", None),
        (ALMOST_ALWAYS, "2026-11-30 12:00", "2026-12-07 09:00"),
        (LUNCH, "2026-11-30 13:00", "2026-11-30 14:00"),
        (LUNCH, "2026-12-01 13:00", None),
        (CHRISTMAS, "2026-12-17 23:59", None),
        (CHRISTMAS, "2026-12-18 00:00", "2027-01-04 08:00"),
        (CHRISTMAS, "2027-01-04 08:00", None),
    ],
)
def test_a_window_holds_by_the_clock_on_the_wall(window: FreezeWindow, now: str, until: str | None) -> None:
    found = window.present(datetime.fromisoformat(now).replace(tzinfo=PARIS).astimezone(UTC))
    assert (found and found[1].astimezone(PARIS).strftime("%Y-%m-%d %H:%M")) == until


@pytest.mark.parametrize(
    ("window", "now", "since"),
    [
        (WEEKEND, "2026-11-26 12:00", "2026-11-27 16:00"),
        (WEEKEND, "2026-11-27 16:00", "2026-12-04 16:00"),  # this one has begun
        (WEEKEND, "2026-11-28 12:00", "2026-12-04 16:00"),
        (CHRISTMAS, "2026-11-28 12:00", "2026-12-18 00:00"),
        (CHRISTMAS, "2026-12-20 12:00", None),
    ],
)
def test_the_next_one_is_foreseen(window: FreezeWindow, now: str, since: str | None) -> None:
    found = window.coming(datetime.fromisoformat(now).replace(tzinfo=PARIS).astimezone(UTC))
    assert (found and found[0].astimezone(PARIS).strftime("%Y-%m-%d %H:%M")) == since


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{environments: [mars], starts: friday, ends: monday}", r"freezes\.w\.environments.*mars"),
        ("{environments: [], starts: friday, ends: monday}", r"freezes\.w\.environments"),
        ("{environments: [prod], starts: soon, ends: monday}", r"freezes\.w\.starts.*a day of the week or a date"),
        ("{environments: [prod], starts: friday 25:00, ends: monday}", r"freezes\.w\.starts.*friday 16:00"),
        ("{environments: [prod], starts: friday, ends: 2026-12-01}", r"freezes\.w\.ends.*same kind"),
        ("{environments: [prod], starts: friday, ends: friday}", r"freezes\.w\.ends.*same as starts"),
        ("{environments: [prod], starts: 2026-12-18, ends: 2026-12-01}", r"freezes\.w\.ends.*before starts"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, entry: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        desk_of(tmp_path, f"{PLACES}freezes: {{w: {entry}}}")
    assert re.search(said, "\n".join(caught.value.problems)), caught.value.problems
