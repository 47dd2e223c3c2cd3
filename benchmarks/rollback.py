"""How long is a service away while it is rolled back, and how soon is it healthy? Against plain docker, in turns.

    python -m benchmarks.rollback [--rounds 5]

A client asks for a page every 5 ms; good is a 200 within 250 ms; the longest gap between two good answers counts
(docker.md section 5). The floor is `docker stop -t 1 && docker rm && docker run`, and for the way from the command to
health its healthcheck's first good answer. Wanted: at most 1.1 times its gap, 1.3 times its way to health. Exit status
1: one of them is not reached. Needs an engine, or root to start one.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bot.phrase import Phrase
from bot.runbook import Evidence
from bot.sandbox import workload as sandbox_workload
from bot.sandbox.engine import ensure_engine, stop
from bot.sandbox.workload import Workload
from bot.target import EngineAddress, Environment, Service, Target
from runbooks.docker_engine import DockerEngines
from runbooks.rollback import Rollback

PREFIX = "ecotrajet-benchmark"
EVERY = 0.005
GAP = 1.1
WHOLE = 1.3
GOOD_WITHIN = aiohttp.ClientTimeout(total=0.25)


class Silent:
    """A journal that keeps nothing."""

    async def before(self, step: str) -> None: ...

    async def after(self, step: str, detail: str) -> None: ...

    async def evidence(self, evidence: Evidence) -> None: ...

    async def said(self, what: str | Phrase, *, instead: bool = False) -> None: ...

    async def cancelled(self) -> bool:
        return False


class Probe:
    """Asks again and again; a new request starts every EVERY seconds whether or not the last one was answered."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._good: list[float] = []
        self._asking: set[asyncio.Task[None]] = set()

    async def longest_gap(self, act: Callable[[], Awaitable[object]]) -> tuple[float, float]:
        """Milliseconds without a good answer while `act` is done, and seconds that `act` took."""
        async with aiohttp.ClientSession(
            timeout=GOOD_WITHIN, connector=aiohttp.TCPConnector(force_close=True)
        ) as session:
            asking = asyncio.create_task(self._ask_on(session))
            await asyncio.sleep(0.3)
            began = time.monotonic()
            await act()
            took = time.monotonic() - began
            await asyncio.sleep(0.5)
            asking.cancel()
            await asyncio.gather(asking, *self._asking, return_exceptions=True)
        self._good.sort()
        gaps = [after - before for before, after in pairwise(self._good)]
        return max(gaps, default=0.0) * 1000, took

    async def _ask_on(self, session: aiohttp.ClientSession) -> None:
        while True:
            task = asyncio.create_task(self._ask(session))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
            await asyncio.sleep(EVERY)

    async def _ask(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.get(self._url) as answer:
                if answer.status == 200:
                    self._good.append(time.monotonic())
        except (TimeoutError, aiohttp.ClientError):
            return


async def by_hand(workload: Workload) -> None:
    """The floor: what a person types, without any look at health."""
    name, port = workload.container("prod"), workload.ports["prod"]
    label = f"ecotrajet.sandbox={PREFIX}"
    run = ("run", "-d", "--name", name, "--label", label, "--network", workload.network)
    command = f"docker stop -t1 {name} && docker rm {name} && docker"
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", f'{command} "$@" > /dev/null', "sh", *run, "-p", f"127.0.0.1:{port}:8080", workload.image("v1")),
        stdout=asyncio.subprocess.DEVNULL,
        env={"DOCKER_HOST": workload.host, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )
    if await process.wait():
        raise RuntimeError("docker by hand failed")


async def by_the_bot(workload: Workload, engines: DockerEngines, version: str) -> None:
    name = workload.container("prod")
    target = Target(Environment("prod", "prod"), Service("benchmark", {"prod": name}), "default", name)
    rollback = Rollback(engines)
    plan = await rollback.plan(target, [version], [], datetime.now(UTC))
    await rollback.run(target, plan, Silent())


@dataclass(slots=True)
class Case:
    """`gaps` in milliseconds, `whole` in seconds, one for each round."""

    name: str
    act: Callable[[], Awaitable[object]]
    gaps: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)

    def over(self, floor: "Case") -> tuple[float, float]:
        """How many times the floor's: the gap, the way to health; medians."""
        gap = statistics.median(self.gaps) / statistics.median(floor.gaps)
        return gap, statistics.median(self.whole) / statistics.median(floor.whole)

    def line(self, floor: "Case") -> str:
        gap, whole = self.over(floor)
        told = f"{statistics.median(self.gaps):.0f} ({min(self.gaps):.0f}–{max(self.gaps):.0f})"
        return f"{self.name:<36}{told:>30}{gap:>8.2f}{statistics.median(self.whole):>12.2f}{whole:>8.2f}"


async def measured(rounds: int, workload: Workload) -> bool:
    """Each round does every case once, so that whatever else the machine does meets all of them."""
    engines = DockerEngines([EngineAddress("default", workload.host)])

    async def floor() -> None:
        await by_hand(workload)
        await asyncio.to_thread(workload.wait_healthy, "prod")

    cases = [
        Case("floor: docker stop && rm && run", floor),
        Case("rollback to v1", lambda: by_the_bot(workload, engines, "v1")),
        Case("rollback to v3-broken, taken back", lambda: by_the_bot(workload, engines, "v3-broken")),
        Case("rollback to v4-crash, taken back", lambda: by_the_bot(workload, engines, "v4-crash")),
    ]
    for _ in range(rounds):
        for case in cases:
            await asyncio.to_thread(workload.deploy, "prod", "v2")
            await asyncio.to_thread(workload.wait_healthy, "prod")
            gap, took = await Probe(workload.url("prod") + "/").longest_gap(case.act)
            case.gaps.append(gap)
            case.whole.append(took)
    await engines.close()
    print(f"{'case':<36}{'longest gap, ms (min–max)':>30}{'×':>8}{'whole, s':>12}{'×':>8}")
    for case in cases:
        print(case.line(cases[0]))
    return kept(*cases[1].over(cases[0]))


def kept(gap: float, whole: float) -> bool:
    """Are both within what is wanted? Told as well."""
    print(f"downtime {gap:.2f} × the floor, wanted {GAP}: {'reached' if gap <= GAP else 'NOT REACHED'}")
    print(f"to health {whole:.2f} × the floor, wanted {WHOLE}: {'reached' if whole <= WHOLE else 'NOT REACHED'}")
    return gap <= GAP and whole <= WHOLE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as folder:
        host = ensure_engine(Path(folder)).host
        try:
            return 0 if asyncio.run(measured(rounds, sandbox_workload.start(PREFIX, host=host))) else 1
        finally:
            sandbox_workload.stop(PREFIX, host=host)
            stop(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
