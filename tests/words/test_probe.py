"""Probes: when one counts as down, slow or ending, and what that does to the lights. Plain data in, plain data out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.phrase import Phrase
from bot.probe import (
    Certificate,
    Kind,
    Pace,
    ProbeEntry,
    ProbeRow,
    Seen,
    Standing,
    State,
    again_after,
    judge,
    length,
    lit,
    worse_since,
)
from bot.runbook import Light, ServiceStatus
from bot.secret import Secret

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
APP = ProbeEntry(
    "app", Kind.HTTP, Secret("https://app.example/?key=x"), "prod", "ecotrajet", slow_after=timedelta(seconds=1),
    retry_every=timedelta(seconds=10),
)  # fmt: skip
QUICK, SLOW = Seen(timedelta(seconds=0.2)), Seen(timedelta(seconds=1.7))
REFUSED = Seen(wrong=Phrase("the connection is refused"))


def after(*looks: Seen, entry: ProbeEntry = APP, state: State | None = None) -> State:
    state = state or State()
    for position, look in enumerate(looks):
        state = judge(entry, state, look, NOW + position * entry.interval)
    return state


def test_three_failures_in_a_row_are_down_and_one_good_answer_is_well_again() -> None:
    assert after(QUICK).standing is Standing.UP
    assert after(QUICK, REFUSED, REFUSED).standing is Standing.UP
    down = after(QUICK, REFUSED, REFUSED, REFUSED)
    assert (down.standing, down.light, down.since) == (Standing.DOWN, Light.RED, NOW + timedelta(seconds=90))
    assert after(QUICK, REFUSED, REFUSED, QUICK, REFUSED, REFUSED).standing is Standing.UP
    assert after(QUICK, state=down).standing is Standing.UP


def test_nothing_is_said_of_one_that_was_never_seen_until_it_failed_often_enough() -> None:
    assert after(REFUSED, REFUSED).light is Light.UNKNOWN
    assert after(REFUSED, REFUSED, REFUSED).light is Light.RED


def test_slow_answers_are_yellow_and_from_down_it_comes_back_slow_at_once() -> None:
    assert after(QUICK, SLOW, SLOW).standing is Standing.UP
    slow = after(QUICK, SLOW, SLOW, SLOW)
    assert (slow.standing, slow.light) == (Standing.SLOW, Light.YELLOW)
    assert after(QUICK, state=slow).standing is Standing.UP
    assert after(REFUSED, state=slow).standing is Standing.SLOW
    assert after(REFUSED, REFUSED, REFUSED, SLOW).standing is Standing.SLOW
    assert after(SLOW, SLOW, SLOW, entry=replace(APP, slow_after=None)).standing is Standing.UP


@pytest.mark.parametrize(
    ("left", "expected", "light"),
    [
        (timedelta(days=15), Certificate.FINE, Light.GREEN),
        (timedelta(days=13), Certificate.SOON, Light.GREEN),
        (timedelta(days=2), Certificate.NEAR, Light.YELLOW),
        (timedelta(0), Certificate.EXPIRED, Light.RED),
    ],
)
def test_a_certificate_ends_soon_then_within_days_then_is_over(
    left: timedelta, expected: Certificate, light: Light
) -> None:
    state = after(replace(QUICK, certificate_until=NOW + left))
    assert (state.certificate, state.light) == (expected, light)
    assert after(QUICK, state=state).certificate is expected  # not seen this time: what was known holds


def test_what_fails_since_the_certificate_is_over_is_one_trouble_and_not_two() -> None:
    refused = Seen(wrong=Phrase("its certificate is refused"), certificate_until=NOW - timedelta(days=1))
    state = after(QUICK, refused, refused, refused)
    assert (state.standing, state.certificate, state.light) == (Standing.UP, Certificate.EXPIRED, Light.RED)


def test_while_it_is_not_sure_it_looks_again_sooner() -> None:
    assert again_after(APP, after(QUICK)) == timedelta(seconds=30)
    assert again_after(APP, after(QUICK, REFUSED)) == timedelta(seconds=10)
    assert again_after(APP, after(REFUSED, REFUSED, REFUSED)) == timedelta(seconds=30)
    assert again_after(replace(APP, retry_every=None), after(REFUSED)) == timedelta(seconds=30)


def row(*looks: Seen) -> ProbeRow:
    return ProbeRow(APP, after(*looks), NOW, looks[-1].took, looks[-1].wrong)


def test_the_worse_of_engine_and_probe_is_the_light_and_says_why() -> None:
    green = ServiceStatus("prod", "ecotrajet", Light.GREEN, "app", "c0ffee")
    down = row(REFUSED, REFUSED, REFUSED)
    (shown,) = lit([green], [down])
    assert (shown.light, str(shown.problem)) == (Light.RED, "the probe “app” fails: the connection is refused")
    assert lit([green], [row(QUICK)]) == [green]
    stopped = replace(green, light=Light.RED, problem=Phrase("it is not running"))
    assert lit([stopped], [down]) == [stopped]
    assert lit([replace(green, service="paiement")], [down])[0].light is Light.GREEN
    assert [each.light for each in lit([], [row(QUICK)], [("prod", "ecotrajet"), ("prod", "other")])] == [
        Light.GREEN, Light.UNKNOWN,
    ]  # fmt: skip


def test_after_a_deployment_a_probe_that_fails_since_or_takes_much_longer_speaks_against_it() -> None:
    down = row(QUICK, REFUSED, REFUSED, REFUSED)
    assert worse_since([down], [], NOW) is not None
    assert worse_since([down], [], NOW + timedelta(hours=1)) is None  # it failed before already
    pace = Pace("app", timedelta(seconds=0.3), 20, timedelta(seconds=1.5), 3)
    assert str(worse_since([], [pace], NOW)) == "the probe “app” takes 1.5 s, it took 300 ms"
    assert worse_since([], [replace(pace, count_after=2)], NOW) is None
    assert worse_since([], [replace(pace, after=timedelta(seconds=0.5))], NOW) is None
    assert (
        worse_since([], [replace(pace, before=timedelta(milliseconds=5), after=timedelta(milliseconds=90))], NOW)
        is None
    )


def test_times_read_as_people_write_them_and_addresses_show_no_query() -> None:
    assert [str(length(timedelta(seconds=each))) for each in (0.0123, 0.24, 1.26)] == ["12 ms", "240 ms", "1.3 s"]
    assert APP.shown == "https://app.example/"
    assert "?key" not in repr(APP)
