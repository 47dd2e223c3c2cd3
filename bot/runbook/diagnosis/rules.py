"""Ordered rules, the first match wins."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from bot.phrase import Phrase, Value
from bot.runbook.diagnosis import advice
from bot.runbook.diagnosis.case import Advice, Case, Verdict
from bot.runbook.diagnosis.sayings import SAYINGS, SLOW, Saying

NEARLY_FULL: Final = 90.0  # per cent of memory or cores
DISK_FULL: Final = 95
LONGEST_QUOTE: Final = 160
SIGKILL: Final = 137
STOPPED: Final = frozenset({0, 143})  # by itself, or by SIGTERM

Rule = Callable[[Case], Verdict | None]


def judge(case: Case) -> Verdict:
    """Always says something."""
    for rule in WELL if case.well else ILL:
        if (verdict := rule(case)) is not None:
            return verdict
    return _nothing(case)


# It does not run, or it is ill --------------------------------------------------------------------------------------


def _memory_ran_out(case: Case) -> Verdict | None:
    evidence = case.found.evidence
    if not evidence.oom_killed and (case.running or "heap out of memory" not in evidence.log_tail):
        return None
    said = Phrase("{container} was killed for want of memory.", {"container": case.found.container})
    return Verdict(said, (*advice.back(case), advice.restart(case), advice.typed(case, "stats", advice.MEMORY)))


def _could_not_start(case: Case) -> Verdict | None:
    if not case.found.error or case.running:
        return None
    facts = {"container": case.found.container, "why": case.found.error[:LONGEST_QUOTE]}
    said = Phrase("Docker could not start {container}: {why}", facts)
    taken = re.search(r"port is already allocated|address already in use", case.found.error)
    first = (
        Advice(f"/ecotrajet networks {case.environment}", advice.NETWORKS)
        if taken
        else advice.typed(case, "inspect", advice.CONFIGURED)
    )
    return Verdict(said, (first, *advice.back(case), advice.start(case)))


def _was_stopped(case: Case) -> Verdict | None:
    evidence = case.found.evidence
    if evidence.state == "paused":
        return Verdict(
            Phrase("{container} is paused: somebody has to wake it.", {"container": case.found.container}),
            (advice.start(case),),
        )
    if evidence.state == "created":
        said = Phrase("{container} was made but never started.", {"container": case.found.container})
        return Verdict(said, (advice.start(case),))
    if evidence.state != "exited" or case.exit_code not in STOPPED:
        return None
    facts: dict[str, Value | Phrase] = {"container": case.found.container, "code": case.exit_code}
    if case.found.finished:
        facts["at"] = case.found.finished
        said = Phrase("{container} was stopped at {at}, in good order (exit code {code}).", facts)
    else:
        said = Phrase("{container} was stopped in good order (exit code {code}).", facts)
    return Verdict(said, (advice.start(case), advice.logs(case)))


def _disk_is_full(case: Case) -> Verdict | None:
    full = {path: used for path, used in case.found.disks.items() if used >= DISK_FULL}
    if not full and not re.search(r"no space left on device|ENOSPC|disk full", case.found.evidence.log_tail, re.I):
        return None
    name = case.environment
    prune = Advice(
        f"/ecotrajet prune {name} --confirm {name}", Phrase("remove images without a name that nothing uses")
    )
    disk = Advice(f"/ecotrajet exec {case.place} disk", Phrase("see which disk is full"))
    if not full:
        return Verdict(Phrase("The disk is full: the log says so."), (disk, prune) if case.running else (prune,))
    where, used = max(full.items(), key=lambda each: each[1])
    facts: dict[str, Value | Phrase] = {"path": where, "used": used}
    return Verdict(
        Phrase("The disk under {path} is full ({used} %).", facts), (prune, advice.typed(case, "diff", advice.WRITTEN))
    )


def _disk_hangs(case: Case) -> Verdict | None:
    if not case.found.disk_hangs:
        return None
    said = Phrase("A disk that {container} uses does not answer any more.", {"container": case.found.container})
    return Verdict(said, (advice.typed(case, "inspect", Phrase("where it comes from")), advice.restart(case)))


def _log_tells(case: Case) -> Verdict | None:
    """What the application itself said last, if we know what it means.

    Of one that is well only what makes it slow: its log also tells of what users do wrong.
    """
    return _told(case, SLOW if case.well else SAYINGS)


def _told(case: Case, sayings: Sequence[Saying]) -> Verdict | None:
    for line in reversed(case.found.evidence.log_tail.splitlines()):
        for pattern, what, advised in sayings:
            if pattern.search(line):
                said = Phrase("{what} Its log says: “{line}”.", {"what": what, "line": line.strip()[:LONGEST_QUOTE]})
                return Verdict(said, advised(case))
    return None


def _exit_code(case: Case) -> Verdict | None:
    if case.running:
        return None
    code = case.exit_code
    facts: dict[str, Value | Phrase] = {"container": case.found.container, "code": code}
    if code == SIGKILL:
        # Of containers killed at their limit one in twenty carried no OOMKilled (measured, Docker 28): not ruled out.
        said = Phrase(
            "{container} was killed (exit code 137): by somebody, or for want of memory, which Docker does not always "
            "note.",
            facts,
        )
        return Verdict(said, (advice.start(case), advice.logs(case), advice.typed(case, "inspect", advice.CONFIGURED)))
    if code in (126, 127):
        said = Phrase("The command of {container} is not in its image (exit code {code}).", facts)
        return Verdict(said, (*advice.back(case), advice.typed(case, "inspect", advice.CONFIGURED)))
    said = Phrase("{container} ends with exit code {code}, for a reason that only its log can tell.", facts)
    if case.found.evidence.state == "restarting" or case.fell_lately:
        facts["count"] = case.found.evidence.restart_count
        said = Phrase("{container} crashes again and again (exit code {code}, {count} restarts).", facts)
    return Verdict(said, (*advice.back(case), advice.logs(case)))


def _unhealthy(case: Case) -> Verdict | None:
    evidence = case.found.evidence
    if evidence.health != "unhealthy":
        return None
    last = evidence.health_log[-1][:LONGEST_QUOTE] if evidence.health_log else ""
    facts = {"container": case.found.container, "said": last}
    said = Phrase("{container} runs, but its healthcheck fails.", facts)
    if last:
        said = Phrase("{container} runs, but its healthcheck fails: “{said}”.", facts)
    return Verdict(said, (*advice.back(case), advice.restart(case), advice.logs(case)))


def _starting(case: Case) -> Verdict | None:
    if case.found.evidence.health != "starting" or not case.running:
        return None
    facts: dict[str, Value | Phrase] = {"container": case.found.container, "since": case.found.started or case.now}
    said = Phrase("{container} is still starting, since {since}.", facts)
    return Verdict(
        said, (Advice(f"/ecotrajet status {case.place}", Phrase("look again in a minute")), advice.logs(case))
    )


# It runs and is well: why may it be slow? ---------------------------------------------------------------------------


def _memory_is_short(case: Case) -> Verdict | None:
    usage = case.found.usage
    if usage is None or not usage.limited or usage.memory_share < NEARLY_FULL:
        return None
    facts: dict[str, Value | Phrase] = {"container": case.found.container, "share": round(usage.memory_share)}
    said = Phrase("{container} uses {share} % of its memory: it is about to be killed, and slow until then.", facts)
    return Verdict(said, (advice.restart(case), advice.typed(case, "top", advice.BUSY)))


def _cores_are_busy(case: Case) -> Verdict | None:
    usage = case.found.usage
    if usage is None or usage.cpu_share < NEARLY_FULL:
        return None
    facts: dict[str, Value | Phrase] = {"container": case.found.container, "share": round(usage.cpu_share)}
    said = Phrase("{container} is busy: {share} % of all the processor time that it may use.", facts)
    return Verdict(said, (advice.typed(case, "top", advice.BUSY), advice.restart(case)))


def _fell(case: Case) -> Verdict | None:
    if not case.fell_lately:
        return None
    facts: dict[str, Value | Phrase] = {
        "container": case.found.container, "count": case.found.evidence.restart_count,
        "since": case.found.started or case.now,
    }  # fmt: skip
    said = Phrase("{container} runs again since {since}, but it fell ({count} restarts).", facts)
    if (why := _told(case, SAYINGS)) is not None:
        return Verdict(Phrase("{fell} {why}", {"fell": said, "why": why.cause}), why.advice)
    return Verdict(said, (*advice.back(case), advice.logs(case)))


def _nothing(case: Case) -> Verdict:
    said = Phrase("Nothing wrong is to be seen in {container} itself.", {"container": case.found.container})
    errors = Advice(f"/ecotrajet logs {case.place} --grep error", Phrase("look for errors in its log"))
    return Verdict(
        said, (errors, Advice(f"/ecotrajet status {case.environment}", Phrase("look at what it needs"))), True
    )


ILL: Final[tuple[Rule, ...]] = (
    _memory_ran_out, _could_not_start, _was_stopped, _disk_is_full, _disk_hangs, _log_tells, _exit_code, _unhealthy,
    _starting,
)  # fmt: skip
WELL: Final[tuple[Rule, ...]] = (
    _memory_ran_out,
    _memory_is_short,
    _cores_are_busy,
    _disk_is_full,
    _disk_hangs,
    _fell,
    _log_tells,
)
