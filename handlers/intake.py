"""One body from the door to the desk: understood, then stored and acted upon at once."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import structlog

from bot.alert import Alert, AlertStatus
from bot.lifecycle import Letter, Received, Unavailable
from bot.phrase import Phrase
from handlers.refused import Delivery
from handlers.sources import NotUnderstood, Source

log = structlog.get_logger(__name__)


IsSignOfLife = Callable[[Alert], Awaitable[bool]]
"""Another tool's watchdog: noted as a sign of life, and no alert. Raises Unavailable."""


class Intake(Protocol):
    """What the door asks of `Lifecycle`; everything raises `Unavailable` when the database is away."""

    async def keep_body(self, source: str, headers: Mapping[str, str], body: bytes) -> int: ...

    async def take(self, letter: Letter) -> list[Received]: ...

    async def not_understood(self, body_id: int, source: str, why: Phrase) -> None: ...

    async def unread_bodies(self, older_than: timedelta) -> Sequence[tuple[int, str, Mapping[str, str], bytes]]:
        """(id, source, headers, body) of what was stored that long ago and never read; the oldest few."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    received: Sequence[Received]


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Stored, and shown to people. `our_fault`: the sender did nothing wrong."""

    path: str
    phrase: Phrase
    our_fault: bool = False


async def take(
    intake: Intake, source: Source, delivery: Delivery, is_sign_of_life: IsSignOfLife | None = None
) -> Taken | NotTaken:
    """Safe to repeat: alerts that are known are counted. Raises Unavailable; `delivery.kept` says if it was stored.

    Understood before it is stored, so that body and effects are one transaction; before that nothing is answered.
    """
    try:
        alerts = source.read(delivery.body, delivery.headers)
        if is_sign_of_life is not None:
            alerts = [
                replace(each, status=AlertStatus.INFO) if await is_sign_of_life(each) else each for each in alerts
            ]
        age = timedelta(seconds=max(0, time.time() - delivery.came)) if delivery.came is not None else None
        letter = Letter(source.name, delivery.headers, delivery.body, alerts, delivery.kept, age)
        return Taken(await intake.take(letter))
    except NotUnderstood as error:
        result = NotTaken(error.path, error.phrase)
    except (Unavailable, OSError):
        raise
    except Exception:
        # Sent again it would break again: better a person reads it than that it is refused for ever.
        log.exception("a body broke the intake", source=source.name, body=delivery.kept)
        result = NotTaken("$", Phrase("The desk could not handle it; its log says why."), our_fault=True)
    if delivery.kept is None:
        delivery.kept = await intake.keep_body(source.name, delivery.headers, delivery.body)
    why = Phrase("{path}: {reason}", {"path": result.path, "reason": result.phrase})
    await intake.not_understood(delivery.kept, source.name, why)
    return result
