"""Tags in every shape that tools give them, made into labels; and where and what they say it is about."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from handlers.sources.body import text_of
from handlers.sources.templated import unexpanded

ENVIRONMENT: Final = (
    "environment",
    "env",
    "environnement",
    "stage",
    "deployment_environment",
    "deployment.environment",
)
SERVICE: Final = ("service", "app", "application", "service_name", "service.name", "component")
SEVERITY: Final = ("severity", "level", "priority", "criticality", "gravite")
NAME: Final = ("tag", "name", "key", "label")
VALUE: Final = ("value", "val")
TAGS: Final = "tags"
"""The label that keeps those without a value, comma between them: they may name an environment."""
PAIR: Final = re.compile(r"\s*([^:=\s][^:=]{0,80}?)\s*[:=]\s*(\S.*?)\s*")
URL: Final = re.compile(r"\w+://")
COMMAS: Final = re.compile(r"\s*[,;\n]\s*")
BLANKS: Final = re.compile(r"\s+")


def tagged(value: object, *, by_blanks: bool = False) -> dict[str, str]:
    """`env:prod,web`, `["env:prod"]`, `[["env", "prod"]]`, `[{"tag": "env", "value": "prod"}]`, `{"env": "prod"}`, or
    any of these as JSON in a text. `by_blanks`: the tool has no tags with blanks in them."""
    found: dict[str, str] = {}
    alone: list[str] = []
    for name, said in _pairs(value, by_blanks):
        if said:
            found.setdefault(name, said)
        elif name and name not in alone:
            alone.append(name)
    return found | ({TAGS: ", ".join(alone)} if alone else {})


def _pairs(value: object, by_blanks: bool) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            yield from ((str(name), told) for name, said in value.items() if (told := _joined(said)))
        case list():
            for each in value:
                yield from _of_list(each)
        case str() if not unexpanded(value) and value.lstrip()[:1] in ("[", "{"):
            yield from _inner(value)
        case str() if not unexpanded(value):
            blanks = by_blanks and not COMMAS.search(value)
            yield from (_pair(part) for part in (BLANKS if blanks else COMMAS).split(value.strip()) if part)
        case _:
            return


def _of_list(each: object) -> Iterator[tuple[str, str]]:
    match each:
        case str():
            yield _pair(each)
        case [str() as name, said, *_]:
            yield name, _scalar(said)
        case dict():
            name = next((text for part in NAME if (text := _scalar(each.get(part)))), "")
            yield name, next((text for part in VALUE if (text := _scalar(each.get(part)))), "")
        case _:
            return


def _inner(text: str) -> Iterable[tuple[str, str]]:
    try:
        return list(_pairs(msgspec.json.decode(text.encode("utf-8", "replace")), False))
    except (msgspec.DecodeError, RecursionError):
        return [_pair(part) for part in COMMAS.split(text.strip("[]{} ")) if part]


def _pair(tag: str) -> tuple[str, str]:
    """`env:prod` and `env=prod` are a name and its value; `prod` and an address are tags without one."""
    found = None if URL.match(tag) else PAIR.fullmatch(tag)
    return (found[1], found[2]) if found else (tag.strip(), "")


def _scalar(value: object) -> str:
    return text_of(value).strip() if isinstance(value, str | int | float) else ""


def _joined(value: object) -> str:
    return ", ".join(filter(None, map(_scalar, value))) if isinstance(value, list) else _scalar(value)


def first(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    """What the first of these labels says, whatever the case of its name."""
    folded = {name.casefold(): value.strip() for name, value in labels.items()}
    return next((folded[name] for name in names if folded.get(name)), "")
