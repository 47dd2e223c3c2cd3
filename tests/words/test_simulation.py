"""What would happen, by the same rules as in earnest."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.escalation import LAST_RESORT, Level, Policy
from bot.incident import Priority
from bot.maintenance import Matcher, Silence
from bot.notify.blocks import Reader
from bot.notify.blocks.simulation import simulation_lines
from bot.person import CHANNELS, Person
from bot.personal import Rules
from bot.simulation import Case, Simulation, simulate, span
from tests.notify.examples import NOW, PARIS, desk

POLICY = Policy(
    "default",
    (
        Level("Détection", timedelta(0), ("schedule:astreinte", "channel:incidents")),
        Level("Nobody", timedelta(minutes=15), ("person:ghost", "person:gone")),
        Level("Lead", timedelta(minutes=30), ("person:bruno",)),
    ),
)
CASE = Case(Priority.P1, "prod", "ecotrajet", NOW)


def test_whoever_sleeps_is_told_in_the_morning_and_it_is_said() -> None:
    night = Case(Priority.P2, "prod", "ecotrajet", datetime(2026, 11, 24, 2, tzinfo=PARIS))
    quiet = Rules(CHANNELS, {Priority.P2: ()})
    [level, *_] = simulate(desk(), night, personal={"amina": quiet}).levels
    [told] = level.people
    assert (told.steps, told.held) == (CHANNELS[Priority.P2], datetime(2026, 11, 24, 7, tzinfo=PARIS))
    lines = simulation_lines(simulate(desk(), night, personal={"amina": quiet}), Reader.of(desk(), "fr", night.at))
    assert "Amina Diallo (dort jusqu’à 07:00, puis Slack + e-mail)" in lines[1]


def test_a_level_that_reaches_nobody_hands_on_at_once() -> None:
    usual = desk()
    people = {**usual.people, "ghost": Person("ghost", "Ghost")}
    found = simulate(replace(usual, policies={"default": POLICY}, people=people), CASE)
    assert [(level.name, (level.due_at - NOW) // timedelta(minutes=1)) for level in found.levels][:3] == [
        ("Détection", 0), ("Nobody", 15), ("Lead", 15),
    ]  # fmt: skip
    assert [level.passed_over for level in found.levels][:3] == [False, True, False]
    assert found.levels[0].people[0].person.id == "amina"
    assert found.levels[0].channels == ("incidents",)
    assert span(replace(usual, policies={"default": POLICY}), CASE) >= timedelta(minutes=30)


def test_silences_that_hold_are_named_and_those_by_label_apart() -> None:
    start, end = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    silences = [
        Silence(1, Matcher(("prod",)), start, end, "bascule", "amina"),
        Silence(2, Matcher(labels={"equipe": "paie"}), start, end, "paie", "amina"),
        Silence(3, Matcher(("staging",)), start, end, "ailleurs", "amina"),
        Silence(4, Matcher(), end, end + timedelta(hours=1), "plus tard", "amina"),
    ]
    found = simulate(desk(), CASE, silences=silences)
    assert (found.quiet, found.partly) == (("bascule",), ("paie",))


def minutes(found: Simulation) -> list[tuple[str, int, bool]]:
    return [(level.name, (level.due_at - NOW) // timedelta(minutes=1), level.hands_on) for level in found.levels]


def test_too_few_hand_on_as_well_and_at_the_end_the_fallback_follows_at_once() -> None:
    policy = Policy(
        "default",
        (
            Level("Canal", timedelta(0), ("channel:incidents",)),
            Level("Binôme", timedelta(minutes=15), ("person:bruno",), acknowledgements=2),
            Level("Personne", timedelta(minutes=30), ("person:ghost",)),
            Level("Jamais", timedelta(minutes=45), ("person:bruno",)),
        ),
        stops_at=((Priority.P1, "Personne"),),
        fallback=("person:david",),
    )
    found = simulate(replace(desk(), policies={"default": policy}), CASE)
    assert minutes(found) == [
        ("Canal", 0, False), ("Binôme", 15, True), ("Personne", 15, True), (LAST_RESORT, 15, False),
    ]  # fmt: skip
    lines = simulation_lines(found, Reader.of(desk(), "fr", NOW))
    assert "trop peu" in lines[2]
    assert lines[-1].startswith("10:59 · Dernier recours")
    without = simulate(replace(desk(), policies={"default": replace(policy, fallback=())}), CASE)
    assert without.nobody_left
    assert "personne" in simulation_lines(without, Reader.of(desk(), "fr", NOW))[-1]


def test_a_manager_reads_in_the_digest_what_is_not_the_first_page_of_a_p1() -> None:
    levels = (
        Level("Détection", timedelta(0), ("person:emma", "person:bruno")),
        Level("Direction", timedelta(minutes=15), ("person:emma",)),
    )
    usual = replace(desk(), policies={"default": Policy("default", levels)}, digest_every=timedelta(minutes=30))

    def in_digest(priority: Priority) -> list[bool]:
        found = simulate(usual, replace(CASE, priority=priority))
        return [each.in_digest for level in found.levels for each in level.people if each.person.id == "emma"]

    assert in_digest(Priority.P1) == [False, True]
    assert in_digest(Priority.P2) == [False, True]  # nobody else was paged yet when she was
    lines = simulation_lines(simulate(usual, CASE), Reader.of(usual, "fr", NOW))
    assert lines[-1] == "10:59 · Direction\xa0: Emma Laurent (dans la synthèse)"
