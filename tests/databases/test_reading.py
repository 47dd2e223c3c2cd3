"""Looks into real databases: what blocks what, open tables, missing migrations, and a role that may only look."""

import shutil
import tempfile
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from bot.databases.reading import examine, looking
from bot.postgres import DatabaseEntry, Part, chains, judge
from bot.runbook import Light
from bot.secret import Secret
from bot.store.embedded import EmbeddedPostgres
from tests.databases.stage import ServiceDatabases, service_databases
from tests.postgres import named
from tests.world import free_port

__all__ = ["service_databases"]


async def test_a_database_that_is_well_is_green_in_every_part(service_databases: ServiceDatabases) -> None:
    found = await examine(service_databases.entry(), list(Part))
    verdict = judge(found)
    assert [(each.part, each.light) for each in verdict.findings] == [(part, Light.GREEN) for part in Part]
    assert found.sizes is not None
    assert found.sizes.tables[0].name == "public.stations"
    assert found.migrations is not None
    assert [each.version for each in found.migrations.applied] == ["1.0.0", "1.9.0", "1.10.0"]
    assert found.connections is not None
    assert found.connections.limit >= 20
    assert found.slow is not None
    assert "pg_stat_statements is not installed" in str(found.slow.why)


async def test_a_blocking_chain_is_seen_from_its_root_without_anybodys_data(
    service_databases: ServiceDatabases,
) -> None:
    root, first, second = await service_databases.chain()
    found = await examine(service_databases.entry(), [Part.LOCKS])
    (chain,) = chains(found.sessions or ())
    assert chain.root.pid == root
    assert chain.root.idles_in_transaction
    assert [(depth, each.pid) for depth, each in chain.waiting] == [(1, first), (2, second)]
    assert "secret" not in str(found)
    assert chain.root.query == "UPDATE stations SET name = '?' WHERE id = ?"
    (finding,) = judge(found, parts=(Part.LOCKS,)).findings
    assert finding.light is Light.YELLOW
    assert f"batch-nuit (pid {root}) has left a transaction open and holds up others: 2 waiting" in str(finding.said)


async def test_tables_without_row_level_security_are_named(service_databases: ServiceDatabases) -> None:
    await service_databases.do(service_databases.prod, "CREATE TABLE payments (id int); CREATE TABLE notes (id int)")
    world = "anon"  # Supabase's role for everybody: the whole server's, so that it is left there
    await service_databases.do(
        service_databases.prod,
        f"DO $$ BEGIN CREATE ROLE {world}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;"
        f"GRANT SELECT ON payments TO {world}; ALTER TABLE notes ENABLE ROW LEVEL SECURITY",
    )
    found = await examine(service_databases.entry(), [Part.RLS])
    assert found.exposed is not None
    assert (found.exposed.without, found.exposed.world) == (("public.payments",), ("public.payments",))
    assert found.exposed.shut == ("public.notes",)
    assert judge(found, parts=(Part.RLS,)).light is Light.RED


async def test_supabases_own_list_of_migrations_is_read(service_databases: ServiceDatabases) -> None:
    await service_databases.do(
        service_databases.prod,
        "CREATE SCHEMA supabase_migrations; CREATE TABLE supabase_migrations.schema_migrations"
        " (version text PRIMARY KEY, statements text[], name text);"
        "INSERT INTO supabase_migrations.schema_migrations VALUES"
        " ('20250102000001', '{}', 'add_user_alerts'), ('20250101000001', '{}', 'initial_schema')",
    )
    found = (await examine(service_databases.entry(), [Part.MIGRATIONS])).migrations
    assert found is not None
    assert (found.table, found.latest) == ("supabase_migrations.schema_migrations", "20250102000001")
    assert found.applied[0].name == "initial_schema"


async def test_nothing_can_be_written_through_a_look(service_databases: ServiceDatabases) -> None:
    async with looking(service_databases.entry()) as connection:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            async with connection.transaction():
                await connection.execute("DELETE FROM stations")
        assert await connection.fetchval("SHOW statement_timeout") == "4s"
    assert (await examine(service_databases.entry(), [Part.SLOW])).may_write  # the role could, and the card says so


