"""Bodies that a person wrote as a template: JSON (mended where it broke), forms, macros that stayed as they are.

Field names are compared without case and punctuation, since everybody spells them otherwise (`monitor_url`,
`monitorURL`, `MonitorUrl`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.errors import MessageError
from email.parser import BytesParser
from email.policy import HTTP
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from bot.phrase import Phrase
from bot.target import fold
from handlers.sources.body import NotUnderstood, decode, text_of
from handlers.sources.fields import header, instant
from handlers.sources.mending import mended

FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
LOOKS_LIKE_A_FORM: Final = re.compile(rb"\s*[\w.%+\[\]-]{1,60}=[^\s{]")
MOST_FIELDS: Final = 300
WRAPPED: Final = ("payload", "data", "message", "body")
"""Form fields that may hold the whole JSON."""
MACRO: Final = re.compile(
    r"\{\$?[A-Z#][A-Z0-9_.#<>*]{2,}\}"  # Zabbix: {EVENT.NAME}, {$URL}, {HOST.NAME1}
    r"|\*[a-z]+[A-Z][A-Za-z]+\*|\*UNKNOWN\*"  # UptimeRobot: *monitorURL*; Zabbix: a macro without a value
    r"|\{\{[^{}]{0,100}\}\}|\$\{[^{}]{0,100}\}"  # Handlebars, Go, Jinja; shells
    r"|\$[A-Z][A-Z0-9_]{2,}(?:\b|$)|\$[a-z]+[A-Z]\w*"  # $ALERT_TITLE, $monitorURL
    r"|%\([\w.]{1,60}\)s"
)
WORDS: Final = re.compile(r"\w")
OTHERS: Final = re.compile(r"[^a-z0-9]+")
FIRST_YEAR: Final = 1990  # monitoring tools' zero dates are of 1970 or before


def contents(body: bytes, headers: Mapping[str, str], tool: str) -> list[dict[str, object]]:
    """The object, or each of a list of them. Raises NotUnderstood."""
    content = content_of(body, headers)
    match content:
        case dict():
            return [content]
        case []:
            raise NotUnderstood("$", Phrase("The list holds no alert.", {"length": 0}))
        case list():
            return list(_objects(content, tool))
        case _:
            raise NotUnderstood("$", Phrase("It must be an object, as {tool} sends it.", {"tool": tool}))


def _objects(several: Sequence[object], tool: str) -> Iterator[dict[str, object]]:
    for n, each in enumerate(several):
        if not isinstance(each, dict):
            raise NotUnderstood(f"$[{n}]", Phrase("It must be an object, as {tool} sends it.", {"tool": tool}))
        yield each


def content_of(body: bytes, headers: Mapping[str, str]) -> object:
    """A form becomes an object of its fields, or what its one field of JSON holds. Raises NotUnderstood."""
    kind = header(headers, "Content-Type")
    is_json = body.lstrip()[:1] in (b"{", b"[", b'"')  # `curl -d '{…}'` calls JSON a form
    if kind.lower().startswith(MULTIPART):
        return _unwrapped(_parts(body, kind))
    if not is_json and (kind.lower().startswith(FORM) or LOOKS_LIKE_A_FORM.match(body)):
        return _unwrapped(_form(body))
    try:
        return decode(body, object)
    except NotUnderstood:
        found = mended(body)
        if found is None:
            raise
        return found


def _form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        fields = []
    if not fields:
        raise NotUnderstood("$", Phrase("The body is no form that we can read."))
    return dict(fields)


def _parts(body: bytes, kind: str) -> dict[str, str]:
    """Of a form with parts, as Uptime Kuma can send it."""
    try:
        message = BytesParser(policy=HTTP).parsebytes(
            b"Content-Type: " + kind.encode("ascii", "replace").replace(b"\n", b" ") + b"\r\n\r\n" + body
        )
        found: dict[str, str] = {}
        for part in message.iter_parts():
            name, value = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
            if isinstance(name, str) and isinstance(value, bytes):
                found[name] = value.decode("utf-8", "replace")
    except (MessageError, ValueError, LookupError, AttributeError, IndexError, KeyError, TypeError):
        found = {}  # Python's reader of mail raises all of these at bodies that are none
    if not found:
        raise NotUnderstood("$", Phrase("The body is no form that we can read."))
    return found


def _unwrapped(fields: Mapping[str, str]) -> object:
    """The JSON that a field holds; under another name (New Relic's `alert`, `deployment`) it keeps it."""
    for name in WRAPPED:
        value = fields.get(name, "").strip()
        if value[:1] in ("{", "["):
            return content_of(value.encode("utf-8", "replace"), {})
    return {name: _inner(value) for name, value in fields.items()}


def _inner(value: str) -> object:
    if not value.lstrip().startswith("{"):
        return value
    try:
        return msgspec.json.decode(value.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return value


def unexpanded(text: str) -> bool:
    """Nothing but macros that the sender did not fill in, as its test button sends them."""
    return bool(MACRO.search(text)) and not WORDS.search(MACRO.sub("", text))


def filled(content: object) -> object:
    """The same without what was not filled in."""
    match content:
        case str():
            return None if unexpanded(content) else content
        case dict():
            return {name: filled(value) for name, value in content.items()}
        case list():
            return [filled(each) for each in content]
        case _:
            return content


class Fields:
    """An object whose fields are found by any spelling of their names; an unexpanded macro counts as nothing."""

    def __init__(self, content: Mapping[str, object]) -> None:
        self.content = content
        self.names = {spelt(name): name for name in reversed(list(content))}
        self.read: set[str] = set()

    def __call__(self, *names: str) -> str:
        """The first of these that says something, as text; of an object or a list: nothing."""
        return next((said for name in names if (said := self._said(name)) and not self._bare(name, said)), "")

    def raw(self, *names: str) -> object:
        """Whatever stands in the first of these that is there."""
        for name in names:
            if name in self.names:
                self.read.add(name)
                return self.content[self.names[name]]
        return None

    def untouched(self, *names: str) -> bool:
        """One of these holds nothing but macros: nobody filled in the template."""
        return any(self._bare(name, self._said(name)) for name in names)

    def when(self, *names: str) -> datetime | None:
        """A time; none for the zero dates of tools."""
        return after_zero(instant({name: self.raw(name) for name in names if name in self.names}, *names))

    def others(self, *more: str) -> dict[str, str]:
        """What was not read as anything else, as labels."""
        left = {spelt(each) for each in more} | self.read
        found = {name: self.content[name] for each, name in self.names.items() if each not in left}
        return {
            name: said
            for name, value in found.items()
            if isinstance(value, str | int | float) and (said := text_of(value).strip()) and not unexpanded(said)
        }

    def _bare(self, name: str, said: str) -> bool:
        """A macro, or its name without its marks, as in `"monitorURL": "monitorURL"`."""
        return unexpanded(said) or (said == self.names.get(name) and not said.islower() and not said.isupper())

    def _said(self, name: str) -> str:
        value = self.raw(name)
        return text_of(value).strip() if isinstance(value, str | int | float) else ""


def flat(content: Mapping[str, object]) -> dict[str, object]:
    """With the fields of inner objects under both names: `{"event": {"id": 1}}` has `event id` as well."""
    inner = {
        f"{outer} {name}": value
        for outer, within in content.items()
        if isinstance(within, dict)
        for name, value in within.items()
    }
    return inner | dict(content)


def spelt(name: str) -> str:
    return OTHERS.sub("", fold(name))


def after_zero(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment.year >= FIRST_YEAR else None
