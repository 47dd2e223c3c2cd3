"""The restore test: a dump is read back into a database made for it, compared, and the database dropped."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from bot.backup import Backup, BackupEntry
from bot.backups.bucket import Bucket
from bot.backups.facts import differing, facts_of, frozen
from bot.backups.server import CONNECT_WITHIN, DumpFailed, dump_program, identity, without_password
from bot.phrase import Phrase, Value
from bot.redaction import redact
from bot.store.database import AWAY

MOST_TABLES = 5  # how many a complaint names


async def rehearse(entry: BackupEntry, good: Backup, bucket: Bucket) -> int:
    """How many tables came back as they were. Raises DumpFailed: the dump is cut, changed, or another database's."""
    assert entry.scratch is not None
    if not good.facts:
        nothing = Phrase("{object} was made of a database without tables: nothing to compare", {"object": good.object})
        raise DumpFailed(nothing)
    async with scratch_database(entry.scratch.reveal()) as url:
        await restore(url, good, bucket)
        async with frozen(url) as connection:
            wrong = differing(good.facts, await facts_of(connection))
    if wrong:
        named = ", ".join(wrong[:MOST_TABLES])
        values: dict[str, Value | Phrase] = {"object": good.object, "count": len(wrong), "tables": named}
        raise DumpFailed(
            Phrase("{object} does not bring back what was dumped: {count} tables differ ({tables})", values)
        )
    return len(good.facts)


@asynccontextmanager
async def scratch_database(server: str) -> AsyncIterator[str]:
    """A new database with a name that nobody has, dropped at the end. Raises DumpFailed."""
    name = f"ecotrajet_restore_test_{uuid4().hex}"
    await command(server, f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        await asyncio.shield(command(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def command(url: str, statement: str) -> None:
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_WITHIN)
        try:
            await connection.execute(statement)
        finally:
            await connection.close(timeout=CONNECT_WITHIN)
    except (*AWAY, asyncpg.PostgresError) as refused:
        raise DumpFailed(Phrase("no scratch database ({error})", {"error": type(refused).__name__})) from refused


async def restore(url: str, good: Backup, bucket: Bucket) -> None:
    """Streams the object through `pg_restore`; raises DumpFailed when it is not the very bytes, or does not go in."""
    program = (await dump_program((await identity(url)).major)).with_name("pg_restore")
    bare, password = without_password(url)
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {"LC_ALL": "C"}
    if password:
        environment["PGPASSWORD"] = password.reveal()
    process = await asyncio.create_subprocess_exec(
        program, "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", f"--dbname={bare}",
        env=environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        sent, said = await asyncio.gather(feed(process, good, bucket), tail(process))
    finally:
        with suppress(ProcessLookupError):
            if process.returncode is None:
                process.kill()
        await process.wait()
    if sent != good.sha256:
        values = {"object": good.object, "sum": sent[:16]}
        raise DumpFailed(Phrase("{object} is not what was sent: its SHA-256 is {sum}…", values))
    if process.returncode:
        hidden = redact(said.decode(errors="replace"), [password.reveal()])
        raise DumpFailed(Phrase("pg_restore failed: {said}", {"said": " ".join(hidden.split())}))


async def feed(process: asyncio.subprocess.Process, good: Backup, bucket: Bucket) -> str:
    """The SHA-256 of all that stands in the bucket, also when the program has had enough before."""
    assert process.stdin is not None
    digest = hashlib.sha256()
    async for part in bucket.get(good.object):
        digest.update(part)
        with suppress(ConnectionError):
            process.stdin.write(part)
            await process.stdin.drain()
    process.stdin.close()
    return digest.hexdigest()


async def tail(process: asyncio.subprocess.Process) -> bytes:
    assert process.stderr is not None
    kept = b""
    while more := await process.stderr.read(4096):
        kept = (kept + more)[-600:]
    await process.wait()
    return kept
