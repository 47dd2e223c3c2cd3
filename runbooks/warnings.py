"""What a person must know before a container is made anew from another image. Pure, on what `inspect` shows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.phrase import Phrase
from bot.runbook import Change, ChangeKind, Image

Raw = Mapping[str, Any]
CODE: Final = ("/app", "/src", "/code", "/srv", "/usr/src", "/opt", "/var/www", "/usr/share/nginx", "/home/node")
DATA_NAMES: Final = frozenset(
    {
        "data",
        "log",
        "logs",
        "upload",
        "uploads",
        "media",
        "storage",
        "cache",
        "tmp",
        "certs",
        "config",
        "backup",
        "backups",
    }
)
SHOWN: Final = 5


def bind_mounts(seen: Raw, image: Raw) -> Phrase | None:
    """The guide's production mounts ./src over the image's code: then a rollback changes less than it seems."""
    workdir = str(image.get("WorkingDir") or "").rstrip("/")
    covered = [
        str(mount["Destination"])
        for mount in seen.get("Mounts") or []
        if mount.get("Type") == "bind" and _is_code(str(mount["Destination"]).rstrip("/"), workdir)
    ]
    if not covered:
        return None
    return Phrase(
        "{paths} comes from the host, over the image's code: this action will not change it."
        " If the fault is in there, put the host's files back as well.",
        {"paths": ", ".join(sorted(covered))},
    )


def _is_code(destination: str, workdir: str) -> bool:
    last = destination.rpartition("/")[2]
    if last.casefold() in DATA_NAMES or "." in last.lstrip("."):  # data, or a single file (a socket, a setting)
        return False
    roots = (*CODE, workdir) if workdir else CODE
    return any(destination == root or destination.startswith(root + "/") for root in roots)


def of_replacing(seen: Raw, image_now: Raw, image_then: Raw, written: Sequence[str]) -> list[Phrase]:
    """Every warning but the bind mounts', the worst first; `image_*` are the images' own `Config`."""
    found = [_layer(written), _health(seen, image_now, image_then), _ports(seen)]
    found.append(_volumes_from(seen))
    return [each for each in found if each]


def asked(*questions: Phrase | None) -> Phrase | None:
    """All of them as one, to be answered by one approval."""
    there = [each for each in questions if each]
    if len(there) > 1:
        return Phrase("{first} {then}", {"first": there[0], "then": there[1]})
    return there[0] if there else None


def _layer(written: Sequence[str]) -> Phrase | None:
    if not written:
        return None
    shown = ", ".join(written[:SHOWN]) + ("…" if len(written) > SHOWN else "")
    return Phrase(
        "Files written inside the container, outside of any volume, will be lost ({count}): {paths}",
        {"count": len(written), "paths": shown},
    )


def health_of(seen: Raw, image_now: Raw, image_then: Raw) -> dict[str, Any]:
    """The healthcheck the new container will have: its own fields over those of the image; empty: none."""
    own = seen["Config"].get("Healthcheck") or {}
    given = image_now.get("Healthcheck") or {}
    merged = {**(image_then.get("Healthcheck") or {}), **{k: v for k, v in own.items() if v and v != given.get(k)}}
    test = merged.get("Test") or []
    return merged if test and test != ["NONE"] else {}


def _health(seen: Raw, now: Raw, then: Raw) -> Phrase | None:
    if health_of(seen, now, then):
        return None
    return Phrase("There is no healthcheck: I can only see that the new container stays up for a few seconds.")


def _ports(seen: Raw) -> Phrase | None:
    bindings = seen["HostConfig"].get("PortBindings") or {}
    free = sorted(
        port for port, ends in bindings.items() for end in ends or [{}] if _chosen(str(end.get("HostPort") or ""))
    )
    if not free and not seen["HostConfig"].get("PublishAllPorts"):
        return None
    return Phrase(
        "The engine chose the host port of {ports}: it may be another one.", {"ports": ", ".join(free) or "*"}
    )


def _chosen(host_port: str) -> bool:
    """Nothing, 0 or a range (`8000-8010`): the engine takes a free one."""
    return host_port in ("", "0") or "-" in host_port


def _volumes_from(seen: Raw) -> Phrase | None:
    names = seen["HostConfig"].get("VolumesFrom") or []
    if not names:
        return None
    return Phrase("It takes volumes from {names}, as it did before.", {"names": ", ".join(map(str, names))})


def changes(seen: Raw, now: Image, then: Image, image_now: Raw, image_then: Raw) -> tuple[Change, ...]:
    """Image, then variables and labels that come from the images and differ; names only, values stay hidden."""
    own = {entry.partition("=")[0] for entry in seen["Config"].get("Env") or []}
    before, after = _env(image_now), _env(image_then)
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    env = [Change(ChangeKind.ENV, name, _told(name in before or name in own), _told(name in after)) for name in names]
    labels_now, labels_then = (image.get("Labels") or {} for image in (image_now, image_then))
    keys = sorted(key for key in {*labels_now, *labels_then} if labels_now.get(key) != labels_then.get(key))
    labels = [Change(ChangeKind.LABEL, key, _told(key in labels_now), _told(key in labels_then)) for key in keys]
    return (Change(ChangeKind.IMAGE, "image", now.name, then.name), *env, *labels)


def _env(image: Raw) -> dict[str, str]:
    return {name: value for name, _, value in (entry.partition("=") for entry in image.get("Env") or [])}


def _told(there: bool) -> str:
    return "set" if there else ""
