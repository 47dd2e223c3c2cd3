"""From the webhook to the request for a text message leaving: timed on the socket of the sandbox's Twilio.

A storm bundles texts, on purpose: of many P1s one person gets three texts at once and the others together within a
minute, and what comes after many incidents is gathered into one. Then there is nothing to time. So here every P1 is
about a service of its own whose ladder tells a person of its own, and `storm_after` is out of reach: as many texts
leave as P1s came, each for itself. All else is as it ships: default rules, a durable PostgreSQL, and a card in Slack
for each incident, where the sandbox refuses what the real Slack would find too fast.

The clock starts when the alert was due to be sent (paced.py) and ends when the sandbox has read the request.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks import bodies
from benchmarks.paced import Paced, paced
from benchmarks.servers import TOKEN, desk, free_port
from bot.sandbox import Sandbox
from bot.sandbox.people import Person

RATE: Final = 100
WITHIN: Final = 15.0
"""Seconds that the last texts may take; what has not left by then is missing."""
CHANNEL: Final = "incidents"
STORM_AFTER: Final = 1000
"""Incidents within five minutes, the most that the configuration takes: no run here may open more."""


@dataclass(slots=True)
class Paging:
    """Seconds from due to requested, one for each P1; P1s whose text is `missing`, texts that were `repeated`."""

    taken: Paced
    latencies: list[float] = field(default_factory=list)
    missing: int = 0
    repeated: int = 0
    violations: Sequence[str] = ()


def phone(number: int) -> str:
    return f"+3369{number:07d}"


def configuration(people: int) -> str:
    """Everybody their own service, ladder and phone. JSON, which is YAML."""
    names = [f"p{number}" for number in range(people)]
    first = {"name": "Détection", "after": "0 min"}
    return json.dumps({
        "workspace": {"language": "en"},
        "people": {name: {"name": f"Person {name}", "phone": phone(number)} for number, name in enumerate(names)},
        "services": {f"own-{name}": {"policy": name} for name in names},
        "escalation": {"policies": {
            "default": {"levels": [{**first, "tell": [f"channel:{CHANNEL}"]}]},
            **{name: {"levels": [{**first, "tell": [f"person:{name}", f"channel:{CHANNEL}"]}]} for name in names},
        }},
        "intake": {"storm_after": STORM_AFTER},
    })  # fmt: skip


def requests(run: str, pages: Sequence[int]) -> Callable[[int], bytes]:
    """Whole requests by number: those in `pages` are P1s about a service of their own, the others the design's mix."""
    place = {number: index for index, number in enumerate(pages)}

    def body(number: int) -> bytes:
        if number in place:
            return bodies.webhook(number, run, bodies.P1, f"own-p{place[number]}")
        return bodies.webhook(number, run, bodies.kind_of(number), bodies.service_of(number))

    return bodies.requests("/webhooks/alertmanager", TOKEN, body)


def measure_paging(url: str, folder: Path, seconds: int, *, every: bool) -> Paging:
    """100 alerts a second; `every`: all are P1 and page, else the design's mix, a tenth of them.

    No longer than there are incidents below STORM_AFTER.
    """
    most = (STORM_AFTER - bodies.SERVICES) * (1 if every else 10) // RATE
    seconds = min(seconds, most)
    numbers = [each for each in range(RATE * seconds) if every or bodies.kind_of(each) == bodies.P1]
    return asyncio.run(_measured(url, folder, numbers, seconds))


async def _measured(url: str, folder: Path, pages: Sequence[int], seconds: int) -> Paging:
    request = requests(f"{time.time_ns() // 1_000_000 % 100_000_000:x}", pages)
    people = [Person(f"p{i}", f"Person {i}", f"U0BENCH{i:04d}", phone(i), None, "bench") for i in range(len(pages))]
    async with Sandbox(people, paced=True) as sandbox, _desk(sandbox, url, folder, len(people)) as port:
        await sandbox.connected()
        taken = await paced(port, request, RATE, seconds)
        await _all_left(sandbox, len(people))
        return _judged(sandbox, taken, [taken.began + number / RATE for number in pages])


@asynccontextmanager
async def _desk(sandbox: Sandbox, url: str, folder: Path, people: int) -> AsyncIterator[int]:
    """Started and stopped beside the loop: the desk speaks with the sandbox while it stops."""
    port, stop = free_port(), ExitStack()
    public = f"http://127.0.0.1:{port}"
    sandbox.bot_at(public)
    environment = {**sandbox.environment(), "ECOTRAJET_PUBLIC_URL": public}
    try:
        started = desk(url, folder, configuration(people), port=port, **environment)
        await asyncio.to_thread(stop.enter_context, started)
        yield port
    finally:
        await asyncio.to_thread(stop.close)


async def _all_left(sandbox: Sandbox, people: int) -> None:
    deadline = time.monotonic() + WITHIN
    missing = people
    while missing and time.monotonic() < deadline:
        await asyncio.sleep(0.1)  # between two looks; the deadline decides
        missing = people - len({each.to for each in sandbox.twilio.messages})


def _judged(sandbox: Sandbox, taken: Paced, due: Sequence[float]) -> Paging:
    """`due`: when each person's alert was to be sent, by the wall's clock, as the sandbox's record keeps it."""
    asked: dict[str, list[float]] = {}
    for each in sandbox.record:
        if (each.door, each.method) == ("twilio", "Messages.create"):
            asked.setdefault(str(each.args["To"]), []).append(each.at.timestamp())
    latencies = [asked[phone(i)][0] - when for i, when in enumerate(due) if phone(i) in asked]
    repeated = sum(len(times) - 1 for times in asked.values())
    return Paging(taken, latencies, len(due) - len(latencies), repeated, tuple(sandbox.violations))
