"""As fast as it goes: wrk over 16 connections, one alert a body, all distinct (intake.lua)."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from benchmarks.machine import ours

CONNECTIONS: Final = 16
Kind = Literal["webhook", "alerts"]
SCRIPT: Final = Path(__file__).with_name("intake.lua")


@dataclass(frozen=True, slots=True)
class Result:
    """`rate` of good answers a second; latencies in milliseconds; `bad`: not 2xx, or never.

    `cost`: microseconds of processor time for each answer, of all processes: contestant, its database, the generator.
    `caught_up`: seconds after the last answer until everything that had been stored was acted upon.
    """

    rate: float
    p50: float = 0.0
    p99: float = 0.0
    bad: int = 0
    cost: float = 0.0
    caught_up: float = 0.0


def load(url: str, kind: Kind, seconds: int, token: str = "") -> Result:
    """`kind`: a webhook's body, or the list of Alertmanager's own interface. No token: no Authorization is sent."""
    run = f"{time.time_ns() // 1_000_000 % 100_000_000:x}"
    before = ours()
    told = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", SCRIPT, url, "--", kind, token, run],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    line = next(line for line in told.splitlines() if line.startswith("RESULT"))
    requests, duration, refused, never, p50, p99 = (float(word) for word in line.split()[1:])
    cost = (ours() - before) * 1e6 / max(1.0, requests)
    return Result((requests - refused) / (duration / 1e6), p50, p99, int(refused + never), cost)
