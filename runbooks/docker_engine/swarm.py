"""What an engine shows of a Swarm service, and the one request that changes it (docker.md section 4).

The engine must be a manager. It replaces the tasks by itself, and goes on when we die: to follow is all there is to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from docker import APIClient

from bot.deployment import Observation, short, version_name
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Image, Light, ServiceStatus
from bot.target import Target, nearest
from runbooks.docker_engine import logs, look, raw
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid, Gone
from runbooks.docker_engine.look import Raw, Seen, moment

NOT_A_MANAGER: Final = "not a swarm manager"
GOING: Final = frozenset({"updating", "rollback_started"})


@dataclass(frozen=True, slots=True)
class Task:
    """One container of a service, wherever it runs."""

    raw: Raw

    @property
    def wanted(self) -> bool:
        return self.raw.get("DesiredState") == "running"

    @property
    def running(self) -> bool:
        return self.wanted and self.state == "running"

    @property
    def state(self) -> str:
        return str(self.raw["Status"].get("State") or "")

    @property
    def error(self) -> str:
        return str(self.raw["Status"].get("Err") or "")

    @property
    def container_id(self) -> str:
        return str((self.raw["Status"].get("ContainerStatus") or {}).get("ContainerID") or "")

    @property
    def since(self) -> datetime | None:
        return moment(str(self.raw["Status"].get("Timestamp") or ""))


@dataclass(frozen=True, slots=True)
class SwarmService:
    """`docker service inspect` and its tasks, the newest first."""

    raw: Raw
    tasks: tuple[Task, ...]

    @property
    def id(self) -> str:
        return str(self.raw["ID"])

    @property
    def name(self) -> str:
        return str(self.spec["Name"])

    @property
    def spec(self) -> Mapping[str, Any]:
        spec: Mapping[str, Any] = self.raw["Spec"]
        return spec

    @property
    def changed_at(self) -> str:
        """Moves with every update, also the engine's own."""
        return str(self.raw["UpdatedAt"])

    @property
    def container(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.spec["TaskTemplate"]["ContainerSpec"]
        return found

    @property
    def reference(self) -> str:
        """As a person would write it: without the digest that the engine adds."""
        return str(self.container["Image"]).partition("@")[0]

    @property
    def replicas(self) -> int | None:
        """How many are wanted; None: one on each node."""
        mode = self.spec["Mode"].get("Replicated")
        return None if mode is None else int(mode.get("Replicas") or 0)

    @property
    def running(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.running)

    @property
    def wanted(self) -> int:
        return sum(task.wanted for task in self.tasks) if self.replicas is None else self.replicas

    @property
    def well(self) -> bool:
        """All that are wanted run; a task with a healthcheck counts as running only once it is healthy."""
        return self.wanted > 0 and len(self.running) >= self.wanted and self.update not in GOING

    @property
    def update(self) -> str:
        """Of the last update: updating, paused, completed, rollback_started, rollback_paused, rollback_completed."""
        return str((self.raw.get("UpdateStatus") or {}).get("State") or "")

    @property
    def host_ports(self) -> bool:
        """Are ports published on the host itself? Then the new task cannot start beside the old one."""
        ports = (self.spec.get("EndpointSpec") or {}).get("Ports") or []
        return any(port.get("PublishMode") == "host" for port in ports)

    @property
    def written_mounts(self) -> tuple[str, ...]:
        """Where old and new would write to the same place at once."""
        mounts = self.container.get("Mounts") or []
        return tuple(
            str(mount.get("Target"))
            for mount in mounts
            if mount.get("Type") in ("bind", "volume") and not mount.get("ReadOnly")
        )


async def service(engine: Engine, name: str) -> SwarmService | None:
    """None when there is none of exactly this name (or id). Raises UserError when the engine manages no swarm."""
    try:
        found = await engine.call(lambda api: raw.inspect_service(api, name))
    except Gone:
        return None
    except EngineSaid as said:
        if NOT_A_MANAGER in said.reason:
            raise UserError(
                Phrase("Engine “{engine}” manages no swarm: name a manager in `environments`.", {"engine": engine.name})
            ) from said
        raise
    if name not in (found["ID"], found["Spec"]["Name"]):
        return None
    tasks = await engine.call(lambda api: raw.tasks(api, str(found["ID"])))
    newest = sorted(map(Task, tasks), key=lambda task: str(task.raw["CreatedAt"]), reverse=True)
    return SwarmService(found, tuple(newest))


async def find(engine: Engine, target: Target) -> SwarmService:
    """Raises UserError, with the nearest name, when there is none."""
    found = await service(engine, target.swarm)
    if found is not None:
        return found
    there = await engine.call(raw.service_names)
    values = {"service": target.swarm, "engine": engine.name, "near": nearest(target.swarm, there) or ""}
    if values["near"]:
        raise UserError(
            Phrase(
                "There is no Swarm service “{service}” on engine “{engine}”. The nearest name there is “{near}”:"
                " correct `services` in ecotrajet.yaml.",
                values,
            )
        )
    raise UserError(
        Phrase(
            "There is no Swarm service “{service}” on engine “{engine}”."
            " Create it there, or correct `services` in ecotrajet.yaml.",
            values,
        )
    )


async def a_container(engine: Engine, there: SwarmService) -> Seen | None:
    """Of the newest task that has one on this very node: the nodes' own engines are not asked."""
    for task in sorted(there.tasks, key=lambda each: not each.running):
        if task.container_id and (seen := await look.container(engine, task.container_id)) is not None:
            return seen
    return None


async def failed_container(engine: Engine, there: SwarmService, image_id: str) -> Seen | None:
    """Of the newest task made from this image that ended, as far as it is on this node."""
    for task in there.tasks:
        seen = await look.container(engine, task.container_id) if task.container_id and not task.running else None
        if seen is not None and seen.image_id == image_id:
            return seen
    return None


async def image(engine: Engine, there: SwarmService) -> tuple[Image, Raw]:
    """What its tasks run, and its inspection (empty: not on this node)."""
    running = [task for task in there.running if task.container_id]
    seen = await look.container(engine, running[0].container_id) if running else None
    named = str(there.container["Image"])
    found = await look.image(engine, seen.image_id if seen else named)
    if found is not None:
        return look.image_words(found, there.reference), found
    repository, _, digest = named.partition("@")
    digests = (f"{repository.rpartition(':')[0] or repository}@{digest}",) if digest else ()
    return Image(digest or named, there.reference, "", digests), {}


async def observation(engine: Engine, target: Target, now: datetime) -> Observation:
    """What runs at `target` now. Raises UserError."""
    there = await find(engine, target)
    shown, _ = await image(engine, there)
    return Observation(
        environment=target.environment.name,
        service=target.service.name,
        engine_id=await engine.identity(),
        image_id=shown.id,
        reference=shown.reference,
        digests=shown.digests,
        version=version_name(shown.version, shown.reference, shown.id),
        container_id=there.id,
        healthy=there.well,
        seen_at=now,
    )


async def logs_of(
    engine: Engine, target: Target, *, tail: int, since: timedelta | None, grep: str, max_bytes: int
) -> str:
    """The last lines of all its tasks, whichever node they run on, redacted. Raises UserError."""
    there = await find(engine, target)

    def ask(api: APIClient, **options: Any) -> Any:
        return raw.service_logs(api, there.id, **options)

    env = [str(each) for each in there.container.get("Env") or []]
    wanted = logs.Wanted(max(1, min(tail, logs.MOST_LINES)), grep, max_bytes)
    tty = bool(there.container.get("TTY"))
    return await logs.read_from(engine, there.name, env, ask, wanted, tty=tty, since=since)


async def status(engine: Engine, target: Target) -> ServiceStatus:
    """Raises UserError."""
    there = await find(engine, target)
    shown, _ = await image(engine, there)
    light, problem = judge(there)
    return ServiceStatus(
        environment=target.environment.name,
        service=target.service.name,
        light=light,
        container=there.name,
        container_id=there.id,
        version=version_name(shown.version, shown.reference, shown.id),
        image_id=short(shown.id),
        reference=shown.reference,
        state=there.update or "running",
        health="healthy" if there.well else "unhealthy",
        since=min((task.since for task in there.running if task.since), default=None),
        problem=problem,
    )


def judge(there: SwarmService) -> tuple[Light, Phrase | None]:
    """Green: all run. Yellow: some, or an update goes on. Red: none."""
    values: dict[str, Value | Phrase] = {"running": len(there.running), "wanted": there.wanted}
    if there.replicas == 0:
        return Light.RED, Phrase("it is scaled to none")
    if not there.running:
        return Light.RED, Phrase("none of {wanted} runs: {why}", {**values, "why": last_error(there) or there.update})
    if there.update in GOING:
        return Light.YELLOW, Phrase("{running} of {wanted} run, an update is going on", values)
    if not there.well:
        return Light.YELLOW, Phrase("{running} of {wanted} run", values)
    return Light.GREEN, None


def last_error(there: SwarmService) -> str:
    """Of the task that failed last, in the engine's words."""
    return next((task.error for task in there.tasks if task.error), "")


async def change(engine: Engine, there: SwarmService, spec: Mapping[str, Any]) -> None:
    """The whole new spec over exactly the version looked at. Raises UserError when somebody was faster."""
    index = int(there.raw["Version"]["Index"])
    try:
        await engine.call(lambda api: raw.update_service(api, there.id, index, spec))
    except EngineSaid as said:
        if "out of sequence" in said.reason:
            raise UserError(
                Phrase(
                    "{container} has changed since the plan was made. Ask for a fresh plan.", {"container": there.name}
                )
            ) from said
        raise
