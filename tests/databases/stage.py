"""Databases of a service, real ones: with locks that are held, tables that are open, migrations that are missing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from uuid import uuid4

import asyncpg
import pytest

from bot.postgres import DatabaseEntry
from bot.sandbox.record import PATIENCE
from bot.secret import Secret
from tests.postgres import Template, named

TABLES = """
CREATE TABLE stations (id int PRIMARY KEY, name text);
INSERT INTO stations SELECT i, 'station ' || i FROM generate_series(1, 200) i;
ALTER TABLE stations ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON stations FOR SELECT USING (true);
CREATE TABLE schema_versions (version text PRIMARY KEY, applied_at timestamptz NOT NULL);
ALTER TABLE schema_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON schema_versions FOR SELECT USING (true);
INSERT INTO schema_versions VALUES ('1.0.0', '2026-01-05'), ('1.9.0', '2026-02-05'), ('1.10.0', '2026-03-05');
"""


@dataclass
class ServiceDatabases:
    """`prod` and `staging`: URLs; whoever opened connections leaves them to `stack`."""

    prod: str
    staging: str
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def entry(self, environment: str = "prod", url: str = "") -> DatabaseEntry:
        there = url or (self.prod if environment == "prod" else self.staging)
        return DatabaseEntry(environment, Secret(there), environment, "ecotrajet")

    def entries(self) -> dict[str, DatabaseEntry]:
        return {each: self.entry(each) for each in ("prod", "staging")}

    async def connection(self, url: str, name: str) -> asyncpg.Connection:
        made = await asyncpg.connect(url, server_settings={"application_name": name})
        self.stack.callback(made.terminate)
        return made

    async def do(self, url: str, statement: str) -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def chain(self) -> list[int]:
        """The batch forgot its transaction; the site waits for it, and a second request of the site for the first."""
        root = await self.connection(self.prod, "batch-nuit")
        await root.execute("BEGIN")
        await root.execute("UPDATE stations SET name = 'a secret of ours' WHERE id = 1")
        pids = [root.get_server_pid()]
        for at in (1, 2):
            waiting = await self.connection(self.prod, f"site-{at}")
            task = asyncio.create_task(waiting.execute("UPDATE stations SET name = 'another secret' WHERE id = 1"))
            self.stack.push_async_callback(given_up, task)
            pids.append(waiting.get_server_pid())
            await self.until(lambda pid=pids[-1]: self.waits(pid))  # type: ignore[misc]  # bound now
        return pids

    async def waits(self, pid: int) -> bool:
        connection = await asyncpg.connect(self.prod)
        try:
            return bool(await connection.fetchval("SELECT cardinality(pg_blocking_pids($1)) > 0", pid))
        finally:
            await connection.close()

    async def until(self, holds: Callable[[], Awaitable[bool]], within: float = PATIENCE) -> None:
        deadline = asyncio.get_running_loop().time() + within
        while not await holds():
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.02)  # between two looks; the deadline decides


async def given_up(task: "asyncio.Task[str]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def service_databases(postgres_template: Template) -> AsyncIterator[ServiceDatabases]:
    """Two databases of the guide's application, alike."""
    admin = await asyncpg.connect(postgres_template.admin_url)
    names = [f"service_{uuid4().hex}" for _ in range(2)]
    for name in names:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    made = ServiceDatabases(named(postgres_template.admin_url, names[0]), named(postgres_template.admin_url, names[1]))
    for url in (made.prod, made.staging):
        await made.do(url, TABLES)
    try:
        yield made
    finally:
        await made.stack.aclose()
        for name in names:
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()
