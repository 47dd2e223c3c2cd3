"""One Web API call: its arguments read with their types, and the error that answers it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.record import Json


class SlackError(Exception):
    """The `error` word of an answer with `ok: false`; `broken_rule` ones are noted as violations."""

    def __init__(self, error: str, *messages: str, broken_rule: bool = False, **more: object) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.broken_rule = broken_rule
        self.more = more


@dataclass(frozen=True, slots=True)
class Call:
    """A method and its arguments as they came (form strings or JSON values)."""

    method: str
    args: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        """A string argument."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean argument: true/false, 1/0."""
        value = self.args.get(name)
        return default if value is None else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """A whole number; SlackError invalid_arguments otherwise."""
        try:
            return int(self.args.get(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments", f"[ERROR] {name} must be a number", broken_rule=True) from None

    def json(self, name: str) -> Any:
        """An argument that is JSON, or was sent as a string of it; None when absent."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(f"invalid_{name}_format", broken_rule=True) from None

    def objects(self, name: str) -> list[Json] | None:
        """A list of objects; None when absent."""
        value = self.json(name)
        if value is not None and not isinstance(value, list):
            raise SlackError(f"invalid_{name}_format", broken_rule=True)
        return value

    def words(self, name: str) -> list[str]:
        """A comma-separated list, or a real one."""
        value = self.args.get(name) or []
        return [str(one) for one in value] if isinstance(value, list) else [w for w in str(value).split(",") if w]
