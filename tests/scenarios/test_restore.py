"""Encrypted dumps, and the guided restore: beside the service's database first, then in its place."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import asyncpg
import pyrage
import pytest

from bot import access
from bot.audit import Actor, Door
from bot.backup import Kind
from bot.backups.sealing import opened, sealed
from bot.backups.server import DumpFailed, at, database_of
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import ActionClass
from bot.secret import Secret
from tests.scenarios.test_backups import BackupDesk, desk, finished, rehearsed, s3

__all__ = ["desk", "s3"]


def key() -> tuple[str, Secret]:
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), Secret(str(identity))


@pytest.fixture
async def bastien(desk: BackupDesk) -> AsyncIterator[Actor]:
    """Somebody who may destroy in production."""
    allowed = ActionClass.DESTROY
    people, teams = desk.desk.people, desk.desk.teams
    found = next(each for each in people.values() if access.may(people, teams, each.id, allowed, "prod"))
    yield Actor(found.id, found.name, Door.WORKER)
    name = database_of(desk.url)
    server = await asyncpg.connect(at(desk.url, "postgres"))
    for row in await server.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", name + "_"):
        await server.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')
    await server.close()


async def stations(url: str) -> int:
    connection = await asyncpg.connect(url)
    count: int = await connection.fetchval("SELECT count(*) FROM stations")
    await connection.close()
    return count


async def put_back(desk: BackupDesk, kind: Kind, slot: str, by: Actor) -> asyncpg.Record:
    await desk.backups.put_back("prod", kind, slot, by)
    await finished(desk.worker())
    return (await desk.rows("SELECT * FROM backup WHERE slot = $1", slot))[0]


async def test_an_encrypted_dump_is_opened_by_its_key_and_by_no_other(desk: BackupDesk) -> None:
    public, secret = key()
    desk.with_entry(replace(desk.entry, recipients=(public,), key=secret, scratch=Secret(desk.url)))
    row = await desk.carry_out()
    assert row["object"].endswith(".dump.age")
    written = await desk.content(row["object"])
    assert written.startswith(b"age-encryption.org/v1")
    plain = io.BytesIO()
    pyrage.decrypt_io(io.BytesIO(written), plain, [pyrage.x25519.Identity.from_str(secret.reveal())])
    assert plain.getvalue().startswith(b"PGDMP")
    assert (await rehearsed(desk, "right key"))["state"] == "succeeded"
    desk.with_entry(replace(desk.entry, key=key()[1]))
    assert "does not open" in (await rehearsed(desk, "other key"))["why"]
    desk.with_entry(replace(desk.entry, key=None))
    assert "`decrypt_with` is not set" in (await rehearsed(desk, "no key"))["why"]


async def test_a_dump_that_fails_is_not_sealed_as_if_it_were_whole(desk: BackupDesk) -> None:
    public, _ = key()

    async def breaks() -> AsyncIterator[bytes]:
        yield b"x" * 100_000
        raise DumpFailed(Phrase("pg_dump failed ({code}): {said}", {"code": 1, "said": "cut"}))

    with pytest.raises(DumpFailed):
        async for _ in sealed(breaks(), [public], lambda _: 1000):
            pass


async def test_streams_of_any_size_come_back_in_parts_of_the_wanted_size() -> None:
    public, secret = key()
    for size in (0, 1, 65_536, 1_000_003):

        async def parts(size: int = size) -> AsyncIterator[bytes]:
            for start in range(0, size, 70_000):
                yield bytes(min(70_000, size - start))

        found = [part async for part in sealed(parts(), [public], lambda number: 5_000 * number)]
        assert all(len(part) == 5_000 * number for number, part in enumerate(found[:-1], start=1))

        async def again(found: list[bytes] = found) -> AsyncIterator[bytes]:
            for part in found:
                yield part

        assert b"".join([part async for part in opened(again(), secret)]) == bytes(size)


async def test_whoever_stops_in_the_middle_leaves_no_thread_waiting() -> None:
    public, _ = key()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1_000_000)

    stream = sealed(endless(), [public], lambda _: 10_000)
    async with asyncio.timeout(10):
        assert len(await anext(stream)) == 10_000
        await stream.aclose()


async def test_what_was_lost_comes_back_beside_and_then_in_place_and_nothing_is_written_over(
    desk: BackupDesk, bastien: Actor
) -> None:
    desk.with_entry(replace(desk.entry, admin=Secret(desk.url)))
    await desk.carry_out()
    service = await asyncpg.connect(desk.url)  # stays open: it has to be ended
    await service.execute("DELETE FROM stations WHERE id > 10")

    beside = await put_back(desk, Kind.RESTORE, "restore:7:1", bastien)
    assert (beside["state"], beside["why"]) == ("succeeded", "")
    assert (await stations(at(desk.url, beside["object"])), await stations(desk.url)) == (1000, 10)

    placed = await put_back(desk, Kind.CUTOVER, "cutover:7:2", bastien)
    assert (placed["state"], placed["why"]) == ("succeeded", "")
    assert await stations(desk.url) == 1000
    assert await stations(at(desk.url, placed["object"])) == 10
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError)):
        await service.fetchval("SELECT 1")
    assert not await desk.rows("SELECT 1 FROM incident")


async def test_a_cutover_that_was_interrupted_is_done_once(desk: BackupDesk, bastien: Actor) -> None:
    desk.with_entry(replace(desk.entry, admin=Secret(desk.url)))
    await desk.carry_out()
    await put_back(desk, Kind.RESTORE, "restore:7:1", bastien)
    first = await put_back(desk, Kind.CUTOVER, "cutover:7:2", bastien)
    await desk.rows("UPDATE backup SET state = 'queued', object = '' WHERE kind = 'cutover'")
    await finished(desk.worker())
    [again] = await desk.rows("SELECT state, object FROM backup WHERE kind = 'cutover'")
    assert (again["state"], again["object"]) == ("succeeded", first["object"])


async def test_a_dump_that_does_not_bring_everything_back_leaves_nothing_beside(
    desk: BackupDesk, bastien: Actor
) -> None:
    desk.with_entry(replace(desk.entry, admin=Secret(desk.url)))
    await desk.carry_out()
    await desk.rows('UPDATE backup SET facts = facts || \'{"public.lines": "3:9"}\'::jsonb')
    row = await put_back(desk, Kind.RESTORE, "restore:7:1", bastien)
    assert "1 tables differ (public.lines)" in row["why"]
    server = await asyncpg.connect(at(desk.url, "postgres"))
    beside = await server.fetch("SELECT 1 FROM pg_database WHERE datname LIKE '%\\_restored\\_%'")
    await server.close()
    assert not beside
    row = await put_back(desk, Kind.CUTOVER, "cutover:7:2", bastien)
    assert "nothing was restored beside it" in row["why"]


async def test_the_last_dump_of_before_is_taken_or_the_one_that_is_named(desk: BackupDesk, bastien: Actor) -> None:
    desk.with_entry(replace(desk.entry, admin=Secret(desk.url)))
    first = await desk.carry_out("2026-11-25")
    begun = (await desk.rows("SELECT app_now() AS at, app_now()::date::text AS day"))[0]
    second = await desk.carry_out("2026-11-26")

    async def source(slot: str, dump: str = "", before: datetime | None = begun["at"]) -> int | None:
        return (await desk.backups.put_back("prod", Kind.RESTORE, slot, bastien, dump=dump, before=before)).source

    assert await source("restore:1:1") == first["id"]
    assert await source("restore:1:1", second["object"], None) == first["id"], "it was asked for already"
    assert await source("restore:1:2", first["object"]) == first["id"]
    assert await source("restore:1:3", begun["day"], None) == second["id"]
    for dump, before, said in (("2020-01-01", None, "is called"), ("", first["created_at"], "from before")):
        with pytest.raises(UserError, match=said):
            await source("restore:1:4", dump, before)


async def test_who_may_and_where(desk: BackupDesk, bastien: Actor) -> None:
    with pytest.raises(UserError, match="restore_with"):
        await desk.backups.put_back("prod", Kind.RESTORE, "restore:1:1", bastien)
    desk.with_entry(replace(desk.entry, admin=Secret(desk.desk_url)))
    await desk.carry_out()
    row = await put_back(desk, Kind.RESTORE, "restore:1:1", bastien)
    assert "desk's own database" in row["why"]
    with pytest.raises(UserError):
        await desk.backups.put_back("prod", Kind.RESTORE, "restore:1:2", Actor("U_NOBODY", "Nobody", Door.WORKER))
