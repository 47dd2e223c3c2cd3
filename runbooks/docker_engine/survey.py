"""The look before a plan: everything about one container that decides whether, and how, it can be replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from docker import APIClient

from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import REPLACING, Action, Plan
from bot.target import Target
from runbooks.docker_engine import company, look, marks
from runbooks.docker_engine.body import COMPOSE
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import Raw, Seen, moment

ADDED: Final = 1  # the kind of a change in `docker diff`
VOLATILE: Final = ("/tmp", "/var/tmp", "/run", "/var/run", "/var/cache", "/var/log", "/proc", "/dev", "/sys")  # noqa: S108 - names, not files of ours
SECRETS: Final = "/run/secrets/"
PLACED_WITHIN: Final = timedelta(seconds=3)
LOOKED_AT: Final = 40
INIT: Final = "/sbin/docker-init"  # put there by the engine for `--init`


@dataclass(frozen=True, slots=True)
class Survey:
    """`image`: the running image's inspection; `written`: paths in its own layer; `beside`: of others it touches."""

    seen: Seen
    image: Raw
    engine_id: str
    written: tuple[str, ...]
    beside: tuple[Phrase, ...] = ()

    @property
    def config(self) -> Mapping[str, Any]:
        """What the image itself sets."""
        return self.image.get("Config") or {}


async def of(
    engine: Engine, target: Target, *, to_replace: bool, to_wake: bool = False, to_stop: bool = False
) -> Survey:
    """Raises UserError, with what to do, for what can never be acted on.

    `to_replace`: it will be made anew; `to_wake`: it may be paused; `to_stop`: it will not be started again.
    """
    seen = await look.find(engine, target)
    await _no_leftovers(engine, seen)
    if "com.docker.swarm.service.id" in seen.labels:
        raise UserError(
            Phrase("{container} is kept by Docker Swarm: act on its service, not on it.", {"container": seen.name})
        )
    if not to_wake:
        _not_paused(seen, target.environment.name, target.service.name)
    image = await look.image(engine, seen.image_id)
    others = await company.others_of(engine, seen)
    if not to_stop:
        company.has_its_host(seen, others)
    if not to_replace:
        return Survey(
            seen, image or {}, await engine.identity(), (), tuple(filter(None, [company.cut_off(seen, others)]))
        )
    _may_be_replaced(seen, image)
    company.stands_alone(seen, others)
    written = await _written(engine, seen)
    if _compose_version(seen) >= 2:
        await _nothing_placed_by_compose(engine, seen, written)
    beside = tuple(filter(None, [company.apart(seen), await company.sharing(engine, seen)]))
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
    if plan.action is not Action.START:
        _not_paused(seen, plan.environment, plan.service)
        _not_stopped_since(seen, plan)
    if plan.action is not Action.STOP:
        others = await company.others_of(engine, seen)
        company.has_its_host(seen, others)
        if plan.action in REPLACING:
            company.stands_alone(seen, others)
    return seen


def _not_paused(seen: Seen, environment: str, service: str) -> None:
    if seen.state == "paused":
        values = {"container": seen.name, "command": f"/ecotrajet start {environment} {service}"}
        raise UserError(Phrase("{container} is paused: wake it first, by `{command}`.", values))


def _not_stopped_since(seen: Seen, plan: Plan) -> None:
    """What crashes is started again by its engine under these policies: so a person took it away on purpose."""
    if plan.was_healthy and seen.state == "exited" and seen.policy["Name"] in ("always", "unless-stopped"):
        raise UserError(
            Phrase("{container} was stopped since the plan was made. Ask for a fresh plan.", {"container": seen.name})
        )


async def _no_leftovers(engine: Engine, seen: Seen) -> None:
    left = (await marks.scene(engine, seen.name)).marked
    if left:
        raise UserError(
            Phrase(
                "An action on {container} is going on, or is being repaired after an interruption. Wait a minute; if"
                " {names} is still there then, somebody has to look at it on the host.",
                {"container": seen.name, "names": ", ".join(each.name for each in left)},
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


async def _written(engine: Engine, seen: Seen) -> tuple[str, ...]:
    """New files of the container's own layer, leaves only, outside of what is thrown away anyway."""
    try:
        changes = await engine.call(lambda api: api.diff(seen.id) or [])
    except EngineSaid:
        return ()
    paths = sorted(str(each["Path"]) for each in changes if each.get("Kind") == ADDED)
    folders = {path.rpartition("/")[0] for path in paths}
    leaves = [path for path in paths if path not in folders and not _made_for_it(seen, path)]
    return tuple(path for path in leaves if path.startswith(SECRETS) or not path.startswith(VOLATILE))


def _made_for_it(seen: Seen, path: str) -> bool:
    """By the engine, in every container anew: the places where something is mounted, and the program of `--init`."""
    host = seen.raw["HostConfig"]
    places = [*(str(mount["Destination"]) for mount in seen.mounts), *(host.get("Tmpfs") or {})]
    places += [str(device.get("PathInContainer") or "") for device in host.get("Devices") or []]
    return path == INIT or any(f"{place.rstrip('/')}/".startswith(f"{path}/") for place in places)


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
