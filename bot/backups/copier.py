"""A dump of one database into its bucket: `pg_dump`'s output streams through, nothing is kept on disk."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.backup import Backup, BackupEntry
from bot.backups.beside import bring_beside, put_in_place
from bot.backups.bucket import Bucket
from bot.backups.facts import Facts, facts_of, frozen
from bot.backups.rehearsal import rehearse
from bot.backups.sealing import ENDING, sealed
from bot.backups.server import CONNECT_WITHIN, DumpFailed, dump_program, identity, without_password
from bot.phrase import Phrase, Value
from bot.redaction import redact

__all__ = ["Copier", "DumpFailed", "Dumped"]

MIB: Final = 2**20
SMALL: Final = 8 * MIB
LARGE: Final = 64 * MIB
SMALL_ONES: Final = 1000  # S3 takes 10,000 parts: 8 GiB in small ones, then 560 GiB in large ones
MOST_COMPLAINT: Final = 600  # bytes of what pg_dump complains of


@dataclass(frozen=True, slots=True)
class Dumped:
    object: str
    bytes: int
    sha256: str
    facts: Facts = field(default_factory=dict)


class Copier:
    """`desk_url` is the desk's own database, which is never dumped by this way."""

    def __init__(self, desk_url: str, bucket: Callable[[str, str | None], Bucket] = Bucket) -> None:
        self.desk_url, self.bucket = desk_url, bucket

    async def dump(self, entry: BackupEntry, backup: Backup) -> Dumped:
        """Raises DumpFailed; then nothing stands in the bucket."""
        server = await identity(entry.url.reveal())
        if server.is_same(await identity(self.desk_url)):
            raise DumpFailed(Phrase("this is the desk's own database; name the service's"))
        program = await dump_program(server.major)
        key = object_key(entry, backup, server.database)
        async with frozen(entry.url.reveal()) as instant:
            snapshot: str = await instant.fetchval("SELECT pg_export_snapshot()")
            facts = await facts_of(instant) if entry.scratch or entry.admin else {}
            async with dumping(str(program), entry, snapshot) as process, aclosing(written(process, entry)) as parts:
                size, sha256 = await self.bucket(entry.bucket, entry.endpoint).put(key, parts)
        return Dumped(key, size, sha256, facts)

    async def test(self, entry: BackupEntry, good: Backup) -> int:
        """How many tables came back as they were dumped. Raises DumpFailed."""
        return await rehearse(entry, good, self.bucket(entry.bucket, entry.endpoint))

    async def restore(self, entry: BackupEntry, good: Backup, restore: Backup) -> str:
        """The name of the database that now stands beside the service's, with what was dumped. Raises DumpFailed."""
        await self._never_ours(entry)
        return await bring_beside(entry, good, restore.id, self.bucket(entry.bucket, entry.endpoint))

    async def cutover(self, entry: BackupEntry, beside: str) -> str:
        """The name that the service's database has from now on; `beside` has its name. Raises DumpFailed."""
        await self._never_ours(entry)
        return await put_in_place(entry, beside)

    async def _never_ours(self, entry: BackupEntry) -> None:
        assert entry.admin is not None
        if (await identity(entry.admin.reveal())).is_same(await identity(self.desk_url)):
            raise DumpFailed(Phrase("this is the desk's own database; name the service's"))

    async def delete(self, entry: BackupEntry, key: str) -> None:
        """Raises DumpFailed."""
        await self.bucket(entry.bucket, entry.endpoint).delete(key)


def object_key(entry: BackupEntry, backup: Backup, database: str) -> str:
    """`prod/daily/20261125T020000Z-ecotrajet-12-1.dump`: each start has its own, so that none writes over another."""
    at: datetime = backup.created_at
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in database)
    ending = f".dump{ENDING}" if entry.recipients else ".dump"
    return f"{entry.name}/{backup.kind}/{stamp}-{safe}-{backup.id}-{backup.starts}{ending}"


@asynccontextmanager
async def dumping(program: str, entry: BackupEntry, snapshot: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program at work; ended, and waited for, at the end of the block."""
    url, password = without_password(entry.url.reveal())
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SSL_CERT_FILE") if name in os.environ}
    environment = {
        **inherited,
        "LC_ALL": "C",
        "PGCONNECT_TIMEOUT": str(CONNECT_WITHIN),
        "PGAPPNAME": "ecotrajet-backup",
    }
    if password:
        environment["PGPASSWORD"] = password.reveal()
    process = await asyncio.create_subprocess_exec(
        program, "--format=custom", "--no-password", f"--snapshot={snapshot}", f"--dbname={url}", env=environment,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def written(process: asyncio.subprocess.Process, entry: BackupEntry) -> AsyncGenerator[bytes, None]:
    """As it goes into the bucket: encrypted when somebody is named who can read it."""
    plain = output(process, entry)
    return sealed(plain, entry.recipients, size_of) if entry.recipients else plain


def size_of(number: int) -> int:
    """Bytes of the `number`th part, from 1."""
    return SMALL if number <= SMALL_ONES else LARGE


async def output(process: asyncio.subprocess.Process, entry: BackupEntry) -> AsyncGenerator[bytes, None]:
    """Parts for S3. Raises DumpFailed at the end when the program failed, so that a cut dump is never completed."""
    assert process.stdout is not None
    assert process.stderr is not None
    complaint = asyncio.create_task(tail(process.stderr))
    try:
        number = 1
        while part := await read(process.stdout, size_of(number)):
            yield part
            number += 1
        said = await complaint
    finally:
        complaint.cancel()
    if code := await process.wait():
        _, password = without_password(entry.url.reveal())
        hidden = redact(said.decode(errors="replace"), [entry.url.reveal(), password.reveal()])
        said_so: dict[str, Value | Phrase] = {"code": code, "said": " ".join(hidden.split())}
        raise DumpFailed(Phrase("pg_dump failed ({code}): {said}", said_so))


async def read(stream: asyncio.StreamReader, size: int) -> bytes:
    """`size` bytes, fewer only at the end of the stream."""
    try:
        return await stream.readexactly(size)
    except asyncio.IncompleteReadError as end:
        return end.partial


async def tail(stream: asyncio.StreamReader) -> bytes:
    """The last of what comes, read to the end: a program whose complaints nobody reads stands still."""
    kept = b""
    while more := await stream.read(4096):
        kept = (kept + more)[-MOST_COMPLAINT:]
    return kept
