"""What a small picture shows, as data: it can wait in a row, and be told in words to who does not see it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    BARS = "bars"  # lying bars, one group for each label
    COLUMNS = "columns"  # standing bars, one group for each label
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Series:
    """`values` one for each label, None where there is none; `texts` what stands at each bar, else the number."""

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """`labels` in reading order. `limit`: the end of the scale, a line is drawn there; None: as large as needed.

    `unit` stands at the scale. All words are in the reader's language already.
    """

    kind: Kind
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    limit: float | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Chart":
        """The inverse of `to_json`."""
        series = tuple(
            Series(each["name"], tuple(each["values"]), tuple(each.get("texts", ()))) for each in stored["series"]
        )
        whole = {**stored, "kind": Kind(stored["kind"]), "labels": tuple(stored["labels"]), "series": series}
        return cls(**whole)


def alt_text(chart: Chart) -> str:
    """The same for who does not see it: every label with its values."""
    told = []
    for at, label in enumerate(chart.labels):
        values = [f"{each.name} {text_of(each, at, chart.unit)}" for each in chart.series if at < len(each.values)]
        told.append(f"{label}: {', '.join(values)}")
    return f"{chart.title}. {'; '.join(told)}."


def text_of(series: Series, at: int, unit: str) -> str:
    """What stands at a bar."""
    if at < len(series.texts):
        return series.texts[at]
    value = series.values[at]
    return "—" if value is None else number(value, unit)


def number(value: float, unit: str) -> str:
    """Three digits that count, with the unit."""
    return f"{value:.3g} {unit}".rstrip()
