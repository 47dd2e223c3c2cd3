"""What is left on the engine for whoever finds an action half done: names, and labels on the new container.

The names in the engine are the journal (docker.md section 3): `N.rb-new` made, not yet in place · `N.rb-old` set
aside · `N.rb-done` replaced for good · `N.rb-failed` on its way out. `N.rb-new` is also the lock between two desks.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

from runbooks.docker_engine import look
from runbooks.docker_engine.body import OWN
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.look import Seen

NEW: Final = ".rb-new"
OLD: Final = ".rb-old"
DONE: Final = ".rb-done"
FAILED: Final = ".rb-failed"


IN_FLIGHT: Final = 2.0  # seconds that the engine may take over a request whose sender has died


class Was(StrEnum):
    """How the old container was when the action began: that is what it has to be again."""

    WELL = "well"
    ILL = "ill"
    DOWN = "down"


def was(seen: Seen) -> Was:
    """Before anything is done to it."""
    if seen.running and seen.health in ("healthy", "none"):
        return Was.WELL
    return Was.ILL if seen.state in ("running", "restarting") else Was.DOWN


@dataclass(frozen=True, slots=True)
class Marks:
    """`policy`: the old container's restart policy, taken away while it is set aside."""

    fingerprint: str
    name: str
    replaces: str
    image_from: str
    image_to: str
    policy: Mapping[str, Any]
    was: Was
    nonce: str = field(default_factory=lambda: uuid4().hex)  # two desks may hold the same plan: only one made this

    def labels(self) -> dict[str, str]:
        return {
            f"{OWN}op": self.fingerprint,
            f"{OWN}target": self.name,
            f"{OWN}replaces": self.replaces,
            f"{OWN}from": self.image_from,
            f"{OWN}to": self.image_to,
            f"{OWN}restart": json.dumps(self.policy, sort_keys=True),
            f"{OWN}was": self.was.value,
            f"{OWN}nonce": self.nonce,
        }


def read(seen: Seen | None, name: str) -> Marks | None:
    """The marks of `seen`, None when it carries none for `name` (somebody else's container)."""
    labels = seen.labels if seen else {}
    if labels.get(f"{OWN}target") != name:
        return None
    return Marks(
        fingerprint=labels.get(f"{OWN}op", ""),
        name=name,
        replaces=labels.get(f"{OWN}replaces", ""),
        image_from=labels.get(f"{OWN}from", ""),
        image_to=labels.get(f"{OWN}to", ""),
        policy=json.loads(labels.get(f"{OWN}restart") or '{"Name": "no", "MaximumRetryCount": 0}'),
        was=Was(labels.get(f"{OWN}was", Was.WELL)),
        nonce=labels.get(f"{OWN}nonce", ""),
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """Every container that bears the name `name`, with or without a mark."""

    name: str
    main: Seen | None
    new: Seen | None
    old: Seen | None
    done: Seen | None
    failed: Seen | None

    @property
    def marked(self) -> tuple[Seen, ...]:
        """What an action half done has left, or somebody named so."""
        return tuple(each for each in (self.new, self.old, self.done, self.failed) if each is not None)

    @property
    def clean(self) -> bool:
        """Nothing left half done?"""
        return not self.marked


async def scene(engine: Engine, name: str) -> Scene:
    """As the engine shows it now."""
    found = [await look.container(engine, name + mark) for mark in ("", NEW, OLD, DONE, FAILED)]
    return Scene(name, *found)


async def appear(engine: Engine, name: str, before: str) -> bool:
    """Does a mark come up on a scene that showed none? Only the making of a container can be on its way then.

    The engine goes on with a request whose client was killed, and shows a container only once it is made. `before`:
    the container that the dead action was to replace; another one in its place says that the action had ended.
    """
    deadline = time.monotonic() + IN_FLIGHT
    while True:
        found = await scene(engine, name)
        if not found.clean:
            return True
        if found.main is None or found.main.id != before or time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.2)
