"""All that is asked of the intake's speed and memory, measured in one run on one machine. How and what: README.md here.

    python -m benchmarks.intake             half an hour: 10 s a measurement, 3 rounds, 1,000,000 alerts
    python -m benchmarks.intake --quick     five minutes: 3 s, 3 rounds, 100,000 alerts

Needs wrk and, to compare with, prometheus-alertmanager (apt-get install) and Alerta, which it installs from PyPI into a
temporary virtual environment of its own (`--alerta FOLDER` keeps it). What cannot be had is "not measured".
Exit status 1 when something that was measured is not as wanted, or in doubt because others used the machine.
"""

import argparse
import asyncio
import itertools
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import bodies, report, rivals
from benchmarks.load import Result, load
from benchmarks.machine import ROOTS, Watched, described
from benchmarks.memory import measure_memory
from benchmarks.paced import Paced, paced
from benchmarks.paging import measure_paging
from benchmarks.servers import TOKEN, ask, database, desk
from bot.store.embedded import EmbeddedPostgres
from bot.store.migrate import migrate

CATCHES_UP: Final = 120  # seconds, for what came in a flood
PARTS: Final = ("rates", "half", "sms", "memory")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Seconds of each measurement as fast as it goes and of each paced one, rounds, alerts of the memory test."""

    seconds: int
    paced: int
    rounds: int
    alerts: int
    alerta: Path | None = None


@dataclass(slots=True)
class Run:
    """`server` is a database of the PostgreSQL that all share; each measurement gets an empty one of its own there."""

    wanted: Wanted
    folder: Path
    server: str
    watched: Watched
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @contextmanager
    def place(self, what: str) -> Iterator[tuple[str, Path]]:
        """An empty database and an empty folder to measure `what` in; all that is started there ends there."""
        name = f"m{next(self.numbers)}"
        folder = self.folder / name
        folder.mkdir(mode=0o755)
        with self.watched.during(what), database(self.server, name) as url:
            yield url, folder

    def rates(self) -> list[dict[str, Result]]:
        """Everybody in each round, in turn forwards and backwards: what drifts meets all alike."""
        contestants, found = self.contestants(), list[dict[str, Result]]()
        for number in range(self.wanted.rounds):
            found.append({})
            for name in list(contestants)[:: -1 if number % 2 else 1]:
                with self.place(name) as (url, folder):
                    result = measured_or_not(name, partial(contestants[name], url, folder))
                if result is not None:
                    found[-1][name] = result
                    said(f"round {number + 1}: {name}: {result.rate:.0f}/s")
        return found

    def contestants(self) -> dict[str, Callable[[str, Path], Result | None]]:
        """What to measure, by name; Alerta only where it can be installed."""
        seconds, home = self.wanted.seconds, rivals.installed_alerta(self.wanted.alerta or self.folder / "alerta")
        known: dict[str, Callable[[str, Path], Result | None]] = {
            report.DESK: partial(measure_desk, seconds=seconds),
            report.ALERTMANAGER: lambda _, folder: rivals.measure_alertmanager(folder, seconds),
            report.ECHO: lambda _, folder: rivals.measure_echo(folder, seconds),
            report.PGBENCH: partial(measure_pgbench, seconds=seconds),
        }
        if home is not None:
            known[report.ALERTA] = lambda url, folder: rivals.measure_alerta(home, url, folder, seconds)
        return known

    def half(self, rate: float | None) -> list[str]:
        """Paced at half of `rate` (None: measured first), once a round; and the floor, at the same pace."""
        found: list[Paced] = []
        for number in range(self.wanted.rounds):
            with self.place("half") as (url, folder), desk(url, folder) as (port, _):
                if rate is None:
                    rate = measure_at(port, url, self.wanted.seconds).rate
                asyncio.run(paced(port, mixed(f"w{number}"), rate / 2, rivals.WARM_UP))
                found.append(asyncio.run(paced(port, mixed(f"h{number}"), rate / 2, self.wanted.paced)))
                said(f"paced, round {number + 1}: {report.paced_line(found[-1])}")
        with self.place("half, floor") as (_, folder), rivals.echo(folder) as port:
            floor = asyncio.run(paced(port, mixed("floor"), found[0].rate, self.wanted.paced))
        return report.half(found, floor)

    def sms(self) -> list[str]:
        """The design's mix; then every alert a P1 that opens an incident and pages, which no issue asks for."""
        lines = []
        for what, every in (("a tenth of them P1", False), ("all of them P1 (beyond what is asked)", True)):
            with self.place("sms") as (url, folder):
                lines += report.paging(
                    measure_paging(url, folder, self.wanted.paced, every=every), what, asked=not every
                )
        return lines

    def memory(self) -> list[str]:
        with self.place("memory") as (url, folder):
            return report.memory(measure_memory(url, folder, self.wanted.alerts))


