"""What everybody may see, and what they may not."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.incident import Priority
from bot.maintenance import Matcher, Silence
from bot.statuspage import Lamp, Page, Settings, State, Trouble, page

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
SHOWN = Settings("ÉcoTrajet", {"app": "Application", "maps": "Cartes"}, ("prod",))


def seen(*troubles: Trouble, silences: tuple[Silence, ...] = (), lamps: tuple[Lamp, ...] = ()) -> Page:
    return page(SHOWN, troubles, silences, NOW, lamps)


def trouble(service: str, priority: Priority, hours: float = 1, *, over: float | None = None) -> Trouble:
    until = None if over is None else NOW - timedelta(hours=over)
    return Trouble(service, priority, NOW - timedelta(hours=hours), taken=True, until=until)


def silence(*, hours: float = 0, maintenance: bool = True, **matcher: object) -> Silence:
    starts = NOW + timedelta(hours=hours)
    found = Matcher(**matcher)  # type: ignore[arg-type]  # as each test gives them
    return Silence(1, found, starts, starts + timedelta(hours=2), "mise à jour", "amina", maintenance=maintenance)


def states(found: Page) -> list[str]:
    return [line.state.value for line in found.lines]


def test_all_is_well_and_each_service_says_so() -> None:
    found = seen()
    assert (found.state, states(found)) == (State.OPERATIONAL, ["operational", "operational"])


@pytest.mark.parametrize(
    ("priority", "state"), [(Priority.P1, "down"), (Priority.P2, "degraded"), (Priority.P3, "operational")]
)
def test_the_priority_is_the_light(priority: Priority, state: str) -> None:
    found = seen(trouble("app", priority))
    assert (found.state.value, states(found)) == (state, [state, "operational"])


def test_the_worst_of_several_counts_since_it_began() -> None:
    found = seen(trouble("app", Priority.P2, 5), trouble("app", Priority.P1, 2), trouble("app", Priority.P1, 3))
    assert found.lines[0].state is State.DOWN
    assert found.lines[0].since == NOW - timedelta(hours=3)


def test_trouble_of_nobody_knows_what_colours_the_whole_and_no_single_service() -> None:
    found = seen(trouble("", Priority.P1))
    assert (found.state, states(found)) == (State.DOWN, ["operational", "operational"])


def test_a_service_that_is_not_shown_is_not_told_of() -> None:
    assert seen(trouble("billing-internal", Priority.P1)) == seen()


def test_what_is_over_is_shown_for_a_week() -> None:
    found = seen(trouble("app", Priority.P1, 30, over=29), trouble("app", Priority.P1, 200, over=199))
    assert found.state is State.OPERATIONAL
    assert [each.since for each in found.past] == [NOW - timedelta(hours=30)]


def test_maintenance_shows_before_and_while_it_goes_on_but_trouble_is_louder() -> None:
    found = seen(silences=(silence(environments=("prod",), services=("maps",)), silence(hours=20, services=("app",))))
    assert (found.state, states(found)) == (State.MAINTENANCE, ["operational", "maintenance"])
    assert [each.services for each in found.work] == [("maps",), ("app",)]
    loud = seen(trouble("maps", Priority.P2), silences=(silence(services=("maps",)),))
    assert states(loud) == ["operational", "degraded"]


@pytest.mark.parametrize(
    "quiet",
    [
        silence(maintenance=False, services=("app",)),
        silence(environments=("staging",)),
        silence(labels={"equipe": "paie"}),
        silence(hours=24 * 8, services=("app",)),
        silence(hours=-3, services=("app",)),
    ],
)
def test_the_team_s_own_silences_and_other_places_are_nobody_s_business(quiet: Silence) -> None:
    assert seen(silences=(quiet,)).work == ()


def test_a_probe_that_fails_is_seen_without_an_incident_but_not_where_it_is_silenced() -> None:
    down = Lamp("prod", "app", State.DOWN, NOW - timedelta(minutes=5))
    found = seen(lamps=(down,))
    assert (found.state, states(found)) == (State.DOWN, ["down", "operational"])
    assert found.lines[0].since == NOW - timedelta(minutes=5)
    assert states(seen(trouble("app", Priority.P2), lamps=(down,)))[0] == "down"
    assert states(seen(lamps=(down,), silences=(silence(maintenance=False, services=("app",)),)))[0] == "operational"
    assert states(seen(lamps=(down,), silences=(silence(services=("app",)),)))[0] == "maintenance"
    assert states(seen(lamps=(down,), silences=(silence(maintenance=False, services=("maps",)),)))[0] == "down"
