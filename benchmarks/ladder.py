"""How late are pages when a hundred thousand incidents are open? And what does it cost to wait for them?

    python -m benchmarks.ladder [--incidents 100000] [--burst 500]

One process of the desk on an embedded PostgreSQL that flushes to disk, the sandbox's telephone, mail and Slack beside
it on the same cores. A real P1 is copied as often as is asked for, with its levels, clocks and alarms; the next levels
are due in the coming two days. Then, in this order: how long a start takes; what the desk and PostgreSQL use while
nothing is due; how late `--burst` levels are that come due within five seconds; and how soon after a kill -9 the first
overdue page is at Twilio.
"""

import argparse
import asyncio
import os
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import asyncpg

from benchmarks.servers import TOKEN, free_port, resident
from bot.sandbox import Sandbox
from bot.sandbox.people import DEMO_PEOPLE
from bot.store.embedded import EmbeddedPostgres

ROOT = Path(__file__).parent.parent
WINDOW = 5.0  # seconds in which the burst comes due
IDLE = 20.0
COPIED = {
    "incident": "INSERT INTO incident ({columns}) SELECT {columns} FROM incident, generate_series(1, {n})"
    " WHERE number = 1",
    "levels": "INSERT INTO escalation_level (incident, round, position, name, targets, due_at, state, fired_at)"
    " SELECT i.number, l.round, l.position, l.name, l.targets,"
    "  CASE l.state WHEN 'fired' THEN l.due_at"
    "  ELSE l.due_at + interval '1 h' + i.number % 100000 * interval '1.5 s' END,"
    "  l.state, l.fired_at FROM escalation_level l, incident i WHERE l.incident = 1 AND i.number > 1",
    "clocks": "INSERT INTO incident_due (incident, round, kind, due_at, state)"
    " SELECT i.number, d.round, d.kind, d.due_at + interval '3 days', d.state"
    " FROM incident_due d, incident i WHERE d.incident = 1 AND i.number > 1",
    "alarms": "INSERT INTO pgqueuer (priority, created, updated, heartbeat, entrypoint, payload, status, dedupe_key,"
    "  execute_after)"
    " SELECT q.priority, now(), now(), now(), q.entrypoint,"
    "  convert_to('[' || l.incident || ',' || l.round || ',' || l.position || ']', 'UTF8'), 'queued',"
    "  'escalate:' || l.incident || ':' || l.round || ':' || l.position, now() + (l.due_at - app_now())"
    " FROM escalation_level l, (SELECT * FROM pgqueuer WHERE entrypoint = 'escalate' LIMIT 1) q"
    " WHERE l.incident > 1 AND l.state = 'pending'",
}
DUE = """
    WITH due AS (
        UPDATE escalation_level SET due_at = app_now() + interval '5 s' + incident % $1 * interval '1 s' * $2 / $1
         WHERE position = 1 AND incident BETWEEN 2 AND $1 + 1 RETURNING incident, position, due_at)
    UPDATE pgqueuer q SET execute_after = now() + (due.due_at - app_now()) FROM due
     WHERE q.dedupe_key = 'escalate:' || due.incident || ':1:' || due.position
"""


@dataclass
class Bench:
    """The desk that is measured, and what it needs."""

    sandbox: Sandbox
    url: str
    environment: dict[str, str]
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> float:
        """Seconds from the command until `/readyz` says yes."""
        began = time.perf_counter()
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=ROOT, env={**os.environ, **self.environment},
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        async with aiohttp.ClientSession() as http:
            while time.perf_counter() - began < 120:
                if await answers(http, f"http://{self.environment['ECOTRAJET_LISTEN']}/readyz"):
                    return time.perf_counter() - began
                await asyncio.sleep(0.02)
        raise RuntimeError("the desk does not start")

    async def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(how)
            await self.process.wait()

    async def alert(self) -> None:
        body = {"title": "Database connection lost", "environment": "prod", "service": "other", "severity": "critical"}
        headers = {"Authorization": f"Bearer {TOKEN}"}
        address = f"http://{self.environment['ECOTRAJET_LISTEN']}/webhooks/generic"
        async with aiohttp.ClientSession() as http, http.post(address, json=body, headers=headers) as answer:
            answer.raise_for_status()

    async def ask(self, query: str, *arguments: object) -> list[Any]:
        connection = await asyncpg.connect(self.url)
        try:
            found: list[Any] = await connection.fetch(query, *arguments, timeout=600)
            return found
        finally:
            await connection.close()

    async def until(self, query: str, wanted: object, within: float) -> None:
        deadline = time.monotonic() + within
        while (await self.ask(query))[0][0] != wanted:
            if time.monotonic() > deadline:
                raise RuntimeError(f"not within {within} s: {query}")
            await asyncio.sleep(0.2)


