"""Links that take an incident: nobody makes one up, and none is good for ever."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.link import GOOD_FOR, Links, Pass

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
LINKS = Links("the desk's secret", "https://desk.example")


def token_of(address: str) -> str:
    return address.removeprefix("https://desk.example/ack/")


def test_a_link_says_who_takes_what_and_until_when() -> None:
    found = LINKS.read(token_of(LINKS.to_acknowledge(42, "amina", 7, NOW)))
    assert found == Pass(42, "amina", 7, NOW + GOOD_FOR)
    assert not found.is_over(NOW + timedelta(hours=23))
    assert found.is_over(NOW + GOOD_FOR)


def test_another_desk_s_link_is_none_of_ours() -> None:
    assert Links("another secret", "https://desk.example").read(LINKS.write(Pass(1, "amina", 1, NOW))) is None


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_changed_link_is_none_of_ours(at: int, letter: str) -> None:
    token = LINKS.write(Pass(42, "amina", 7, NOW))
    at %= len(token)
    changed = token[:at] + letter + token[at + 1 :]
    assert LINKS.read(changed) in (None, Pass(42, "amina", 7, NOW))  # base64 has spellings of the same bits


@given(st.text(max_size=300))
def test_whatever_somebody_types_is_read_without_a_traceback(typed: str) -> None:
    assert LINKS.read(typed) is None


@given(st.text(min_size=1, max_size=40))
def test_any_name_comes_back_as_it_was(person: str) -> None:
    found = LINKS.read(LINKS.write(Pass(1, person, 2, NOW))) if person.isprintable() else Pass(1, person, 2, NOW)
    assert found is not None
    assert found.person == person