def measured_or_not(name: str, measure: Callable[[], Result | None]) -> Result | None:
    """A rival that does not start or answer is not measured, and why is said; the desk has to be."""
    try:
        return measure()
    except (RuntimeError, OSError, subprocess.CalledProcessError) as failure:
        if name == report.DESK:
            raise
        words = getattr(failure, "stderr", None) or failure
        said(f"{name}: not measured: {words!s}"[:1000])
        return None


def said(line: str) -> None:
    """Progress, apart from the report."""
    print(line, file=sys.stderr, flush=True)


def mixed(run: str) -> Callable[[int], bytes]:
    """Requests in the design's mix; `run` keeps them apart from others."""

    def body(number: int) -> bytes:
        return bodies.webhook(number, run, bodies.kind_of(number), bodies.service_of(number))

    return bodies.requests("/webhooks/alertmanager", TOKEN, body)


def measure_desk(url: str, folder: Path, seconds: int) -> Result:
    with desk(url, folder) as (port, _):
        return measure_at(port, url, seconds)


def measure_at(port: int, url: str, seconds: int) -> Result:
    """Raises RuntimeError when fewer alerts are stored than were answered with 2xx."""
    address = f"http://127.0.0.1:{port}/webhooks/alertmanager"
    load(address, "webhook", rivals.WARM_UP, TOKEN)
    before = int(str(ask(url, "SELECT count(*) FROM alert")))
    found = load(address, "webhook", seconds, TOKEN)
    took = caught_up(url)
    stored = int(str(ask(url, "SELECT count(*) FROM alert"))) - before
    if stored < found.rate * seconds * 0.99:
        raise RuntimeError(f"{stored} rows for {found.rate * seconds:.0f} answers")
    return replace(found, caught_up=took)


def caught_up(url: str) -> float:
    """Until everything stored is acted upon; how many seconds that took. Raises RuntimeError when it ends nowhere."""
    began = time.monotonic()
    while (left := int(str(ask(url, "SELECT count(*) FROM intake_body WHERE state = 'waiting'")))) > 0:
        if time.monotonic() - began > CATCHES_UP:
            raise RuntimeError(f"{left} bodies still wait")
        time.sleep(0.2)
    return time.monotonic() - began


def measure_pgbench(url: str, folder: Path, seconds: int) -> Result:
    asyncio.run(migrate(url))
    return rivals.measure_pgbench(url, folder, seconds)


def judged(run: Run, lines: Sequence[str]) -> list[str]:
    """On a machine that others use no verdict stands, neither for us nor against."""
    doubt = f"   {report.DOUBT}" if run.watched.noisy else ""
    return [line + doubt if report.WANTED_IS in line else line for line in lines]


def measured(run: Run, parts: set[str]) -> Iterator[str]:
    """The report, line by line, as it comes."""
    yield f"{described()}\n{ask(run.server, 'SELECT version()')}, fsync {ask(run.server, 'SHOW fsync')}"
    rate = None
    if "rates" in parts:
        rounds = run.rates()
        rate = statistics.median(each[report.DESK].rate for each in rounds)
        yield from ("", *report.rates(rounds), "", *judged(run, report.ratios(rounds)))
    if "half" in parts:
        yield from ("", *judged(run, run.half(rate)))
    if "sms" in parts:
        yield from ("", *judged(run, run.sms()))
    if "memory" in parts:
        yield from ("", *judged(run, run.memory()))
    yield from ("", *run.watched.said())


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The desk's embedded PostgreSQL, which flushes to disk; all get databases on this one."""
    own = EmbeddedPostgres(folder)
    with asyncio.Runner() as runner:
        url = runner.run(own.__aenter__())
        try:
            ROOTS.add(int((own.cluster.data / "postmaster.pid").read_text("ascii").split()[0]))
            yield url
        finally:
            runner.run(own.__aexit__(None, None, None))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="3 s a measurement and 100,000 alerts")
    parser.add_argument("--only", default=",".join(PARTS), help="some of rates,half,sms,memory")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alerts", type=int, help="of the memory test")
    parser.add_argument("--alerta", type=Path, metavar="FOLDER", help="keep Alerta's virtual environment there")
    asked = parser.parse_args()
    parts = set(asked.only.split(","))
    if shutil.which("wrk") is None:
        parser.error("wrk is needed: apt-get install wrk")
    if unknown := parts.difference(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    seconds, paced_for, alerts = (3, 10, 100_000) if asked.quick else (10, 60, 1_000_000)
    wanted = Wanted(seconds, paced_for, asked.rounds, asked.alerts or alerts, asked.alerta)
    lines = []
    with TemporaryDirectory(prefix="ecotrajet-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may run as another user than we
        with server(Path(folder)) as url:
            for line in measured(Run(wanted, Path(folder), url, Watched()), parts):
                print(line, flush=True)
                lines.append(line)
    sys.exit(any(word in line for line in lines for word in (report.MISSED, report.DOUBT)))


if __name__ == "__main__":
    main()
