"""Which lines of a log tell of an error, and when there are too many of them after a deployment."""

from datetime import timedelta

import pytest

from bot.aftermath import Aftermath, Counted, count, worse

MINUTE = timedelta(minutes=1)
LIMITS = Aftermath(error_lines=20, times=3)


@pytest.mark.parametrize(
    "line",
    [
        "ERROR: relation stations does not exist",
        "TypeError: Cannot read properties of undefined (reading 'id')",
        "2026-11-26T06:00:00Z [error] upstream timed out",
        '{"level":"error","msg":"no such table"}',
        '{"level":50,"time":1764137000,"msg":"no such table"}',
        "java.lang.NullPointerException",
        'ERROR:  null value in column "id" violates not-null constraint',
        "TypeError: undefined is not a function",
        "panic: runtime error: index out of range",
        '10.0.0.1 - - [26/Nov/2026] "GET /stations HTTP/1.1" 502 157',
        "UnhandledPromiseRejection: uncaught",
        "Erreur : la base ne répond pas",
        "Traceback (most recent call last):",
    ],
)
def test_error_lines_are_known_in_many_tongues(line: str) -> None:
    assert count(f"listening\n\n{line}\n") == Counted(2, 1, line)


@pytest.mark.parametrize(
    "line",
    [
        "build finished with 0 errors",
        "no error, aucune erreur",
        '{"level":"info","error":null}',
        'level=info errors=0 msg="done"',
        '"GET /terror HTTP/1.1" 200 500',
        "error_count 0",
        "GET /stations 200 in 5000 ms",
    ],
)
def test_what_only_sounds_like_one_is_none(line: str) -> None:
    assert count(line) == Counted(1, 0)


@pytest.mark.parametrize(
    ("now", "before", "ill"),
    [
        (Counted(100, 19), None, False),
        (Counted(100, 20, "Error: a"), None, True),
        (Counted(100, 20, "Error: a"), Counted(0, 0), True),
        (Counted(100, 90, "Error: a"), Counted(200, 60), True),
        (Counted(100, 89, "Error: a"), Counted(200, 60), False),  # the one before complained as well
        (Counted(1000, 20, "Error: a"), Counted(200, 2), False),  # a part of the lines, not their number
        (Counted(100, 20, "Error: a"), Counted(200, 0), True),
    ],
)
def test_many_and_many_more_than_before_is_worse(now: Counted, before: Counted | None, ill: bool) -> None:
    said = worse(now, before, MINUTE, LIMITS)
    assert (said is not None) is ill
    assert said is None or "such as “Error: a”" in str(said)
    assert worse(now, before, MINUTE, Aftermath(error_lines=0)) is None