async def test_a_role_that_may_only_look_sees_less_and_that_is_said(service_databases: ServiceDatabases) -> None:
    role = f"look_{uuid4().hex[:12]}"
    url = service_databases.prod
    await service_databases.do(url, f"CREATE ROLE {role} LOGIN PASSWORD 'x'; REVOKE ALL ON schema_versions FROM PUBLIC")
    try:
        found = await examine(service_databases.entry(url=as_role(url, role)), list(Part))
        assert (found.sees_all, found.may_write) == (False, False)
        assert str(found.problems[Part.MIGRATIONS]) == "the role may not read schema_versions"
        lights = {each.part: each.light for each in judge(found).findings}
        assert lights[Part.MIGRATIONS] is Light.UNKNOWN
        assert lights[Part.RLS] is Light.GREEN  # one that is refused hides no other
        await service_databases.do(url, f"GRANT pg_monitor TO {role}; GRANT SELECT ON schema_versions TO {role}")
        found = await examine(service_databases.entry(url=as_role(url, role)), list(Part))
        assert (found.sees_all, found.may_write, dict(found.problems)) == (True, False, {})
        assert found.upkeep is not None
        assert found.upkeep.wal is not None
    finally:
        await service_databases.do(url, f"DROP OWNED BY {role}; DROP ROLE {role}")


def as_role(url: str, role: str) -> str:
    """The tests' server trusts whoever comes by its socket."""
    return url.replace("//postgres@", f"//{role}@", 1)


async def test_a_look_waits_for_nobody(service_databases: ServiceDatabases) -> None:
    migrating = await service_databases.connection(service_databases.prod, "migration")
    await migrating.execute("BEGIN")
    await migrating.execute("LOCK TABLE schema_versions IN ACCESS EXCLUSIVE MODE")
    found = await examine(service_databases.entry(), [Part.MIGRATIONS, Part.RLS])
    assert str(found.problems[Part.MIGRATIONS]) == "somebody holds the lock that reading it needs"
    assert found.exposed is not None


async def test_a_database_that_cannot_be_reached_is_red_and_gives_no_secret_away(
    service_databases: ServiceDatabases,
) -> None:
    gone = f"postgresql://u:hunter2hunter2@127.0.0.1:{free_port()}/d"
    for url, reason in (
        (gone, "The database does not answer (ConnectionRefusedError)."),
        (named(service_databases.prod, "no-such"), "The database does not let us in (InvalidCatalogNameError)"),
    ):
        verdict = judge(await examine(service_databases.entry(url=url), list(Part)))
        assert verdict.light is Light.RED
        assert str(verdict.headline).startswith(reason)
        assert "hunter2" not in str(verdict)
        assert verdict.advice[0].command == "/ecotrajet diagnose prod ecotrajet"


@pytest.mark.prove  # with Debian's server: the embedded one comes without the extension
async def test_statements_that_are_slow_on_average_are_told_without_their_values() -> None:
    folder = Path(tempfile.mkdtemp(prefix="ecotrajet-statements-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user under root
    server = EmbeddedPostgres(folder, programs=Path("/usr/lib/postgresql/15/bin"))
    try:
        async with server as url:
            entry = DatabaseEntry("prod", Secret(url), "prod", "ecotrajet")
            await do(url, "CREATE SCHEMA extensions")
            await do(url, "CREATE EXTENSION pg_stat_statements SCHEMA extensions")
            found = await examine(entry, [Part.SLOW])
            assert found.slow is not None
            assert "not loaded" in str(found.slow.why)
            await do(url, "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
            await server.restart()
            await do(url, "SELECT pg_sleep(1.1), 'a secret'")
            found = await examine(entry, [Part.SLOW])
            assert found.slow is not None
            assert found.slow.statements is not None
            assert found.slow.statements[0].query == "SELECT pg_sleep($1), $2"
            (finding,) = judge(found, parts=(Part.SLOW,)).findings
            assert "statements that take a second or more on average: 1; the slowest 1.1 s" in str(finding.said)
    finally:
        shutil.rmtree(folder)


async def do(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
