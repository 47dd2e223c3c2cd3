"""The embedded PostgreSQL: there in a moment, shared, adopted after a kill, never left behind."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.errors import ConfigError
from bot.store.embedded import EmbeddedPostgres
from tests.postgres import PrivatePostgres

ORPHAN = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.store.embedded import EmbeddedPostgres

async def main():
    async with EmbeddedPostgres(Path(sys.argv[1])) as url:
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's own: it closes that one to other users, such as the one PostgreSQL runs as under root."""
    made = Path(tempfile.mkdtemp(prefix="ecotrajet-embedded-"))
    yield made
    EmbeddedPostgres(made).discard()
    shutil.rmtree(made)


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def postmaster(server: EmbeddedPostgres) -> int | None:
    file = server.cluster.data / "postmaster.pid"
    return int(file.read_text().split()[0]) if file.exists() else None


async def test_what_was_written_is_there_the_next_time(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as url:
        assert await ask(url, "SHOW fsync") == "on"
        assert await ask(url, "SHOW listen_addresses") == ""
        assert await ask(url, "SELECT current_database()") == "ecotrajet"
        await ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    server = EmbeddedPostgres(folder)
    async with server as url:
        assert await ask(url, "SELECT answer FROM kept") == 42
    assert server.stopped
    assert postmaster(server) is None


async def test_the_last_user_to_leave_stops_the_server(folder: Path) -> None:
    first, second = EmbeddedPostgres(folder), EmbeddedPostgres(folder)
    await asyncio.gather(first.__aenter__(), second.__aenter__())
    await first.__aexit__(None, None, None)
    assert not first.stopped
    assert await ask(second.url, "SELECT 1") == 1
    await second.__aexit__(None, None, None)
    assert second.stopped


async def test_a_server_whose_parent_was_killed_is_adopted_and_then_stopped(folder: Path) -> None:
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", ORPHAN, str(folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    server = EmbeddedPostgres(folder)
    orphan = postmaster(server)
    assert orphan is not None
    async with server:
        assert postmaster(server) == orphan
    assert postmaster(server) is None


async def test_a_killed_server_starts_again_though_its_number_now_belongs_to_another(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    async with server as url:
        await ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        pid = postmaster(server)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    left = server.cluster.data / "postmaster.pid"
    left.write_text(left.read_text().replace(str(pid), str(os.getpid()), 1))
    async with EmbeddedPostgres(folder) as url:
        assert await ask(url, "SELECT answer FROM kept") == 42


async def test_a_path_too_long_for_a_socket_is_no_hindrance(folder: Path) -> None:
    deep = folder / ("a folder with spaces, a comma and é " * 3) / ("b" * 60)
    server = EmbeddedPostgres(deep, durable=False)
    async with server as url:
        assert await ask(url, "SELECT 1") == 1
    server.discard()


async def test_the_data_of_another_major_version_is_left_alone_with_a_word(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.cluster.data.mkdir(parents=True)
    (server.cluster.data / "PG_VERSION").write_text("13\n")
    with pytest.raises(ConfigError, match="was made by PostgreSQL 13"):
        await server.__aenter__()


async def test_a_crash_of_the_server_loses_nothing_that_was_committed(private_postgres: PrivatePostgres) -> None:
    await ask(private_postgres.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    await private_postgres.server.restart()
    assert await ask(private_postgres.url, "SELECT answer FROM kept") == 42


async def test_each_test_has_a_migrated_database_of_its_own(database_url: str) -> None:
    assert await ask(database_url, "SELECT count(*) > 0 FROM pg_tables WHERE schemaname = 'public'")
    await ask(database_url, "CREATE TABLE mine ()")


async def test_and_sees_nothing_of_the_other_tests(database_url: str) -> None:
    assert await ask(database_url, "SELECT to_regclass('mine')") is None
