"""What a check found: one line for people, one object for machines."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    PROBLEM = "problem"
    WARNING = "warning"
    NOT_SET = "not set"


@dataclass(frozen=True, slots=True)
class Finding:
    """`mend`: what to do about it, in the imperative; empty when there is nothing to do."""

    what: str
    verdict: Verdict
    says: str
    mend: str = ""


def ok(what: str, says: str) -> Finding:
    return Finding(what, Verdict.OK, says)


def problem(what: str, says: str, mend: str) -> Finding:
    return Finding(what, Verdict.PROBLEM, says, mend)


def warning(what: str, says: str, mend: str) -> Finding:
    return Finding(what, Verdict.WARNING, says, mend)


def not_set(what: str, says: str, mend: str = "") -> Finding:
    return Finding(what, Verdict.NOT_SET, says, mend)
