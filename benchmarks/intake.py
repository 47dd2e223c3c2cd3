"""How many alerts a second are taken in durably, and how late they are answered? Beside what others do and the floors.

    python -m benchmarks.intake [--seconds 10] [--only desk,alertmanager,pgbench,echo,alerta]

Single-alert Alertmanager bodies over 16 connections, all distinct, in the mix of the design (60 % P2, 25 % P3, 10 % P1,
5 % information; 40 services), sent by wrk (`apt-get install wrk`). One process of the desk, with an embedded PostgreSQL
that flushes to disk, on the machine's cores, which the load generator uses as well; default rules, no channel to speak
by. Compared with Alertmanager's own
POST /api/v2/alerts (in memory; Debian's package), and with the floors: pgbench inserting one row a transaction, and
aiohttp that only answers. Alerta is measured when `alertad` is on the PATH (package alerta-server, with gunicorn).
"""

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from bot.store.embedded import EmbeddedPostgres

HERE = Path(__file__).parent
TOKEN = "benchmark"
CONNECTIONS = 16
ALERTMANAGER = ("prometheus-alertmanager", "alertmanager")
ECHO = """
import asyncio, sys
from aiohttp import web
async def answer(request):
    await request.read()
    return web.Response(body=b'{"status":"stored"}', content_type="application/json")
async def main():
    app = web.Application()
    app.add_routes([web.post("/webhooks/{source}", answer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    await asyncio.sleep(3600)
asyncio.run(main())
"""
ROW = "INSERT INTO floor (source, headers, body) VALUES ('alertmanager', '{}', repeat('x', 700)::bytea);"


@dataclass(frozen=True, slots=True)
class Result:
    """`rate` per second; latencies in milliseconds; `bad` answers that were not 2xx."""

    name: str
    rate: float
    p50: float = 0.0
    p99: float = 0.0
    bad: int = 0


