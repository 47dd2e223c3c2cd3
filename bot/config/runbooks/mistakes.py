"""What no type says about a runbook: names that lead nowhere, actions told too little or too much."""

import re
from collections.abc import Collection, Iterator

from bot.config.problems import Where, unknown_key, unknown_name
from bot.postgres import Part
from bot.procedure import Act, Procedure, ProcedureStep
from bot.procedure.procedure import ALWAYS_GIVEN, PLACEHOLDER
from bot.procedure.suggestion import plain
from bot.runbook.looks import Probe
from bot.target import fold

Mistake = tuple[Where, str]


def mistakes(made: Procedure) -> Iterator[Mistake]:
    """Where, and what; nothing when the procedure can be walked through."""
    yield from _of_headings(made)
    ids = [step.id for step in made.steps]
    for at, step in enumerate(made.steps):
        if ids.index(step.id) != at:
            yield ("steps", at, "id"), f"written twice: step {ids.index(step.id) + 1} has it already"
        yield from (
            (("steps", at, *inner), said) for part in PARTS for inner, said in part(made, step)
        )  # fmt: skip


def _of_headings(made: Procedure) -> Iterator[Mistake]:
    if made.fits is not None:
        try:
            re.compile(plain(made.fits.title))
        except re.error as error:
            yield ("fits", "title"), f"not a regular expression: {error}"
    yield from ((("title",), said) for said in _unknown(made, made.title))
    for name in made.parameter_names:
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name) or name in ALWAYS_GIVEN:
            yield ("parameters", name), "is no good name: small letters, digits and _ only, not environment or service"


def _kind(made: Procedure, step: ProcedureStep) -> Iterator[Mistake]:
    if (step.do is None) == (not step.ask):
        yield (), "needs either `do` or `ask`, not both"
    elif step.do is None and step.given:
        yield ("with",), "only goes with `do`"
    elif step.do is not None and step.approval:
        yield ("approval",), "only goes with `ask`: an action asks for its approval by itself"
    elif step.do is not None and (step.done or step.failed):
        yield ("done" if step.done else "failed",), "only goes with `ask`: it is written on a button below the question"
    elif step.do is not None and not step.title:
        yield ("title",), "is missing: what people read while it happens"


def _act(made: Procedure, step: ProcedureStep) -> Iterator[Mistake]:
    if step.do is None:
        return
    for name in step.given:
        if name not in step.do.kind.known:
            yield ("with", name), unknown_key(name, step.do.kind.known)
    for name in sorted(step.do.kind.required - set(step.given)):
        yield ("with",), f"`{step.do}` needs `{name}`"
    look = step.given.get("look", "")
    if step.do is Act.EXEC and look and not PLACEHOLDER.search(look) and look not in set(Probe):
        yield ("with", "look"), unknown_name("look", look, list(Probe))
    if step.do is Act.DATABASE and look and not PLACEHOLDER.search(look) and look not in set(Part):
        yield ("with", "look"), unknown_name("look", look, list(Part))
    length = step.given.get("for", "")
    if length and not PLACEHOLDER.search(length) and not re.fullmatch(r"[1-9]\d*[smhd]", length):
        yield ("with", "for"), f"'{length}' is not a duration: write for example 30m, 2h or 3d"
    if made.safe and not step.do.only_looks:
        yield ("do",), "a runbook marked safe only looks: " + ", ".join(each for each in Act if each.only_looks)


def _jumps(made: Procedure, step: ProcedureStep) -> Iterator[Mistake]:
    ids = [each.id for each in made.steps]
    if step.goto and step.goto not in ids:
        yield ("on_failure", "goto"), unknown_name("step", step.goto, ids)
    for word, conditions in (("if", step.only_if), ("unless", step.unless)):
        for condition in conditions:
            if condition.step and condition.step not in ids:
                yield (word, "step"), unknown_name("step", condition.step, ids)
            if condition.given and condition.given not in made.parameter_names:
                yield (word, "given"), unknown_name("parameter", condition.given, made.parameter_names)


def _placeholders(made: Procedure, step: ProcedureStep) -> Iterator[Mistake]:
    texts: list[tuple[Where, str]] = [(("title",), step.title), (("ask",), step.ask)]
    texts += [(("done",), step.done), (("failed",), step.failed)]
    texts += [(("with", name), value) for name, value in step.given.items()]
    for inner, text in texts:
        yield from ((inner, said) for said in _unknown(made, text))


def _unknown(made: Procedure, text: str) -> Iterator[str]:
    known = [*made.parameter_names, *sorted(ALWAYS_GIVEN)]
    return (unknown_name("parameter", name, known) for name in PLACEHOLDER.findall(text) if name not in known)


def strange_places(made: Procedure, environments: Collection[str], services: Collection[str]) -> Iterator[Mistake]:
    """Names that mean nothing here (`environments`, `services`: folded words that do): such a condition never holds."""
    fits = made.fits
    asked: list[tuple[Where, str, str]] = []
    if fits is not None:
        asked += [(("fits", "environments"), "environment", each) for each in fits.environments]
        asked += [(("fits", "services"), "service", each) for each in fits.services]
    for at, step in enumerate(made.steps):
        for word, conditions in (("if", step.only_if), ("unless", step.unless)):
            named = [each for condition in conditions for each in condition.environments]
            asked += [(("steps", at, word, "environments"), "environment", each) for each in named]
        for name in sorted(ALWAYS_GIVEN & step.given.keys()):
            asked.append((("steps", at, "with", name), name, step.given[name]))
    known = {"environment": environments, "service": services}
    for where, kind, said in asked:
        if not PLACEHOLDER.search(said) and fold(said) not in known[kind]:
            yield where, unknown_name(kind, said, sorted(known[kind]))


PARTS = (_kind, _act, _jumps, _placeholders)
