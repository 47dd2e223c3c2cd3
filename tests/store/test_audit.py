"""The audit trail: append-only for everybody, chained, and a forgery shows."""

import asyncpg
import pytest

from bot.audit import DESK, Entry
from bot.phrase import Phrase
from bot.store import audit
from bot.store.database import Database


async def written(url: str, lines: int) -> None:
    async with Database.open(url) as db, db.transaction() as tx:
        for number in range(lines):
            await audit.write(tx, Entry(DESK, "test.written", on=str(number), why=Phrase("{n}", {"n": number})))


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "TRUNCATE audit CASCADE"])
async def test_serve_may_not_rewrite_it(database_url: str, change: str) -> None:
    await written(database_url, 1)
    async with Database.open(database_url) as db:
        assert db.role == "ecotrajet_app"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.transaction() as tx:
                await tx.execute(change)


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "TRUNCATE audit CASCADE"])
async def test_not_even_the_owner_rewrites_it_by_accident(database_url: str, change: str) -> None:
    await written(database_url, 1)
    owner = await asyncpg.connect(database_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute(change)
    finally:
        await owner.close()


async def test_the_clock_cannot_be_moved_by_serve(database_url: str) -> None:
    async with Database.open(database_url) as db:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.transaction() as tx:
                await tx.execute("UPDATE desk_clock SET shift = '1 hour'")


async def test_sealed_in_order_and_a_forgery_shows(database_url: str) -> None:
    await written(database_url, 5)
    async with Database.open(database_url) as db:
        async with db.transaction() as tx:
            assert await audit.seal(tx) == 5
            assert await audit.verify(tx) is None
        owner = await asyncpg.connect(database_url)
        await owner.execute("ALTER TABLE audit DISABLE TRIGGER ALL")  # by somebody with all rights, who means it
        third = await owner.fetchval("UPDATE audit SET actor = 'mallory' WHERE subject = '2' RETURNING id")
        await owner.close()
        async with db.transaction() as tx:
            assert await audit.verify(tx) == third
