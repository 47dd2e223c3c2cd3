"""A flood of thousands a second, and kill -9 in the middle of it: nothing that was answered is lost or paged twice.

The moments come from a seed, so that a failure can be played again: `ECOTRAJET_SEED=3`.
"""

import asyncio
import json
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.world import ROOT, TOKEN, World

SEEDS = [int(seed) for seed in os.environ.get("ECOTRAJET_SEED", "1,2").split(",")]
CONNECTIONS = 40
ALERTS = 2000
RESOLVED, GRAVE = 3, 200  # each third is over again; each 200th is critical
KILLS = 3
ENDS = b'"status": "resolved"'
FLOOD = 50.0  # bodies a second: a busy machine may not reach what counts as a flood

pytestmark = [pytest.mark.prove, pytest.mark.timeout(300)]


def body(name: str, *, over: bool, grave: bool) -> bytes:
    state = "resolved" if over else "firing"
    labels = {"alertname": name, "env": "prod", "service": f"s{int(name[1:]) % 20}",
              "severity": "critical" if grave else "warning"}  # fmt: skip
    member = {"status": state, "labels": labels, "annotations": {}, "fingerprint": name}
    return json.dumps({"version": "4", "groupKey": name, "status": state, "alerts": [member]}).encode()


@dataclass(slots=True)
class Sender:
    """One connection of a tool that sends in its order, many at a time, and repeats what was not answered."""

    desks: Sequence[World]
    bodies: list[bytes]
    answers: dict[int, int] = field(default_factory=dict)  # by status

    async def run(self) -> None:
        done = turn = 0
        while done < len(self.bodies):
            turn += 1
            desk = self.desks[turn % len(self.desks)]
            try:
                done += await self.some(desk, self.at_once(done))
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                await asyncio.sleep(0.05)

    def at_once(self, start: int) -> Sequence[bytes]:
        """No end together with its beginning: a process killed in the middle takes the answers to both along, and then
        the beginning, repeated, cannot be told from a new one.
        """
        found = self.bodies[start : start + 25]
        ends = [n for n, each in enumerate(found) if n > 0 and ENDS in each]
        return found[: ends[0]] if ends else found

    async def some(self, desk: World, bodies: Sequence[bytes]) -> int:
        """How many, from the first on, were answered with 2xx. Raises OSError, IncompleteReadError, TimeoutError."""
        parts, done = urlsplit(desk.url), 0
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            head = f"POST /webhooks/alertmanager HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
            writer.write(b"".join(f"{head}Content-Length: {len(each)}\r\n\r\n".encode() + each for each in bodies))
            for _ in bodies:
                status = await asyncio.wait_for(answer(reader), 20)
                self.answers[status] = self.answers.get(status, 0) + 1
                if status not in (200, 202):
                    break
                done += 1
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            if not done:
                raise
        finally:
            writer.transport.abort()
        return done


async def answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next(int(line.split(":")[1]) for line in head.lower().splitlines() if line.startswith("content-length"))
    await reader.readexactly(length)
    return int(head.split()[1])


async def the_database_goes_away(world: World, seconds: float) -> None:
    world.proxy.cable(pulled=True)
    await asyncio.sleep(seconds)
    world.proxy.cable(pulled=False)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_flood_loses_nothing_when_its_processes_are_killed(
    served_world: World, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world, chance = served_world, random.Random(seed)
    await world.stop()
    (tmp_path / "sitecustomize.py").write_text(f"import handlers.flood\nhandlers.flood.FLOOD = {FLOOD}\n")
    world.environment["PYTHONPATH"] = f"{tmp_path}:{ROOT}"
    await world.start(own_process=True)
    other = await world.replica()
    try:
        senders = [Sender((world, other), []) for _ in range(CONNECTIONS)]
        for n in range(ALERTS):
            sender, grave = senders[n % CONNECTIONS], n % GRAVE == 0
            sender.bodies.append(body(f"a{n}", over=False, grave=grave))
            if n % RESOLVED == 1 and not grave:
                sender.bodies.append(body(f"a{n}", over=True, grave=False))
        sending = asyncio.gather(*(sender.run() for sender in senders))
        for turn in range(KILLS):
            await asyncio.sleep(chance.uniform(0.2, 1.5))
            if turn == 1:
                await the_database_goes_away(world, chance.uniform(0.5, 2))
            victim = chance.choice((world, other))
            victim.kill()
            await victim.gone()
            await victim.start_process()  # its senders find out when it is ready
        await asyncio.wait_for(sending, 120)
        await world.eventually_value(
            0, "SELECT count(*) FROM intake_body WHERE state IN ('stored', 'waiting')", within=90
        )
    finally:
        await other.close()
    answers = {status: sum(each.answers.get(status, 0) for each in senders) for status in (200, 202, 503)}
    with capsys.disabled():
        sys.stdout.write(f"\nseed {seed}: answered {answers}\n")
    assert answers[202] > 0, "it was no flood"

    critical = {f"a{n}" for n in range(0, ALERTS, GRAVE)}
    over = {f"a{n}" for n in range(1, ALERTS, RESOLVED)} - critical
    rows = await world.rows("SELECT dedup_key, array_agg(status) AS states FROM alert GROUP BY dedup_key")
    found = {row["dedup_key"]: row["states"] for row in rows}
    assert set(found) == {f"a{n}" for n in range(ALERTS)}
    assert {key for key, states in found.items() if "firing" not in states} == over
    assert [key for key, states in found.items() if len(states) > 1] == [], "one began anew"
    of_p1 = "SELECT dedup_key FROM alert JOIN incident ON number = incident WHERE priority = 'P1'"
    assert {row["dedup_key"] for row in await world.rows(of_p1)} >= critical
