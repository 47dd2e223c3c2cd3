"""The look before a plan: everything about one container that decides whether, and how, it can be replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from docker import APIClient

from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Plan
from bot.target import Target
from runbooks.docker_engine import look, marks
from runbooks.docker_engine.body import COMPOSE
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import Raw, Seen, moment

ADDED: Final = 1  # the kind of a change in `docker diff`
VOLATILE: Final = ("/tmp", "/var/tmp", "/run", "/var/run", "/var/cache", "/var/log", "/proc", "/dev", "/sys")  # noqa: S108 - names, not files of ours
SECRETS: Final = "/run/secrets/"
PLACED_WITHIN: Final = timedelta(seconds=3)
LOOKED_AT: Final = 40


@dataclass(frozen=True, slots=True)
class Survey:
    """`image`: the running image's inspection; `written`: paths in its own layer; `beside`: others it touches."""

    seen: Seen
    image: Raw
    engine_id: str
    written: tuple[str, ...]
    beside: Phrase | None = None

    @property
    def config(self) -> Mapping[str, Any]:
        """What the image itself sets."""
        return self.image.get("Config") or {}


async def of(engine: Engine, target: Target, *, to_replace: bool) -> Survey:
    """Raises UserError, with what to do, for what can never be acted on; `to_replace`: it will be made anew."""
    seen = await look.find(engine, target)
    await _no_leftovers(engine, seen)
    if "com.docker.swarm.service.id" in seen.labels:
        raise UserError(
            Phrase("{container} is kept by Docker Swarm: act on its service, not on it.", {"container": seen.name})
        )
    if seen.state == "paused":
        raise UserError(Phrase("{container} is paused: unpause it first.", {"container": seen.name}))
    image = await look.image(engine, seen.image_id)
    if to_replace:
        _may_be_replaced(seen, image)
        await _stands_alone(engine, seen)
    written = await _written(engine, seen) if to_replace else ()
    if to_replace and _compose_version(seen) >= 2:
        await _nothing_placed_by_compose(engine, seen, written)
    beside = await _sharing(engine, seen) if to_replace else None
    return Survey(seen, image or {}, await engine.identity(), written, beside)


async def unchanged(engine: Engine, plan: Plan) -> Seen:
    """The container of the plan, as it was. Raises UserError when the world has changed since."""
    if await engine.identity() != plan.engine_id:
        raise UserError(
            Phrase("Another Docker engine answers as “{engine}” than the plan was made for.", {"engine": plan.engine})
        )
    seen = await look.container(engine, plan.container)
    if seen is None or (seen.id, seen.image_id) != (plan.container_id, plan.image_now.id):
        raise UserError(
            Phrase(
                "{container} has changed since the plan was made. Ask for a fresh plan.", {"container": plan.container}
            )
        )
    await _no_leftovers(engine, seen)
    return seen


async def _no_leftovers(engine: Engine, seen: Seen) -> None:
    if not (await marks.scene(engine, seen.name)).clean:
        raise UserError(
            Phrase(
                "An action on {container} is going on, or is being repaired after an interruption. Wait a minute.",
                {"container": seen.name},
            )
        )


def _may_be_replaced(seen: Seen, image: Raw | None) -> None:
    if seen.raw["HostConfig"].get("AutoRemove"):
        raise UserError(
            Phrase(
                "{container} was started with --rm: stopping it deletes it and its data. Start it without --rm first.",
                {"container": seen.name},
            )
        )
    if image is None:
        raise UserError(
            Phrase(
                "The image {container} was made from is no longer on the engine: its own settings cannot be told apart."
                " Deploy it by hand once.",
                {"container": seen.name},
            )
        )


async def _stands_alone(engine: Engine, seen: Seen) -> None:
    """A container that lives in this one's network, IPC or PID namespace is bound to its id and would be cut off."""
    there = await engine.call(lambda api: api.containers(all=True))
    shared = f"container:{seen.id}"
    bound = []
    for each in there:
        other = await look.container(engine, str(each["Id"]))
        host = other.raw["HostConfig"] if other else {}
        if other and shared in (host.get("NetworkMode"), host.get("IpcMode"), host.get("PidMode")):
            bound.append(other.name)
    if bound:
        raise UserError(
            Phrase(
                "{names} lives inside {container} (shared network or processes) and would be cut off."
                " Remove it first, and start it again afterwards.",
                {"names": ", ".join(bound), "container": seen.name},
            )
        )


async def _sharing(engine: Engine, seen: Seen) -> Phrase | None:
    """Other running containers that hold one of its volumes or folders: they meet what the other version writes."""
    mine = {stored for mount in seen.mounts if (stored := _stored(mount))}
    found: dict[str, set[str]] = {}
    for each in await engine.call(lambda api: api.containers()) if mine else []:
        both = mine & {_stored(mount) for mount in each.get("Mounts") or []}
        if both and each["Id"] != seen.id:
            found[str(each["Names"][0]).lstrip("/")] = both
    if not found:
        return None
    return Phrase(
        "{names} use {volumes} as well: they meet what the other version writes there.",
        {"names": ", ".join(sorted(found)), "volumes": ", ".join(sorted(set().union(*found.values())))},
    )


def _stored(mount: Raw) -> str:
    """A volume by its name, a folder of the host by its path; '' for what is no place to write to."""
    if mount.get("Type") == "volume":
        return str(mount.get("Name") or "")
    source = str(mount.get("Source") or "")
    return source if mount.get("Type") == "bind" and mount.get("RW") and not source.endswith(".sock") else ""


async def _written(engine: Engine, seen: Seen) -> tuple[str, ...]:
    """New files of the container's own layer, leaves only, outside of what is thrown away anyway."""
    try:
        changes = await engine.call(lambda api: api.diff(seen.id) or [])
    except EngineSaid:
        return ()
    paths = sorted(str(each["Path"]) for each in changes if each.get("Kind") == ADDED)
    folders = {path.rpartition("/")[0] for path in paths}
    leaves = [path for path in paths if path not in folders]
    return tuple(path for path in leaves if path.startswith(SECRETS) or not path.startswith(VOLATILE))


def _compose_version(seen: Seen) -> int:
    major = seen.labels.get(f"{COMPOSE}version", "").partition(".")[0]
    return int(major) if major.isdigit() else 0


async def _nothing_placed_by_compose(engine: Engine, seen: Seen, written: Sequence[str]) -> None:
    """Compose v2 copies inline `configs:` and `secrets:` into the container before its start; inspect does not show
    them and they would be lost without a word (docker.md section 1)."""
    placed = [path for path in written[:LOOKED_AT] if path.startswith(SECRETS) or await _at_birth(engine, seen, path)]
    if placed:
        raise UserError(
            Phrase(
                "Compose put files into {container} ({paths}) that a new container would lack."
                " Roll back with Compose itself: set the old tag and `docker compose up -d`.",
                {"container": seen.name, "paths": ", ".join(placed[:5])},
            )
        )


async def _at_birth(engine: Engine, seen: Seen, path: str) -> bool:
    def changed_at(api: APIClient) -> str:
        stream, stat = api.get_archive(seen.id, path)
        getattr(stream, "close", lambda: None)()
        return str(stat.get("mtime") or "")

    try:
        changed = moment(await engine.call(changed_at))
    except (EngineSaid, ValueError):
        return False
    created = moment(str(seen.raw["Created"]))
    return bool(changed and created and changed <= created + PLACED_WITHIN)
