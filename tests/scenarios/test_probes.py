"""Probes on real sockets: what fails opens an incident and turns the lights, and one good answer ends it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.audit import Actor, Door
from bot.config import load_desk
from bot.desk import Desk
from bot.lifecycle import Lifecycle
from bot.lifecycle.probes import Probes
from bot.maintenance import Matcher
from bot.metrics import Metrics
from bot.notify.blocks import Reader
from bot.notify.blocks.incident import incident_card
from bot.probe import ProbeEntry, Seen
from bot.questions import Questions
from bot.runbook import Light
from bot.sandbox.devices import spaced
from bot.store import probes
from bot.store.clock import shift_to
from bot.store.database import Database
from bot.worker.prober import Prober
from bot.worker.probing import Probing
from tests.certificates import identity
from tests.scenarios.test_prober import Site, site
from tests.world import World, edited_config, free_port, new_world

__all__ = ["site"]

# What follows ---------------------------------------------------------------------------------------------------


def probing_desk(folder: Path, wanted: dict[str, Any]) -> Desk:
    place = {"environment": "prod", "service": "ecotrajet", "retries": 2, "private": True}

    def edit(configuration: dict[str, Any]) -> None:
        configuration["probes"] = {name: {**place, **given} for name, given in wanted.items()}

    return load_desk(edited_config(folder, edit))


class Watcher:
    """A replica that looks when the story says so, on the desk's own clock."""

    def __init__(self, db: Database, desk: Desk, url: str, looks: Sequence[Seen] = ()) -> None:
        self.prober = Prober()
        self.looks = list(looks)
        self.probes = Probes(db, desk, str, self.look, "one")
        self.db, self.url, self.seen = db, url, 0

    async def look(self, probe: ProbeEntry) -> Seen:
        self.seen += 1
        return self.looks.pop(0) if self.looks else await self.prober.look(probe)

    async def rounds(self, count: int = 1) -> None:
        for _ in range(count):
            await asyncio.gather(*(self.probes.check(each) for each in await self.probes.claim(10)))
            await self.pass_time(timedelta(seconds=31))

    async def pass_time(self, by: timedelta) -> None:
        owner = await asyncpg.connect(self.url)
        try:
            await shift_to(owner, await owner.fetchval("SELECT app_now() + $1::interval", by))
        finally:
            await owner.close()

    async def rows(self, query: str) -> list[asyncpg.Record]:
        async with self.db.transaction() as tx:
            found: list[asyncpg.Record] = await tx.fetch(query)
            return found

    async def incidents(self) -> list[tuple[str, str]]:
        rows = await self.rows("SELECT priority, status FROM incident ORDER BY number")
        return [(row["priority"], row["status"]) for row in rows]


@asynccontextmanager
async def watcher(database_url: str, desk: Desk, looks: Sequence[Seen] = ()) -> AsyncIterator[Watcher]:
    async with Database.open(database_url) as db:
        made = Watcher(db, desk, database_url, looks)
        await made.probes.watch()
        yield made
        await made.prober.close()


async def test_slow_is_p2_down_raises_the_same_incident_to_p1_and_it_ends_by_itself(
    database_url: str, tmp_path: Path, site: Site
) -> None:
    desk = probing_desk(tmp_path, {"app": {"url": site.url(), "slow_after": "100 ms"}})
    async with watcher(database_url, desk) as one:
        await one.rounds()
        site.delay = 0.15
        await one.rounds(2)
        assert await one.incidents() == [("P2", "triggered")]
        site.status = 503
        await one.rounds(2)
        assert await one.incidents() == [("P1", "triggered")]
        site.status, site.delay = 200, 0.0
        await one.rounds()
        assert await one.incidents() == [("P1", "resolved")]
        (row,) = await one.probes.standings()
        assert row.p95 is not None
        assert timedelta(milliseconds=100) < row.p95 < timedelta(seconds=1)


async def test_whoever_resolves_it_while_it_still_fails_hears_of_it_again(database_url: str, tmp_path: Path) -> None:
    desk = probing_desk(tmp_path, {"a": {"tcp": f"127.0.0.1:{free_port()}"}})
    async with watcher(database_url, desk) as one:
        await one.rounds(2)
        (number,) = [row["number"] for row in await one.rows("SELECT number FROM incident")]
        await Lifecycle(one.db, desk).resolve(number, Actor("amina", "Amina", Door.COMMAND))
        await one.rounds(5)
        assert await one.incidents() == [("P1", "resolved")]
        await one.pass_time(timedelta(minutes=4))
        await one.rounds()
        assert await one.incidents() == [("P1", "resolved"), ("P1", "triggered")]


