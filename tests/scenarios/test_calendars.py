"""Calendars as layers: read from an address or a file, with recurrences, and kept when the other side is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.config import load_desk
from bot.desk import Desk
from bot.language import say
from bot.lifecycle.rota import Rota
from bot.store.database import Database
from bot.worker.calendars import LARGEST, Calendars, meant, read
from tests.world import edited_config

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"


def event(summary: str, start: datetime, hours: int, more: str = "") -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{summary}-{start:%s}@test\r\nDTSTAMP:{NOW:%Y%m%dT%H%M%SZ}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{start + timedelta(hours=hours):%Y%m%dT%H%M%SZ}\r\nSUMMARY:{summary}\r\n{more}END:VEVENT\r\n"
    )


def calendar(*events: str) -> bytes:
    return (HEAD + "".join(events) + "END:VCALENDAR\r\n").encode()


@dataclass
class PlayedCalendar:
    body: bytes = b""
    status: int = 200
    asked: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        async def answer(request: web.Request) -> web.Response:
            self.asked.append(request.path)
            return web.Response(body=self.body, status=self.status)

        app = web.Application()
        app.add_routes([web.get("/private.ics", answer)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/private.ics"
        finally:
            await runner.cleanup()


def desk_with(tmp_path: Path, **calendar: Any) -> Desk:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["schedules"]["astreinte"]["calendars"] = [{"layer": 2, **calendar}]

    return load_desk(edited_config(tmp_path, edit))


async def again(db: Database) -> None:
    """A quarter of an hour later."""
    async with db.transaction() as tx:
        await tx.execute("UPDATE oncall_calendar SET tried_at = tried_at - interval '16 minutes'")


async def test_a_calendar_says_who_is_on_call_and_still_does_when_it_is_away(database_url: str, tmp_path: Path) -> None:
    played = PlayedCalendar(calendar(event("Astreinte : Bruno Martin", NOW - timedelta(hours=1), 3)))
    async with played.served() as url, Database.open(database_url) as db:
        desk = desk_with(tmp_path, url=url)
        rota, calendars = Rota(db, desk), Calendars(db, desk)
        await asyncio.gather(calendars.round(), Calendars(db, desk).round())
        assert len(played.asked) == 1  # one replica alone
        (row,) = (await rota.lineup()).rows
        assert (row.now.people, row.trouble) == (("bruno",), ())
        assert row.now.ends_at == NOW + timedelta(hours=2)

        played.status = 500
        await again(db)
        await calendars.round()
        (row,) = (await rota.lineup()).rows
        assert row.now.people == ("bruno",)
        assert "cannot be read" in str(row.trouble[0])
        assert url not in str(row.trouble[0])

        played.status, played.body = 200, calendar(event("Quelqu’un", NOW, 3))
        await again(db)
        await calendars.round()
        (row,) = (await rota.lineup()).rows
        assert row.now.people in (("amina",), ("david",))
        assert "Quelqu’un" in str(row.trouble[0])

        played.body = b"<html>not a calendar</html>"
        await again(db)
        await calendars.round()
        (row,) = (await rota.lineup()).rows
        assert "cannot be read" in str(row.trouble[0])

        taken_out = Calendars(db, load_desk(edited_config(tmp_path, lambda _: None)))
        await taken_out.prune()
        assert (await rota.lineup()).rows[0].trouble == ()


async def test_a_file_works_as_well_and_recurrences_are_followed(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "oncall.ics"
    daily = event("chloe", NOW - timedelta(days=3, hours=1), 4, "RRULE:FREQ=DAILY;COUNT=5\r\n")
    file.write_bytes(calendar(daily))
    async with Database.open(database_url) as db:
        desk = desk_with(tmp_path, file=str(file))
        await Calendars(db, desk).round()
        weeks = await Rota(db, desk).weeks(desk.schedules["astreinte"])
    theirs = [shift for shift in weeks.shifts if shift.people == ("chloe",)]
    assert [shift.ends_at for shift in theirs] == [NOW + timedelta(hours=3), NOW + timedelta(days=1, hours=3)]


def test_days_without_a_zone_are_the_desks_and_cancelled_events_nothing(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, file="/nowhere.ics")
    schedule = desk.schedules["astreinte"]
    day = (NOW + timedelta(days=2)).date()
    whole = (
        f"BEGIN:VEVENT\r\nUID:day@test\r\nDTSTART;VALUE=DATE:{day:%Y%m%d}\r\nSUMMARY:Emma\r\n"
        "ATTENDEE;CN=D:MAILTO:David@ecotrajet.example\r\nEND:VEVENT\r\n"
    )
    gone = event("amina", NOW, 1, "STATUS:CANCELLED\r\n")
    found, strangers = read(calendar(whole, gone), schedule, schedule.calendars[0], desk, NOW)
    assert [(each.person, each.starts_at.date(), each.layer) for each in found] == [("david", day, 2)]
    assert found[0].starts_at.astimezone(desk.zone).hour == 0
    assert strangers == []


async def test_one_that_is_broken_or_endless_says_why_and_holds_up_no_other(database_url: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.ics", tmp_path / "bad.ics"
    good.write_bytes(calendar(event("chloe", NOW - timedelta(hours=1), 3)))

    def edit(configuration: dict[str, Any]) -> None:
        schedules = configuration["schedules"]
        schedules["astreinte"]["calendars"] = [{"layer": 2, "file": str(bad)}]
        schedules["renfort"] = {"calendars": [{"file": str(good)}]}

    desk = load_desk(edited_config(tmp_path, edit))
    endless = [event("bruno", NOW, 1, f"RRULE:{rule}\r\n") for rule in ("FREQ=SECONDLY", "FREQ=DAILY;INTERVAL=0")]
    bodies = {
        calendar(endless[0]): "plus souvent qu’à chaque heure",
        calendar(endless[1]): "plus souvent qu’à chaque heure",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:never\r\nEND:VEVENT\r\nEND:VCALENDAR": "pas un calendrier",
        b"x" * (LARGEST + 1): "trop grand",
    }
    async with Database.open(database_url) as db:
        calendars, rota = Calendars(db, desk), Rota(db, desk)
        for body, why in bodies.items():
            bad.write_bytes(body)
            await again(db)
            await calendars.round()
            rows = {row.schedule.name: row for row in (await rota.lineup()).rows}
            (trouble,) = rows["astreinte"].trouble
            assert why in say(trouble, "fr", desk.zone, NOW), (why, body[:200])
            assert (rows["renfort"].now.people, rows["renfort"].trouble) == (("chloe",), ())


async def test_one_that_leads_elsewhere_is_not_followed(database_url: str, tmp_path: Path) -> None:
    played = PlayedCalendar(status=302)
    async with played.served() as url, Database.open(database_url) as db:
        desk = desk_with(tmp_path, url=url)
        await Calendars(db, desk).round()
        (row,) = (await Rota(db, desk).lineup()).rows
        assert "leads to another address" in str(row.trouble[0])


def test_a_title_names_people_by_whole_words(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, file="/nowhere.ics")
    people = list(desk.people.values())

    def named(title: str) -> list[str]:
        return [person.id for person in meant({"summary": title}, people)]  # type: ignore[arg-type]  # a mapping will do

    assert named("Astreinte EMMA LAURENT (nuit)") == ["emma"]
    assert named("amina / david") == ["amina", "david"]
    assert named("Chloé") == ["chloe"]
    assert named("emmanuel") == []
