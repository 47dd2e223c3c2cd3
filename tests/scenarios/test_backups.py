"""Backups: a real pg_dump of a real database, streamed into moto's S3, by rows that any replica may take."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import boto3
import pytest

from bot.backup import BackupEntry, Kind, kind_of
from bot.backups import Backups, Copier
from bot.backups.server import DumpFailed, dump_program, identity, without_password
from bot.config import load_desk
from bot.desk import Desk
from bot.heartbeat import Heartbeat
from bot.lifecycle.heartbeats import Heartbeats
from bot.secret import Secret
from bot.store.database import Database
from bot.worker.backup import BackupWorker

EXAMPLE = Path(__file__).parents[2] / "ecotrajet.example.yaml"


@dataclass
class BackupDesk:
    db: Database
    desk: Desk
    s3: Any  # the stubs in the lock know no client of S3
    url: str
    desk_url: str
    entry: BackupEntry
    bucket: str

    @property
    def backups(self) -> Backups:
        return Backups(self.db, self.desk)

    def worker(self, owner: str = "one", copier: Copier | None = None) -> BackupWorker:
        beats = Heartbeats(self.db, self.desk, str)
        return BackupWorker(self.db, self.desk, beats, copier or Copier(self.desk_url), owner)

    def with_entry(self, entry: BackupEntry) -> None:
        beat = Heartbeat(
            entry.heartbeat, timedelta(days=1), timedelta(hours=4), timedelta(hours=4), environment="prod",
            service="ecotrajet",
        )  # fmt: skip
        self.entry = entry
        beats = {name: replace(beat, name=name) for name in (entry.heartbeat, entry.test_heartbeat)}
        self.desk = replace(self.desk, backups={entry.name: entry}, heartbeats=beats)

    async def rows(self, query: str, *values: object) -> list[asyncpg.Record]:
        async with self.db.transaction() as tx:
            found: list[asyncpg.Record] = await tx.fetch(query, *values)
            return found

    async def carry_out(self, slot: str = "2026-11-25", worker: BackupWorker | None = None) -> asyncpg.Record:
        """The row of the slot, when the worker is done with it."""
        await self.backups.due(self.entry.name, slot)
        await finished(worker or self.worker())
        return (await self.rows("SELECT * FROM backup WHERE slot = $1", slot))[0]

    async def objects(self) -> list[str]:
        found = await asyncio.to_thread(self.s3.list_objects_v2, Bucket=self.bucket)
        return [each["Key"] for each in found.get("Contents", [])]

    async def unfinished(self) -> int:
        found = await asyncio.to_thread(self.s3.list_multipart_uploads, Bucket=self.bucket)
        return len(found.get("Uploads", []))

    async def content(self, key: str) -> bytes:
        found = await asyncio.to_thread(self.s3.get_object, Bucket=self.bucket, Key=key)
        return await asyncio.to_thread(found["Body"].read)


async def finished(worker: BackupWorker) -> None:
    await worker.round()
    await asyncio.gather(*worker.under_way.values())


@pytest.fixture
def s3(amazon: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return amazon


@pytest.fixture
async def desk(database_url: str, empty_database_url: str, s3: str) -> AsyncIterator[BackupDesk]:
    """The service's database holds 1,000 stations."""
    service = await asyncpg.connect(empty_database_url)
    await service.execute(
        "CREATE TABLE stations AS SELECT n AS id, 'Gare ' || n AS nom FROM generate_series(1, 1000) n"
    )
    await service.close()
    bucket = f"backups-{uuid4().hex}"  # moto keeps its buckets as long as the process lives
    client = boto3.client("s3", endpoint_url=s3)
    await asyncio.to_thread(client.create_bucket, Bucket=bucket)
    async with Database.open(database_url) as db:
        entry = BackupEntry(
            "prod", Secret(empty_database_url), bucket, "prod", "ecotrajet", time(2), timedelta(days=30), s3
        )
        made = BackupDesk(db, load_desk(EXAMPLE), client, empty_database_url, database_url, entry, bucket)
        made.with_entry(entry)
        yield made
    await asyncio.to_thread(client.close)


async def restored(dump: bytes, tmp_path: Path, url: str, major: int) -> int:
    """How many stations stand in the database at `url` after the dump was put there."""
    file = tmp_path / "dump"
    await asyncio.to_thread(file.write_bytes, dump)
    program = (await dump_program(major)).with_name("pg_restore")
    process = await asyncio.create_subprocess_exec(program, f"--dbname={url}", "--clean", file, env={**os.environ})
    assert await process.wait() == 0
    connection = await asyncpg.connect(url)
    count: int = await connection.fetchval("SELECT count(*) FROM stations")
    await connection.close()
    return count