async def done(one: Watcher, action: str) -> None:
    """A run that people asked for has succeeded there, just now."""
    async with one.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO run (action, environment, service, plan, fingerprint, status, requested_by, expires_at,"
            " finished_at) VALUES ($1, 'prod', 'ecotrajet', '{}', '', 'succeeded', 'bruno', app_now(), app_now())",
            action,
        )


async def test_what_people_stopped_pages_nobody_for_four_hours_nor_once_it_is_back(
    database_url: str, tmp_path: Path, site: Site
) -> None:
    desk = probing_desk(tmp_path, {"app": {"url": site.url()}})
    async with watcher(database_url, desk) as one:
        await one.rounds()
        await done(one, "stop")
        site.status = 503
        await one.rounds(4)
        (row,) = await one.probes.standings()
        assert row.state.light is Light.RED, "it is told to whoever asks"
        assert await one.incidents() == []
        site.status = 200
        await done(one, "start")
        await one.rounds()
        assert await one.incidents() == []
        site.status = 503
        await one.rounds(2)
        assert await one.incidents() == [("P1", "triggered")]


async def test_what_somebody_started_by_hand_is_watched_again(database_url: str, tmp_path: Path, site: Site) -> None:
    desk = probing_desk(tmp_path, {"app": {"url": site.url()}})
    async with watcher(database_url, desk) as one:
        await one.rounds()
        await done(one, "stop")
        site.status = 503
        await one.rounds(3)
        site.status = 200  # `docker start`, of which the desk's runs know nothing
        await one.rounds(2)
        site.status = 503
        await one.rounds(2)
        assert await one.incidents() == [("P1", "triggered")]


async def test_what_was_long_well_after_a_stop_falls_like_any_other(database_url: str, tmp_path: Path) -> None:
    """Its probe is new: it never saw it well."""
    desk = probing_desk(tmp_path, {"a": {"tcp": f"127.0.0.1:{free_port()}"}})
    async with watcher(database_url, desk) as one:
        await done(one, "stop")
        await one.pass_time(timedelta(minutes=30))
        await one.rounds(2)
        assert await one.incidents() == [("P1", "triggered")]


async def test_what_was_stopped_and_stays_so_too_long_is_an_incident_that_says_so(
    database_url: str, tmp_path: Path
) -> None:
    desk = probing_desk(tmp_path, {"a": {"tcp": f"127.0.0.1:{free_port()}"}})
    async with watcher(database_url, desk) as one:
        await done(one, "stop")
        await one.rounds(3)
        await one.pass_time(timedelta(hours=3, minutes=57))
        await one.rounds()
        assert await one.incidents() == []
        await one.pass_time(timedelta(minutes=3))
        await one.rounds()
        assert await one.incidents() == [("P1", "triggered")]
        seen = await Questions(one.db, desk).incident(1)
        assert seen is not None
        shown = str(incident_card(seen, Reader.of(desk, "fr", seen.incident.opened_at)).blocks)
        assert "Arrêt · 4 h 02 avant le début · Bruno Martin" in spaced(shown)


