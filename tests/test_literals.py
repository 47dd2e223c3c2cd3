"""Whatever a person reads goes through the catalogue: no sentence is written straight into a card or a reply."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READERS = ROOT / "handlers" / "sources"  # they look up other tools' names for things: `fields("check_name")`
FILES = sorted(
    path
    for package in ("bot", "handlers", "runbooks")
    for path in (ROOT / package).rglob("*.py")
    if "sandbox" not in path.parts and path.parent != READERS
)
# How many of the first arguments of these calls are shown to somebody.
SHOWN = {
    **dict.fromkeys(("section", "context", "fields", "answer", "error"), 9),
    **dict.fromkeys(("UserError", "NotNow", "Refused", "card", "Card", "button"), 1),
    "confirm": 4,
}
SAID = {"say", "message"}  # methods of TwiML
SPEAKING = {"respond", "ack", "chat_postMessage", "chat_postEphemeral", "chat_update", "say"}
TEXT_TYPES = {"mrkdwn", "plain_text"}
WORDS = re.compile(r"[^\W\d_]{3,}")


def literals(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of every literal with words that a person would see."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from of_call(node)
        elif isinstance(node, ast.Dict):
            yield from of_dict(node)


def of_call(call: ast.Call) -> Iterator[tuple[int, str]]:
    name, shown = "", 0
    match call.func:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="blocks"), attr=name):
            shown = SHOWN.get(name, 0)
        case ast.Attribute(attr=name) if name in SAID:
            shown = 1
        case ast.Attribute(attr=name):
            pass
        case _:
            pass  # called through something that has no name
    for argument in call.args[:shown]:
        yield from words_in(argument)
    for keyword in call.keywords:
        if name in SPEAKING and keyword.arg == "text":
            yield from words_in(keyword.value)


def of_dict(node: ast.Dict) -> Iterator[tuple[int, str]]:
    pairs = {
        key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
    }
    kind = pairs.get("type")
    if isinstance(kind, ast.Constant) and kind.value in TEXT_TYPES and "text" in pairs:
        yield from words_in(pairs["text"])


def words_in(node: ast.expr) -> Iterator[tuple[int, str]]:
    """Text written out in this expression itself; what calls inside it return is looked at where they are written."""
    match node:
        case ast.Constant(value=str(text)) if WORDS.search(re.sub(r"`[^`]*`", "", text)):
            yield node.lineno, text
        case ast.JoinedStr(values=parts):
            yield from (found for part in parts for found in words_in(part))
        case ast.BinOp(left=left, op=ast.Add(), right=right) | ast.IfExp(body=left, orelse=right):
            yield from (*words_in(left), *words_in(right))
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            yield from (found for element in elements for found in words_in(element))
        case _:
            return


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_is_shown_without_the_catalogue(path: Path) -> None:
    assert list(literals(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        'section("Nobody is on it")',
        'section(f"*Nobody* {x}")',
        'context("x" if y else "Since this morning")',
        'raise UserError("No such thing")',
        'await respond(text="Not today")',
        'block = {"type": "mrkdwn", "text": "Hello there"}',
        'button("Approve", "run.approve", value)',
        'response.say("Goodbye", language="en")',
    ],
)
def test_the_check_finds_what_it_looks_for(source: str) -> None:
    assert list(literals(source))


@pytest.mark.parametrize(
    "source",
    [
        'section(reader.say(Phrase("Nobody")))',
        'button(label, "run.approve", value)',
        'context("·", "… `/ecotrajet help`")',
    ],
)
def test_the_check_lets_the_rest_through(source: str) -> None:
    assert list(literals(source)) == []
