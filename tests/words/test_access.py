"""Who may do what where: the whole table, and what somebody hears who may not."""

import pytest

from bot.access import LADDER, may, may_declare, may_respond, right_of, who_may, why_not, why_not_respond
from bot.person import Person, Team
from bot.runbook import ActionClass
from bot.target import Environment

PEOPLE = {
    id_: Person(id_, name)
    for id_, name in {
        "amina": "Amina Diallo",
        "bruno": "Bruno Martin",
        "chloe": "Chloé Bernard",
        "emma": "Emma Laurent",
        "noor": "Noor Haddad",
    }.items()
}
TEAMS = {
    "devops": Team("devops", "DevOps", ("amina", "bruno"), {"*": "deploy"}),
    "lead": Team("lead", "Lead", ("bruno",), {"prod": "destroy"}),
    "support": Team("support", "Support", ("chloe",), {"*": "operate", "prod": "read"}),
    "board": Team("board", "Board", ("emma",), {}, responders=False),
}
PROD = Environment("prod", "production", protected=True)
STAGING = Environment("staging", "staging")


@pytest.mark.parametrize(
    ("person", "environment", "most"),
    [
        ("amina", "prod", "deploy"),
        ("amina", "staging", "deploy"),
        ("bruno", "prod", "destroy"),
        ("bruno", "staging", "deploy"),
        ("chloe", "prod", "read"),
        ("chloe", "staging", "operate"),
        ("chloe", "dev", "operate"),
        ("emma", "prod", "read"),
        ("noor", "prod", "read"),  # known, in no team
        ("victor", "prod", None),  # not in the configuration
        ("victor", "dev", None),
        (None, "prod", None),
    ],
)
def test_each_person_may_do_exactly_what_their_teams_may(
    person: str | None, environment: str, most: str | None
) -> None:
    allowed = [right for right in LADDER if may(PEOPLE, TEAMS, person, right, environment)]
    assert allowed == ([] if most is None else list(LADDER)[: LADDER.index(ActionClass(most)) + 1])
    assert right_of(PEOPLE, TEAMS, person, environment) == most


def test_a_stranger_reads_nothing_and_learns_nothing() -> None:
    refusal = why_not(PEOPLE, TEAMS, "victor", "read", PROD)
    assert refusal is not None
    assert not any(person.name in str(refusal) for person in PEOPLE.values())
    assert str(why_not_respond(PEOPLE, TEAMS, None)) == str(refusal)


def test_a_refusal_says_what_is_missing_and_whom_to_ask() -> None:
    refusal = why_not(PEOPLE, TEAMS, "chloe", "deploy", PROD)
    assert str(refusal) == "You may not deploy or roll back in production. Ask: Amina Diallo, Bruno Martin."
    assert why_not(PEOPLE, TEAMS, "amina", "deploy", PROD) is None


def test_a_refusal_says_so_when_nobody_may() -> None:
    refusal = why_not(PEOPLE, TEAMS, "amina", "destroy", STAGING)
    assert "nobody else may" in str(refusal)
    assert who_may(PEOPLE, TEAMS, "destroy", "staging") == ()


def test_everyone_known_may_declare_and_all_but_observers_may_respond() -> None:
    assert [id_ for id_ in (*PEOPLE, "victor") if may_respond(PEOPLE, TEAMS, id_)] == [
        "amina",
        "bruno",
        "chloe",
        "noor",
    ]
    assert [id_ for id_ in (*PEOPLE, "victor") if may_declare(PEOPLE, id_)] == list(PEOPLE)
    assert "declare" in str(why_not_respond(PEOPLE, TEAMS, "emma"))
