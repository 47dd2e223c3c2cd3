"""What the channel of an incident is called, and the moves it may make."""

import pytest

from bot.room import ALLOWED, LONGEST_NAME, RoomState, name_of, names_for


@pytest.mark.parametrize(
    "number, title, name",
    [
        (42, "[PROD] [CRITICAL] Base de données", "inc-0042-base-de-donnees"),
        (7, "Élévation à 503 : l’API <!channel>", "inc-0007-elevation-a-503-l-api-channel"),
        (12345, "支付失败", "inc-12345"),
        (3, "x" * 300, "inc-0003-" + "x" * 40),
        (4, "one two " * 30, "inc-0004-one-two-one-two-one-two-one-two-one-two"),
    ],
)
def test_a_name_is_read_at_a_glance_and_taken_by_slack(number: int, title: str, name: str) -> None:
    assert name_of("inc", number, title) == name
    assert len(name) <= LONGEST_NAME


def test_a_name_that_is_taken_gets_a_number_and_what_was_written_down_comes_first() -> None:
    assert names_for("", "inc-0001-x")[:3] == ["inc-0001-x", "inc-0001-x-2", "inc-0001-x-3"]
    assert names_for("inc-0001-old", "inc-0001-x")[:2] == ["inc-0001-old", "inc-0001-x"]
    assert all(len(name) <= LONGEST_NAME for name in names_for("", "y" * LONGEST_NAME))


def test_every_state_can_be_left_but_by_a_known_move() -> None:
    assert set(ALLOWED) == set(RoomState)
    assert RoomState.OPEN not in ALLOWED[RoomState.ARCHIVED]  # a channel that was archived is not opened again
