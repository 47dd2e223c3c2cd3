"""What people write at three in the morning, and what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import AlreadyEscalated, Escalated
from bot.escalation import LAST_RESORT
from bot.language import say
from handlers import answers
from handlers.sms_reply import Reply, Wish, understand, worded
from tests.notify.examples import NOW, PARIS, incident


@pytest.mark.parametrize(
    "text",
    [
        "ack 42",
        "ACK 42",
        "Ack: 42",
        "ack42",
        "ack#42",
        "#42",
        "42",
        " 42 \n",
        "42 ack",
        "#42 pris",
        "prends 42",
        "ok 42",
        "je prends le 42",
        "Je prends l’incident n° 42 !",
        "oui 42",
        "Prise 42",
        "ack ４２",
        "take 42",
        "ack 42 svp",
    ],
)
def test_these_take_incident_42(text: str) -> None:
    assert understand(text) == Reply(Wish.TAKE, 42)


@pytest.mark.parametrize(
    "text",
    ["ack", "ACK", "Ack.", "ok", "OK !", "pris", "Je prends", "je m’en occupe", "c'est pour moi", "👍", "I'm on it"],
)
def test_these_take_the_latest_page(text: str) -> None:
    assert understand(text) == Reply(Wish.TAKE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "non",
        "no 42",
        "pas pris",
        "je ne prends pas le 42",
        "ack 42 43",
        "42 est pris ?",
        "merci",
        "stop",
        "1a ?",
        "1c",
        "100a",
        "1a 2a",
        "a1",
        "0612345678",
        "résolu",
        "escalade",
        "ack résolu 42",
        "qui prend 42",
        "ack 42 en fait non",
        "🎉",
        "ackk 42",
    ],
)
def test_a_page_is_never_taken_by_mistake(text: str) -> None:
    assert understand(text) is None


@pytest.mark.parametrize("text", ["1a", "1A", " 1 a \n", "1a.", "“1a”", "１Ａ", "1-a"])
def test_the_code_of_a_page_takes_it_however_it_is_typed(text: str) -> None:
    assert understand(text) == Reply(Wish.TAKE, code=1)


def test_the_other_letters_escalate_and_resolve() -> None:
    assert understand("12e") == Reply(Wish.ESCALATE, code=12)
    assert understand("3 R") == Reply(Wish.RESOLVE, code=3)


def test_resolving_and_escalating_need_the_number() -> None:
    assert understand("Résolu 42") == Reply(Wish.RESOLVE, 42)
    assert understand("escalade #42") == Reply(Wish.ESCALATE, 42)


@given(st.text())
def test_whatever_is_written_is_answered(text: str) -> None:
    understood = understand(text)
    assert understood is None or understood.number is None or understood.number >= 0


def test_the_last_resort_is_named_in_the_reader_s_language() -> None:
    for answer in (Escalated(incident(), LAST_RESORT), AlreadyEscalated(incident(), LAST_RESORT)):
        for words in (worded(answer), answers.worded(answer)):
            assert words is not None
            assert "Dernier recours" in say(words, "fr", PARIS, NOW)
