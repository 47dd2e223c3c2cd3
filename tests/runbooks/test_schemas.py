"""The schema that an image is made for, beside the one its database really has: words first, then real ones."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.databases.schemas import AppliedSchemas
from bot.errors import UserError
from bot.phrase import Phrase
from bot.postgres import Applied, DatabaseEntry, Migration, Migrations
from bot.runbook import Plan
from bot.secret import Secret
from bot.target import Environment, Service, Target
from runbooks import schemas
from runbooks.rollback import Rollback
from tests.databases.stage import ServiceDatabases, service_databases
from tests.runbooks.stage import Notes, Stage

__all__ = ["service_databases"]

DATES = Migrations("t", tuple(map(Migration, ("20250101000001", "20250102000001", "20250103000001"))))
DOTS = Migrations("t", tuple(map(Migration, ("1.0.0", "1.9.0", "1.10.0"))))
FILES = Migrations("t", (Migration("0001", "places"), Migration("0002", "names")))
WORDS = Migrations("t", (Migration("blue"), Migration("green")))


def image(schema: str) -> schemas.Raw:
    return {"Labels": {schemas.LABEL: schema} if schema else {}}


@pytest.mark.parametrize(
    ("now", "then", "asks"),
    [
        ("12", "13", False),
        ("v1.9", "v1.10", False),
        ("0012_places", "0011_names", True),
        ("12", "", True),
        ("", "12", False),
        ("blue", "green", True),
        ("12", "12", False),
    ],
)
def test_of_labels_alone_only_older_code_on_newer_tables_is_a_question(now: str, then: str, *, asks: bool) -> None:
    judged = schemas.judge(image(now), image(then), None)
    assert (judged.asks is not None) is asks
    assert not judged.facts
    assert not judged.has


@pytest.mark.parametrize(
    ("wants", "applied", "asked"),
    [
        ("20250102000001", DATES, "it knows nothing of 20250103000001 (1 in all)"),
        ("20250102000001_stations", DATES, "it knows nothing of 20250103000001 (1 in all)"),
        ("20250101", DATES, "it knows nothing of 20250102000001, 20250103000001 (2 in all)"),
        ("1.9", DOTS, "it knows nothing of 1.10.0 (1 in all)"),
        ("0001_places", FILES, "it knows nothing of 0002 (1 in all)"),
        ("blue", WORDS, "it knows nothing of green (1 in all)"),
        ("red", WORDS, "I cannot tell which is newer"),
        ("12", WORDS, "I cannot tell which is newer"),
        ("blue", DATES, "I cannot tell which is newer"),
    ],
)
def test_a_database_that_has_more_than_the_image_knows_is_a_question(
    wants: str, applied: Migrations, asked: str
) -> None:
    judged = schemas.judge(image(wants), image(wants), applied)  # the labels alone would say nothing
    assert f"The database has schema {applied.latest}, this image is made for {wants}" in str(judged.asks)
    assert asked in str(judged.asks)
    assert judged.has == applied.latest


@pytest.mark.parametrize(
    ("wants", "applied"),
    [
        ("20250103000001", DATES), ("20250103", DATES), ("v1.10", DOTS), ("0002_names", FILES), ("green", WORDS),
        ("0002", FILES),
    ],
)  # fmt: skip
def test_one_that_has_just_that_is_a_fact_whatever_the_running_image_says(wants: str, applied: Migrations) -> None:
    judged = schemas.judge(image("99990101"), image(wants), applied)
    assert judged.asks is None
    assert not judged.warnings
    assert f"which is the one this image is made for ({wants})" in str(judged.facts[0])


def test_one_that_lacks_migrations_is_a_warning() -> None:
    judged = schemas.judge(image("1.10.0"), image("1.11.0"), DOTS)
    assert judged.asks is None
    assert str(judged.warnings[0]) == (
        "This image is made for database schema 1.11.0, the database has 1.10.0: its migrations are not applied."
    )


@pytest.mark.parametrize(
    ("applied", "said"),
    [
        (Phrase("it sleeps"), "could not be asked which schema it has: it sleeps"),
        (Migrations(""), "keeps no list of its migrations"),
        (DOTS, "The database has schema 1.10.0; this image does not say"),
    ],
)
def test_what_cannot_be_compared_is_said_and_the_labels_still_count(applied: Applied, said: str) -> None:
    judged = schemas.judge(image("2"), image(""), applied)
    assert "is newer than this image knows (?)" in str(judged.asks)
    assert any(said in str(each) for each in (*judged.warnings, *judged.facts))
    fetched = schemas.judge(image("2"), None, applied)
    assert fetched.asks is None
    assert ("once it is fetched" in "".join(map(str, fetched.facts))) is (applied is DOTS)


async def test_a_rollback_before_a_newer_database_asks_is_refused_after_a_migration_and_goes_on_without_it(
    stage: Stage, service_databases: ServiceDatabases
) -> None:
    stage.workload.make_image("v1", changes=["LABEL ecotrajet.schema=1.9.0"])
    plan = await asking(stage, service_databases).plan_back_to("v1")
    assert "The database has schema 1.10.0, this image is made for 1.9.0" in str(plan.asks)
    assert plan.schema == "1.10.0"
    assert Plan.from_json(plan.to_json()) == plan

    await service_databases.do(service_databases.prod, "INSERT INTO schema_versions VALUES ('1.11.0', '2026-04-05')")
    notes = Notes()
    with pytest.raises(UserError, match=r"has changed since the plan: 1\.10\.0 → 1\.11\.0"):
        await asking(stage, service_databases).rollback.run(stage.target, plan, notes)
    assert not notes.steps, "nothing was touched"

    away = replace(service_databases, prod="postgresql://nobody@127.0.0.1:9/nothing")
    plan = await asking(stage, away).plan_back_to("v1")
    assert plan.asks is None
    assert any("could not be asked which schema it has: The database does not answer" in str(w) for w in plan.warnings)
    outcome = await asking(stage, away).rollback.run(stage.target, plan, notes)
    assert outcome.healthy
    assert stage.running_version() == "v1"


async def test_a_database_that_hangs_holds_no_plan_up() -> None:
    gone = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read()  # until nobody asks any more
        writer.close()
        gone.set()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    entry = DatabaseEntry("prod", Secret(f"postgresql://look:pw@127.0.0.1:{port}/app"), "prod", "ecotrajet")
    target = Target(Environment("prod", "prod"), Service("ecotrajet", {"prod": "web"}), "default", "web")
    said = await AppliedSchemas({"prod": entry}, within=0.2)(target)
    async with asyncio.timeout(5):
        await gone.wait()
    server.close()
    await server.wait_closed()
    assert "does not answer" in str(said)
    assert await AppliedSchemas({})(target) is None


def asking(stage: Stage, databases: ServiceDatabases) -> Stage:
    return replace(stage, rollback=Rollback(stage.engines, AppliedSchemas(databases.entries())))