async def test_what_lies_in_the_bucket_brings_the_data_back(desk: BackupDesk, tmp_path: Path) -> None:
    row = await desk.carry_out("2026-11-25")
    assert (row["state"], row["kind"]) == ("succeeded", "daily")
    assert await desk.objects() == [row["object"]]
    dump = await desk.content(row["object"])
    assert (len(dump), hashlib.sha256(dump).hexdigest()) == (row["bytes"], row["sha256"])
    service = await asyncpg.connect(desk.url)
    await service.execute("DELETE FROM stations WHERE id > 10")
    await service.close()
    assert await restored(dump, tmp_path, desk.url, (await identity(desk.url)).major) == 1000
    assert (await desk.rows("SELECT state FROM heartbeat WHERE name = 'backup-prod'"))[0]["state"] == "alive"


async def test_a_dump_of_many_parts_arrives_whole(desk: BackupDesk, tmp_path: Path) -> None:
    service = await asyncpg.connect(desk.url)
    await service.execute(
        "CREATE TABLE noise AS SELECT sha512((n || 'a')::bytea) || sha512((n || 'b')::bytea) AS it"
        " FROM generate_series(1, 130000) n"
    )
    await service.close()
    row = await desk.carry_out()
    assert row["bytes"] > 2 * 8 * 2**20
    dump = await desk.content(row["object"])
    assert hashlib.sha256(dump).hexdigest() == row["sha256"]


async def test_two_replicas_make_one_backup_of_a_slot(desk: BackupDesk) -> None:
    await asyncio.gather(*(desk.backups.due("prod", "2026-11-25") for _ in range(4)))
    await asyncio.gather(finished(desk.worker("one")), finished(desk.worker("two")))
    assert [row["starts"] for row in await desk.rows("SELECT starts FROM backup")] == [1]
    assert len(await desk.objects()) == 1


async def test_a_worker_that_died_is_followed_and_one_that_is_stopped_hands_over(desk: BackupDesk) -> None:
    await desk.backups.due("prod", "2026-11-25")
    await desk.rows("UPDATE backup SET state = 'running', owner = 'dead', starts = 1, lease_until = now() + '1 h'")
    await finished(desk.worker())
    assert await desk.objects() == []
    await desk.rows("UPDATE backup SET lease_until = now() - interval '1 s'")
    stopped = desk.worker("stopped")
    await stopped.round()
    await stopped.stop()
    assert [tuple(row) for row in await desk.rows("SELECT state, starts FROM backup")] == [("queued", 1)]
    assert await desk.unfinished() == 0
    assert (await desk.carry_out())["state"] == "succeeded"


async def test_a_failed_backup_is_an_incident_and_a_good_one_ends_it(desk: BackupDesk) -> None:
    good = desk.entry
    desk.with_entry(replace(good, bucket="nowhere"))
    row = await desk.carry_out("2026-11-24")
    assert (row["state"], "NoSuchBucket" in row["why"]) == ("failed", True)
    incidents = await desk.rows("SELECT title, status FROM incident")
    assert [(each["title"], each["status"]) for each in incidents] == [
        ("[PROD] “backup-prod” says that it failed", "triggered")
    ]
    desk.with_entry(good)
    await desk.carry_out("2026-11-25")
    assert [each["status"] for each in await desk.rows("SELECT status FROM alert")] == ["resolved"]


@pytest.fixture
async def reader(desk: BackupDesk) -> AsyncIterator[str]:
    """The URL of a role that may log in and read nothing; its password is p@ss-word-1."""
    role = f"reader_{uuid4().hex}"
    service = await asyncpg.connect(desk.url)
    await service.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'p@ss-word-1'")
    yield desk.url.replace("postgresql://postgres", f"postgresql://{role}:p%40ss-word-1", 1)
    await service.execute(f"DROP ROLE {role}")
    await service.close()


async def test_a_dump_that_fails_leaves_nothing_behind_and_tells_no_password(desk: BackupDesk, reader: str) -> None:
    desk.with_entry(replace(desk.entry, url=Secret(reader)))
    row = await desk.carry_out()
    assert (row["state"], "permission denied" in row["why"]) == ("failed", True), row["why"]
    assert "p@ss-word-1" not in row["why"]
    assert (await desk.objects(), await desk.unfinished()) == ([], 0)


async def test_the_desks_own_database_is_refused_by_whatever_address(desk: BackupDesk) -> None:
    desk.with_entry(replace(desk.entry, url=Secret(desk.desk_url + "&application_name=service")))
    row = await desk.carry_out()
    assert (row["state"], "desk's own database" in row["why"]) == ("failed", True), row["why"]
    assert await desk.objects() == []


