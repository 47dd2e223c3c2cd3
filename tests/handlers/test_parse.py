"""What people type, in all the ways their keyboards have."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from handlers import parse


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rollback prod", ["rollback", "prod"]),
        ("  rollback \t prod\u00a0v1 ", ["rollback", "prod", "v1"]),
        ('declare "two words" prod', ["declare", "two words", "prod"]),
        ("declare “two words” prod", ["declare", "two words", "prod"]),
        ("declare « deux mots » prod", ["declare", "deux mots", "prod"]),
        ("declare «\u202fdeux mots\u202f» prod", ["declare", "deux mots", "prod"]),
        ("declare 'two words' prod", ["declare", "two words", "prod"]),
        ("declare ‘two words’ prod", ["declare", "two words", "prod"]),
        ("declare l'API d'ÉcoTrajet est lente", ["declare", "l'API", "d'ÉcoTrajet", "est", "lente"]),
        ("declare l’API est lente", ["declare", "l’API", "est", "lente"]),
        ('--grep="a b"', ["--grep=a b"]),
        ('note "never closed', ["note", "never closed"]),
        ('declare "l\'API"', ["declare", "l'API"]),
        ("", []),
        ('""', [""]),
    ],
)
def test_words_are_split_as_a_person_means_them(text: str, words: list[str]) -> None:
    assert parse.split(text) == words


@pytest.mark.parametrize(
    "text", ["logs prod --tail 50", "logs --tail=50 prod", "logs prod —tail 50", "logs —tail=50 prod"]
)
def test_an_option_may_stand_anywhere_and_survive_a_long_dash(text: str) -> None:
    line = parse.read(parse.split(text), values={"tail"})
    assert line.words == ("logs", "prod")
    assert line.options == {"tail": "50"}


def test_free_text_may_hold_what_looks_like_an_option() -> None:
    assert parse.read(parse.split("declare --force fails"), free=True).words == ("declare", "--force", "fails")


def test_a_flag_takes_no_value() -> None:
    line = parse.read(parse.split("rollback --dry-run prod"), flags={"dry-run"})
    assert (line.words, line.options) == (("rollback", "prod"), {"dry-run": ""})


def test_an_unknown_option_gets_the_nearest_one() -> None:
    with pytest.raises(UserError, match="--tail"):
        parse.read(parse.split("logs prod --tial 50"), values={"tail"})


def test_an_unknown_option_without_likeness_gets_the_list() -> None:
    with pytest.raises(UserError, match="--since, --tail"):
        parse.read(parse.split("logs prod --zzz"), values={"tail", "since"})


def test_what_slack_escaped_is_undone() -> None:
    line = parse.read(
        parse.split("give <@U0AMINA01|amina> <#C0INCIDEN|incidents> <https://x.example/?a=1&amp;b=2|x> a&lt;b")
    )
    assert line.words == ("give", "@U0AMINA01", "#incidents", "https://x.example/?a=1&b=2", "a<b")


@pytest.mark.parametrize(
    ("word", "value"), [("42", 42), ("#42", 42), ("4x", None), ("", None), ("-1", None), ("４", None)]
)
def test_a_number_may_carry_its_hash(word: str, value: int | None) -> None:
    assert parse.number(word) == value


@pytest.mark.parametrize(
    ("word", "minutes"),
    [("10m", 10), ("10min", 10), ("1h30m", 90), ("2h30", 150), ("2H", 120), ("1j", 1440), ("60s", 1)],
)
def test_durations_are_short(word: str, minutes: int) -> None:
    assert parse.duration(word) == timedelta(minutes=minutes)


@pytest.mark.parametrize("word", ["", "ten", "10", "10x", "-5m", "1h 30m"])
def test_what_is_no_duration_says_what_is(word: str) -> None:
    with pytest.raises(UserError, match="10m"):
        parse.duration(word)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    words = parse.split(text)
    assert all(isinstance(word, str) for word in words)
    with suppress(UserError):
        parse.read(parse.split(text), values={"tail"}, flags={"dry-run"})
