"""The findings for eyes (Rich) and for programs (JSON)."""

import json
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.check.finding import Finding, Verdict

SIGNS: Final = {
    Verdict.OK: ("✓", "green"),
    Verdict.PROBLEM: ("✗", "bold red"),
    Verdict.WARNING: ("!", "yellow"),
    Verdict.NOT_SET: ("–", "dim"),
}


def show(findings: Sequence[Finding], console: Console) -> None:
    """One line each, what to do below it, and how many problems there are."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in findings:
        sign, style = SIGNS[each.verdict]
        says = Text(each.says)
        if each.mend and each.verdict is not Verdict.OK:
            says.append(f"\n→ {each.mend}", style="dim" if each.verdict is Verdict.NOT_SET else "cyan")
        table.add_row(Text(sign, style), Text(each.what, "bold"), says)
    console.print(table)
    problems = sum(each.verdict is Verdict.PROBLEM for each in findings)
    warnings = sum(each.verdict is Verdict.WARNING for each in findings)
    told = f"{_count(problems, 'problem')}, {_count(warnings, 'warning')}"
    console.print(Text(told, "bold red" if problems else "bold green"))


def as_json(findings: Sequence[Finding]) -> str:
    """`{"ok": bool, "findings": [{"what", "verdict", "says", "mend"}…]}`."""
    rows = [{"what": e.what, "verdict": e.verdict.value, "says": e.says, "mend": e.mend} for e in findings]
    good = all(each.verdict is not Verdict.PROBLEM for each in findings)
    return json.dumps({"ok": good, "findings": rows}, ensure_ascii=False, indent=2)


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
