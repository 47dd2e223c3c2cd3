"""What the desk is compared with, measured in the same run: Alerta, Alertmanager, and two floors.

Each returns None, having said why, where it cannot be measured: a figure is never taken from elsewhere.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.load import CONNECTIONS, Kind, Result, load
from benchmarks.machine import ours
from benchmarks.servers import ask, free_port, process
from bot.store.cluster import postgres_programs

ALERTMANAGER: Final = ("prometheus-alertmanager", "alertmanager")
ALERTA: Final = ("alerta-server==9.1.0", "psycopg2-binary==2.9.13", "gunicorn==27.0.1")
ALERTA_WORKERS: Final = 2
ALERTA_SETTINGS: Final = (
    "from alerta.models.alarms.alerta import SEVERITY_MAP as known\nSEVERITY_MAP = {**known, 'info': 6}\n"
)
WARM_UP: Final = 2
"""Seconds of load before each measurement, ours as well as theirs."""
ECHO: Final = """
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
ROW: Final = "INSERT INTO floor (source, headers, body) VALUES ('alertmanager', '{}', repeat('x', 700)::bytea);"


def warm(url: str, kind: Kind, seconds: int, token: str = "") -> Result:
    """Loaded for WARM_UP seconds first, then measured."""
    load(url, kind, WARM_UP, token)
    return load(url, kind, seconds, token)


def installed_alerta(folder: Path) -> Path | None:
    """A virtual environment of its own with Alerta's server from PyPI, made in `folder` unless it is there.

    None when it cannot be installed.
    """
    if not (folder / "bin" / "gunicorn").exists():
        print(f"Installing {' '.join(ALERTA)} into {folder}, its own virtual environment")
        for command in (
            [sys.executable, "-m", "venv", str(folder)],
            [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *ALERTA],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"Alerta cannot be installed: not measured. {(done.stderr or done.stdout).strip()[-300:]}")
                return None
    return folder


@contextmanager
def alerta(home: Path, url: str, folder: Path) -> Iterator[int]:
    """Alerta's server on the database `url` by gunicorn with 2 workers; its port.

    All else as it comes, but that it knows the severity `info`, which it would refuse with a traceback.
    """
    port, settings = free_port(), folder / "alertad.conf"
    settings.write_text(ALERTA_SETTINGS, "utf-8")
    python, log = str(home / "bin" / "python"), folder / "alerta.log"
    environment = {
        "DATABASE_URL": url,
        "SECRET_KEY": "benchmark",
        "PYTHONPATH": "",
        "ALERTA_SVR_CONF_FILE": str(settings),
        "HOME": str(folder),
    }
    make = [python, "-c", "import alerta; alerta.create_app()"]  # the schema; two workers at once would collide
    subprocess.run(make, env=environment, check=True, capture_output=True)
    serve = [
        str(home / "bin" / "gunicorn"),
        f"--workers={ALERTA_WORKERS}",
        f"--bind=127.0.0.1:{port}",
        "alerta:create_app()",
    ]
    with process(serve, port, "/", log, environment):
        yield port


def measure_alerta(home: Path, url: str, folder: Path, seconds: int) -> Result | None:
    """The same bodies, to its webhook for Alertmanager; no token, which it does not ask for as it comes."""
    with alerta(home, url, folder) as port:
        address = f"http://127.0.0.1:{port}/webhooks/prometheus"
        load(address, "webhook", WARM_UP)
        before = int(str(ask(url, "SELECT count(*) FROM alerts")))
        found = load(address, "webhook", seconds)
        stored = int(str(ask(url, "SELECT count(*) FROM alerts"))) - before
    if stored < found.rate * seconds * 0.95:
        print(f"Alerta stored {stored} of {found.rate * seconds:.0f} alerts that it answered: not measured")
        return None
    return found


def measure_alertmanager(folder: Path, seconds: int) -> Result | None:
    """Its own POST /api/v2/alerts, in memory."""
    program = next((found for name in ALERTMANAGER if (found := shutil.which(name))), None)
    if program is None:
        print("Alertmanager is not installed (apt-get install prometheus-alertmanager): not measured")
        return None
    port, config = free_port(), folder / "alertmanager.yml"
    config.write_text("route: {receiver: none}\nreceivers: [{name: none}]\n", "utf-8")
    shutil.rmtree(folder / "am", ignore_errors=True)
    arguments = [program, f"--config.file={config}", f"--storage.path={folder / 'am'}", "--cluster.listen-address=",
                 f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]  # fmt: skip
    with process(arguments, port, "/-/ready", folder / "alertmanager.log", {}):
        return warm(f"http://127.0.0.1:{port}/api/v2/alerts", "alerts", seconds)


@contextmanager
def echo(folder: Path) -> Iterator[int]:
    """aiohttp that reads the body and answers; its port."""
    port = free_port()
    with process([sys.executable, "-c", ECHO, str(port)], port, "/", folder / "echo.log", {}):
        yield port


def measure_echo(folder: Path, seconds: int) -> Result:
    """The floor of the HTTP server."""
    with echo(folder) as port:
        return warm(f"http://127.0.0.1:{port}/webhooks/x", "webhook", seconds)


def measure_pgbench(url: str, folder: Path, seconds: int) -> Result:
    """The floor of the database: the body's row alone, one a transaction, as many connections; `url` is migrated."""
    ask(url, "CREATE TABLE IF NOT EXISTS floor (LIKE intake_body INCLUDING ALL)")
    script = folder / "floor.sql"
    script.write_text(ROW, "utf-8")
    before = ours()
    told = subprocess.run(
        [postgres_programs() / "pgbench", "-n", "-M", "prepared", f"-c{CONNECTIONS}", "-j1", f"-T{seconds}",
         "-f", script, url],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    rate = next(line.split("=")[1].split()[0] for line in told.splitlines() if line.startswith("tps"))
    return Result(float(rate), cost=(ours() - before) * 1e6 / (float(rate) * seconds))
