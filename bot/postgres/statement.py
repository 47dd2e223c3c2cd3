"""A query's text without what people typed into it: literals, numbers, comments. Pure."""

import re
from typing import Final

from bot.redaction import redact

LONGEST: Final = 300
# What is never closed goes to the end: PostgreSQL itself cuts long texts (track_activity_query_size).
TOKENS: Final = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<name>\"(?:[^\"]|\"\")*(?:\"|\Z))"
    r"|(?P<text>\b[eE]'(?:[^'\\]|''|\\.)*(?:'|\Z)"  # only here a backslash escapes
    r"|(?:\b[bBxXnN]|\b[uU]&)?'(?:[^']|'')*(?:'|\Z)|\$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z))"
    r"|(?P<number>(?<![\w$.])\d[\w.]*)",
    re.DOTALL,
)


def without_literals(query: str) -> str:
    """`SELECT * FROM users WHERE mail = '?' AND id = ?`: one line, at most LONGEST characters."""
    bare = TOKENS.sub(_hidden, query)
    flat = redact(" ".join(bare.split()))
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"


def _hidden(found: re.Match[str]) -> str:
    if found["comment"]:
        return " "
    if found["name"]:
        return found[0]
    return "'?'" if found["text"] else "?"
