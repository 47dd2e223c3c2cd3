"""Who replaces whom, who asked for cover, what calendars say, and who was on call when we last looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from bot.oncall import Booked, Imported, Override
from bot.phrase import Phrase
from bot.store.database import Tx


@dataclass(frozen=True, slots=True)
class Request:
    """Cover for `asked_by`, or with `other` a swap: whoever takes it is replaced by them there."""

    id: int
    schedule: str
    asked_by: str
    asked: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    other: tuple[datetime, datetime] | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    withdrawn: bool = False


def override_of(row: asyncpg.Record) -> Override:
    return Override(
        row["schedule"],
        row["person"],
        row["starts_at"],
        row["ends_at"],
        row["instead_of"],
        row["id"],
        row["created_by"],
    )


def request_of(row: asyncpg.Record) -> Request:
    other = (row["other_starts_at"], row["other_ends_at"]) if row["other_starts_at"] else None
    return Request(
        row["id"], row["schedule"], row["asked_by"], tuple(row["asked"]), row["starts_at"], row["ends_at"], other,
        row["taken_by"], row["taken_at"], row["withdrawn_at"] is not None,
    )  # fmt: skip


# What is booked ---------------------------------------------------------------------------------------------------


async def in_force(tx: Tx, now: datetime) -> list[Booked]:
    """Overrides and imported events that hold the instant `now`."""
    overrides = await tx.fetch("SELECT * FROM oncall_override WHERE starts_at <= $1 AND ends_at > $1", now)
    events = await tx.fetch("SELECT * FROM oncall_event WHERE starts_at <= $1 AND ends_at > $1", now)
    return [*map(override_of, overrides), *map(imported_of, events)]


async def between(tx: Tx, start: datetime, end: datetime) -> list[Booked]:
    """Everything that holds some instant from `start` until before `end`."""
    overrides = await tx.fetch("SELECT * FROM oncall_override WHERE starts_at < $2 AND ends_at > $1", start, end)
    events = await tx.fetch("SELECT * FROM oncall_event WHERE starts_at < $2 AND ends_at > $1", start, end)
    return [*map(override_of, overrides), *map(imported_of, events)]


def imported_of(row: asyncpg.Record) -> Imported:
    return Imported(row["schedule"], row["layer"], row["person"], row["starts_at"], row["ends_at"])


# Overrides --------------------------------------------------------------------------------------------------------


async def insert(tx: Tx, new: Override) -> Override:
    """Whoever watches the schedule looks again at once."""
    row = await tx.fetchrow(
        "INSERT INTO oncall_override (schedule, person, starts_at, ends_at, instead_of, created_by)"
        " VALUES ($1, $2, $3, $4, $5, $6) RETURNING *",
        new.schedule, new.person, new.starts_at, new.ends_at, new.instead_of, new.by,
    )  # fmt: skip
    assert row is not None  # INSERT … RETURNING always returns
    await look_again(tx, new.schedule)
    return override_of(row)


async def coming(tx: Tx) -> list[Override]:
    """Those in force and those to come, soonest first."""
    rows = await tx.fetch("SELECT * FROM oncall_override WHERE ends_at > app_now() ORDER BY starts_at, id LIMIT 50")
    return [override_of(row) for row in rows]


async def get(tx: Tx, override: int) -> Override | None:
    """One that is not over; held until the transaction ends."""
    row = await tx.fetchrow("SELECT * FROM oncall_override WHERE id = $1 AND ends_at > app_now() FOR UPDATE", override)
    return override_of(row) if row else None


async def end(tx: Tx, override: Override) -> None:
    """Now; one that has not begun goes altogether (its audit lines stay)."""
    await tx.execute("DELETE FROM oncall_override WHERE id = $1 AND starts_at >= app_now()", override.id)
    await tx.execute("UPDATE oncall_override SET ends_at = app_now() WHERE id = $1", override.id)
    await look_again(tx, override.schedule)


# Requests ---------------------------------------------------------------------------------------------------------


async def ask(tx: Tx, new: Request) -> int:
    number: int = await tx.fetchval(
        "INSERT INTO oncall_request (schedule, asked_by, asked, starts_at, ends_at, other_starts_at, other_ends_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        new.schedule, new.asked_by, list(new.asked), new.starts_at, new.ends_at, *(new.other or (None, None)),
    )  # fmt: skip
    return number


async def request(tx: Tx, number: int) -> Request | None:
    """Held until the transaction ends: the first tap wins."""
    row = await tx.fetchrow("SELECT * FROM oncall_request WHERE id = $1 FOR UPDATE", number)
    return request_of(row) if row else None


async def take(tx: Tx, number: int, person: str) -> None:
    await tx.execute("UPDATE oncall_request SET taken_by = $2, taken_at = app_now() WHERE id = $1", number, person)


async def withdraw(tx: Tx, number: int) -> None:
    await tx.execute("UPDATE oncall_request SET withdrawn_at = app_now() WHERE id = $1", number)


async def questions(tx: Tx, number: int, instead: Phrase) -> list[asyncpg.Record]:
    """(recipient, person, provider_id) of the messages that asked this; those that have not left say `instead`."""
    await tx.execute(
        "UPDATE message SET body = jsonb_build_object('phrase', $2::jsonb)"
        " WHERE about = 'ask' AND body->>'request' = $1::text AND state = 'waiting'",
        str(number), instead.to_json(),
    )  # fmt: skip
    rows: list[asyncpg.Record] = await tx.fetch(
        "SELECT recipient, person, provider_id FROM message WHERE about = 'ask' AND kind = 'slack'"
        " AND body->>'request' = $1::text AND provider_id IS NOT NULL AND NOT body ? 'at'",
        str(number),
    )
    return rows


# Hand-offs --------------------------------------------------------------------------------------------------------


async def look_again(tx: Tx, schedule: str) -> None:
    await tx.execute("UPDATE oncall_watch SET look_at = least(look_at, app_now()) WHERE schedule = $1", schedule)


async def to_look_at(tx: Tx, schedules: Sequence[str]) -> list[str]:
    """Those whose next change has come, or that nobody has looked at yet."""
    rows = await tx.fetch(
        "SELECT name FROM unnest($1::text[]) AS name LEFT JOIN oncall_watch w ON w.schedule = name"
        " WHERE w.schedule IS NULL OR w.look_at <= app_now()",
        list(schedules),
    )
    return [row["name"] for row in rows]


async def hold(tx: Tx, schedule: str) -> None:
    """Until the transaction ends, whoever asks to look again waits, so that their word is not written over."""
    await tx.execute("SELECT FROM oncall_watch WHERE schedule = $1 FOR UPDATE", schedule)


async def last_seen(tx: Tx, schedule: str, people: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Who was on call when somebody last looked (`people`, when nobody did); held until the transaction ends."""
    await tx.execute(
        "INSERT INTO oncall_watch (schedule, people, since, look_at) VALUES ($1, $2, $3, $3) ON CONFLICT DO NOTHING",
        schedule, list(people), now,
    )  # fmt: skip
    return tuple(await tx.fetchval("SELECT people FROM oncall_watch WHERE schedule = $1 FOR UPDATE", schedule))


