"""A real PostgreSQL for each test run, and a database of its own for each test.

One server per run (shared by xdist's workers), one migrated template, one clone per test. `TEST_DATABASE_URL` points
at a server that stands already (its user must be able to create databases); `TEST_POSTGRES_PROGRAMS` names the folder
of another PostgreSQL's programs, such as Debian's /usr/lib/postgresql/15/bin.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from bot.store.embedded import EmbeddedPostgres
from bot.store.migrate import migrate

PREFIX = "ecotrajet-tests-"


@dataclass(frozen=True, slots=True)
class Template:
    """The migrated database that every test's own is cloned from."""

    admin_url: str
    name: str


@dataclass(frozen=True, slots=True)
class PrivatePostgres:
    """A server for one test alone, which may crash it with `await server.restart()`."""

    server: EmbeddedPostgres
    url: str


def named(url: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@pytest.fixture(scope="session")
def postgres_template(testrun_uid: str) -> Iterator[Template]:
    """The run's server, with the template in it; the last worker to leave throws both away."""
    with asyncio.Runner() as loop:
        given = os.environ.get("TEST_DATABASE_URL")
        users = _given(given, f"template_{testrun_uid}") if given else _started(testrun_uid)
        yield loop.run(users.__aenter__())
        loop.run(users.__aexit__(None, None, None))


@pytest.fixture
async def database_url(postgres_template: Template) -> AsyncIterator[str]:
    """A migrated database of one's own, gone after the test."""
    async for url in _database(postgres_template.admin_url, postgres_template.name):
        yield url


@pytest.fixture
async def empty_database_url(postgres_template: Template) -> AsyncIterator[str]:
    """A database of one's own with nothing in it, for tests of the migrations."""
    async for url in _database(postgres_template.admin_url, "template0"):
        yield url


@pytest.fixture
async def private_postgres() -> AsyncIterator[PrivatePostgres]:
    """A server of one's own, as durable as in production, migrated; for tests that restart or stop it."""
    folder = _folder(f"private-{uuid4().hex[:12]}")
    server = EmbeddedPostgres(folder, programs=_programs())
    try:
        async with server as url:
            await migrate(url)
            yield PrivatePostgres(server, url)
    finally:
        await asyncio.to_thread(_discard, folder)


async def _database(admin_url: str, template: str) -> AsyncIterator[str]:
    name = f"test_{uuid4().hex}"
    await _execute(admin_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    yield named(admin_url, name)
    await _drop(admin_url, name)


@asynccontextmanager
async def _started(run: str) -> AsyncIterator[Template]:
    await asyncio.to_thread(_sweep)
    folder = _folder(run, _memory())
    server = EmbeddedPostgres(folder, durable=False, programs=_programs())
    async with server:
        admin = await asyncpg.connect(server.url_of("postgres"))
        try:
            yield await _make_template(admin, server.url_of("postgres"), "template_ecotrajet")
        finally:
            await admin.close()
    await asyncio.to_thread(_discard, folder)


@asynccontextmanager
async def _given(url: str, name: str) -> AsyncIterator[Template]:
    """On somebody's server: who can have the lock alone is the last to leave, and clears away."""
    admin = await asyncpg.connect(url)
    try:
        await admin.execute("SELECT pg_advisory_lock_shared(hashtext($1))", f"users of {name}")
        yield await _make_template(admin, url, name)
        await admin.execute("SELECT pg_advisory_unlock_shared(hashtext($1))", f"users of {name}")
        if await admin.fetchval("SELECT pg_try_advisory_lock(hashtext($1))", f"users of {name}"):
            await _drop(url, name)
    finally:
        await admin.close()


async def _make_template(admin: asyncpg.Connection, url: str, name: str) -> Template:
    """Once per run: the first worker migrates while the others wait for it at the lock. Closed means finished."""
    async with admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock(hashtext($1))", name)
        if await admin.fetchval("SELECT NOT datallowconn FROM pg_database WHERE datname = $1", name):
            return Template(url, name)
        await _drop(url, name)
        await _execute(url, f'CREATE DATABASE "{name}"')
        await migrate(named(url, name))
        await _execute(url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    return Template(url, name)


async def _drop(admin_url: str, name: str) -> None:
    await _execute(admin_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _execute(admin_url: str, statement: str) -> None:
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


def _programs() -> Path | None:
    folder = os.environ.get("TEST_POSTGRES_PROGRAMS")
    return Path(folder) if folder else None


def _folder(name: str, parent: Path | None = None) -> Path:
    """Directly under a public folder: pytest's own is closed to the user that PostgreSQL runs as under root."""
    return (parent or Path(tempfile.gettempdir())) / f"{PREFIX}{os.geteuid()}-{name}"


def _memory() -> Path:
    """Cloning a database takes 7 ms in memory and 80 ms on disk."""
    shared = Path("/dev/shm")
    roomy = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 2 * 1024**3
    return shared if roomy else Path(tempfile.gettempdir())


def _sweep() -> None:
    """Servers of runs that were killed: nobody holds their lock any more."""
    for parent in {Path(tempfile.gettempdir()), _memory()}:
        for folder in parent.glob(f"{PREFIX}{os.geteuid()}-*"):
            with suppress(OSError):  # another run sweeps too, or is just making it
                _discard(folder)


def _discard(folder: Path) -> None:
    if EmbeddedPostgres(folder, programs=_programs()).discard():
        with suppress(OSError):  # another run sweeps too
            folder.rmdir()