async def test_after_thirty_days_all_go_but_archives_and_the_last_good_one(desk: BackupDesk) -> None:
    for slot in ("2026-11-01", "2026-11-02", "2026-11-03"):
        await desk.carry_out(slot)
    await desk.rows("UPDATE backup SET finished_at = finished_at - interval '31 days'")
    last = await desk.carry_out("2026-12-03")
    kept = await desk.rows("SELECT slot FROM backup WHERE deleted_at IS NULL ORDER BY slot")
    assert [row["slot"] for row in kept] == ["2026-11-01", "2026-12-03"]
    assert len(await desk.objects()) == 2
    await desk.rows("UPDATE backup SET finished_at = finished_at - interval '31 days'")
    desk.with_entry(replace(desk.entry, bucket="nowhere"))
    await desk.carry_out("2027-01-05")
    assert last["object"] in await desk.objects()


async def test_without_a_program_for_the_servers_version_one_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(DumpFailed, match="postgresql-client-18"):
        await dump_program(18, [tmp_path, Path("/usr/lib/postgresql/15/bin")])
    assert "/15/" in str(await dump_program(15))
    with pytest.raises(DumpFailed, match="no pg_dump for PostgreSQL 99"):
        await dump_program(99)


@pytest.mark.parametrize(
    "url, bare, password",
    [
        ("postgresql://u:s%40cret@h:5432/d?sslmode=require", "postgresql://u@h:5432/d?sslmode=require", "s@cret"),
        ("postgresql://u@/d?host=/run/x&password=secret", "postgresql://u@/d?host=/run/x", "secret"),
        ("postgres://h/d", "postgres://h/d", ""),
    ],
)
def test_no_password_stands_on_a_command_line(url: str, bare: str, password: str) -> None:
    assert without_password(url) == (bare, Secret(password))


def test_the_guides_days() -> None:
    days = {date(2026, 11, 1): Kind.MONTHLY, date(2026, 11, 8): Kind.WEEKLY, date(2026, 11, 9): Kind.DAILY}
    assert {day: kind_of(day) for day in days} == days  # 1 November 2026 is a Sunday: the archive wins


# The restore test


async def rehearsed(desk: BackupDesk, slot: str) -> asyncpg.Record:
    await desk.rows("INSERT INTO backup (name, slot, kind, asked_by) VALUES ('prod', $1, 'test', 'desk')", slot)
    await finished(desk.worker())
    return (await desk.rows("SELECT * FROM backup WHERE slot = $1", slot))[0]


async def test_on_the_first_of_the_month_the_dump_is_brought_back_and_compared(desk: BackupDesk) -> None:
    desk.with_entry(replace(desk.entry, scratch=Secret(desk.url)))
    await desk.carry_out("2026-12-01")
    await finished(desk.worker())
    rows = await desk.rows("SELECT kind, state, why FROM backup ORDER BY id")
    assert [tuple(row) for row in rows] == [("monthly", "succeeded", ""), ("test", "succeeded", "")]
    assert await desk.rows("SELECT name FROM heartbeat WHERE name = 'restore-test-prod' AND state = 'alive'")


async def test_cut_changed_and_foreign_dumps_do_not_pass(desk: BackupDesk) -> None:
    desk.with_entry(replace(desk.entry, scratch=Secret(desk.url)))
    row = await desk.carry_out("2026-11-25")
    dump = await desk.content(row["object"])

    async def with_object(content: bytes, slot: str, *, known: bool) -> str:
        """`known`: as if the sum had been taken after the harm."""
        await asyncio.to_thread(desk.s3.put_object, Bucket=desk.bucket, Key=row["object"], Body=content)
        if known:
            await desk.rows(
                "UPDATE backup SET sha256 = $1 WHERE id = $2", hashlib.sha256(content).hexdigest(), row["id"]
            )
        result = await rehearsed(desk, slot)
        assert result["state"] == "failed"
        return str(result["why"])

    middle = len(dump) // 2
    flipped = dump[:middle] + bytes([dump[middle] ^ 1]) + dump[middle + 1 :]
    assert "is not what was sent" in await with_object(dump[:middle], "cut", known=False)
    assert "is not what was sent" in await with_object(flipped, "flipped", known=False)
    assert "pg_restore failed" in await with_object(dump[:middle], "cut before", known=True)
    service = await asyncpg.connect(desk.url)
    await service.execute("UPDATE stations SET nom = 'x' WHERE id = 7")
    await service.close()
    other = await desk.carry_out("2026-11-26")
    foreign = await desk.content(other["object"])
    await desk.rows("UPDATE backup SET state = 'failed' WHERE id = $1", other["id"])
    assert "1 tables differ (public.stations)" in await with_object(foreign, "foreign", known=True)
    assert [each["title"] for each in await desk.rows("SELECT title FROM incident")] == [
        "[PROD] “restore-test-prod” says that it failed"
    ]
