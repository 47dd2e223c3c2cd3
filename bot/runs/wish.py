"""What a person asks for, and where that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.desk import Desk
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Action, ActionClass
from bot.runs import wording
from bot.target import Environment, Target, fold, promoted, resolve, resolve_all


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for: `words` name the target, and a version if they want one; `break_glass` is the reason."""

    action: Action
    words: Sequence[str]
    dry_run: bool = False
    break_glass: str | None = None
    confirm: str | None = None  # the environment's name, typed: for what takes a protected one away
    step: int | None = None  # of a runbook, which asks for it: once
    reason: str = ""  # why a promotion does not wait for its day


def aimed(wish: Wish, desk: Desk) -> tuple[Target, tuple[str, ...]]:
    """The target, and what of the words is left. Raises UserError when they name none, or more than one."""
    places, services = tuple(desk.environments.values()), tuple(desk.services.values())
    if wish.action is Action.PROMOTE:
        return promoted(wish.words, places, services)
    if wish.action is Action.PRUNE:  # a whole engine's: by whichever service is there
        found, rest = resolve_all(wish.words, places, services)
        if len({each.environment.name for each in found}) == 1:
            return found[0], rest
    return resolve(wish.words, places, services)


def really_meant(wish: Wish, environment: Environment) -> None:
    """Raises UserError unless the name of a protected environment was typed for what takes it away."""
    if wish.action.action_class is not ActionClass.DESTROY or not environment.protected:
        return
    if fold(wish.confirm or "") not in {fold(environment.name), fold(environment.label)}:
        values: dict[str, Value | Phrase] = {
            "action": wording.action_name(wish.action), "environment": environment.label, "name": environment.name,
        }  # fmt: skip
        raise UserError(
            Phrase(
                "{action} in {environment}: people feel that. Type its name to say that you mean it: add "
                "`--confirm {name}`. To see the plan only: `--dry-run`.",
                values,
            )
        )
