"""Who else is touched when something is done to a container: those inside of it, linked to it, beside it."""

import asyncio
import re
from collections.abc import Sequence
from typing import Final

from bot.errors import UserError
from bot.phrase import Phrase
from runbooks.docker_engine import look
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import Raw, Seen

MODES: Final = ("NetworkMode", "IpcMode", "PidMode")


async def others_of(engine: Engine, seen: Seen) -> list[Seen]:
    """Every other container of the engine, stopped ones too."""
    there = await engine.call(lambda api: api.containers(all=True))
    found = await asyncio.gather(*(_other(engine, str(each["Id"])) for each in there))
    return [other for other in found if other is not None and other.id != seen.id]


async def _other(engine: Engine, container_id: str) -> Seen | None:
    """None also of one that the engine cannot show: a stranger that is broken holds up nobody."""
    try:
        return await look.container(engine, container_id)
    except EngineSaid:
        return None


def has_its_host(seen: Seen, others: Sequence[Seen]) -> None:
    """One that lives in another's namespaces cannot be started once that other is gone, or was made anew."""
    known = {f"container:{name}" for other in others for name in (other.id, other.name)}
    modes = {str(seen.raw["HostConfig"].get(mode) or "") for mode in MODES}
    if gone := {mode for mode in modes if mode.startswith("container:")} - known:
        raise UserError(
            Phrase(
                "{container} lives inside a container that is not there any more ({name}): once stopped it cannot start"
                " again. Make it anew by hand, inside the present one.",
                {"container": seen.name, "name": min(gone).removeprefix("container:")[:12]},
            )
        )


def apart(seen: Seen) -> Phrase | None:
    """Somebody took its networks away, to isolate it perhaps; a new container has that of its creation."""
    mode = str(seen.raw["HostConfig"].get("NetworkMode") or "default")
    joined = (seen.raw.get("NetworkSettings") or {}).get("Networks")
    if joined or not seen.running or mode in ("host", "none") or mode.startswith("container:"):
        return None
    return Phrase(
        "{container} was cut off from its networks: the new container is connected to “{network}” again.",
        {"container": seen.name, "network": mode},
    )


def _inside(seen: Seen, others: Sequence[Seen]) -> list[str]:
    """Those that live in this one's network, IPC or PID namespace: the engine binds them to its id, or its name."""
    shared = {f"container:{seen.id}", f"container:{seen.name}"}
    return [other.name for other in others if shared & {other.raw["HostConfig"].get(mode) for mode in MODES}]


def cut_off(seen: Seen, others: Sequence[Seen]) -> Phrase | None:
    """With each new start of a container its namespaces are new ones."""
    bound = _inside(seen, others)
    if not bound:
        return None
    return Phrase(
        "{names} lives inside {container} (shared network or processes) and is cut off by this: restart it afterwards.",
        {"names": ", ".join(bound), "container": seen.name},
    )


def _linked(seen: Seen, others: Sequence[Seen]) -> list[str]:
    """Those that reach it by an old `--link`: the engine binds them to this container, and refuses them without it."""
    mine = f"/{seen.name}:"
    return [
        each.name for each in others if any(to.startswith(mine) for to in each.raw["HostConfig"].get("Links") or ())
    ]


def stands_alone(seen: Seen, others: Sequence[Seen]) -> None:
    """Whoever lives inside of it would be cut off for good: its successor has another id."""
    if bound := _inside(seen, others):
        raise UserError(
            Phrase(
                "{names} lives inside {container} (shared network or processes) and would be cut off."
                " Remove it first, and start it again afterwards.",
                {"names": ", ".join(bound), "container": seen.name},
            )
        )
    if linked := _linked(seen, others):
        raise UserError(
            Phrase(
                "{names} reaches {container} by an old `--link` and would be cut off for good. Make it anew by hand"
                " first, on a network that both are in.",
                {"names": ", ".join(linked), "container": seen.name},
            )
        )


async def sharing(engine: Engine, seen: Seen) -> Phrase | None:
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
        {"names": ", ".join(sorted(found)), "volumes": ", ".join(sorted(_named(seen, set().union(*found.values()))))},
    )


def _named(seen: Seen, stored: set[str]) -> set[str]:
    """As people know them: a volume that nobody gave a name is known by where it is mounted."""
    places = {_stored(mount): str(mount["Destination"]) for mount in seen.mounts}
    return {places[each] if re.fullmatch(r"[0-9a-f]{64}", each) else each for each in stored}


def _stored(mount: Raw) -> str:
    """A volume by its name, a folder of the host by its path; '' for what is no place to write to."""
    if mount.get("Type") == "volume":
        return str(mount.get("Name") or "")
    source = str(mount.get("Source") or "")
    return source if mount.get("Type") == "bind" and mount.get("RW") and not source.endswith(".sock") else ""
