"""Which image is meant: the one named, or the last that was well."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.deployment import Deployment, find_version, previous_good, versions
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Image
from bot.target import Target
from runbooks.docker_engine import look
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import KEEP

SHOWN: Final = 8
DIGITS: Final = re.compile(r"[0-9a-f]{6,64}")


async def wanted(
    engine: Engine,
    target: Target,
    params: Sequence[str],
    history: Sequence[Deployment],
    running: Image,
    now: datetime,
    healthy_for: timedelta,
) -> tuple[Image, bool]:
    """The image, and whether it has never been seen running here."""
    if not params:
        good = previous_good(history, running.id, healthy_for=healthy_for, now=now)
        if good is None:
            raise UserError(none_good(target, history, running, await tags_beside(engine, running)))
        return image_of(good), False
    try:
        return image_of(find_version(history, params)), False
    except UserError:
        local = await local_tag(engine, running, " ".join(params))
        if local is None:
            raise
        return local, True


def image_of(row: Deployment) -> Image:
    return Image(row.image_id, row.reference, row.version, row.digests)


async def local_tag(engine: Engine, running: Image, said: str) -> Image | None:
    """A tag of the running image's own repository, or a full reference, that the engine holds."""
    own = repository(running)
    for reference in (said, f"{own}:{said}" if own else ""):
        try:
            raw = await look.image(engine, reference) if reference and " " not in reference else None
        except EngineSaid:  # no reference at all: a person may type anything
            continue
        if raw:
            return look.image_words(raw, reference)
    return None


def repository(image: Image) -> str:
    """Whose other tags are its other versions: `127.0.0.1:5000/app` for `127.0.0.1:5000/app:v1`, with any tag or none.

    Of an image that bears no name here it is where its digest comes from; empty: nobody knows.
    """
    named = image.reference if not image.reference.startswith(("sha256:", KEEP)) else ""
    return bare(named or (image.digests[0] if image.digests else ""))


def bare(reference: str) -> str:
    """Without tag and digest."""
    head, slash, last = reference.partition("@")[0].rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


async def tags_beside(engine: Engine, running: Image) -> list[str]:
    """The tags that the engine holds of the running image's repository, of other images; the newest image first."""
    own = repository(running)
    if not own:
        return []
    there = await engine.call(lambda api: api.images(name=own))
    others = sorted(
        (each for each in there if each["Id"] != running.id), key=lambda each: -int(each.get("Created") or 0)
    )
    tags = [str(tag) for each in others for tag in each.get("RepoTags") or []]
    return [tag.removeprefix(f"{own}:") for tag in tags if tag.startswith(f"{own}:")][:SHOWN]


def none_good(target: Target, history: Sequence[Deployment], running: Image, beside: Sequence[str] = ()) -> Phrase:
    """`beside`: tags that are on the engine, whether they ever ran or not."""
    values = {"service": target.service.name, "environment": target.environment.label}
    others = versions([each for each in history if each.image_id != running.id])
    if not others and beside:
        return Phrase(
            "I know of no earlier version of {service} in {environment}. On the engine there are: {known}. Name one.",
            {**values, "known": ", ".join(beside)},
        )
    if not others:
        return Phrase(
            "I know of no earlier version of {service} in {environment}. Name one: its tag or its image id.", values
        )
    return Phrase(
        "No earlier version of {service} in {environment} was seen healthy. Name one: {known}.",
        {**values, "known": ", ".join(others)},
    )


async def local(engine: Engine, running: Image, said: str) -> Image | None:
    """What the engine holds under this name: a tag of the running image's repository, a reference, an image id."""
    found = await local_tag(engine, running, said)
    if found is not None or not DIGITS.fullmatch(said.casefold().removeprefix("sha256:")):
        return found
    raw = await look.image(engine, said)
    return look.image_words(raw) if raw else None


def known(history: Sequence[Deployment], said: str) -> Image | None:
    """What the history knows under this name. Raises UserError when that may be several images."""
    try:
        return image_of(find_version(history, [said]))
    except UserError as error:
        if "ids" in error.phrase.values:
            raise
        return None


def same(target: Target, running: Image) -> Phrase:
    return Phrase(
        "{service} in {environment} already runs {image}.",
        {"service": target.service.name, "environment": target.environment.label, "image": running.name},
    )


async def pruned(engine: Engine, then: Image, history: Sequence[Deployment]) -> Phrase:
    left = [each for each in history if each.image_id != then.id and await look.image(engine, each.image_id)]
    values = {"image": then.name, "known": ", ".join(versions(left)) or "–"}
    return Phrase(
        "The image {image} was removed from the engine and no registry is known for it. Still there: {known}.", values
    )
