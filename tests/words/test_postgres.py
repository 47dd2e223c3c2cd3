"""What is seen of a database, judged: limits, chains, and texts of queries without what people typed into them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.databases.reading import natural
from bot.postgres import (
    Connections,
    DatabaseEntry,
    Examination,
    Exposed,
    Migration,
    Migrations,
    Part,
    Remembered,
    Replication,
    Session,
    Sizes,
    Slow,
    Statement,
    Table,
    Upkeep,
    chains,
    judge,
    newest,
    without_literals,
)
from bot.runbook import Light
from bot.secret import Secret

MINUTE = timedelta(minutes=1)
ENTRY = DatabaseEntry("prod", Secret("postgresql://x/y"), "prod", "ecotrajet")
WELL = Examination(
    ENTRY, datetime(2026, 11, 26, tzinfo=UTC), "15.8",
    sessions=(), connections=Connections(10, 100, 3, {"idle": 10}, {"ecotrajet": 10}),
    slow=Slow((), ()), sizes=Sizes(5_000_000, 1, (Table("public.stations", 4_000_000, 100_000, 1200, 3),)),
    migrations=Migrations("public.schema_versions", (Migration("1.0.0"), Migration("1.1.0"))),
    exposed=Exposed(1), upkeep=Upkeep(1_000_000, 99.5, 0),
)  # fmt: skip


def session(pid: int, *blocked_by: int, state: str = "active", waits: timedelta = MINUTE) -> Session:
    waited = waits if blocked_by else timedelta(0)
    return Session(pid, "app", "u", state, MINUTE, "UPDATE t", blocked_by, waited)


def light(found: Examination, part: Part) -> Light:
    return next(each.light for each in judge(found).findings if each.part is part)


@pytest.mark.parametrize(
    "query, shown",
    [
        ("SELECT * FROM users WHERE mail = 'a@b.fr' AND id = 42", "SELECT * FROM users WHERE mail = '?' AND id = ?"),
        ("SELECT 'it''s', E'a\\'b', $$x$$, $q$y$q$, 1.5e3", "SELECT '?', '?', '?', '?', ?"),
        (r"SELECT 'C:\', 'secret'", "SELECT '?', '?'"),
        ("ALTER ROLE app PASSWORD 'hunter2hun", "ALTER ROLE app PASSWORD '?'"),  # PostgreSQL cut it
        ("SELECT 1 -- token=abc\n, $1 /* key */ FROM t2", "SELECT ? , $1 FROM t2"),
        ('SELECT "col 1" FROM "t"', 'SELECT "col 1" FROM "t"'),
        ("SET api_key = sk_live_0123456789abcdefg", "SET api_key = [hidden]"),
    ],
)
def test_of_a_query_nothing_that_was_typed_into_it_is_left(query: str, shown: str) -> None:
    assert without_literals(query) == shown
    assert len(without_literals("SELECT a, " * 200)) <= 300


def test_a_chain_is_told_from_its_root() -> None:
    found = chains([session(1), session(2, 1), session(3, 2), session(4, 1), session(5), session(7, 6)])
    assert [each.root.pid for each in found] == [1, 6]
    assert [(depth, each.pid) for depth, each in found[0].waiting] == [(1, 2), (2, 3), (1, 4)]
    assert found[1].root.application == ""  # it is gone, or another database's


def test_who_waits_for_two_is_shown_once_and_a_circle_ends() -> None:
    (first, second) = chains([session(1), session(2), session(3, 1, 2)])
    assert {first.root.pid, second.root.pid} == {1, 2}
    assert chains([session(1, 2), session(2, 1)]) == []  # a deadlock: PostgreSQL itself ends it within a second
    assert chains([session(1), session(2, 1, 3), session(3, 2)])[0].waiting[1][1].pid == 3


def test_a_database_that_is_well_says_so_in_all_its_parts() -> None:
    verdict = judge(WELL)
    assert verdict.well
    assert [each.part for each in verdict.findings] == list(Part)
    assert str(verdict.headline) == "Nothing wrong is to be seen in the database."
    assert verdict.advice[0].command == "/ecotrajet db prod ecotrajet slow"


@pytest.mark.parametrize(
    "part, changes, wanted",
    [
        (Part.CONNECTIONS, {"connections": Connections(75, 100, 3, {}, {"app": 75})}, Light.YELLOW),
        (Part.CONNECTIONS, {"connections": Connections(88, 100, 3, {}, {"app": 88})}, Light.RED),
        (Part.CONNECTIONS, {"sessions": (session(1, state="idle in transaction"),)}, Light.YELLOW),
        (Part.SLOW, {"slow": Slow((replace(session(1), since=timedelta(seconds=29)),), ())}, Light.GREEN),
        (Part.SLOW, {"slow": Slow((replace(session(1), since=timedelta(seconds=30)),), ())}, Light.YELLOW),
        (Part.SLOW, {"slow": Slow((replace(session(1), since=timedelta(minutes=5)),), ())}, Light.RED),
        (Part.SLOW, {"slow": Slow((), (Statement("SELECT", 3, 1000, 5),))}, Light.YELLOW),
        (Part.SIZES, {"sizes": Sizes(1, 1, (Table("public.t", 1, 0, 9000, 10_001),))}, Light.YELLOW),
        (Part.LOCKS, {"sessions": (session(1), session(2, 1, waits=timedelta(seconds=5)))}, Light.YELLOW),
        (Part.LOCKS, {"sessions": (session(1), session(2, 1))}, Light.RED),
        (Part.LOCKS, {"sessions": (session(2, 0),)}, Light.RED),
        (Part.MIGRATIONS, {"migrations": Migrations("")}, Light.YELLOW),
        (Part.RLS, {"exposed": Exposed(2, ("public.a",))}, Light.YELLOW),
        (Part.RLS, {"exposed": Exposed(2, ("public.a",), ("public.a",))}, Light.RED),
        (Part.UPKEEP, {"upkeep": Upkeep(1_000_000_000, 99, 0)}, Light.YELLOW),
        (Part.UPKEEP, {"upkeep": Upkeep(1_600_000_000, 99, 0)}, Light.RED),
        (Part.UPKEEP, {"upkeep": Upkeep(1, 80, 0)}, Light.YELLOW),
        (Part.UPKEEP, {"upkeep": Upkeep(1, 99, 0, replication=(Replication("s", False, 2**30),))}, Light.YELLOW),
    ],
)
def test_each_limit_turns_the_light(part: Part, changes: dict[str, object], wanted: Light) -> None:
    found = replace(WELL, **changes)  # type: ignore[arg-type]  # fields of Examination
    assert light(found, part) is wanted
    verdict = judge(found)
    if wanted is not Light.GREEN:
        assert any(each.command == f"/ecotrajet db prod ecotrajet {part}" for each in verdict.advice)


def test_migrations_are_held_against_the_other_environments() -> None:
    ahead = Migrations("public.schema_versions", (Migration("1.0.0"), Migration("1.1.0"), Migration("1.2.0")))
    behind = Migrations("public.schema_versions", (Migration("1.0.0"),))
    (missing,) = judge(WELL, {"staging": ahead}, (Part.MIGRATIONS,)).findings
    assert (missing.light, str(missing.said)) == (Light.YELLOW, "missing here, but in staging: 1.2.0 (1 in all)")
    (more,) = judge(WELL, {"staging": behind}, (Part.MIGRATIONS,)).findings
    assert (more.light, str(more.said)) == (Light.YELLOW, "here, but missing in staging: 1.1.0 (1 in all)")
    (alike,) = judge(WELL, {"staging": WELL.migrations or behind}, (Part.MIGRATIONS,)).findings
    assert alike.light is Light.GREEN
    (unlisted,) = judge(WELL, {"dev": Migrations("")}, (Part.MIGRATIONS,)).findings
    assert unlisted.light is Light.GREEN  # nothing to hold it against
    assert sorted(["1.10.0", "1.9.0", "1.9.0-rc"], key=natural) == ["1.9.0", "1.9.0-rc", "1.10.0"]


def test_what_is_kept_is_what_was_found() -> None:
    kept = Remembered("prod", WELL.taken_at, judge(WELL).findings)
    assert Remembered.from_json(kept.to_json()) == kept


def test_a_look_at_one_part_hides_nothing_of_what_was_seen_before() -> None:
    before = Remembered("prod", WELL.taken_at, judge(WELL).findings)
    blocked = replace(WELL, sessions=(session(1), session(2, 1)))
    after = Remembered("prod", WELL.taken_at + MINUTE, judge(blocked, parts=(Part.LOCKS,)).findings)
    elsewhere = Remembered("staging", WELL.taken_at, judge(blocked).findings)
    merged = newest([after, elsewhere, before])
    assert merged.taken_at == after.taken_at
    assert {each.part: each.light for each in merged.findings} == {
        **dict.fromkeys(Part, Light.GREEN), Part.LOCKS: Light.RED,
    }  # fmt: skip
