"""How soon does one see how things are? `/ecotrajet status` over 50 containers, and the end of a log of 1 GB.

    python -m benchmarks.looks [--containers 50] [--rounds 5] [--log 1024]

Status: what the command does behind Slack: every container looked at, and the table drawn. Logs: the last 200 lines,
and the memory that this process takes for them. Needs an engine, or root to start one.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.servers import resident
from bot.clock import SystemClock
from bot.config import load_desk
from bot.notify.blocks import Reader, status_table
from bot.runbook import Light
from bot.sandbox import workload as sandbox_workload
from bot.sandbox.engine import ensure_engine, stop
from bot.sandbox.workload import LABEL, Workload
from bot.target import EngineAddress, Environment, Service, Target
from runbooks.docker_engine import DockerEngines

PREFIX: Final = "ecotrajet-benchmark"
EXAMPLE: Final = Path(__file__).parent.parent / "ecotrajet.example.yaml"
MIB: Final = 2**20
TAIL: Final = 200
WITHIN: Final = 1.0  # seconds, for either
SPACE: Final = 50  # MiB


@dataclass(frozen=True, slots=True)
class Found:
    """`took`: seconds, one for each round; `space`: MiB that memory grew at most, None: not measured."""

    what: str
    took: tuple[float, ...]
    space: float | None = None

    @property
    def kept(self) -> bool:
        return max(self.took) < WITHIN and (self.space is None or self.space < SPACE)

    def line(self) -> str:
        told = f"{statistics.median(self.took):.2f} ({min(self.took):.2f}–{max(self.took):.2f})"
        space = "" if self.space is None else f"{self.space:.0f}"
        return f"{self.what:<44}{told:>24}{space:>8}  {'reached' if self.kept else 'NOT REACHED'}"


def many(workload: Workload, count: int) -> list[Target]:
    """So many services, each with a container that is well."""
    place, found = Environment("prod", "prod"), []
    for number in range(count):
        name = f"{workload.prefix}-many-{number}"
        mine = ("--name", name, "--label", f"{LABEL}={workload.prefix}", "--no-healthcheck", "--network", "none")
        workload.docker("run", "-d", *mine, workload.image("v1"), "sleep", "3600")
        found.append(Target(place, Service(f"service-{number}", {"prod": name}), "default", name))
    return found


async def status(engines: DockerEngines, targets: list[Target], rounds: int) -> Found:
    reader = Reader.of(load_desk(EXAMPLE), "fr", SystemClock().now())
    took: list[float] = []
    for _ in range(rounds):
        began = time.monotonic()
        rows = await engines.status(targets)
        status_table(rows, reader)
        took.append(time.monotonic() - began)
        if any(row.light is not Light.GREEN for row in rows):
            raise RuntimeError("a container is not well")
    return Found(f"/ecotrajet status, {len(targets)} containers", tuple(took))


def filled(workload: Workload, mebibytes: int) -> Target:
    """A container with a log of that size, as the engine writes it."""
    name = f"{workload.prefix}-log"
    mine = ("--name", name, "--label", f"{LABEL}={workload.prefix}", "--no-healthcheck", workload.image("v1"))
    workload.docker("run", *mine, "sh", "-c", ":")
    row = {"stream": "stdout", "time": "2026-11-25T20:00:00.123456789Z"}
    lines = (f"GET /stations/{number} 200 {'x' * 80}\n" for number in range(20_000))
    block = "".join(json.dumps({"log": line, **row}) + "\n" for line in lines)
    path = Path(workload.inspect(name)["LogPath"])
    times = mebibytes * MIB // len(block) + 1
    shell = f"cat > /block; for n in $(busybox seq {times}); do cat /block; done > /log/{path.name}"
    mounted = ("-v", f"{path.parent}:/log", "--no-healthcheck", workload.image("v1"))
    workload.docker("run", "-i", "--rm", *mounted, "sh", "-c", shell, feed=block.encode())
    return Target(Environment("prod", "prod"), Service("log", {"prod": name}), "default", name)


async def logs(engines: DockerEngines, target: Target, mebibytes: int, rounds: int) -> Found:
    took: list[float] = []
    before = most = resident(os.getpid())
    for _ in range(rounds):
        began = time.monotonic()
        reading = asyncio.create_task(engines.logs(target, tail=TAIL))
        while not reading.done():
            most = max(most, resident(os.getpid()))
            await asyncio.wait({reading}, timeout=0.01)
        took.append(time.monotonic() - began)
        if not reading.result().rstrip().endswith("x"):
            raise RuntimeError("the last line is missing")
    return Found(f"logs --tail {TAIL} of {mebibytes} MiB", tuple(took), most - before)


async def measured(workload: Workload, containers: int, rounds: int, log: int) -> bool:
    engines = DockerEngines([EngineAddress("default", workload.host)])
    try:
        targets = await asyncio.to_thread(many, workload, containers)
        found = [await status(engines, targets, rounds)]
        found.append(await logs(engines, await asyncio.to_thread(filled, workload, log), log, rounds))
    finally:
        await engines.close()
    sys.stdout.write(f"{'case':<44}{'seconds (min–max)':>24}{'MiB':>8}\n")
    sys.stdout.writelines(f"{each.line()}\n" for each in found)
    return all(each.kept for each in found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--containers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--log", type=int, default=1024, help="MiB")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        host = ensure_engine(Path(folder)).host
        try:
            workload = sandbox_workload.start(PREFIX, host=host)
            return 0 if asyncio.run(measured(workload, asked.containers, asked.rounds, asked.log)) else 1
        finally:
            sandbox_workload.stop(PREFIX, host=host)
            stop(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
