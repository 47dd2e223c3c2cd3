"""Images kept from `docker image prune` by a tag of ours (docker.md section 2; `prune -a` takes them all the same)."""

import re
from collections.abc import Sequence
from typing import Final

from bot.target import Target
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid, Gone
from runbooks.docker_engine.look import KEEP

TAG_LENGTH: Final = 12


def repository(target: Target) -> str:
    """`ecotrajet-keep/web-prod`: per environment, for two may share an engine."""
    plain = re.sub(r"[^a-z0-9]+", "-", f"{target.service.name}-{target.environment.name}".lower()).strip("-")
    return KEEP + plain


async def pin(engine: Engine, target: Target, image_id: str) -> None:
    """Raises Gone when the engine no longer holds it."""
    name, tag = repository(target), _tag(image_id)
    await engine.call(lambda api: api.tag(image_id, name, tag))


async def keep(engine: Engine, target: Target, image_ids: Sequence[str]) -> None:
    """Pin these, drop the target's other pins; an image that is gone already is passed over."""
    for image_id in image_ids:
        try:
            await pin(engine, target, image_id)
        except Gone:
            continue
    name, wanted = repository(target), {_tag(image_id) for image_id in image_ids}
    there = await engine.call(lambda api: api.images(name=name))
    for tag in (str(tag) for each in there for tag in each.get("RepoTags") or []):
        if tag.startswith(f"{name}:") and tag.rpartition(":")[2] not in wanted:
            await _drop(engine, tag)


async def _drop(engine: Engine, tag: str) -> None:
    try:
        await engine.call(lambda api: api.remove_image(tag, noprune=True))
    except EngineSaid:  # its last name, and a container uses it: it stays
        return


def _tag(image_id: str) -> str:
    return image_id.removeprefix("sha256:")[:TAG_LENGTH]
