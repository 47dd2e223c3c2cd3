"""A procedure as it was written: its steps with their conditions, and the incidents it helps with."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from bot.procedure.catalogue import Act

PLACEHOLDER: Final = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
STOP: Final = "stop"
CONTINUE: Final = "continue"
ALWAYS_GIVEN: Final = frozenset({"environment", "service"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """What whoever starts it may tell: `version=v3`. `default` '' for none."""

    name: str
    about: str = ""
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """All that is set must hold. `step` is the id of a step and `was` how it ended: done, failed or skipped."""

    step: str = ""
    was: str = "done"
    environments: tuple[str, ...] = ()
    given: str = ""


@dataclass(frozen=True, slots=True)
class ProcedureStep:
    """`do` is what the desk does, with `given`; None: a person is asked `ask`. It is taken if all of `only_if` hold and
    none of `unless`, else skipped. `goto`: the step that a failure leads to; empty: `on_failure` is stop or continue.
    `approval`: yes is said by who may deploy there, and in a protected environment not by who began it. `done` and
    `failed`: the words on the two buttons below `ask`; empty: the usual ones.
    """

    id: str
    title: str
    do: Act | None = None
    ask: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    only_if: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    on_failure: str = STOP
    goto: str = ""
    approval: bool = False
    done: str = ""
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """The incidents it is suggested on. `title`: a regular expression on title and summary, case and accents apart."""

    title: str
    priorities: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Procedure:
    """One file. `guide` names the section of the guide; `safe`: it only looks, so that it may start by itself."""

    name: str
    title: str
    steps: tuple[ProcedureStep, ...]
    about: str = ""
    guide: str = ""
    parameters: tuple[Parameter, ...] = ()
    fits: Fit | None = None
    safe: bool = False

    @property
    def needs_place(self) -> bool:
        """Some step acts wherever it was started for."""
        free = (Act.PROMOTE, Act.STATUS)
        return any(
            step.do is not None and step.do not in free and "environment" not in step.given for step in self.steps
        )

    @property
    def parameter_names(self) -> list[str]:
        return [each.name for each in self.parameters]

    def position(self, id_: str) -> int:
        """Where the step stands, from 0. Raises StopIteration when there is none: files are checked when read."""
        return next(at for at, step in enumerate(self.steps) if step.id == id_)

    def to_json(self) -> dict[str, Any]:
        """As it is kept in the row of its run: a file that is edited later changes nothing there."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Procedure":
        """The inverse of `to_json`."""
        fits = stored["fits"]
        made = {
            "steps": tuple(_step(each) for each in stored["steps"]),
            "parameters": tuple(Parameter(**each) for each in stored["parameters"]),
            "fits": Fit(**{name: _tuple(value) for name, value in fits.items()}) if fits else None,
        }
        return cls(**{**stored, **made})


def filled(text: str, values: Mapping[str, str]) -> str:
    """`{version}` by its value; what was not given is empty."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def _step(stored: Mapping[str, Any]) -> ProcedureStep:
    made = {name: tuple(_condition(each) for each in stored[name]) for name in ("only_if", "unless")}
    return ProcedureStep(**{**stored, "do": Act(stored["do"]) if stored["do"] else None, **made})


def _condition(stored: Mapping[str, Any]) -> Condition:
    return Condition(**{name: _tuple(value) for name, value in stored.items()})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
