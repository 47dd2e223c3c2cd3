"""The create request that makes the same container again from another image. Pure.

`inspect` shows what was asked for and what the image gave, mixed; sending it all back would freeze the old image's
environment, command and labels into the new container. Each rule below was measured (docker.md section 1).
"""

import copy
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Raw = Mapping[str, Any]
OWN: Final = "ecotrajet.rb."
COMPOSE: Final = "com.docker.compose."
REBUILT: Final = frozenset(
    {"Env", "Labels", "Entrypoint", "Cmd", "Healthcheck", "ExposedPorts", "Volumes", "OnBuild", "Image"}
)
ENDPOINT_FIELDS: Final = ("IPAMConfig", "Links", "DriverOpts", "GwPriority")
HEALTH_FIELDS: Final = ("Test", "Interval", "Timeout", "StartPeriod", "StartInterval", "Retries")


@dataclass(frozen=True, slots=True)
class Body:
    """`config` for `create_container_from_config`; `connects`: (network id, endpoint) to join before the start."""

    config: dict[str, Any]
    connects: tuple[tuple[str, dict[str, Any]], ...]


def create_body(seen: Raw, image_now: Raw, image: str, marks: Mapping[str, str]) -> Body:
    """`seen`: the container's inspection; `image_now`: `Config` of its image; `image`: what to run instead."""
    host = _host_config(seen)
    config: dict[str, Any] = {key: copy.deepcopy(value) for key, value in seen["Config"].items() if key not in REBUILT}
    config["Image"] = image
    config["Env"] = set_env(seen["Config"].get("Env") or [], image_now.get("Env") or [])
    config["Labels"] = {**set_labels(seen["Config"].get("Labels") or {}, image_now.get("Labels") or {}), **marks}
    config.update(_command(seen["Config"], image_now))
    config.update(_ports_and_volumes(seen, image_now))
    if health := _healthcheck(seen["Config"].get("Healthcheck") or {}, image_now.get("Healthcheck") or {}):
        config["Healthcheck"] = health
    for key in ("WorkingDir", "User", "StopSignal"):
        if not config.get(key) or config[key] == (image_now.get(key) or ("SIGTERM" if key == "StopSignal" else "")):
            config.pop(key, None)
    mode = host["NetworkMode"] = _network_mode(seen)
    if config.get("Hostname") == seen["Id"][:12] or mode == "host" or mode.startswith("container:"):
        config.pop("Hostname", None)
    if not config.get("MacAddress"):
        config.pop("MacAddress", None)
    first, others = _networks(seen, mode)
    config["HostConfig"] = host
    config["NetworkingConfig"] = {"EndpointsConfig": first}
    return Body(config, others)


def set_env(container: Sequence[str], image: Sequence[str]) -> list[str]:
    """The variables set on the container itself: the engine puts them first and the image's others behind.

    So the inherited part is a tail, and the shortest head that explains it is what was set (also when somebody set
    the very value that the image has).
    """
    for cut in range(len(container) + 1):
        head = {entry.partition("=")[0] for entry in container[:cut]}
        if list(container[cut:]) == [entry for entry in image if entry.partition("=")[0] not in head]:
            return list(container[:cut])
    return [entry for entry in container if entry not in image]  # made by some other engine, in another order


def set_labels(container: Mapping[str, str], image: Mapping[str, str]) -> dict[str, str]:
    """Labels of the container itself; Compose's stay in any case, ours never do."""
    return {
        key: value
        for key, value in container.items()
        if not key.startswith(OWN) and (key.startswith(COMPOSE) or image.get(key) != value)
    }


def _command(config: Raw, image: Raw) -> dict[str, Any]:
    entrypoint, given = config.get("Entrypoint") or [], image.get("Entrypoint") or []
    command = config.get("Cmd") or []
    if entrypoint != given:  # a set entrypoint cancels the image's command: send both
        return {"Entrypoint": entrypoint or [""], **({"Cmd": command} if command else {})}
    if command == (image.get("Cmd") or []):
        return {}
    return {"Cmd": command} if command else {"Entrypoint": entrypoint}


def _healthcheck(container: Raw, image: Raw) -> dict[str, Any]:
    """Only the fields that differ: the engine merges field by field. Without `Test` there is no healthcheck."""
    if container.get("Test") == ["NONE"]:
        return {"Test": ["NONE"]} if image.get("Test") != ["NONE"] else {}
    return {key: container[key] for key in HEALTH_FIELDS if container.get(key) and container.get(key) != image.get(key)}


