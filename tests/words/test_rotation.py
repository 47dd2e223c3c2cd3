"""Secrets grow old: two weeks' notice, then due; what was recorded last counts."""

from datetime import date, timedelta

from bot.rotation import Rotation, RotationEntry, Stage, standing
from bot.runbook import Light

ENTRY = RotationEntry("supabase", date(2026, 9, 1), timedelta(days=90))


def test_the_notice_is_two_weeks_and_due_is_the_day_itself() -> None:
    made = Rotation(ENTRY, ENTRY.rotated)
    assert made.due == date(2026, 11, 30)
    assert [made.stage(made.due + timedelta(days=days)) for days in (-15, -14, -1, 0, 400)] == [
        None, Stage.SOON, Stage.SOON, Stage.DUE, Stage.DUE,
    ]  # fmt: skip
    assert [made.light(made.due + timedelta(days=days)) for days in (-15, -14, 0)] == [
        Light.GREEN, Light.YELLOW, Light.RED,
    ]  # fmt: skip


def test_the_later_of_file_and_slack_counts() -> None:
    assert standing(ENTRY, []) == Rotation(ENTRY, date(2026, 9, 1))
    assert standing(ENTRY, [(date(2026, 8, 1), "bruno")]) == Rotation(ENTRY, date(2026, 9, 1))
    recorded = [(date(2026, 11, 1), "bruno"), (date(2026, 10, 1), "amina")]
    assert standing(ENTRY, recorded) == Rotation(ENTRY, date(2026, 11, 1), "bruno")
