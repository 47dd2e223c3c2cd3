"""Every problem at once: where it is, what is wrong, and what was perhaps meant. Values are never shown."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from bot.errors import ConfigError
from bot.redaction import looks_secret
from bot.target import nearest

Where = tuple[str | int, ...]
"""Keys and positions from the top of the file."""

SENTENCES: Final[Mapping[str, str]] = {  # pydantic's error types in plain words
    "missing": "is missing",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "dict_type": "must be a mapping (`key: value` lines)",
    "model_type": "must be a mapping (`key: value` lines)",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}


class Problems:
    """Collects; `raise_any` raises them all as one ConfigError, in the file's order. One problem per place is told."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.lines: dict[Where, int] = {}
        self.holds_itself = False
        self._found: dict[tuple[Where, str], tuple[int, str]] = {}
        self._places: set[Where] = set()

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, where: Where, sentence: str, line: int | None = None) -> None:
        self._places.add(where)
        line = line or self._line(where)
        self._found[(where, sentence)] = (line, f" (line {line})" if line else "")

    def add_once(self, where: Where, sentence: str) -> None:
        """Unless something was said about this place already."""
        if where not in self._places:
            self.add(where, sentence)

    def add_invalid(self, where: Where, error: ValidationError, model: type[BaseModel]) -> None:
        """What pydantic found at and below `where`."""
        for each in error.errors(include_url=False, include_context=True, include_input=False):
            inner = tuple(part for part in each["loc"] if part != "[key]")
            kind = each["type"]
            if kind == "extra_forbidden":
                self.add_once((*where, *inner), unknown_key(str(inner[-1]), known_keys(model, inner[:-1])))
            elif kind == "literal_error" or kind == "enum":
                self.add_once((*where, *inner), f"must be one of {each.get('ctx', {}).get('expected', '')}")
            else:
                self.add_once((*where, *inner), SENTENCES.get(kind) or each["msg"].removeprefix("Value error, "))

    def listed(self) -> list[str]:
        ordered = sorted(self._found.items(), key=lambda item: item[1][0])
        return [f"{path(where) or self.name}: {sentence}{line}" for (where, sentence), (_, line) in ordered]

    def raise_any(self) -> None:
        if self._found:
            raise ConfigError(self.listed())

    def _line(self, where: Where) -> int:
        """The line of the key, or of the nearest one above it that stands in the file; 0: none does."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 0)


def path(where: Where) -> str:
    """`people.amina.phone`, `schedules.astreinte.rotations[0].starts`; a key that looks like a secret is hidden."""
    text = ""
    for part in where:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{shown(part)}" if text else shown(part)
    return text


def shown(name: str) -> str:
    """A name as it may be printed: somebody pastes a token into the wrong place sooner or later."""
    return "[hidden]" if looks_secret(name) else name


def unknown_key(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = nearest(name, names)
    return f"unknown key; did you mean `{near}`?" if near else f"unknown key; known here: {', '.join(names)}"


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """`there is no person 'amnia'; did you mean 'amina'?`"""
    names = list(known)
    near = nearest(name, names)
    hint = f"did you mean '{near}'?" if near else f"there are: {', '.join(names)}" if names else "none is configured"
    return f"there is no {kind} '{shown(name)}'; {hint}"


def known_keys(model: type[BaseModel], inner: Where) -> list[str]:
    """The keys of the model that lies at `inner` below `model`."""
    kind: Any = model
    for part in inner:
        if isinstance(part, int):  # a place in a list: its model is known already
            continue
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found = kind.model_fields.get(str(part))
            kind = found.annotation if found else None
        kind = _model_in(kind)
        if kind is None:
            return []
    return list(kind.model_fields)


def _model_in(kind: Any) -> type[BaseModel] | None:
    """The model inside `list[Model]`, `dict[str, Model]` or `Model | None`."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    inside = (_model_in(each) for each in getattr(kind, "__args__", ()))
    return next((each for each in inside if each is not None), None)