async def test_staging_is_lowered_and_silence_is_kept_as_for_any_alert(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    desk = probing_desk(tmp_path, {"a": {"tcp": f"127.0.0.1:{port}", "environment": "staging"}})
    async with watcher(database_url, desk) as one:
        await one.rounds(2)
        assert await one.incidents() == [("P2", "triggered")]
    desk = probing_desk(tmp_path, {"b": {"tcp": f"127.0.0.1:{port}"}})
    async with watcher(database_url, desk) as one:  # `a` was dropped: nothing watches it any more
        assert await one.incidents() == [("P2", "resolved")]
        async with one.db.transaction() as tx:
            await tx.execute(
                "INSERT INTO silence (matcher, created_by, starts_at, ends_at, begun)"
                " VALUES ($1, 'amina', app_now(), app_now() + interval '1 hour', true)",
                Matcher(("prod",)).to_json(),
            )
        await one.rounds(3)
        assert await one.incidents() == [("P2", "resolved")]


async def test_a_certificate_grows_worse_by_the_day_and_its_renewal_ends_it(database_url: str, tmp_path: Path) -> None:
    old, new = identity("app", days=10), identity("app", days=90)
    port = free_port()
    desk = probing_desk(tmp_path, {"tls": {"certificate": f"127.0.0.1:{port}", "authority": str(tmp_path / "a.pem")}})
    (tmp_path / "a.pem").write_bytes(old.pem() + new.pem())

    async def served(context: ssl.SSLContext) -> asyncio.Server:
        return await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", port, ssl=context)

    async with watcher(database_url, desk) as one:
        async with await served(old.server(tmp_path)):
            await one.rounds()
            assert await one.incidents() == [("P3", "triggered")]
            await one.pass_time(timedelta(days=8))
            await one.rounds()
            assert (await one.incidents())[-1] == ("P2", "triggered")
            await one.pass_time(timedelta(days=3))
            await one.rounds()
            assert await one.incidents() == [("P1", "triggered")]
        async with await served(new.server(tmp_path)):
            await one.rounds()
            assert await one.incidents() == [("P1", "resolved")]


async def test_two_replicas_look_once_and_a_dead_one_s_look_is_taken_over(
    database_url: str, tmp_path: Path, site: Site
) -> None:
    desk = probing_desk(tmp_path, {f"p{n}": {"url": site.url(f"/{n}")} for n in range(6)})
    async with watcher(database_url, desk) as one, watcher(database_url, desk) as two:
        two.probes.owner = "two"
        await asyncio.gather(one.rounds(), two.rounds())
        assert one.seen + two.seen == 6
        await one.pass_time(timedelta(minutes=1))
        dead = await one.probes.claim(10)
        assert len(dead) == 6
        assert await two.probes.claim(10) == []
        async with one.db.transaction() as tx:  # its lease runs out
            await tx.execute("UPDATE probe SET lease_until = clock_timestamp() - interval '1 second'")
        await two.rounds()
        assert len(site.asked) == 12
        await one.probes.check(dead[0])  # it was only frozen: what it saw counts no more
        async with one.db.transaction() as tx:
            assert await tx.fetchval("SELECT count(*) FROM probe_result") == 12


async def test_results_are_kept_for_a_week(database_url: str, tmp_path: Path, site: Site) -> None:
    async with watcher(database_url, probing_desk(tmp_path, {"app": {"url": site.url()}})) as one:
        await one.rounds()
        await one.pass_time(timedelta(days=8))
        await one.rounds()
        async with one.db.transaction() as tx:
            await probes.prune(tx)
        assert len(await one.rows("SELECT * FROM probe_result")) == 1
        assert len(await one.rows("SELECT * FROM probe")) == 1


async def test_a_target_that_hangs_holds_up_no_other(database_url: str, tmp_path: Path, site: Site) -> None:
    desk = probing_desk(tmp_path, {"hangs": {"url": site.url("/hangs")}, "app": {"url": site.url()}})
    async with watcher(database_url, desk) as one:
        metrics = Metrics()
        loop = Probing(one.probes, desk, metrics, at_once=2)
        await loop.round()
        async with asyncio.timeout(5):
            await asyncio.gather(*(task for task in loop.under_way if task.get_name() == "probe app"))
            await site.hanging.wait()
        await loop.measure()
        shown = metrics.text().decode()
        assert 'ecotrajet_probe_up{environment="prod",probe="app",service="ecotrajet"} 1.0' in shown
        await loop.stop()
        assert [each.name for each in await one.probes.claim(10)] == ["hangs"]  # the next process need not wait


# As people see it -----------------------------------------------------------------------------------------------


@pytest.fixture
async def world(database_url: str, tmp_path: Path, site: Site) -> AsyncIterator[World]:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["services"]["ecotrajet"]["containers"] = {"staging": "nowhere"}
        configuration["probes"] = {
            "recherche": {
                "environment": "prod", "service": "ecotrajet", "url": site.url("/api?cle=hunter2"), "private": True,
                "keyword": "Bastille", "retries": 2,
            }
        }  # fmt: skip

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as made:
        await made.eventually_value("up", "SELECT standing FROM probe")
        yield made


async def test_a_search_that_finds_nothing_is_seen_by_everybody_and_then_is_over(world: World, site: Site) -> None:
    amina = world.person("amina")
    site.body = "Aucune station"
    await world.fast_forward(minutes=0.6)
    await world.fast_forward(minutes=0.6)
    number = await world.value("SELECT number FROM incident")
    card = await amina.sees("« recherche » échoue", channel="incidents")
    assert "« Bastille » ne se trouve pas" in card.text
    assert "hunter2" not in card.text
    await (await world.on_call()).phone.gets_sms(f"#{number}")
    await amina.types("/ecotrajet sondes")
    shown = await amina.sees("🔴 recherche")
    assert "prod · ecotrajet" in shown.text
    assert "hunter2" not in shown.text
    await amina.types("/ecotrajet statut prod")
    await amina.sees("la sonde « recherche » échoue")
    await amina.opens_home()
    await world.sandbox.changes.until(
        lambda: "🔴 ecotrajet" in amina.home or None, 10.0, lambda: f"no red light on the tab: {amina.home}"
    )
    site.body = "Station Bastille"
    await amina.types("/ecotrajet sonde run recherche")
    await amina.sees("🟢 « recherche » répond en")
    await world.eventually_value("resolved", "SELECT status FROM incident")
    await amina.types("/ecotrajet probe run recherhce")
    await amina.sees("Il n’y a pas de sonde « recherhce »")
    assert "hunter2" not in world.log()
