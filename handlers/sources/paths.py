"""A source of the team's own: what an alert is made of is found by the paths that the configuration gives.

The body is JSON or a form. Without a `dedup_key` it is a hash of title, environment and service, as in `generic`.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.source import Path, Paths, Template
from bot.target import fold
from handlers.sources.body import NotUnderstood, Parse, decode, stable_hash, text_of
from handlers.sources.fields import header, instant, joined
from handlers.sources.generic import FORM, STATUSES

SOURCE: Final = "paths"


def reader(paths: Paths) -> Parse:
    def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
        content = _content(body, headers)
        if paths.each is None:
            return [_alert(content, paths, "$")]
        found = at(content, paths.each)
        if not isinstance(found, list):
            raise NotUnderstood(shown(paths.each), Phrase("It must be a list of alerts."))
        return [_alert(each, paths, f"{shown(paths.each)}[{n}]") for n, each in enumerate(found)]

    return parse


def _content(body: bytes, headers: Mapping[str, str]) -> object:
    form = header(headers, "Content-Type").partition(";")[0].strip().lower() == FORM
    if not form or body.lstrip()[:1] in (b"{", b"["):
        return decode(body, object)
    try:
        return {name: values[0] for name, values in parse_qs(body.decode(), max_num_fields=200).items()}
    except ValueError:
        raise NotUnderstood("$", Phrase("The body is no form that we can read.")) from None


def _alert(content: object, paths: Paths, place: str) -> Alert:
    def told(template: Template | None) -> str:
        return filled(template, content) if template else ""

    title = told(paths.title)
    if not title:
        raise NotUnderstood(_place(paths.title, place), Phrase("It is missing."))
    environment, service = told(paths.environment), told(paths.service)
    keys = [told(each) for each in paths.dedup_key]
    return Alert(
        source=SOURCE,
        dedup_key=joined(*keys) if any(keys) else stable_hash(title, environment, service),
        status=_status(told(paths.status), paths, place),
        title=title,
        text=told(paths.text),
        group_key=told(paths.group_key),
        environment=environment,
        service=service,
        severity=told(paths.severity),
        labels={name: value for name, each in paths.labels.items() if (value := told(each))},
        url=told(paths.url),
        starts_at=instant({"at": told(paths.starts_at)}, "at"),
    )


def _status(word: str, paths: Paths, place: str) -> AlertStatus:
    """By the words that the configuration lists, else by the usual ones; firing when nothing is said."""
    if not word:
        return AlertStatus.FIRING
    folded = fold(word)
    found = paths.words.get(folded) or STATUSES.get(folded.replace(" ", "_").replace("-", "_"))
    if found is None:
        where = _place(paths.status, place) if paths.status else place
        raise NotUnderstood(where, Phrase("“{word}” is no status that the configuration lists.", {"word": word[:40]}))
    return found


def filled(template: Template, content: object) -> str:
    """Its holes filled; '' when it has holes and all of them are empty."""
    parts = [part if isinstance(part, str) else text_of(at(content, part)) for part in template.parts]
    holes = [said for said, part in zip(parts, template.parts, strict=True) if not isinstance(part, str)]
    return "".join(parts).strip() if any(holes) or not holes else ""


def at(content: object, path: Path) -> object:
    """What stands there; None for nothing."""
    for step in path:
        if isinstance(step, str) and isinstance(content, dict):
            content = content.get(step)
        elif isinstance(step, int) and isinstance(content, list) and step < len(content):
            content = content[step]
        else:
            return None
    return content


def shown(path: Path) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _place(template: Template, place: str) -> str:
    path = next((part for part in template.parts if not isinstance(part, str)), ())
    return place + shown(path).removeprefix("$")
