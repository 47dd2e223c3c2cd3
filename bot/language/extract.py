"""Which sentences the source says: every `Phrase("…")` of a tree, found by reading it, not by running it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FIELD: Final = re.compile(r"\{(\w+)\}")
PACKAGES: Final = ("bot", "handlers", "runbooks")
HAND_MADE: Final = "# any sentence"  # on the line of a Phrase whose msgid really comes from elsewhere


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence at one place; `given` are the fields that the call fills, None when they cannot be read off here."""

    msgid: str
    path: str
    line: int
    given: frozenset[str] | None


def fields(sentence: str) -> frozenset[str]:
    return frozenset(FIELD.findall(sentence))


def extract(root: Path) -> tuple[list[Said], list[str]]:
    """Every sentence under `root`'s packages, and problems `path:line: what`."""
    said: list[Said] = []
    problems: list[str] = []
    for path in sorted(file for package in PACKAGES for file in (root / package).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        lines, name = source.splitlines(), path.relative_to(root).as_posix()
        for call in _calls(ast.parse(source)):
            msgids = list(_texts(call.args[0])) if call.args else []
            if not msgids and not _borrowed(call) and HAND_MADE not in lines[call.lineno - 1]:
                problems.append(f"{name}:{call.lineno}: the sentence of a Phrase has to be written out at its place")
            said.extend(Said(msgid, name, call.lineno, _given(call)) for msgid in msgids)
    return said, problems


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Phrase":
            yield node


def _texts(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=first, orelse=second):
            yield from _texts(first)
            yield from _texts(second)
        case _:
            return


def _borrowed(call: ast.Call) -> bool:
    """`Phrase(other.msgid, …)`: the sentence was written out where the other one was made."""
    return bool(call.args) and isinstance(call.args[0], ast.Attribute) and call.args[0].attr == "msgid"


def _given(call: ast.Call) -> frozenset[str] | None:
    if len(call.args) < 2 and not call.keywords:
        return None  # a template: somebody fills it later
    values = call.args[1] if len(call.args) > 1 else call.keywords[0].value
    if not isinstance(values, ast.Dict):
        return None
    keys = [key.value for key in values.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return frozenset(keys) if len(keys) == len(values.keys) else None
