"""What will be done: actions, steps, and the frozen Plan that people approve and that is run, or refused."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from bot.deployment import short, version_name
from bot.phrase import Phrase


class ActionClass(StrEnum):
    """What a right is given for."""

    READ = "read"
    OPERATE = "operate"
    DEPLOY = "deploy"
    DESTROY = "destroy"


class Action(StrEnum):
    STATUS = "status"
    LOGS = "logs"
    RESTART = "restart"
    ROLLBACK = "rollback"
    DEPLOY = "deploy"
    PROMOTE = "promote"
    STOP = "stop"
    START = "start"
    PRUNE = "prune"
    SCALE = "scale"

    @property
    def action_class(self) -> ActionClass:
        return _CLASSES[self]


_CLASSES: Mapping[Action, ActionClass] = {
    Action.STATUS: ActionClass.READ,
    Action.LOGS: ActionClass.READ,
    Action.RESTART: ActionClass.OPERATE,
    Action.ROLLBACK: ActionClass.DEPLOY,
    Action.DEPLOY: ActionClass.DEPLOY,
    Action.PROMOTE: ActionClass.DEPLOY,
    Action.STOP: ActionClass.DESTROY,
    Action.START: ActionClass.OPERATE,
    Action.PRUNE: ActionClass.DESTROY,
    Action.SCALE: ActionClass.OPERATE,
}
REPLACING: Final = frozenset({Action.ROLLBACK, Action.DEPLOY, Action.PROMOTE})
"""Another container in the place of the present one, with a gate, and back by itself."""
FORWARD: Final = frozenset({Action.DEPLOY, Action.PROMOTE})
"""Something new comes: watched for a while afterwards."""
FROZEN: Final = FORWARD | {Action.RESTART}
"""What a freeze refuses. Going back, and starting what is down, stay allowed."""


class Step(StrEnum):
    """Steps in their order; `r-…` are those of putting the old container back. Stored as they are."""

    EVIDENCE = "evidence"
    PIN = "pin"
    CREATE = "create"
    CONNECT = "connect"
    NO_RESTART = "no-restart"
    STOP = "stop"
    RENAME_OLD = "rename-old"
    RENAME_NEW = "rename-new"
    START = "start"
    GATE = "gate"
    COMMIT = "commit"
    REMOVE_OLD = "remove-old"
    UNDO = "undo"
    R_RENAME_NEW = "r-rename-new"
    R_STOP_NEW = "r-stop-new"
    R_RENAME_OLD = "r-rename-old"
    R_POLICY = "r-policy"
    R_START_OLD = "r-start-old"
    R_GATE = "r-gate"
    R_REMOVE_NEW = "r-remove-new"
    RESTART = "restart"
    PRUNE = "prune"
    UPDATE = "update"
    SCALE = "scale"
    PAGE = "page"
    PAGE_SHOW = "page-show"
    PAGE_ASIDE = "page-aside"
    PAGE_END = "page-end"


class ChangeKind(StrEnum):
    IMAGE = "image"
    ENV = "env"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. Of variables and labels only the name is told: `before` and `after` say `set` or nothing."""

    kind: ChangeKind
    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """`id` is `sha256:…`; `digests` are `repository@sha256:…`, by which it may be pulled again.

    `id` is empty for an image that only a registry holds so far: then `digests` says which it is.
    """

    id: str
    reference: str = ""
    version: str = ""
    digests: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`v2 (3f2a91bc04de)`: what people call it, and what it really is."""
        really = self.id or (self.digests[0].partition("@")[2] if self.digests else "")
        called = version_name(self.version, self.reference, really)
        return called if called == short(really) else f"{called} ({short(really)})"


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, to exactly which container, on exactly which engine. Times in seconds.

    `asks`: a question to answer before approving (bind mounts over the image's code); `warnings`: to be read.
    `health_limit`: how long the new container gets to become healthy. `facts`: digests, who deployed what before.
    `subjects`: what else is acted on: ids of images to remove, the number of tasks wanted, or the image of the page
    that answers meanwhile.
    `schema`: the last migration that the service's database had when the plan was made; '': not known.
    Of a Swarm service `container` and `container_id` are its own, and `started_at` is its last change.
    """

    action: Action
    environment: str
    service: str
    engine: str
    engine_id: str
    container: str
    container_id: str
    image_now: Image
    image_then: Image
    steps: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    warnings: tuple[Phrase, ...] = ()
    asks: Phrase | None = None
    was_healthy: bool = True
    started_at: str = ""  # of the container, by the engine's clock: tells whether a restart took place
    pull: str = ""  # repository@digest, when the image is no longer on the engine
    expected_downtime: float = 0.0
    stop_limit: float = 0.0  # how much longer it takes at most when the old container does not end by itself
    health_limit: float = 0.0
    facts: tuple[Phrase, ...] = ()
    subjects: tuple[str, ...] = ()
    schema: str = ""

    def to_json(self) -> str:
        """Canonical JSON: keys sorted, no spaces, accents kept."""
        stored = asdict(self)
        stored["warnings"] = [warning.to_json() for warning in self.warnings]
        stored["asks"] = self.asks.to_json() if self.asks else None
        stored["facts"] = [fact.to_json() for fact in self.facts]
        return json.dumps(stored, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """The inverse of `to_json`. Raises ValueError, KeyError or TypeError when `text` is no plan."""
        stored: dict[str, Any] = json.loads(text)
        stored["action"] = Action(stored["action"])
        stored["image_now"] = _image(stored["image_now"])
        stored["image_then"] = _image(stored["image_then"])
        stored["steps"] = tuple(stored["steps"])
        stored["changes"] = tuple(Change(**{**each, "kind": ChangeKind(each["kind"])}) for each in stored["changes"])
        stored["warnings"] = tuple(Phrase.from_json(each) for each in stored["warnings"])
        stored["asks"] = Phrase.from_json(stored["asks"]) if stored["asks"] else None
        stored["facts"] = tuple(Phrase.from_json(each) for each in stored.get("facts", ()))
        stored["subjects"] = tuple(stored.get("subjects", ()))
        return cls(**stored)

    def fingerprint(self) -> str:
        """sha256 (hex) of the plan: an approval is bound to it."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def _image(stored: dict[str, Any]) -> Image:
    return Image(**{**stored, "digests": tuple(stored["digests"])})
