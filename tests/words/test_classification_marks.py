"""What marks and figures make of an alert: over, rising, on its last days; and what a soft label may not hide."""

import pytest

from bot.incident import Priority
from tests.words.test_classification import alert, judged


@pytest.mark.parametrize(
    "title", ["[RESOLVED] API down", 'OK: "prod-web-5xx" in EU (Paris)', "Alert cleared", "API up"]
)
def test_a_tool_s_own_mark_closes_even_what_was_critical(title: str) -> None:
    assert judged(alert(title, severity="critical", environment="prod")).rule == "marked-over"


@pytest.mark.parametrize("title", ["Recovery: failed", "[OK] but the site is down", "API not up", "Restored: not yet"])
def test_what_only_looks_like_a_mark_does_not(title: str) -> None:
    found = judged(alert(title, severity="critical", environment="prod"))
    assert found.priority in (Priority.P1, Priority.P2), found.rule


@pytest.mark.parametrize(
    "title", ["Erreurs 500 en hausse", "Error rate climbing on checkout", "One login in ten fails", "Pages load in 6 s"]
)
def test_what_people_meet_is_degraded_even_for_a_sender_who_only_warns(title: str) -> None:
    assert judged(alert(title, severity="warning", environment="prod")).priority is Priority.P2


def test_a_soft_label_does_not_hide_what_is_said_of_people() -> None:
    found = judged(alert("Customers talk about a privacy matter", severity="info", environment="prod"))
    assert (found.priority, found.rule) == (Priority.P2, "sensitive")


@pytest.mark.parametrize(("title", "worth"), [("cert J-3", Priority.P2), ("cert J-30", Priority.P3)])
def test_days_may_be_counted_down(title: str, worth: Priority) -> None:
    assert judged(alert(title, environment="prod")).priority is worth


def test_what_went_wrong_during_an_exercise_is_no_exercise() -> None:
    told = "During the restore exercise the production database was overwritten"
    assert judged(alert(told, environment="prod")).priority is Priority.P1


def test_what_would_be_said_on_the_day_is_not_said_today() -> None:
    found = judged(alert("Your integration is ready", text="When something is down, you will see it here."))
    assert found.priority is None
