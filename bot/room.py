"""The Slack channel of one incident: when it is opened, what it is called, and the only moves it may make. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.incident import REOPEN_WITHIN, Priority
from bot.phrase import Phrase
from bot.target import fold

LONGEST_NAME: Final = 80  # Slack's own limit
LONGEST_SLUG: Final = 40  # what a sidebar shows on a desk; a phone shows less
TAGS: Final = re.compile(r"^(?:\s*\[[^\]]{0,40}\])+")  # [PROD] [CRITICAL]
MORE_NAMES: Final = 4
MOST_AT_ONCE: Final = 5
"""So many are opened of themselves within ONCE_IS: in a storm people need one place, not sixty."""
ONCE_IS: Final = timedelta(minutes=10)


class RoomState(StrEnum):
    WANTED = "wanted"
    OPEN = "open"  # it is there, and we know where
    ARCHIVED = "archived"  # by us when the incident was over, or by somebody's hand
    FAILED = "failed"  # Slack refuses: `why` says what is to be mended


ALLOWED: Final[Mapping[RoomState, frozenset[RoomState]]] = {  # from -> to
    RoomState.WANTED: frozenset({RoomState.OPEN, RoomState.FAILED}),
    RoomState.OPEN: frozenset({RoomState.ARCHIVED}),
    RoomState.ARCHIVED: frozenset({RoomState.WANTED}),
    RoomState.FAILED: frozenset({RoomState.WANTED}),
}


def may_come_from(to: RoomState) -> list[str]:
    """The states from which a move to `to` is allowed."""
    return [state.value for state, following in ALLOWED.items() if to in following]


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """`automatic`: priorities that get one without being asked. It is archived so long after the incident is over.
    `call`: an address in which `{number}` is the incident's.
    """

    automatic: frozenset[Priority] = frozenset({Priority.P1})
    prefix: str = "inc"
    archive_after: timedelta = REOPEN_WITHIN
    call: str = ""

    def call_of(self, number: int) -> str:
        """Where people talk about this incident; '' for nowhere."""
        return self.call.replace("{number}", str(number))


@dataclass(frozen=True, slots=True)
class Room:
    """One row of `incident_channel`. `since`: when it was asked for, by the real clock. `name` is decided before it is
    made. `topic`, `invited` (Slack ids) and `pinned` (a message's ts) and
    `bookmarks` (see `Bookmark`) are what was done there already.
    """

    incident: int
    state: RoomState
    asked_by: str
    since: datetime
    name: str = ""
    channel_id: str = ""
    topic: str = ""
    invited: tuple[str, ...] = ()
    pinned: str = ""
    bookmarks: tuple[str, ...] = ()
    starts: int = 0
    why: Phrase | None = None


class Bookmark(StrEnum):
    """The links above the channel, in this order."""

    CARD = "card"
    TIMELINE = "timeline"
    CALL = "call"
    RUNBOOK = "runbook"
    STATUS = "status"


def name_of(prefix: str, number: int, title: str) -> str:
    """`inc-0042-base-de-donnees`: lower case, without accents, cut between words."""
    words = re.findall(r"[a-z0-9]+", fold(TAGS.sub("", title)))
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:LONGEST_SLUG]
        if len(longer) > LONGEST_SLUG:
            break
        slug = longer
    return "-".join(part for part in (prefix, f"{number:04}", slug) if part)[:LONGEST_NAME]


def names_for(decided: str, wanted: str) -> list[str]:
    """Which to try, in order: the one written down already, the one wanted, then the same with -2, -3… since another
    channel, an archived one too, may have it."""
    more = [f"{wanted[: LONGEST_NAME - 2]}-{count}" for count in range(2, 2 + MORE_NAMES)]
    return list(dict.fromkeys(name for name in (decided, wanted, *more) if name))
