"""Whose language counts: one's own choice, the file's word for somebody, the workspace's."""

from dataclasses import replace

from bot.spoken import Spoken
from tests.notify.examples import desk


def test_ones_own_choice_wins_over_the_file_and_the_file_over_the_workspace() -> None:
    ours = replace(desk(), language="fr", spoken=Spoken())
    david = replace(ours.people["amina"], slack="U0DAVID01", language="en")
    assert ours.language_of(None) == "fr"
    assert ours.language_of(david) == "en"
    ours.spoken.chosen = {"U0DAVID01": "fr", "U0VICTOR1": "en"}
    assert ours.language_of(david) == "fr"
    assert ours.language_of(replace(david, slack=None)) == "en"
    assert ours.language_of(None, "U0VICTOR1") == "en"
    assert ours.language_of(None, "incidents") == "fr"