def _ports_and_volumes(seen: Raw, image: Raw) -> dict[str, Any]:
    bound = seen["HostConfig"].get("PortBindings") or {}
    ports = {port for port in seen["Config"].get("ExposedPorts") or {} if port not in (image.get("ExposedPorts") or {})}
    volumes = {path for path in seen["Config"].get("Volumes") or {} if path not in (image.get("Volumes") or {})}
    return {
        **({"ExposedPorts": {port: {} for port in sorted(ports | set(bound))}} if ports or bound else {}),
        **({"Volumes": {path: {} for path in sorted(volumes)}} if volumes else {}),
    }


def _host_config(seen: Raw) -> dict[str, Any]:
    """As inspected, but with anonymous volumes by name: else the new container gets fresh, empty ones."""
    host: dict[str, Any] = copy.deepcopy(dict(seen["HostConfig"]))
    host["ContainerIDFile"] = ""
    host["Links"] = [_link(link) for link in host.get("Links") or []] or None
    binds = list(host.get("Binds") or [])
    taken = {_destination(bind) for bind in binds}
    taken |= {posixpath.normpath(str(mount["Target"])) for mount in host.get("Mounts") or []}
    named = {str(m["Destination"]): str(m["Name"]) for m in seen.get("Mounts") or [] if m.get("Type") == "volume"}
    for mount in host.get("Mounts") or []:
        if mount.get("Type") == "volume" and not mount.get("Source"):
            mount["Source"] = named.get(posixpath.normpath(str(mount["Target"])), "")
    binds += [
        f"{mount['Name']}:{mount['Destination']}{'' if mount.get('RW', True) else ':ro'}"
        for mount in seen.get("Mounts") or []
        if mount.get("Type") == "volume" and mount["Destination"] not in taken
    ]
    host["Binds"] = binds or None
    return host


def _destination(bind: str) -> str:
    """As the engine shows it among the mounts: `/data/` was asked for, `/data` is mounted."""
    parts = bind.split(":")
    return posixpath.normpath(parts[1] if len(parts) > 1 else parts[0])


def _link(link: str) -> str:
    """`/db:/web/database` comes back from inspect; `db:database` is what create takes."""
    source, _, alias = link.partition(":")
    return f"{source.lstrip('/')}:{alias.rpartition('/')[2]}"


def _network_mode(seen: Raw) -> str:
    """That of its creation, unless it has left that network by hand since: then one that it is in."""
    mode = str(seen["HostConfig"].get("NetworkMode") or "default")
    joined: dict[str, Raw] = dict((seen.get("NetworkSettings") or {}).get("Networks") or {})
    if mode in ("host", "none") or mode.startswith("container:") or not joined or _first(joined, mode):
        return mode
    return min(joined)


def _first(joined: Mapping[str, Raw], mode: str) -> str | None:
    """The one of its networks that `mode` means, by name or id."""
    first = "bridge" if mode in ("default", "bridge") else mode
    return next((name for name, end in joined.items() if first in (name, end.get("NetworkID"))), None)


def _networks(seen: Raw, mode: str) -> tuple[dict[str, Any], tuple[tuple[str, dict[str, Any]], ...]]:
    """One endpoint at creation (engines before API 1.44 take no more), the others to connect before the start."""
    if mode in ("host", "none") or mode.startswith("container:"):
        return {}, ()
    joined = dict((seen.get("NetworkSettings") or {}).get("Networks") or {})
    chosen = _first(joined, mode)
    endpoints = {name: _endpoint(name, end, str(seen["Id"])) for name, end in joined.items()}
    others = tuple((str(joined[n].get("NetworkID") or n), end) for n, end in endpoints.items() if n != chosen)
    return ({chosen: endpoints[chosen]} if chosen else {}), others


def _endpoint(network: str, joined: Raw, container_id: str) -> dict[str, Any]:
    if network == "bridge":  # the default bridge takes neither aliases nor addresses
        return {}
    kept = {key: copy.deepcopy(joined[key]) for key in ENDPOINT_FIELDS if joined.get(key)}
    aliases = [alias for alias in joined.get("Aliases") or [] if alias != container_id[:12]]
    return {**kept, **({"Aliases": aliases} if aliases else {})}
