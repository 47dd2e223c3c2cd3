"""What is said of the looks and of a rollback's figures."""

import pytest

from benchmarks.looks import Found
from benchmarks.rollback import Case, kept


@pytest.mark.parametrize(
    ("took", "space", "reached"),
    [((0.1, 0.9), None, True), ((0.1, 1.2), None, False), ((0.1,), 49.0, True), ((0.1,), 51.0, False)],
)
def test_the_slowest_round_counts_and_the_memory_too(
    took: tuple[float, ...], space: float | None, *, reached: bool
) -> None:
    found = Found("status", took, space)
    assert found.kept is reached
    assert ("NOT REACHED" in found.line()) is not reached


async def nothing() -> None: ...


def test_a_rollback_is_compared_with_the_floors_medians(capsys: pytest.CaptureFixture[str]) -> None:
    floor = Case("floor", nothing, [300.0, 200.0, 900.0], [1.0, 2.0, 4.0])
    mine = Case("rollback", nothing, [330.0, 1.0, 999.0], [2.5, 2.5, 9.0])
    assert mine.over(floor) == (1.1, 1.25)
    assert kept(*mine.over(floor))
    assert not kept(1.2, 1.0)
    assert not kept(1.0, 1.4)
    assert capsys.readouterr().out.count("NOT REACHED") == 2
