"""Several people who are to be on one incident: who counts, whose share is whose, when they are enough."""

from datetime import UTC, datetime, timedelta

from bot.escalation import Level, Policy, due_levels
from bot.incident import Priority
from bot.taking import Asking, Share, Taker, counted, missing, signed

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
TWO = Asking("DevOps", 2, frozenset({"amina", "bruno", "david"}))
ONE = Asking("Support", 1, frozenset({"chloe"}))


def test_two_different_people_of_the_level_are_enough_and_one_is_not() -> None:
    assert missing([TWO], ["amina"], newcomer=True) == Share("DevOps", 1, 2)
    assert missing([TWO], ["amina", "david"], newcomer=True) is None


def test_who_is_not_of_the_level_does_not_make_it_two() -> None:
    assert missing([TWO], ["amina", "chloe"], newcomer=True) == Share("DevOps", 1, 2)


def test_the_next_level_that_wants_one_is_answered_by_whoever_comes_now_not_by_who_was_there() -> None:
    assert missing([TWO, ONE], ["amina", "emma"], newcomer=True) is None
    assert missing([TWO, ONE], ["amina"], newcomer=False) == Share("DevOps", 1, 2)
    assert missing([TWO, ONE], ["chloe"], newcomer=False) is None


def test_a_sign_is_one_s_own_and_a_share_that_is_handed_over_keeps_its_place() -> None:
    first = (Taker("amina", NOW, NOW), Taker("bruno", NOW, NOW))
    assert signed(first, "amina", LATER) == (Taker("amina", NOW, LATER), Taker("bruno", NOW, NOW))
    assert signed(first, "david", LATER, "amina") == (Taker("david", LATER, LATER), Taker("bruno", NOW, NOW))
    assert signed(first, "bruno", LATER, "amina") == (Taker("bruno", NOW, LATER),)
    assert [each.counts for each in counted(signed(first, "chloe", LATER), [TWO], "DevOps")] == [True, True, False]
    assert Taker.from_json(first[0].to_json()) == first[0]


def test_the_policy_that_is_copied_into_an_incident_keeps_how_many_each_level_wants() -> None:
    policy = Policy("p", (Level("a", timedelta(0), ("team:a",), 2), Level("b", timedelta(hours=1), ("team:b",))))
    assert Policy.from_json(policy.to_json()) == policy
    assert [level.acknowledgements for level in due_levels(policy, Priority.P1, NOW)] == [2, 1]
    older = {"name": "a", "after": 0.0, "targets": ["team:a"]}
    assert Level.from_json(older) == Level("a", timedelta(0), ("team:a",))
