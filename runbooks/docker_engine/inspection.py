"""`docker inspect` without its secrets, and two of them compared: names of variables come out, values never. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.deployment import short, version_name
from bot.runbook.looks import Comparison, Fact, Inspection, Mount
from runbooks.docker_engine import look
from runbooks.docker_engine.evidence import health_log
from runbooks.docker_engine.look import Raw, Seen, moment
from runbooks.docker_engine.usage import cores_of
from runbooks.redact import Redactor, names_secret
from runbooks.schemas import label_of
from runbooks.warnings import health_of

MIB = 2**20


def of(seen: Seen, image: Raw | None, others: int = 0) -> Inspection:
    """`image`: the inspection of its image, None when the engine holds it no longer."""
    clean, config, state = Redactor(seen.env).clean, seen.raw["Config"], seen.raw["State"]
    shown = look.image_words(image, seen.reference) if image else None
    variables = variables_of(seen)
    return Inspection(
        container=seen.name,
        container_id=seen.id,
        reference=shown.reference if shown else seen.reference,
        image_id=seen.image_id,
        digests=shown.digests if shown else (),
        version=version_name(shown.version, shown.reference, shown.id) if shown else short(seen.image_id),
        state=seen.state,
        health=seen.health,
        restart_policy=policy_of(seen),
        command=clean(command_of(seen)),
        user=str(config.get("User") or ""),
        workdir=str(config.get("WorkingDir") or ""),
        exit_code=None if seen.running else seen.exit_code,
        oom_killed=bool(state.get("OOMKilled")),
        error=clean(str(state.get("Error") or "")),
        restarts=seen.restarts,
        created=moment(str(seen.raw.get("Created") or "")),
        started=seen.started_at,
        memory_limit=int(seen.raw["HostConfig"].get("Memory") or 0),
        cores=cores_of(seen),
        schema=schema_of(image),
        variables=tuple(sorted(variables)),
        empty=frozenset(name for name, value in variables.items() if not value),
        ports=ports_of(seen),
        mounts=mounts_of(seen),
        networks=networks_of(seen),
        health_log=tuple(clean(line) for line in health_log(seen)),
        others=others,
    )


def variables_of(seen: Seen) -> dict[str, str]:
    """With their values: for comparing on this side only."""
    return {name: value for name, _, value in (entry.partition("=") for entry in seen.env) if name}


def policy_of(seen: Seen) -> str:
    """`no`, `always`, `unless-stopped`, `on-failure:3`."""
    policy = seen.policy
    count = policy["MaximumRetryCount"]
    return f"{policy['Name']}:{count}" if count else str(policy["Name"])


def command_of(seen: Seen) -> str:
    config = seen.raw["Config"]
    return " ".join(str(word) for word in [*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])])


def ports_of(seen: Seen) -> tuple[str, ...]:
    """What it listens on by its image's word, and where that is published on the host."""
    there = (seen.raw.get("NetworkSettings") or {}).get("Ports") or {}
    bound = there or seen.raw["HostConfig"].get("PortBindings") or {}
    exposed = dict.fromkeys(seen.raw["Config"].get("ExposedPorts") or {})
    return tuple(_port(port, ends or ()) for port, ends in sorted({**exposed, **bound}.items()))


def _port(port: str, ends: Sequence[Mapping[str, Any]]) -> str:
    where = ", ".join(f"{end.get('HostIp') or '0.0.0.0'}:{end.get('HostPort') or '?'}" for end in ends)  # noqa: S104 - shown
    return f"{port} → {where}" if where else port


def mounts_of(seen: Seen) -> tuple[Mount, ...]:
    return tuple(
        Mount(
            str(each.get("Type") or ""), str(each.get("Name") or each.get("Source") or ""), str(each["Destination"]),
            bool(each.get("RW", True)),
        )
        for each in sorted(seen.mounts, key=lambda each: str(each["Destination"]))
    )  # fmt: skip


def networks_of(seen: Seen) -> dict[str, str]:
    """Name -> address; '' while it does not run."""
    ends = (seen.raw.get("NetworkSettings") or {}).get("Networks") or {}
    return {name: str((end or {}).get("IPAddress") or "") for name, end in sorted(ends.items())}


def schema_of(image: Raw | None) -> str:
    """What the image says about the migration it was built for; '' when it says nothing."""
    return label_of((image or {}).get("Config") or {})


def compare(here: Seen, image_here: Raw | None, there: Seen, image_there: Raw | None) -> Comparison:
    """Two containers of one service, in two environments."""
    first, second = variables_of(here), variables_of(there)
    both = sorted(first.keys() & second.keys())
    told = _facts(here, image_here), _facts(there, image_there)
    return Comparison(
        containers=(here.name, there.name),
        facts={fact: (told[0][fact], told[1][fact]) for fact in Fact if told[0][fact] != told[1][fact]},
        here=tuple(sorted(first.keys() - second.keys())),
        there=tuple(sorted(second.keys() - first.keys())),
        different=tuple(name for name in both if first[name] != second[name]),
        shared=tuple(name for name in both if first[name] and first[name] == second[name] and names_secret(name)),
        same=sum(first[name] == second[name] for name in both),
        schema=(schema_of(image_here), schema_of(image_there)),
    )


def _facts(seen: Seen, image: Raw | None) -> dict[Fact, str]:
    """Names and addresses on the host differ from place to place: what the application meets is compared."""
    config, host = seen.raw["Config"], seen.raw["HostConfig"]
    health = health_of(seen.raw, (image or {}).get("Config") or {}, (image or {}).get("Config") or {})
    clean = Redactor(seen.env).clean
    memory = int(host.get("Memory") or 0)
    return {
        Fact.IMAGE: seen.reference,
        Fact.DIGEST: short(seen.image_id),
        Fact.SCHEMA: schema_of(image),
        Fact.COMMAND: clean(command_of(seen)),
        Fact.USER: str(config.get("User") or ""),
        Fact.WORKDIR: str(config.get("WorkingDir") or ""),
        Fact.HEALTHCHECK: clean(" ".join(str(word) for word in health.get("Test") or [])),
        Fact.RESTART: policy_of(seen),
        Fact.MEMORY: f"{memory // MIB} MiB" if memory else "",
        Fact.CORES: f"{cores_of(seen):g}" if cores_of(seen) else "",
        Fact.PORTS: ", ".join(port.partition(" ")[0] for port in ports_of(seen)),
        Fact.MOUNTS: ", ".join(f"{each.target}{'' if each.writable else ' (ro)'}" for each in mounts_of(seen)),
    }
