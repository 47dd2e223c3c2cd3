"""What is said of the acks of slash commands."""

from benchmarks.slash import DESK, ECHO, Measured, Mode, kept, report


def mode(desk: float, missed: int = 0) -> Mode:
    """99 quick acks and a slow one of `desk` milliseconds among a hundred and one, beside an echo's 10."""
    return Mode("HTTP", {
        DESK: Measured((*(1.0,) * 98, desk, desk, desk), missed), ECHO: Measured((*(1.0,) * 98, 10.0, 10.0, 10.0), 0)
    })  # fmt: skip


def test_the_ratio_is_that_of_the_p99s() -> None:
    assert mode(14.0).ratio == 1.4
    assert kept(mode(14.0))
    assert not kept(mode(16.0))
    assert "reached" in report([mode(14.0)], "")[-1]
    assert "NOT REACHED" in report([mode(16.0)], "")[-1]


def test_a_command_without_an_ack_is_a_failure_however_quick_the_others() -> None:
    assert not kept(mode(1.0, missed=1))
