"""The actions that a step may name, and what each may be told: all that the desk can do, and nothing more."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.runbook import Action, ActionClass


class Act(StrEnum):
    """What a step does: `do: restart`."""

    STATUS = "status"
    LOGS = "logs"
    DIAGNOSE = "diagnose"
    STATS = "stats"
    TOP = "top"
    EXEC = "exec"
    PROBE = "probe"
    DATABASE = "database"
    VALIDATE = "validate"
    SECURITY = "security"
    COMPARE = "compare"
    RESTART = "restart"
    ROLLBACK = "rollback"
    DEPLOY = "deploy"
    PROMOTE = "promote"
    STOP = "stop"
    START = "start"
    SCALE = "scale"
    PRUNE = "prune"
    BACKUP = "backup"
    RESTORE = "restore"
    CUTOVER = "cutover"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    MAINTENANCE = "maintenance"

    @property
    def kind(self) -> "ActKind":
        return CATALOGUE[self]

    @property
    def action(self) -> Action | None:
        """The action on containers; None for what is none, or only looks into one."""
        return Action(self.value) if self.value in set(Action) else None

    @property
    def right(self) -> ActionClass:
        """What whoever starts the procedure must be allowed to do."""
        if self.action is not None:
            return self.action.action_class
        return _RIGHTS.get(self, ActionClass.READ)

    @property
    def on_whole_environments(self) -> bool:
        """It asks for no service."""
        return self in ENVIRONMENTS

    @property
    def only_looks(self) -> bool:
        return self.right is ActionClass.READ


ENVIRONMENTS: Final = frozenset(
    {Act.STATUS, Act.BACKUP, Act.RESTORE, Act.CUTOVER, Act.FREEZE, Act.UNFREEZE, Act.MAINTENANCE}
)
_RIGHTS: Final = {
    Act.BACKUP: ActionClass.OPERATE,
    Act.FREEZE: ActionClass.DEPLOY,
    Act.UNFREEZE: ActionClass.DEPLOY,
    Act.MAINTENANCE: ActionClass.OPERATE,
    Act.RESTORE: ActionClass.DESTROY,
    Act.CUTOVER: ActionClass.DESTROY,
}


@dataclass(frozen=True, slots=True)
class ActKind:
    """`required` and `optional` are the names under `with`; `place`: it may be told another environment or service.

    `words`: which of them follow environment and service, in the order of the command's words.
    """

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    @property
    def known(self) -> frozenset[str]:
        return self.required | self.optional | PLACE


PLACE: Final = frozenset({"environment", "service"})
CATALOGUE: Final[Mapping[Act, ActKind]] = {
    Act.STATUS: ActKind(),  # fails unless every service it looks at is green
    Act.LOGS: ActKind(optional=frozenset({"tail", "grep", "since"})),  # shows the last lines, secrets hidden
    Act.DIAGNOSE: ActKind(),  # fails when something wrong is to be seen; kept with the open incident
    Act.STATS: ActKind(),
    Act.TOP: ActKind(),
    Act.EXEC: ActKind(required=frozenset({"look"}), optional=frozenset({"grep"})),  # disk, processes, ports or env
    Act.PROBE: ActKind(optional=frozenset({"name"})),  # fails unless every probe meant passes now, and quickly enough
    # All, or one part; fails unless it is green. `optional: "yes"`: done when no database is configured there.
    Act.DATABASE: ActKind(optional=frozenset({"look", "optional"})),
    Act.VALIDATE: ActKind(),  # fails when a required variable is missing, or what it names does not answer
    Act.SECURITY: ActKind(),  # fails when critical or high vulnerabilities are known
    Act.RESTART: ActKind(),
    Act.ROLLBACK: ActKind(optional=frozenset({"version"}), words=("version",)),
    Act.DEPLOY: ActKind(required=frozenset({"version"}), words=("version",)),
    Act.PROMOTE: ActKind(optional=frozenset({"reason"})),  # why it does not wait for the weekly train's day
    Act.STOP: ActKind(),
    Act.START: ActKind(),
    Act.SCALE: ActKind(required=frozenset({"number"}), words=("number",)),
    Act.PRUNE: ActKind(),
    Act.COMPARE: ActKind(required=frozenset({"against"})),  # with another environment; fails when they differ
    Act.FREEZE: ActKind(required=frozenset({"for"}), optional=frozenset({"reason"})),  # nothing new there for so long
    Act.UNFREEZE: ActKind(),
    Act.MAINTENANCE: ActKind(required=frozenset({"for"}), optional=frozenset({"reason"})),  # announced; alerts wait
    Act.BACKUP: ActKind(),  # of the environment's database; done when the dump is in its bucket
    # Of the last good dump from before the runbook began, or of `backup` (a day, an object), into a new database
    # beside; done when it holds what was dumped.
    Act.RESTORE: ActKind(optional=frozenset({"backup"})),
    Act.CUTOVER: ActKind(),  # puts that one in the old one's place, which keeps its data under another name
}
