"""JSON that a template broke: a quote, newline or backslash in a name that was pasted unescaped, a value left empty.

Zabbix, Healthchecks, StatusCake, ElastAlert and others let people write the body by hand and paste the values in as
they are. What is mended: quotes inside a text (one ends it only where JSON goes on as it must), control characters,
lone backslashes, JSON pasted inside quotes, words without quotes, values left out, and commas too many. Whatever does
not become JSON by that is given up: we do not guess.
"""

import json
import re
from typing import Final

import msgspec

KEY_ENDS: Final = re.compile(r'"\s*:')
VALUE_ENDS: Final = re.compile(r'"\s*(?:$|,\s*"(?:[^"\\\n]|\\.){0,100}"\s*:|,?\s*\}\s*(?:[,}\]]|$))')
ITEM_ENDS: Final = re.compile(r'"\s*(?:$|,\s*(?:["{\[\d\]-]|true|false|null)|\])')
ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
BARE: Final = re.compile(r'[^\s,:{}\[\]"][^,{}\[\]"\n]*')
EMPTY: Final = re.compile(r"\s*[,}\]]")
TOO_MANY: Final = re.compile(r"\s*[}\]]")
INNER: Final = re.compile(r'"\s*[\[{]\s*["{]')
LONGEST: Final = 256 * 1024  # a body that people write by hand is far shorter
MOST_INNER: Final = 20  # texts that hold JSON: each may be read to the end of the body
READER: Final = json.JSONDecoder()


def mended(body: bytes) -> object | None:
    """What was meant, or None when that is not clear."""
    if len(body) > LONGEST:
        return None
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", "replace")
    text = text.strip()
    if text[:1] not in ("{", "["):
        return None
    try:
        found: object = msgspec.json.decode(_Mending(text).done().encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None
    return found


class _Mending:
    """Reads the text once from left to right, minding which brackets are open and whether a name or a value is due."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0
        self.written: list[str] = []
        self.open: list[str] = []
        self.value_due = False
        self.inner = 0

    def done(self) -> str:
        while self.place < len(self.text):
            letter = self.text[self.place]
            if letter == '"':
                self._quoted()
            elif letter in "{}[],:":
                self._mark(letter)
            elif letter.isspace():
                self.place += 1
            else:
                self._bare()
        return "".join(self.written)

    def _mark(self, letter: str) -> None:
        self.place += 1
        if letter in "{[":
            self.open.append(letter)
        elif letter in "}]" and self.open:
            self.open.pop()
        elif letter == "," and TOO_MANY.match(self.text, self.place):
            return
        self.written.append(letter)
        self.value_due = letter == ":"
        if letter == ":" and EMPTY.match(self.text, self.place):
            self.written.append("null")

    def _bare(self) -> None:
        """A number, a constant, or a word that should have stood in quotes (`91%`, `DOWN`)."""
        found = BARE.match(self.text, self.place)
        word = found[0].rstrip() if found else self.text[self.place]
        self.place = found.end() if found else self.place + 1
        try:
            msgspec.json.decode(word.encode("utf-8", "replace"))
            self.written.append(word)
        except msgspec.DecodeError:
            self.written.append(json.dumps(word))

    def _quoted(self) -> None:
        if self.value_due and INNER.match(self.text, self.place) and self._inner():
            return
        ends = (VALUE_ENDS if self.value_due else KEY_ENDS) if self.open[-1:] == ["{"] else ITEM_ENDS
        self.place += 1
        self.written.append('"')
        while self.place < len(self.text):
            if self.text[self.place] == '"' and ends.match(self.text, self.place):
                break
            self._letter()
        self.place += 1
        self.written.append('"')

    def _letter(self) -> None:
        escape = ESCAPE.match(self.text, self.place)
        letter = self.text[self.place]
        if escape:
            self.written.append(escape[0])
            self.place = escape.end()
            return
        self.written.append(json.dumps(letter, ensure_ascii=False)[1:-1])
        self.place += 1

    def _inner(self) -> bool:
        """JSON pasted between quotes (Zabbix's `{EVENT.TAGSJSON}`) becomes the text that it was meant to be."""
        self.inner += 1
        if self.inner > MOST_INNER:
            return False
        try:
            _, end = READER.raw_decode(self.text, self.place + 1)
        except (ValueError, RecursionError):
            return False
        if self.text[end : end + 1] != '"':
            return False
        self.written.append(json.dumps(self.text[self.place + 1 : end], ensure_ascii=False))
        self.place = end + 1
        return True
