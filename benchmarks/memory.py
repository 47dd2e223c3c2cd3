"""Does the desk's memory stay flat over so many alerts? Its resident memory against the alerts it has stored."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.load import load
from benchmarks.servers import TOKEN, ask, desk, resident

PER: Final = 100_000
FLAT: Final = 2.0
"""MiB for each 100,000 alerts: below it we call the memory flat (a million alerts then cost at most 20 MiB)."""
ENOUGH: Final = 500_000
"""Fewer alerts tell nothing: caches of bounded size still fill, and a slope over them is not a leak's."""
WARM: Final = 0.2
"""The first share of all alerts does not count: caches fill, the allocator grows to the load."""
PIECE: Final = 5  # seconds of load between two looks at how many alerts there are


@dataclass(slots=True)
class Memory:
    """(alerts so far, MiB) every half second, in order."""

    samples: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def counted(self) -> list[tuple[int, float]]:
        """Without what came while it warmed up."""
        start = self.samples[-1][0] * WARM if self.samples else 0
        return [sample for sample in self.samples if sample[0] >= start]

    @property
    def tenths(self) -> list[float]:
        """MiB after each tenth of all alerts."""
        end = self.samples[-1][0]
        return [next(mib for done, mib in self.samples if done >= end * tenth / 10) for tenth in range(1, 11)]

    @property
    def slope(self) -> float:
        """MiB for each 100,000 alerts: the line of least squares through `counted`."""
        return slope(self.counted) * PER


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the line of least squares; 0 when all stand at one place."""
    if not points:
        return 0.0
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread if spread else 0.0


def stored(url: str) -> int:
    """How many alerts came, by the sequence of their numbers: counting a million rows would disturb."""
    return int(
        str(ask(url, "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('alert', 'id')::regclass), 0)"))
    )


def measure_memory(url: str, folder: Path, alerts: int) -> Memory:
    """As fast as it goes, until `alerts` are stored. Raises RuntimeError when the desk stops taking them."""
    found, began = Memory(), time.monotonic()
    with desk(url, folder) as (port, started):
        over = threading.Event()

        def sample() -> None:
            while not over.wait(0.5):
                found.samples.append((stored(url), resident(started.pid)))

        sampling = threading.Thread(target=sample, name="memory")
        sampling.start()
        try:
            done = 0
            while done < alerts:
                load(f"http://127.0.0.1:{port}/webhooks/alertmanager", "webhook", PIECE, TOKEN)
                before, done = done, stored(url)
                if done == before:
                    raise RuntimeError("the desk takes no alerts any more")
        finally:
            over.set()
            sampling.join()
    found.seconds = time.monotonic() - began
    return found
