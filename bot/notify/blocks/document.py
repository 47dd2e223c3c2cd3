"""A document to keep, rendered as Markdown here and as PDF by `pdf`. Foreign text in it acts nowhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SPACES: Final = re.compile(r"[ \t\r\n\f\v]+")  # those of typography stay as they are


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """One item beneath the other; `times` stand before them when they are given."""

    items: tuple[str, ...]
    times: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` have as many cells as `head`. `widths`: shares of the page."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """As a machine wrote them: a log."""

    text: str


Part = Said | Rows | Table | Lines


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`name` of its files, without an ending; `footer` stands under each page of the PDF."""

    name: str
    title: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]
    language: str
    footer: str = ""


def markdown(document: Document) -> str:
    """CommonMark with tables (as GitHub's and Slack's canvases read it)."""
    head = [f"# {flat(document.title)}", "", *(f"{flat(fact)}  " for fact in document.facts)]
    sections = [line for section in document.sections for line in ["", *_section(section)]]
    return "\n".join([*head, *sections, ""])


def _section(section: Section) -> list[str]:
    lines = [f"## {flat(section.title)}"]
    for part in section.parts:
        lines += ["", *_part(part)]
    return lines


def _part(part: Part) -> list[str]:
    match part:
        case Said(text):
            return [flat(text)]
        case Rows(items, times) if times:
            return [f"- `{time}` {flat(item)}" for time, item in zip(times, items, strict=True)]
        case Rows(items, _):
            return [f"- {flat(item)}" for item in items]
        case Table(head, rows, _):
            return [_row(head), "|" + " --- |" * len(head), *map(_row, rows)]
        case Lines(text):
            return ["```", text.replace("```", "'''").rstrip("\n"), "```"]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(flat(cell).replace("|", "\\|") for cell in cells) + " |"


def flat(text: str) -> str:
    """Foreign text on one line, without what Markdown or HTML would act upon."""
    line = SPACES.sub(" ", text).strip(" ")
    for sign in "\\`*_[]<>":
        line = line.replace(sign, f"\\{sign}")
    return f"\\{line}" if line.startswith(("#", "-", "+", "|")) else line
