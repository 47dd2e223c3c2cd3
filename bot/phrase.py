"""A sentence for a person, before it is put in that person's language.

Words and use cases say *what* is to be told; `bot.language` says *how*, in French or English. A phrase is stored
as JSON beside the event it explains, so that it can be read in either language for ever after.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

Value = str | int | float | datetime | date | timedelta
"""What a sentence may hold: moments, days and durations are worded by the reader's language and zone."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """`msgid` is an English sentence of the catalogue, with `{named}` fields; `values` fills them."""

    msgid: str
    values: Mapping[str, "Value | Phrase"] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """`{"msgid": …, "values": {name: "a" | 3 | {"at": iso} | {"on": iso} | {"for": seconds} | {"msgid": …}}}`."""
        return {"msgid": self.msgid, "values": {name: _to_json(value) for name, value in self.values.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Phrase":
        """The inverse of `to_json`; raises ValueError when `stored` was not made by it."""
        msgid, values = stored.get("msgid"), stored.get("values", {})
        if not isinstance(msgid, str) or not isinstance(values, Mapping):
            raise ValueError("not a stored phrase")
        return cls(msgid, {str(name): _from_json(value) for name, value in values.items()})

    def __str__(self) -> str:
        """English, for logs and tests; people get `bot.language.say`."""
        return self.msgid.format_map({name: str(value) for name, value in self.values.items()})


def _to_json(value: "Value | Phrase") -> object:
    match value:
        case Phrase():
            return value.to_json()
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"on": value.isoformat()}
        case timedelta():
            return {"for": value.total_seconds()}
        case _:
            return value


def _from_json(value: object) -> "Value | Phrase":
    match value:
        case {"msgid": str(msgid), "values": dict(values)}:
            return Phrase.from_json({"msgid": msgid, "values": values})
        case {"at": str(moment)}:
            return datetime.fromisoformat(moment)
        case {"on": str(day)}:
            return date.fromisoformat(day)
        case {"for": int() | float() as seconds}:
            return timedelta(seconds=seconds)
        case str() | int() | float():
            return value
        case _:
            raise ValueError("not a stored phrase")
