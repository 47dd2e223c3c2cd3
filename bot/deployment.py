"""What ran where and when, by the bot's own observation, and which version to go back to.

Tags move and the engine's events are few, so the history is our own table (measured in docker.md section 2): a row
per stretch of time during which a service ran one image. It never holds the container's environment variables.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from bot.errors import UserError
from bot.phrase import Phrase

KEPT_IMAGES: Final = 3
HEALTHY_FOR: Final = timedelta(seconds=30)
SHORTEST_PREFIX: Final = 4


class Source(StrEnum):
    """How we came to know of it."""

    OBSERVED = "observed"  # found running: somebody deployed it by other means
    ROLLBACK = "rollback"  # this bot put it back there
    DEPLOY = "deploy"  # this bot put it there


WATCHED_FOR: Final = timedelta(minutes=10)
"""After something new was put in place (guide section 3.2, monitoring after a deployment)."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """Nothing new in this environment until then; `by` is a person's id, or the key of a window of the file."""

    environment: str
    by: str
    since: datetime
    until: datetime
    reason: str = ""
    planned: bool = False  # by the configuration


class WatchState(StrEnum):
    """Of the minutes after a deployment."""

    WATCHING = "watching"
    WELL = "well"  # until the end
    ILL = "ill"  # going back was proposed
    OVER = "over"  # something else was put in its place meanwhile


@dataclass(frozen=True, slots=True)
class Observation:
    """What an engine showed of one service at one moment. Ids are `sha256:…`; `digests` are `repository@sha256:…`."""

    environment: str
    service: str
    engine_id: str
    image_id: str
    reference: str
    digests: tuple[str, ...]
    version: str
    container_id: str
    healthy: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Deployment:
    """One stretch. Healthy from `healthy_since` to `healthy_until` (both None: health not yet proved)."""

    environment: str
    service: str
    image_id: str
    reference: str
    digests: tuple[str, ...]
    version: str
    container_id: str
    first_seen: datetime
    last_seen: datetime
    healthy_since: datetime | None = None
    healthy_until: datetime | None = None
    source: str = Source.OBSERVED
    actor: str = ""

    def proved(self, healthy_for: timedelta, now: datetime) -> bool:
        """Was it once healthy for that long? A short flash of health before a crash proves nothing."""
        if self.healthy_since is None or self.healthy_until is None:
            return False
        return min(self.healthy_until, now) - self.healthy_since >= healthy_for

    @property
    def name(self) -> str:
        """What people call it: its version, else the tag's end, else the short image id."""
        return version_name(self.version, self.reference, self.image_id)


def version_name(version: str, reference: str, image_id: str) -> str:
    """`v2` for the label `v2` or for `ecotrajet:v2`; `3f2a91bc04de` for an image without any name."""
    if version:
        return version
    tag = reference.rpartition("/")[2].partition("@")[0].partition(":")[2]
    return tag or short(image_id)


def short(image_id: str) -> str:
    """The twelve digits that `docker images` shows."""
    return image_id.removeprefix("sha256:")[:12]


def record(
    latest: Deployment | None,
    seen: Observation,
    *,
    healthy_for: timedelta = HEALTHY_FOR,
    source: str = Source.OBSERVED,
    actor: str = "",
) -> Deployment:
    """The row after `seen`: the same stretch grown longer (same `first_seen`), or a new one for another image."""
    if latest is None or latest.image_id != seen.image_id:
        healthy = seen.seen_at if seen.healthy else None
        return Deployment(
            environment=seen.environment,
            service=seen.service,
            image_id=seen.image_id,
            reference=seen.reference,
            digests=seen.digests,
            version=seen.version,
            container_id=seen.container_id,
            first_seen=seen.seen_at,
            last_seen=seen.seen_at,
            healthy_since=healthy,
            healthy_until=healthy,
            source=source,
            actor=actor,
        )
    grown = replace(latest, container_id=seen.container_id, last_seen=seen.seen_at, digests=seen.digests)
    if seen.healthy:
        return replace(grown, healthy_since=grown.healthy_since or seen.seen_at, healthy_until=seen.seen_at)
    if grown.proved(healthy_for, seen.seen_at):
        return grown  # it was good once; being ill today does not undo that
    return replace(grown, healthy_since=None, healthy_until=None)


def previous_good(
    history: Sequence[Deployment], running_image_id: str, *, healthy_for: timedelta, now: datetime
) -> Deployment | None:
    """The last *other* image that was healthy for `healthy_for`, and that no rollback has left since.

    So a second rollback goes further back instead of forward to what was just left. None: nothing to go back to.
    """
    ordered = sorted(history, key=lambda each: (each.first_seen, each.last_seen))
    left: set[str] = set()
    for before, after in pairwise(ordered):
        left.discard(after.image_id)
        if after.source == Source.ROLLBACK and before.image_id != after.image_id:
            left.add(before.image_id)
    good = [
        each
        for each in ordered
        if each.image_id not in left | {running_image_id} and each.proved(healthy_for, now) and each.first_seen <= now
    ]
    return max(good, key=lambda each: each.last_seen, default=None)


def find_version(history: Sequence[Deployment], words: Sequence[str]) -> Deployment:
    """The version a person named: its label, tag, full reference, digest or the beginning of its image id.

    Raises UserError with the versions known when nothing, or more than one image, answers to it.
    """
    said = " ".join(words).strip()
    newest = sorted(history, key=lambda each: each.last_seen, reverse=True)
    images: dict[str, Deployment] = {}
    for each in newest:
        if _is_named(each, said):
            images.setdefault(each.image_id, each)
    # A tag may have moved: then the version that was seen last under this very name is not alone.
    if len(images) > 1:
        ids = ", ".join(short(image) for image in images)
        raise UserError(
            Phrase("“{said}” may mean several images: {ids}. Name one by its id.", {"said": said, "ids": ids})
        )
    if not images:
        raise UserError(_unknown(said, newest))
    return next(iter(images.values()))


def versions(history: Sequence[Deployment]) -> list[str]:
    """Names of every image ever seen, the latest first, each once."""
    newest = sorted(history, key=lambda each: each.last_seen, reverse=True)
    return list(dict.fromkeys(each.name for each in newest))


def to_keep(
    history: Sequence[Deployment], running_image_id: str, *, healthy_for: timedelta, now: datetime
) -> list[str]:
    """Image ids to protect from `docker image prune`: what runs and the last good ones, KEPT_IMAGES in all."""
    newest = sorted(history, key=lambda each: each.last_seen, reverse=True)
    good = [each.image_id for each in newest if each.proved(healthy_for, now)]
    return list(dict.fromkeys([running_image_id, *good]))[:KEPT_IMAGES]


def _is_named(each: Deployment, said: str) -> bool:
    bare = said.casefold().removeprefix("sha256:")
    prefix = len(bare) >= SHORTEST_PREFIX and each.image_id.removeprefix("sha256:").startswith(bare)
    digests = {digest.partition("@")[2] for digest in each.digests} | set(each.digests)
    names = {each.version, each.reference, each.name, version_name("", each.reference, each.image_id)}
    return prefix or said in digests or said.casefold() in {name.casefold() for name in names if name}


def _unknown(said: str, newest: Sequence[Deployment]) -> Phrase:
    if not newest:
        return Phrase("No version of this service has been seen yet, so there is none to go back to.")
    known = ", ".join(versions(newest))
    return Phrase("I have never seen version “{said}” here. Seen so far: {known}.", {"said": said, "known": known})
