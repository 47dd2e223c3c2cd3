"""A value that hides itself: in logs, cards, exceptions and reprs it reads `[hidden]`."""

from typing import Final

HIDDEN: Final = "[hidden]"


class Secret:
    """Grep for `.reveal()` to see every use."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))
