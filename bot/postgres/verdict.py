"""How a database is: one light and one sentence for each part that was looked at, and what to type next. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.phrase import Phrase, Value
from bot.postgres.seen import Part
from bot.runbook import Light
from bot.runbook.diagnosis import Advice

WORST: Final = (Light.GREEN, Light.UNKNOWN, Light.YELLOW, Light.RED)
NAMES: Final = {
    Part.CONNECTIONS: Phrase("Connections"), Part.SLOW: Phrase("Slow queries"), Part.SIZES: Phrase("Sizes"),
    Part.LOCKS: Phrase("Locks"), Part.MIGRATIONS: Phrase("Migrations"), Part.RLS: Phrase("Row-level security"),
    Part.UPKEEP: Phrase("Upkeep"),
}  # fmt: skip
KIB: Final = 1024
UNITS: Final = (
    Phrase("{size} B"), Phrase("{size} KiB"), Phrase("{size} MiB"), Phrase("{size} GiB"), Phrase("{size} TiB"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    light: Light
    part: Part
    said: Phrase


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was kept of a look, with an incident."""

    about: str  # the database's name in the configuration
    taken_at: datetime
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `taken_at` as ISO 8601."""
        findings = [[each.light.value, each.part.value, each.said.to_json()] for each in self.findings]
        return {"about": self.about, "taken_at": self.taken_at.isoformat(), "findings": findings}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Remembered":
        """The inverse of `to_json`."""
        findings = [
            Finding(Light(light), Part(part), Phrase.from_json(said)) for light, part, said in stored["findings"]
        ]
        return cls(stored["about"], datetime.fromisoformat(stored["taken_at"]), tuple(findings))


def newest(kept: Sequence[Remembered]) -> Remembered:
    """One of several, newest first: of each part of the newest one's database what was seen last."""
    found: dict[Part, Finding] = {}
    for each in kept:
        if each.about == kept[0].about:
            found = {**{finding.part: finding for finding in each.findings}, **found}
    return Remembered(kept[0].about, kept[0].taken_at, tuple(found[part] for part in Part if part in found))


@dataclass(frozen=True, slots=True)
class Verdict:
    """`findings`: in the order of the parts. `headline`: the worst of them in a sentence."""

    findings: tuple[Finding, ...]
    advice: tuple[Advice, ...]
    unreachable: bool = False

    @property
    def light(self) -> Light:
        return worst(each.light for each in self.findings)

    @property
    def well(self) -> bool:
        return self.light is Light.GREEN

    @property
    def headline(self) -> Phrase:
        ill = max(self.findings, key=lambda each: WORST.index(each.light), default=None)
        if ill is None or (ill.light is Light.GREEN and len(self.findings) > 1):
            return Phrase("Nothing wrong is to be seen in the database.")
        if self.unreachable:  # it is about no part
            return ill.said
        return Phrase("{part}: {said}", {"part": NAMES[ill.part], "said": ill.said})


def worst(lights: Iterable[Light]) -> Light:
    return max(lights, key=WORST.index, default=Light.GREEN)


def amount(count: int) -> Phrase:
    """`48.3 MiB`, worded by whoever reads."""
    value, unit = float(count), 0
    while value >= KIB and unit < len(UNITS) - 1:
        value, unit = value / KIB, unit + 1
    shown: dict[str, Value | Phrase] = {"size": round(value, 1) if unit else count}
    return Phrase(UNITS[unit].msgid, shown)
