"""Short codes go round and round among a person's open pages."""

from hypothesis import given
from hypothesis import strategies as st

from bot.shortcode import MOST, next_code


def test_the_first_is_one_and_then_they_count() -> None:
    assert next_code(0, set()) == 1
    assert next_code(1, {1}) == 2


def test_a_resolved_page_s_code_comes_again_only_after_all_the_others() -> None:
    assert next_code(3, set()) == 4
    assert next_code(MOST, {1, 2}) == 3


@given(st.integers(0, MOST), st.sets(st.integers(1, MOST)))
def test_a_code_is_two_digits_at_most_and_no_open_page_s_while_one_is_free(last: int, busy: set[int]) -> None:
    code = next_code(last, busy)
    assert 1 <= code <= MOST
    assert code not in busy or len(busy) == MOST