async def seen(tx: Tx, schedule: str, people: Sequence[str], look_at: datetime) -> None:
    await tx.execute(
        "UPDATE oncall_watch SET people = $2, look_at = $3,"
        " since = CASE WHEN people = $2 THEN since ELSE app_now() END WHERE schedule = $1",
        schedule, list(people), look_at,
    )  # fmt: skip


async def forget(tx: Tx, schedules: Sequence[str]) -> None:
    """Those that are no longer in the configuration: nothing waits for them."""
    await tx.execute("DELETE FROM oncall_watch WHERE schedule <> ALL($1::text[])", list(schedules))


async def groups_behind(tx: Tx, schedules: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """(schedule, people on call) of those whose Slack user group holds others."""
    rows = await tx.fetch(
        "SELECT schedule, people FROM oncall_watch WHERE schedule = ANY($1::text[])"
        " AND grouped IS DISTINCT FROM people",
        list(schedules),
    )
    return [(row["schedule"], tuple(row["people"])) for row in rows]


async def grouped(tx: Tx, schedule: str, people: Sequence[str]) -> None:
    await tx.execute(
        "UPDATE oncall_watch SET grouped = $2, group_why = NULL WHERE schedule = $1", schedule, list(people)
    )


async def not_grouped(tx: Tx, schedule: str, why: Phrase) -> None:
    """It holds whom it held."""
    await tx.execute("UPDATE oncall_watch SET group_why = $2 WHERE schedule = $1", schedule, why.to_json())


async def group_troubles(tx: Tx, schedules: Sequence[str]) -> dict[str, Phrase]:
    """By schedule, why its group is behind."""
    rows = await tx.fetch(
        "SELECT schedule, group_why FROM oncall_watch WHERE group_why IS NOT NULL AND schedule = ANY($1::text[])",
        list(schedules),
    )
    return {row["schedule"]: Phrase.from_json(row["group_why"]) for row in rows}


# Calendars --------------------------------------------------------------------------------------------------------


async def due_calendars(tx: Tx, keys: Sequence[tuple[str, str]], every: str) -> list[tuple[str, str]]:
    """(schedule, place) of those not tried for `every`; marked as tried, so that one replica alone goes there."""
    rows = await tx.fetch(
        "INSERT INTO oncall_calendar AS c (schedule, place, tried_at)"
        " SELECT schedule, place, app_now() FROM unnest($1::text[], $2::text[]) AS u (schedule, place)"
        " ON CONFLICT (schedule, place) DO UPDATE SET tried_at = app_now()"
        "  WHERE c.tried_at <= app_now() - $3::text::interval RETURNING schedule, place",
        [schedule for schedule, _ in keys], [place for _, place in keys], every,
    )  # fmt: skip
    return [(row["schedule"], row["place"]) for row in rows]


async def keep_events(tx: Tx, schedule: str, place: str, events: Sequence[Imported], strangers: Sequence[str]) -> None:
    """In place of what this calendar said before."""
    await tx.execute("DELETE FROM oncall_event WHERE schedule = $1 AND place = $2", schedule, place)
    await tx.executemany(
        "INSERT INTO oncall_event (schedule, place, layer, person, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)",
        [(schedule, place, each.layer, each.person, each.starts_at, each.ends_at) for each in events],
    )
    await tx.execute(
        "UPDATE oncall_calendar SET read_at = app_now(), why = NULL, strangers = $3"
        " WHERE schedule = $1 AND place = $2",
        schedule, place, list(strangers),
    )  # fmt: skip
    await look_again(tx, schedule)


async def not_read(tx: Tx, schedule: str, place: str, why: Phrase) -> None:
    """What it said before stays."""
    await tx.execute(
        "UPDATE oncall_calendar SET why = $3 WHERE schedule = $1 AND place = $2", schedule, place, why.to_json()
    )


async def prune_calendars(tx: Tx, keys: Sequence[tuple[str, str]]) -> None:
    """Calendars that were taken out of the configuration go with their events."""
    for table in ("oncall_event", "oncall_calendar"):
        await tx.execute(
            f"DELETE FROM {table} WHERE (schedule, place) NOT IN"
            " (SELECT * FROM unnest($1::text[], $2::text[]))",
            [schedule for schedule, _ in keys], [place for _, place in keys],
        )  # fmt: skip


async def calendar_troubles(tx: Tx) -> list[asyncpg.Record]:
    """(schedule, why, strangers) of calendars that could not be read, or that name people we do not know."""
    rows: list[asyncpg.Record] = await tx.fetch(
        "SELECT schedule, why, strangers FROM oncall_calendar WHERE why IS NOT NULL OR strangers <> '[]'"
        " ORDER BY schedule, place"
    )
    return rows
