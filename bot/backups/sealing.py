"""Dumps that only the holder of a key can read, in the format of age (age-encryption.org/v1): any `age -d` opens them.

pyrage reads and writes files; a pipe on either side and a thread make a stream of it, so that memory stays flat.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import BinaryIO, Final

import pyrage

from bot.backups.server import DumpFailed
from bot.phrase import Phrase
from bot.secret import Secret

ENDING: Final = ".age"
MIB: Final = 2**20


def sealed(
    parts: AsyncIterator[bytes], recipients: Sequence[str], sizes: Callable[[int], int]
) -> AsyncGenerator[bytes, None]:
    """`parts` for whoever holds a key of `recipients`; its own parts are of `sizes(1)`, `sizes(2)`… bytes.

    Raises DumpFailed when one of them is no recipient, and whatever `parts` raises.
    """
    try:
        keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    except pyrage.RecipientError:
        raise DumpFailed(Phrase("`encrypt_to` holds what is no public key of age (age1…)")) from None
    return through(parts, partial(_encrypt, keys), sizes)


def opened(parts: AsyncIterator[bytes], key: Secret) -> AsyncGenerator[bytes, None]:
    """The inverse. Raises DumpFailed: another key, or not the bytes that were written."""
    try:
        identity = pyrage.x25519.Identity.from_str(key.reveal().strip())
    except pyrage.IdentityError:
        raise DumpFailed(Phrase("`decrypt_with` is no secret key of age (AGE-SECRET-KEY-1…)")) from None
    return through(parts, partial(_decrypt, identity), lambda _: MIB)


def _encrypt(recipients: Sequence[object], source: BinaryIO, target: BinaryIO) -> None:
    pyrage.encrypt_io(source, target, recipients)


def _decrypt(identity: object, source: BinaryIO, target: BinaryIO) -> None:
    try:
        pyrage.decrypt_io(source, target, [identity])
    except pyrage.DecryptError:
        raise DumpFailed(Phrase("it does not open with the key of `decrypt_with`, or it was changed")) from None


async def through(
    parts: AsyncIterator[bytes], turn: Callable[[BinaryIO, BinaryIO], None], sizes: Callable[[int], int]
) -> AsyncGenerator[bytes, None]:
    """What `turn` makes of `parts`. Every thread ends when this does: each pipe's end is closed by who writes it."""
    source, feed = os.pipe()
    target, result = os.pipe()
    feeding = asyncio.create_task(_feed(parts, feed), name="sealing")
    turning = asyncio.create_task(asyncio.to_thread(_turn, turn, source, result), name="sealing, its thread")
    number = 1
    try:
        with os.fdopen(target, "rb", buffering=0) as reader:
            while part := await asyncio.to_thread(_read, reader, sizes(number)):
                yield part
                number += 1
        await turning
        await feeding
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, turning, return_exceptions=True)


def _turn(turn: Callable[[BinaryIO, BinaryIO], None], source: int, result: int) -> None:
    with os.fdopen(source, "rb") as reader, os.fdopen(result, "wb") as writer:
        turn(reader, writer)


def _read(reader: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end."""
    found = bytearray()
    while len(found) < size and (more := reader.read(size - len(found))):
        found += more
    return bytes(found)


async def _feed(parts: AsyncIterator[bytes], feed: int) -> None:
    """A broken pipe says that the other side has failed, and that side says why."""
    with os.fdopen(feed, "wb", buffering=0) as writer, suppress(BrokenPipeError):
        async for part in parts:
            await asyncio.shield(asyncio.to_thread(_write, writer, part))


def _write(writer: BinaryIO, part: bytes) -> None:
    left = memoryview(part)
    while left:
        left = left[writer.write(left) :]
