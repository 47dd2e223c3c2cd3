"""How the figures are told: plain lines, what the issue asks for beside each, and whether it was reached."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from benchmarks.load import Result
from benchmarks.memory import ENOUGH, FLAT, Memory
from benchmarks.paced import Paced, percentile
from benchmarks.paging import Paging

DESK: Final = "desk, durable"
ALERTA: Final = "Alerta, gunicorn with 2 workers"
ALERTMANAGER: Final = "Alertmanager, in memory"
PGBENCH: Final = "floor: pgbench, the body's row alone"
ECHO: Final = "floor: aiohttp that only answers"
WANTED: Final[Mapping[str, float]] = {ALERTA: 20.0, ALERTMANAGER: 0.3}
MISSED: Final = "NOT REACHED"
DOUBT: Final = "(in doubt: not a quiet machine)"
WANTED_IS: Final = "   wanted "
P99_AT_HALF: Final = 100.0  # milliseconds
P99_TO_SMS: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Spread:
    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """At least one value."""
        return cls(min(values), statistics.median(values), max(values))


def wanted(what: str, reached: bool) -> str:
    return f"{WANTED_IS}{what}: {'reached' if reached else MISSED}"


def rates(rounds: Sequence[Mapping[str, Result]]) -> list[str]:
    """Each contestant's rate a second: smallest, median, largest of the rounds; medians of latency and cost."""
    lines = [
        f"{'alerts a second':<40}{'min':>9}{'median':>9}{'max':>9}{'p50 ms':>9}{'p99 ms':>9}{'µs each':>9}{'bad':>6}"
    ]
    for name in (DESK, ALERTA, ALERTMANAGER, PGBENCH, ECHO):
        found = [each[name] for each in rounds if name in each]
        if not found:
            lines.append(f"{name:<40}{'not measured':>27}")
            continue
        rate, bad = Spread.of([each.rate for each in found]), sum(each.bad for each in found)
        p50, p99, cost = (statistics.median(of(each) for each in found) for of in (_p50, _p99, _cost))
        shown = f"{p50:>9.2f}{p99:>9.2f}" if p99 else f"{'':>18}"
        lines.append(f"{name:<40}{rate.low:>9.0f}{rate.middle:>9.0f}{rate.high:>9.0f}{shown}{cost:>9.0f}{bad:>6}")
        if name == DESK:
            lines.append(caught_up(found))
    return lines


def caught_up(found: Sequence[Result]) -> str:
    """In a flood bodies are stored and answered first: how long the desk then needs to have acted upon all of them."""
    took = Spread.of([each.caught_up for each in found])
    return f"{'    all acted upon, s after the last answer':<40}{took.low:>9.1f}{took.middle:>9.1f}{took.high:>9.1f}"


_p50, _p99, _cost = attrgetter("p50"), attrgetter("p99"), attrgetter("cost")


def ratios(rounds: Sequence[Mapping[str, Result]]) -> list[str]:
    """The desk against each, within the same round: by rate, and by processor time, which suffers less from others."""
    lines = [f"{'desk ÷ …':<40}{'min':>9}{'median':>9}{'max':>9}{'':>5}{'by cost: min, median, max':>27}"]
    for name in (ALERTA, ALERTMANAGER, PGBENCH, ECHO):
        both = [(each[DESK], each[name]) for each in rounds if DESK in each and name in each and each[name].rate]
        if not both:
            lines.append(f"{name:<40}{'not measured':>27}")
            continue
        found, least = Spread.of([ours.rate / theirs.rate for ours, theirs in both]), WANTED.get(name)
        cost = Spread.of([theirs.cost / ours.cost if ours.cost else 0.0 for ours, theirs in both])
        told = wanted(f"≥ {least:g}", found.middle >= least) if least else ""
        shown = f"{cost.low:>14.3g}{cost.middle:>9.3g}{cost.high:>9.3g}"
        lines.append(f"{name:<40}{found.low:>9.3g}{found.middle:>9.3g}{found.high:>9.3g}{shown}{told}")
    return lines


def half(found: Sequence[Paced], floor: Paced) -> list[str]:
    """The paced runs at half of the measured rate; `floor`: of a server that only answers."""
    p99 = Spread.of([percentile(each.latencies, 0.99) * 1e3 for each in found])
    clean = not any(each.bad or each.unanswered for each in found)
    verdict = wanted("< 100 ms", clean and p99.middle < P99_AT_HALF)
    return [
        f"paced at half of that, {found[0].rate:.0f} alerts a second; latency from the moment that each was due",
        *(f"    {paced_line(each)}" for each in found),
        f"    floor, aiohttp that only answers: p99 {percentile(floor.latencies, 0.99) * 1e3:.1f} ms",
        f"    p99 min {p99.low:.1f}, median {p99.middle:.1f}, max {p99.high:.1f} ms{verdict}",
    ]


def paced_line(found: Paced) -> str:
    p50, p99, p999, most = (percentile(found.latencies, share) * 1e3 for share in (0.5, 0.99, 0.999, 1.0))
    late = percentile(found.late, 0.99) * 1e3
    return (
        f"answered {found.reached:.0f}/s, p50 {p50:.1f}, p99 {p99:.1f}, p99.9 {p999:.1f}, max {most:.0f} ms, "
        f"bad {found.bad}, unanswered {found.unanswered} (the generator's own delay: p99 {late:.1f} ms)"
    )


def paging(found: Paging, what: str, *, asked: bool = True) -> list[str]:
    """From the webhook to the request at the sandbox's Twilio; `asked`: the issue states a limit for it."""
    p50, p99, most = (percentile(found.latencies, share) * 1e3 for share in (0.5, 0.99, 1.0))
    reached = bool(found.latencies) and p99 < P99_TO_SMS and not found.missing
    texts = f"{len(found.latencies)} texts: p50 {p50:.0f}, p99 {p99:.0f}, max {most:.0f} ms"
    faults = f"missing {found.missing}, repeated {found.repeated}"
    return [
        f"webhook to SMS request, 100 alerts a second, {what}",
        f"    answers: {paced_line(found.taken)}",
        f"    {texts}; {faults}{wanted('p99 < 1 s, none missing', reached) if asked else ''}",
        *(f"    the sandbox complains: {each}" for each in found.violations[:3]),
    ]


def memory(found: Memory) -> list[str]:
    """Resident memory of the desk's process."""
    total, most = found.samples[-1][0], max(mib for _, mib in found.samples)
    tenths = " ".join(f"{mib:.0f}" for mib in found.tenths)
    verdict = " (too few alerts to tell a leak from caches that fill)"
    if total >= ENOUGH:
        verdict = wanted(f"flat, < {FLAT:g}", found.slope < FLAT)
    return [
        f"memory of the desk over {total} alerts ({total / found.seconds:.0f}/s)",
        f"    MiB: {found.samples[0][1]:.0f} at first, {tenths} after each tenth, at most {most:.0f}",
        f"    {found.slope:+.2f} MiB for each 100,000 alerts after the first fifth{verdict}",
    ]
