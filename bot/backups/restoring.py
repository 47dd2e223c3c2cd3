"""A dump streams from its bucket through `pg_restore`, and what came of it is held against what was dumped."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, suppress
from typing import Any

from bot.backup import Backup, BackupEntry
from bot.backups.bucket import Bucket
from bot.backups.facts import differing, facts_of, frozen
from bot.backups.sealing import ENDING, opened
from bot.backups.server import DumpFailed, dump_program, identity, without_password
from bot.phrase import Phrase, Value
from bot.redaction import redact

MOST_TABLES = 5  # how many a complaint names


async def compare(url: str, good: Backup) -> None:
    """Raises DumpFailed: the dump is cut, changed, or another database's."""
    async with frozen(url) as connection:
        wrong = differing(good.facts, await facts_of(connection))
    if wrong:
        named = ", ".join(wrong[:MOST_TABLES])
        values: dict[str, Value | Phrase] = {"object": good.object, "count": len(wrong), "tables": named}
        raise DumpFailed(
            Phrase("{object} does not bring back what was dumped: {count} tables differ ({tables})", values)
        )


async def restore(url: str, entry: BackupEntry, good: Backup, bucket: Bucket, options: Sequence[str]) -> None:
    """Streams the object through `pg_restore`; raises DumpFailed when it is not the very bytes, or does not go in."""
    program = (await dump_program((await identity(url)).major)).with_name("pg_restore")
    bare, password = without_password(url)
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {"LC_ALL": "C"}
    if password:
        environment["PGPASSWORD"] = password.reveal()
    process = await asyncio.create_subprocess_exec(
        program, "--exit-on-error", *options, "--no-password", f"--dbname={bare}",
        env=environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        sent, said = await asyncio.gather(feed(process, entry, good, bucket), tail(process))
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


async def feed(process: asyncio.subprocess.Process, entry: BackupEntry, good: Backup, bucket: Bucket) -> str:
    """The SHA-256 of all that stands in the bucket, also when the program has had enough before."""
    assert process.stdin is not None
    digest = hashlib.sha256()
    parts = hashed(bucket.get(good.object), digest)
    async with aclosing(readable(parts, entry, good)) as plain:
        async for part in plain:
            with suppress(ConnectionError):
                process.stdin.write(part)
                await process.stdin.drain()
    process.stdin.close()
    return digest.hexdigest()


def readable(parts: Any, entry: BackupEntry, good: Backup) -> Any:
    """Decrypted, if it was encrypted. Raises DumpFailed."""
    if not good.object.endswith(ENDING):
        return parts
    if entry.key is None:
        raise DumpFailed(Phrase("{object} is encrypted, and `decrypt_with` is not set", {"object": good.object}))
    return opened(parts, entry.key)


async def hashed(parts: AsyncIterator[bytes], digest: Any) -> AsyncIterator[bytes]:
    async for part in parts:
        digest.update(part)
        yield part


async def tail(process: asyncio.subprocess.Process) -> bytes:
    assert process.stderr is not None
    kept = b""
    while more := await process.stderr.read(4096):
        kept = (kept + more)[-600:]
    await process.wait()
    return kept
