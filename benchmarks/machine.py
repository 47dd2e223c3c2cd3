"""What the figures were measured on, and whether somebody else was using it at the time. Linux: read from /proc."""

import os
import platform
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

QUIET: Final = 0.08
"""With more of the processors used by others meanwhile, figures are worth little, and the report says so."""
KERNEL: Final = 2
"""The parent of the kernel's threads."""
ROOTS: Final = {os.getpid()}
"""These processes and all below them are ours. PostgreSQL leaves its parent: whoever starts it adds its first one."""
TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Times:
    """Ticks since the start of the machine: of all processors together, used by processes, taken away by the host."""

    all: int
    used: int
    stolen: int

    @classmethod
    def now(cls) -> "Times":
        """/proc/stat, proc(5): user nice system idle iowait irq softirq steal."""
        line = Path("/proc/stat").read_text("ascii").splitlines()[0]
        ticks = [int(word) for word in line.split()[1:9]]
        return cls(sum(ticks), sum(ticks[:3]), ticks[7])


def ours() -> float:
    """Seconds of processor time that ROOTS and all below them have used so far, generator and database included."""
    return _used(ROOTS)


def _used(roots: Collection[int]) -> float:
    """proc(5), stat: the parent, then user and system time of a process and of its children that ended."""
    parents, ticks = {}, {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended
            numbers = file.read_text("ascii", errors="replace").rpartition(")")[2].split()
            pid = int(file.parent.name)
            parents[pid], ticks[pid] = int(numbers[1]), sum(int(each) for each in numbers[11:15])

    def below(pid: int) -> bool:
        while pid not in roots and pid in parents:
            pid = parents[pid]
        return pid in roots

    return sum(used for pid, used in ticks.items() if below(pid)) / TICKS


class Watched:
    """How much of the processors others used while we measured, and how much the host took away.

    The kernel's own threads, which write to the disk what we flush, and its interrupts count as nobody's.
    """

    def __init__(self) -> None:
        self.others: dict[str, list[float]] = {}
        self._began = Times.now()

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Notes the share of the processors (0 to 1) that others used meanwhile."""
        before, accounted = Times.now(), _used({*ROOTS, KERNEL})
        yield
        after = Times.now()
        used = after.used - before.used - (_used({*ROOTS, KERNEL}) - accounted) * TICKS
        share = used / max(1, after.all - before.all)
        self.others.setdefault(what, []).append(max(0.0, share))

    @property
    def noisy(self) -> bool:
        """Whether what was measured so far is in doubt."""
        return max([self._stolen(), *(share for found in self.others.values() for share in found)]) > QUIET

    def _stolen(self) -> float:
        now = Times.now()
        return (now.stolen - self._began.stolen) / max(1, now.all - self._began.all)

    def said(self) -> list[str]:
        """For the end of the report; the last line only where figures are in doubt."""
        shares = "; ".join(
            f"{what} {', '.join(f'{each:.0%}' for each in found)}" for what, found in self.others.items()
        )
        lines = [f"used by others meanwhile: {shares or 'not known'}; taken by the host: {self._stolen():.1%}"]
        if self.noisy:
            lines.append(
                "NOT A QUIET MACHINE: who needs many processes or answers late suffers more than others. Measure again."
            )
        return lines


def described() -> str:
    """Processors, memory, kernel, Python, load: one line."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = int(Path("/proc/meminfo").read_text("ascii").split()[1]) / 2**20
    load = " ".join(f"{each:.2f}" for each in os.getloadavg())
    cores = len(os.sched_getaffinity(0))
    versions = f"Linux {platform.release()}, Python {platform.python_version()}"
    return f"{cores} × {cpu}, {memory:.0f} GiB, {versions}; load {load}"
