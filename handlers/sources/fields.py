"""Looking into foreign JSON without trusting its shape: what is missing, null or of another type reads as nothing.

Paths are dotted (`incident.resource.labels`); a number is a place in a list. A field that a vendor changes one day must
not cost an alert: only what an alert cannot do without is refused, by the source itself.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from handlers.sources.body import moment, text_of

LATEST: Final = 4_102_444_800  # 2100-01-01 in seconds; larger numbers are milliseconds, microseconds or nanoseconds
DEEPEST: Final = 4


def at(content: object, path: str) -> object:
    """What stands there; None for nothing."""
    for name in path.split("."):
        if isinstance(content, dict):
            content = content.get(name)
        elif isinstance(content, list) and name.isdecimal() and int(name) < len(content):
            content = content[int(name)]
        else:
            return None
    return content


def text(content: object, *paths: str) -> str:
    """The first of these that says something; of an object or a list: nothing."""
    for path in paths:
        value = at(content, path)
        if isinstance(value, str | int | float) and (said := text_of(value).strip()):
            return said
    return ""


def mapping(content: object, *paths: str) -> dict[str, object]:
    """The first of these that is an object with something in it, else an empty one."""
    for path in paths:
        value = at(content, path)
        if isinstance(value, dict) and value:
            return value
    return {}


def sequence(content: object, path: str) -> list[object]:
    value = at(content, path)
    return value if isinstance(value, list) else []


def pairs(content: Mapping[str, object], prefix: str = "", depth: int = 1) -> dict[str, str]:
    """Names and values as labels: scalars, lists of scalars joined by commas, inner objects as `outer.inner`."""
    found: dict[str, str] = {}
    for name, value in content.items():
        match value:
            case None | "":
                continue
            case dict():
                if depth < DEEPEST:
                    found |= pairs(value, f"{prefix}{name}.", depth + 1)
            case list():
                if said := ", ".join(text_of(each) for each in value if isinstance(each, str | int | float)):
                    found[f"{prefix}{name}"] = said
            case _:
                found[f"{prefix}{name}"] = text_of(value)
    return found


def said(**labels: str) -> dict[str, str]:
    """Those that say something."""
    return {name: value for name, value in labels.items() if value}


def instant(content: object, *paths: str) -> datetime | None:
    """The first of these that is a time: ISO 8601, or a number since 1970; zero is no time."""
    for path in paths:
        value = at(content, path)
        found = moment(value.removesuffix(" UTC")) if isinstance(value, str) else None
        if found is None:
            found = _since_1970(text(content, path))
        if found is not None:
            return found
    return None


def _since_1970(said: str) -> datetime | None:
    try:
        number = float(said)
        if not 0 < number < LATEST * 1e9:  # neither zero, nor infinite, nor no number at all
            return None
        while number > LATEST:
            number /= 1000
        return datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def header(headers: Mapping[str, str], name: str) -> str:
    """By its name in any case; '' when it was not sent."""
    return next((value for each, value in headers.items() if each.lower() == name.lower()), "")


def joined(*parts: str) -> str:
    """A key of several parts, none of which can run into the next one; empty ones are left out."""
    return ":".join(part.replace("\\", "\\\\").replace(":", "\\:") for part in parts if part)
