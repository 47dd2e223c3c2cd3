"""Small checks from which the Block Kit rules are put together.

Each yields problems in Slack's words, with a JSON pointer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

Check = Callable[[object, str], Iterator[str]]


def problem(what: str, at: str) -> str:
    """The wording of Slack's `response_metadata.messages`."""
    return f"[ERROR] {what} [json-pointer:{at}]"


def string(most: int, least: int = 0) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must be a string", at)
        elif len(value) > most:
            yield problem(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            yield problem(f"must be more than {least - 1} characters", at)

    return check


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: object, at: str) -> Iterator[str]:
        if value not in allowed:
            yield problem(f"must be one of: {', '.join(allowed)}", at)

    return check


def boolean(value: object, at: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield problem("must be a boolean", at)


def number(value: object, at: str) -> Iterator[str]:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        yield problem("must be a number", at)


def anything(_value: object, _at: str) -> Iterator[str]:
    """Whatever it is: not looked at."""
    return iter(())


def items(check: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` things."""

    def checked(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must be an array", at)
            return
        if len(value) > most:
            yield problem(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield problem(f"no fewer than {least} items allowed", at)
        for index, one in enumerate(value):
            yield from check(one, f"{at}/{index}")

    return checked


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with required and optional fields and no others."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)

    def __call__(self, value: object, at: str) -> Iterator[str]:
        """The problems of one object."""
        if not isinstance(value, dict):
            yield problem("must be an object", at)
            return
        for name in self.required:
            if name not in value:
                yield problem(f"missing required field: {name}", at)
        for name, inner in value.items():
            check = self.required.get(name) or self.optional.get(name)
            if check is None:
                yield problem(f"invalid additional property: {name}", at)
            else:
                yield from check(inner, f"{at}/{name}")


def by_type(shapes: Mapping[str, Check], allowed: frozenset[str] | None = None) -> Check:
    """An object whose `type` says which of the shapes it must have."""

    def check(value: object, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in shapes or (allowed is not None and kind not in allowed):
            yield problem(f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from shapes[kind](value, at)

    return check


def text(most: int, *, plain: bool = False, least: int = 1) -> Check:
    """A text object; `plain` ones may not be mrkdwn."""
    kinds: dict[str, Check] = {
        "plain_text": Shape({"type": anything, "text": string(most, least)}, {"emoji": boolean}),
        "mrkdwn": Shape({"type": anything, "text": string(most, least)}, {"verbatim": boolean}),
    }
    return by_type(kinds, frozenset({"plain_text"}) if plain else None)