async def answers(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with EmbeddedPostgres(folder) as url, Sandbox(people=DEMO_PEOPLE, manifest=ROOT / "manifest.yml") as sandbox:
        listen = f"127.0.0.1:{free_port()}"
        sandbox.bot_at(f"http://{listen}")
        made = Bench(sandbox, url, {
            **sandbox.environment(), "DATABASE_URL": url, "ECOTRAJET_DATA": str(folder), "ECOTRAJET_LISTEN": listen,
            "ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "ECOTRAJET_PUBLIC_URL": f"http://{listen}",
            "ECOTRAJET_WEBHOOK_TOKEN": TOKEN,
        })  # fmt: skip
        try:
            yield made
        finally:
            await made.stop()


async def fill(desk: Bench, incidents: int) -> None:
    """One real incident, then its copies."""
    await desk.start()
    await desk.alert()
    await desk.until("SELECT count(*) FROM escalation_level WHERE state = 'fired'", 1, 20)
    await desk.until(
        "SELECT count(*) FROM message WHERE state IN ('waiting', 'sending') AND due_at <= app_now()", 0, 40
    )
    await desk.stop()
    names = await desk.ask(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'incident' AND table_schema = 'public'"
        " AND column_name <> 'number' AND is_generated = 'NEVER'"
    )
    columns = ", ".join(row["column_name"] for row in names)
    for statement in COPIED.values():
        await desk.ask(statement.replace("{columns}", columns).replace("{n}", str(incidents - 1)))
    await desk.ask("ANALYZE")


def used(*pids: int) -> float:
    """Seconds of processor time."""
    total = 0.0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


async def connections(desk: Bench) -> list[int]:
    rows = await desk.ask("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    return [row["pid"] for row in rows]


async def idle(desk: Bench) -> tuple[float, float]:
    """Shares of a core, in per cent: the desk's, and what PostgreSQL does for its connections."""
    assert desk.process is not None
    await asyncio.sleep(5)  # what a start leaves to do
    backends = await connections(desk)
    before, postgres = used(desk.process.pid), {pid: used(pid) for pid in backends}
    await asyncio.sleep(IDLE)
    stayed = [used(pid) - postgres[pid] for pid in await connections(desk) if pid in postgres]
    return (used(desk.process.pid) - before) / IDLE * 100, sum(stayed) / IDLE * 100


async def burst(desk: Bench, levels: int) -> dict[str, list[float]]:
    """Milliseconds from when each level was due until it was taken, and until its first message left."""
    await desk.ask(DUE, levels, WINDOW)
    await desk.until(f"SELECT count(*) FROM escalation_level WHERE position = 1 AND state = 'fired'"
                     f" AND incident BETWEEN 2 AND {levels + 1}", levels, 120)  # fmt: skip
    await desk.until("SELECT count(*) FROM message WHERE state IN ('waiting', 'sending') AND about = 'page'"
                     " AND due_at <= app_now()", 0, 300)  # fmt: skip
    taken = await desk.ask(
        "SELECT extract(epoch FROM fired_at - due_at) * 1000 AS ms FROM escalation_level"
        " WHERE position = 1 AND incident BETWEEN 2 AND $1 + 1", levels,
    )  # fmt: skip
    left = await desk.ask(
        "SELECT extract(epoch FROM min(m.sent_at) - l.due_at) * 1000 AS ms FROM escalation_level l"
        " JOIN message m ON m.incident = l.incident AND m.level = 1 AND m.about = 'page' AND m.sent_at IS NOT NULL"
        " WHERE l.position = 1 AND l.incident BETWEEN 2 AND $1 + 1 GROUP BY l.incident, l.due_at", levels,
    )  # fmt: skip
    return {"level taken": [float(row["ms"]) for row in taken], "first page left": [float(row["ms"]) for row in left]}


async def recovery(desk: Bench) -> float:
    """Seconds from the start after a kill -9 until a page that came due meanwhile is at Twilio."""
    await desk.stop(signal.SIGKILL)
    await desk.ask(
        "UPDATE escalation_level SET due_at = app_now() WHERE position = 1"
        " AND incident = (SELECT max(number) FROM incident)"
    )
    sent = len(desk.sandbox.twilio.messages)
    began = time.perf_counter()
    starting = asyncio.create_task(desk.start())
    while len(desk.sandbox.twilio.messages) == sent and time.perf_counter() - began < 60:  # noqa: ASYNC110 - the sandbox tells nobody
        await asyncio.sleep(0.01)
    took = time.perf_counter() - began
    await starting
    return took


def spread(name: str, values: list[float]) -> None:
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{name:<28}{len(ordered):>6} p50 {statistics.median(ordered):>8.0f} ms  p99 {p99:>8.0f} ms"
          f"  worst {ordered[-1]:>8.0f} ms")  # fmt: skip


async def measure(folder: Path, incidents: int, levels: int) -> None:
    async with bench(folder) as desk:
        await fill(desk, incidents)
        print(f"{incidents} open incidents, {(await desk.ask('SELECT count(*) FROM pgqueuer'))[0][0]} alarms")
        print(f"start until ready           {await desk.start():.2f} s")
        ours, postgres = await idle(desk)
        assert desk.process is not None
        print(f"idle                        {ours:.2f} % of a core, PostgreSQL {postgres:.2f} %,"
              f" {resident(desk.process.pid):.0f} MiB")  # fmt: skip
        print(f"kill -9 until overdue page  {await recovery(desk):.2f} s")
        for name, values in (await burst(desk, levels)).items():
            spread(name, values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--burst", type=int, default=500)
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="ecotrajet-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        asyncio.run(measure(Path(folder), arguments.incidents, arguments.burst))


if __name__ == "__main__":
    main()
