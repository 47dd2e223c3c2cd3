"""What is asked before a runbook begins: where, with what, and whether each of its steps will be allowed."""

from collections.abc import Iterator, Mapping, Sequence

from bot import access
from bot.audit import Actor
from bot.desk import Desk
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.procedure import Act, Procedure, filled
from bot.runbook import ActionClass
from bot.target import Environment, fold, promoted, resolve


def place_of(desk: Desk, procedure: Procedure, words: Sequence[str]) -> tuple[str, str]:
    """Ids of environment and service; both empty when no step acts on one and none was named."""
    if not words and not procedure.needs_place:
        return "", ""
    places, services = tuple(desk.environments.values()), tuple(desk.services.values())
    try:
        target, rest = resolve(words, places, services)
    except UserError:
        environment = next((each for each in places if words and fold(words[0]) in each.answers_to()), None)
        if procedure.needs_place or environment is None or len(words) > 1:
            raise
        return environment.name, ""  # nothing of ours runs there, and nothing of it is touched
    if rest:
        raise UserError(Phrase("I do not know “{word}” here.", {"word": rest[0]}))
    return target.environment.name, target.service.name


def allow(desk: Desk, by: Actor, procedure: Procedure, values: Mapping[str, str], confirm: str | None) -> None:
    """Asked for each step now, so that nobody is refused in the middle; asked again when the step comes."""
    for act, environment in _acts(desk, procedure, values):
        missing = access.why_not(desk.people, desk.teams, by.id, act.right, environment)
        if missing is not None:
            raise UserError(missing)
        _really_meant(act, environment, confirm)


def to_confirm(desk: Desk, procedure: Procedure, values: Mapping[str, str]) -> str:
    """The name to type, of the first protected environment that a step takes something away in; empty: none does."""
    taken = (place.name for act, place in _acts(desk, procedure, values) if _takes_away(act, place))
    return next(taken, "")


def _acts(desk: Desk, procedure: Procedure, values: Mapping[str, str]) -> Iterator[tuple[Act, Environment]]:
    """What the desk does, and where."""
    for step in procedure.steps:
        if step.do is not None:
            environment = _environment(desk, step.do, {**values, **_place_of(step.given, values)})
            if environment is not None:
                yield step.do, environment


def _takes_away(act: Act, environment: Environment) -> bool:
    return act.right is ActionClass.DESTROY and environment.protected


def _environment(desk: Desk, act: Act, values: Mapping[str, str]) -> Environment | None:
    """Where a step acts. Raises UserError when it names a place that is not there."""
    places, services = tuple(desk.environments.values()), tuple(desk.services.values())
    words = [word for word in (values.get("environment"), values.get("service")) if word]
    if act is Act.PROMOTE:
        return promoted(words, places, services)[0].environment
    if act.on_whole_environments or not words:
        return next((each for each in places if words and fold(words[0]) in each.answers_to()), None)
    return resolve(words, places, services)[0].environment


def _really_meant(act: Act, environment: Environment, confirm: str | None) -> None:
    if not _takes_away(act, environment):
        return
    if fold(confirm or "") not in {fold(environment.name), fold(environment.label)}:
        values: dict[str, Value | Phrase] = {"environment": environment.label, "name": environment.name}
        raise UserError(
            Phrase(
                "A step of it takes something away in {environment}: type its name to say that you mean it. Add "
                "`--confirm {name}`.",
                values,
            )
        )


def given_to(procedure: Procedure, given: Mapping[str, str]) -> dict[str, str]:
    """With the defaults. Raises UserError for what is unknown or missing."""
    known = {each.name: each for each in procedure.parameters}
    for name in given:
        if name not in known:
            values = {"word": name, "known": ", ".join(known) or "—"}
            raise UserError(Phrase("This runbook has no parameter “{word}”. It has: {known}.", values))
    values = {name: given.get(name) or each.default for name, each in known.items()}
    for name, each in known.items():
        if each.required and not values[name]:
            asked: dict[str, Value | Phrase] = {"word": name, "name": procedure.name, "about": each.about or name}
            raise UserError(Phrase("“{word}” is missing ({about}): `/ecotrajet runbook run {name} … {word}=…`.", asked))
    return values


def _place_of(given: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    return {name: filled(given[name], values) for name in ("environment", "service") if name in given}
