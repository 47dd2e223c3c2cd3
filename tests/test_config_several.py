"""`acknowledgements` of a level: how many of its people have to take an incident."""

from pathlib import Path

import pytest

from tests.test_config import desk_of, problems_of

PEOPLE = """
people:
  amina: {name: Amina, phone: "+33600000001"}
  bruno: {name: Bruno, phone: "+33600000002"}
teams:
  devops: {members: [amina, bruno]}
"""
POLICY = (
    "escalation: {{policies: {{default: {{levels: [{{name: A, after: 0, tell: {tell}, acknowledgements: {n}}}]}}}}}}"
)


def test_a_level_asks_for_one_unless_it_says_more(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, PEOPLE + POLICY.format(tell="[team:devops]", n=2))
    assert desk.policies["default"].levels[0].acknowledgements == 2


@pytest.mark.parametrize(
    ("tell", "n", "problem"),
    [
        ("[team:devops, person:amina]", 3, "'A' means 2 people at most"),
        ("[person:amina]", 2, "'A' means 1 people at most"),
        ("[person:amina]", 0, "greater than or equal to 1"),
        ("[person:amina]", '"two"', "whole number"),
    ],
)
def test_more_than_it_can_ever_mean_is_a_mistake(tmp_path: Path, tell: str, n: object, problem: str) -> None:
    found = " ".join(map(str, problems_of(tmp_path, PEOPLE + POLICY.format(tell=tell, n=n))))
    assert problem in found
    assert "levels[0].acknowledgements" in found