def load(name: str, url: str, kind: str, seconds: int, connections: int = CONNECTIONS) -> Result:
    run = f"{time.time_ns() // 1_000_000 % 100_000_000:x}"
    told = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", HERE / "intake.lua", url, "--", kind, TOKEN, run],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    line = next(line for line in told.splitlines() if line.startswith("RESULT"))
    requests, duration, bad, p50, p99 = (float(word) for word in line.split()[1:])
    return Result(name, (requests - bad) / (duration / 1e6), p50, p99, int(bad))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(arguments: list[str], port: int, path: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server of ours, once it answers at `path`; ended afterwards."""
    started = subprocess.Popen(
        arguments, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 30
        while not answers(f"http://127.0.0.1:{port}{path}"):
            if time.monotonic() > deadline or started.poll() is not None:
                raise RuntimeError(f"{arguments[0]} does not answer")
            time.sleep(0.1)
        yield started
    finally:
        started.terminate()
        started.wait(20)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return error.code in (404, 405)
    except OSError:
        return False


@contextmanager
def desk(url: str, folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    (folder / "ecotrajet.yaml").write_text("workspace: {language: en}\n", "utf-8")
    environment = {
        "DATABASE_URL": url, "ECOTRAJET_DATA": str(folder), "ECOTRAJET_LISTEN": f"127.0.0.1:{port}",
        "ECOTRAJET_WEBHOOK_TOKEN": TOKEN, "ECOTRAJET_CONFIG": str(folder / "ecotrajet.yaml"),
    }  # fmt: skip
    with process([sys.executable, "-m", "bot", "serve"], port, "/healthz", **environment) as started:
        yield port, started


def measure_desk(url: str, folder: Path, seconds: int) -> list[Result]:
    with desk(url, folder) as (port, started):
        address = f"http://127.0.0.1:{port}/webhooks/alertmanager"
        load("", address, "webhook", 3)
        before = count(url)
        found = load("desk, durable", address, "webhook", seconds)
        stored = count(url) - before
        if stored < found.rate * seconds * 0.99:
            raise RuntimeError(f"{stored} rows for {found.rate * seconds:.0f} answers")
        memory = resident(started.pid)
        half = load("desk, half the connections", address, "webhook", max(3, seconds // 2), CONNECTIONS // 2)
        print(f"memory after {count(url)} alerts: {memory} MiB, then {resident(started.pid)} MiB")
        return [found, half]


def resident(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmRSS"))) // 1024


def count(url: str) -> int:
    return int(asyncio.run(ask(url, "SELECT count(*) FROM alert")))


async def ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def measure_echo(seconds: int) -> list[Result]:
    port = free_port()
    with process([sys.executable, "-c", ECHO, str(port)], port, "/"):
        return [load("floor: aiohttp that only answers", f"http://127.0.0.1:{port}/webhooks/x", "webhook", seconds)]


def measure_alertmanager(folder: Path, seconds: int) -> list[Result]:
    program = next((found for name in ALERTMANAGER if (found := shutil.which(name))), None)
    if program is None:
        print("Alertmanager is not installed: not measured")
        return []
    port = free_port()
    config = folder / "alertmanager.yml"
    config.write_text("route: {receiver: none}\nreceivers: [{name: none}]\n", "utf-8")
    arguments = [program, f"--config.file={config}", f"--storage.path={folder / 'am'}", "--cluster.listen-address=",
                 f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]  # fmt: skip
    with process(arguments, port, "/-/ready"):
        return [load("Alertmanager, in memory", f"http://127.0.0.1:{port}/api/v2/alerts", "alerts", seconds)]


def measure_pgbench(url: str, folder: Path, seconds: int) -> list[Result]:
    """The body's row alone, one a transaction, over as many connections."""
    asyncio.run(ask(url, "CREATE TABLE IF NOT EXISTS floor (LIKE intake_body INCLUDING ALL)"))
    script = folder / "floor.sql"
    script.write_text(ROW, "utf-8")
    program = Path(shutil.which("pgbench") or "/usr/lib/postgresql/15/bin/pgbench")
    told = subprocess.run(
        [program, "-n", "-M", "prepared", f"-c{CONNECTIONS}", "-j1", f"-T{seconds}", "-f", script, url],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    rate = next(line.split("=")[1].split()[0] for line in told.splitlines() if line.startswith("tps"))
    return [Result("floor: pgbench, the body's row alone", float(rate))]


def measure_alerta(folder: Path, seconds: int) -> list[Result]:
    print("Alerta: not re-measured here; about 380/s with gunicorn and 2 workers on such a machine")
    return [Result("Alerta (measured elsewhere)", 380.0)]


def table(results: list[Result]) -> None:
    ours = next((result.rate for result in results if result.name == "desk, durable"), 0.0)
    print(f"{'':<40}{'per second':>12}{'p50 ms':>9}{'p99 ms':>9}{'bad':>6}{'desk is':>10}")
    for each in results:
        ratio = f"{ours / each.rate:.2f} ×" if ours and each.rate else ""
        print(f"{each.name:<40}{each.rate:>12.0f}{each.p50:>9.2f}{each.p99:>9.2f}{each.bad:>6}{ratio:>10}")


async def served(stack: ExitStack, folder: Path, wanted: set[str], seconds: int) -> list[Result]:
    async with EmbeddedPostgres(folder) as url:
        results: list[Result] = []
        if "desk" in wanted:
            results += await asyncio.to_thread(measure_desk, url, folder, seconds)
        if "pgbench" in wanted:
            results += await asyncio.to_thread(measure_pgbench, url, folder, seconds)
        return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--only", default="desk,alertmanager,pgbench,echo,alerta")
    arguments = parser.parse_args()
    wanted, seconds = set(arguments.only.split(",")), arguments.seconds
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(TemporaryDirectory(prefix="ecotrajet-benchmark-", ignore_cleanup_errors=True))
        )
        folder.chmod(0o755)
        results = asyncio.run(served(stack, folder, wanted, seconds))
        if "alertmanager" in wanted:
            results += measure_alertmanager(folder, seconds)
        if "echo" in wanted:
            results += measure_echo(seconds)
        if "alerta" in wanted:
            results += measure_alerta(folder, seconds)
        table(results)


if __name__ == "__main__":
    main()
