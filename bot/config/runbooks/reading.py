"""Plain data as a msgspec struct, or a problem with its path; and the structs as a Procedure."""

import re
from typing import Final, TypeVar

import msgspec

from bot.config.problems import Problems, Where, shown, unknown_key, unknown_name
from bot.config.runbooks.file import ConditionFile, FitFile, GotoFile, Headings, ParameterFile, StepFile
from bot.procedure import Act, Condition, Fit, Parameter, Procedure, ProcedureStep

AT: Final = re.compile(r"(?P<said>.*?)(?: - at `\$(?P<path>[^`]*)`)?", re.DOTALL)
STRANGE: Final = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
S = TypeVar("S", bound=msgspec.Struct)


def one(where: Where, value: object, model: type[S], problems: Problems) -> S | None:
    try:
        return msgspec.convert(value, model)
    except msgspec.ValidationError as error:
        found = AT.fullmatch(str(error))
        said = found["said"] if found else str(error)
        inner = _path((found["path"] if found else "") or "")
        strange = STRANGE.match(said)
        if strange is not None:
            known = _keys(model, inner)
            problems.add((*where, *inner, strange["name"]), unknown_key(strange["name"], known))
        else:
            problems.add((*where, *inner), _plain(said, inner))
        return None


def _path(text: str) -> Where:
    """`.parameters[...].about` and `[0].with` as keys and positions; what msgspec does not name is left out."""
    parts: list[str | int] = []
    for name, index in re.findall(r"\.([^.\[]+)|\[(\d+)\]", text):
        parts.append(name or int(index))
    return tuple(parts)


def _keys(model: type[msgspec.Struct], inner: Where) -> list[str]:
    """What may be written at `inner` below `model`."""
    below: dict[str, type[msgspec.Struct]] = {
        "if": ConditionFile, "unless": ConditionFile, "on_failure": GotoFile, "fits": FitFile,
        "parameters": ParameterFile,
    }  # fmt: skip
    named = [part for part in inner if isinstance(part, str) and part in below]
    return list((below[named[-1]] if named else model).__struct_encode_fields__)


def _plain(said: str, inner: Where) -> str:
    """msgspec's sentence in the words of the configuration's other problems."""
    if missing := re.match(r"Object missing required field `([^`]*)`", said):
        return f"`{missing[1]}` is missing"
    if strange := re.match(r"Invalid enum value '(.*)'", said, re.DOTALL):
        if inner[-1:] == ("do",):
            return unknown_name("action", strange[1], [each.value for each in Act])
        return f"'{shown(strange[1])}' is none of the words known here"
    return said[:1].lower() + said[1:]


def made_of(name: str, headings: Headings, steps: list[StepFile]) -> Procedure:
    fits = headings.fits
    return Procedure(
        name=name, title=headings.title, about=headings.about.strip(), guide=headings.guide, safe=headings.safe,
        steps=tuple(_step(at, each) for at, each in enumerate(steps)),
        parameters=tuple(
            Parameter(key, each.about, each.required, str(each.default)) for key, each in headings.parameters.items()
        ),
        fits=Fit(fits.title, tuple(fits.priorities), tuple(fits.environments), tuple(fits.services)) if fits else None,
    )  # fmt: skip


def _step(at: int, step: StepFile) -> ProcedureStep:
    goto = step.on_failure.goto if isinstance(step.on_failure, GotoFile) else ""
    return ProcedureStep(
        id=step.id or f"step-{at + 1}", title=step.title.strip(), do=step.do, ask=step.ask.strip(),
        given={name: str(value) for name, value in step.given.items()},
        only_if=_conditions(step.only_if), unless=_conditions(step.unless),
        on_failure="goto" if goto else str(step.on_failure), goto=goto,
        approval=step.approval, done=step.done.strip(), failed=step.failed.strip(),
    )  # fmt: skip


def _conditions(written: ConditionFile | list[ConditionFile]) -> tuple[Condition, ...]:
    listed = written if isinstance(written, list) else [written]
    return tuple(Condition(each.step, each.was, tuple(each.environments), each.given) for each in listed)
