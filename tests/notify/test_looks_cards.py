"""Cards of looks stay within Slack's limits whatever containers hold, show figures as bars, and never a value."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.notify.blocks import Card, Reader
from bot.notify.blocks.checks import patches_card, validated_card
from bot.notify.blocks.database import database_card, part_card
from bot.notify.blocks.diagnosis import diagnosis_card
from bot.notify.blocks.figures import bar, share, size
from bot.notify.blocks.incident import incident_details
from bot.notify.blocks.looks import (
    compare_card,
    diff_card,
    inspect_card,
    networks_card,
    probe_card,
    stats_card,
    table,
    top_card,
)
from bot.phrase import Phrase
from bot.postgres import (
    Connections,
    DatabaseEntry,
    Examination,
    Exposed,
    Index,
    Migration,
    Migrations,
    Part,
    Replication,
    Session,
    Sizes,
    Slow,
    Statement,
    Table,
    Upkeep,
)
from bot.postgres import judge as judge_database
from bot.runbook import Evidence
from bot.runbook.checks import Key, Patches, Reached, Scan, Severity, Validated, Vulnerability
from bot.runbook.diagnosis import Case, Deployed, judge
from bot.runbook.looks import (
    Answer,
    Changed,
    Comparison,
    Fact,
    Files,
    Findings,
    Inspection,
    Mount,
    Network,
    Probe,
    Processes,
    Usage,
)
from bot.sandbox.slack.limits import MOST_TEXT_IN_BLOCKS, block_problems, text_length
from bot.secret import Secret
from bot.view import IncidentView
from tests.notify.examples import NOW, OPENED, desk, incident

FR = Reader.of(desk(), "fr", NOW)
EN = Reader.of(desk(), "en", NOW)
ODD = st.text(max_size=400)
USAGE = Usage("web", "web-1", 150.0, 2.0, 48 * 2**20, 64 * 2**20, True, 1500, 20, 3 * 2**30, 0, 7)


def seen(card: Card) -> str:
    return json.dumps(card.arguments(), ensure_ascii=False)


def fits(card: Card) -> None:
    assert block_problems(list(card.blocks)) == []
    assert text_length(list(card.blocks)) <= MOST_TEXT_IN_BLOCKS
    assert card.text.strip()
    assert "<!" not in seen(card)


def test_figures_read_as_bars_and_as_numbers_in_the_readers_language() -> None:
    shown = seen(stats_card("Production", [USAGE], FR))
    assert "▓▓▓▓▓▓▓▓░░" in shown
    assert "48 Mio sur 64 Mio" in shown.replace("\u00a0", " ")
    assert "48 MiB of 64 MiB" in seen(stats_card("Production", [USAGE], EN))
    unlimited = Usage("web", "web-1", memory=2**20, memory_limit=2**34)
    assert "no limit" in seen(stats_card("Production", [unlimited], EN))


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [(0, "0 o", "0 B"), (1023, "1023 o", "1023 B"), (1536, "1,5 Kio", "1.5 KiB"), (2**30 * 250, "250 Gio", "250 GiB")],
)
def test_sizes(count: int, french: str, english: str) -> None:
    assert size(count, FR).replace("\u00a0", " ").replace("\u202f", " ") == french
    assert size(count, EN) == english


def test_a_bar_is_never_empty_when_there_is_something_and_never_too_long() -> None:
    assert [bar(each).count("▓") for each in (0, 0.1, 50, 99, 250)] == [0, 1, 5, 10, 10]
    assert {len(bar(each)) for each in (0, 0.1, 50, 99, 250)} == {10}
    assert share(97.4, EN) == "97 %"


def test_columns_stand_below_each_other_and_the_last_may_be_long() -> None:
    assert table([("PID", "COMMAND"), ("1", "sh\n -c x")]) == "PID  COMMAND\n1    sh -c x"


def test_an_incidents_details_show_what_was_kept_last() -> None:
    kept = Evidence("web · v4", NOW, "exited", "FATAL: <!channel> no route", 137, oom_killed=True, restart_count=4)
    shown = seen(incident_details(IncidentView(incident(), evidence=kept), FR))
    for wanted in ("Vu à 10:44", "137", "FATAL: &lt;!channel&gt; no route", "4 fois"):
        assert wanted in shown.replace("\u00a0", " ")


@settings(max_examples=40, deadline=None)
@given(odd=ODD, many=st.integers(0, 400))
@example(odd="<!channel> `*~& " * 60, many=400)
@example(odd="é" * 2000, many=3)
def test_whatever_containers_hold_slack_takes_the_card(odd: str, many: int) -> None:
    wide: dict[str, Any] = {"reference": odd, "digests": (odd,) * 3, "version": odd, "command": odd, "user": odd}
    inspection = Inspection(
        container=odd, container_id="c", image_id="sha256:1", state="exited", health=odd, restart_policy=odd,
        exit_code=1, error=odd, oom_killed=True, schema=odd, variables=(odd,) * many, ports=(odd,) * many,
        mounts=(Mount(odd, odd, odd, writable=False),) * many, networks={f"{odd}{n}": odd for n in range(many)},
        health_log=(odd,) * 3, others=many, **wide,
    )  # fmt: skip
    files = Files(odd, ((Changed.ADDED, odd),) * min(many, 60), dict.fromkeys(Changed, many), cut=True)
    compared = Comparison((odd, odd), dict.fromkeys(Fact, (odd, odd)), (odd,) * many, (odd,) * many, (odd,) * many)
    network = Network(odd, odd, (odd,) * 3, members={f"{odd}{n}": odd for n in range(20)}, more=many)
    for card in (
        top_card(odd, [Processes(odd, (odd,) * 6, ((odd,) * 6,) * 30, many)] * 3, FR),
        stats_card(odd, [USAGE] * many, FR), inspect_card(odd, inspection, FR), diff_card(odd, files, FR),
        compare_card((odd, odd), compared, FR), networks_card(odd, [network] * 25, FR),
        probe_card(odd, Probe.DISK, Answer(odd, odd, f"{odd}\n" * many), FR),
    ):  # fmt: skip
        fits(card)


@settings(max_examples=40, deadline=None)
@example(odd="<!channel> `*~& " * 60, state="exited", health="unhealthy")
@given(
    odd=ODD, state=st.sampled_from(["running", "exited", "restarting"]), health=st.sampled_from(["none", "unhealthy"])
)
def test_a_diagnosis_fits_whatever_the_log_says(odd: str, state: str, health: str) -> None:
    evidence = Evidence(odd, NOW, state, f"{odd}\n" * 60, 1, health=health, health_log=(odd,) * 3, disk=7)
    found = Findings(evidence, odd, "sha256:2", odd, started=NOW, finished=NOW, usage=USAGE, disks={odd: 99})
    deployed = Deployed(odd, odd, OPENED, "bruno")
    verdict = judge(Case(found, deployed, "prod", "ecotrajet", NOW + timedelta(minutes=1)))
    card = diagnosis_card(odd, found, verdict, deployed, FR, Phrase("Kept with incident #{number}.", {"number": 42}))
    fits(card)
    assert "/ecotrajet " in seen(card)


@settings(max_examples=10, deadline=None)
@given(odd=ODD, many=st.integers(0, 200))
@example(odd="<!channel> `*~& " * 60, many=200)
def test_whatever_checks_find_slack_takes_the_card(odd: str, many: int) -> None:
    found = Validated(
        odd, many, (odd,) * many, (odd,) * many, (Reached(odd, odd, 200), Reached(odd, odd, 503)) * many,
        (Key(odd, "service_role", NOW, NOW, public=True), Key(odd)) * many,
    )  # fmt: skip
    wrong = tuple(Vulnerability(odd, odd, each, odd, odd, odd) for each in Severity)
    scans = (Scan(odd, dict.fromkeys(Severity, many), wrong * 2), Scan("npm audit", problem=Phrase(odd[:20])))
    fits(validated_card(odd, found, FR))
    fits(patches_card(odd, Patches(odd, odd, odd, OPENED, scans), FR))


@settings(max_examples=10, deadline=None)
@given(odd=ODD, many=st.integers(0, 60))
@example(odd="<!channel> `*~& " * 60, many=60)
def test_whatever_a_database_holds_slack_takes_the_card(odd: str, many: int) -> None:
    sessions = (
        Session(1, odd, odd, "idle in transaction", timedelta(hours=1), odd),
        *(Session(each + 2, odd, odd, "active", timedelta(1), odd, (1,), timedelta(1), odd) for each in range(many)),
    )
    seen_there = Migrations(odd, tuple(Migration(f"{odd}{each}", odd) for each in range(many)))
    looked = Examination(
        DatabaseEntry("prod", Secret("postgresql://x/y"), "prod", odd), NOW, odd, sessions=sessions,
        connections=Connections(99, 100, 3, {odd: 99}, {f"{odd}{each}": 1 for each in range(many)}),
        slow=Slow(sessions, (Statement(odd, 3, 1e9, 99.9),) * 10),
        sizes=Sizes(2**50, many, (Table(odd, 2**40, 2**30, 1, 2**30),) * 10, (Index(odd, odd, 2**30, 0),) * 5),
        migrations=seen_there, exposed=Exposed(many, (odd,) * many, (odd,) * many, (odd,) * many),
        upkeep=Upkeep(2**31, 1.0, 5, False, 2**40, (Replication(odd, False, 2**40),) * 5),
        sees_all=False, may_write=True,
    )  # fmt: skip
    others, away = {odd or "x": Migrations(odd)}, {odd: Phrase("Nothing runs there.")}
    kept = Phrase("Kept with incident #{number}.", {"number": 42})
    fits(database_card(odd, looked, judge_database(looked, others), FR, kept, away))
    for part in Part:
        verdict = judge_database(looked, others, (part,))
        fits(part_card(odd, part, looked, verdict, FR, kept, others, away))
