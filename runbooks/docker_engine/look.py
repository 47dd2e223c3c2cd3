"""What an engine shows of a container or image, in our words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.deployment import Observation, version_name
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Image, Plan
from bot.target import Target, nearest
from runbooks.docker_engine import raw
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import Gone

Raw = Mapping[str, Any]
VERSION_LABEL: Final = "org.opencontainers.image.version"
ONE_OFF: Final = "com.docker.compose.oneoff"  # `True` of what `docker-compose run` started beside the service
SHORTEST_ID: Final = 4
KEEP: Final = "ecotrajet-keep/"
MARKS: Final = (".rb-new", ".rb-old", ".rb-done", ".rb-failed")
DEFAULT_STOP: Final = 10  # Docker's own
FOR_EVER: Final = 300  # seconds that a run waits for a container that wants to be waited for without end
PAGE: Final = ".page"  # what answers for a service while it is down (see page.py)
STEADY_AFTER: Final = timedelta(seconds=10)  # up that long without a healthcheck counts as well


@dataclass(frozen=True, slots=True)
class Seen:
    """One `inspect` of a container. Its environment stays inside: never logged, never stored."""

    raw: Raw

    @property
    def id(self) -> str:
        return str(self.raw["Id"])

    @property
    def name(self) -> str:
        return str(self.raw["Name"]).removeprefix("/")

    @property
    def image_id(self) -> str:
        return str(self.raw["Image"])

    @property
    def reference(self) -> str:
        return str(self.raw["Config"]["Image"])

    @property
    def labels(self) -> Mapping[str, str]:
        return self.raw["Config"].get("Labels") or {}

    @property
    def env(self) -> Sequence[str]:
        return self.raw["Config"].get("Env") or []

    @property
    def state(self) -> str:
        """created, running, paused, restarting, removing, exited or dead."""
        return str(self.raw["State"]["Status"])

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def health(self) -> str:
        """healthy, unhealthy, starting or none."""
        return str((self.raw["State"].get("Health") or {}).get("Status") or "none")

    @property
    def restarts(self) -> int:
        return int(self.raw.get("RestartCount") or 0)

    @property
    def exit_code(self) -> int:
        return int(self.raw["State"].get("ExitCode") or 0)

    @property
    def out_of_memory(self) -> bool:
        """Did the kernel end its last life because it took more memory than it may?"""
        return bool(self.raw["State"].get("OOMKilled"))

    @property
    def started_at(self) -> datetime | None:
        return moment(str(self.raw["State"].get("StartedAt") or ""))

    @property
    def ended_at(self) -> datetime | None:
        """When its last life ended; None: it runs, or never did."""
        return None if self.running else moment(str(self.raw["State"].get("FinishedAt") or ""))

    @property
    def policy(self) -> dict[str, Any]:
        """The restart policy: `{"Name": …, "MaximumRetryCount": …}`."""
        policy = self.raw["HostConfig"].get("RestartPolicy") or {}
        return {"Name": policy.get("Name") or "no", "MaximumRetryCount": int(policy.get("MaximumRetryCount") or 0)}

    @property
    def stop_timeout(self) -> int:
        """Seconds between the polite and the forced end; 0: by force at once."""
        asked = self.raw["Config"].get("StopTimeout")
        if asked is None:
            return DEFAULT_STOP
        return int(asked) if asked >= 0 else FOR_EVER  # negative: Docker would wait without end

    @property
    def tty(self) -> bool:
        """Does it write to a terminal? Then both its outputs are one stream."""
        return bool(self.raw["Config"].get("Tty"))

    @property
    def mounts(self) -> Sequence[Raw]:
        return self.raw.get("Mounts") or []

    def well(self, now: datetime) -> bool:
        """Healthy, or without a healthcheck up for a while."""
        if self.health == "none":
            up = now - self.started_at if self.started_at else timedelta()
            return self.running and up >= STEADY_AFTER
        return self.running and self.health == "healthy"


def moment(text: str) -> datetime | None:
    """Docker's RFC 3339 with nanoseconds; its year 1 means never."""
    if not text or text.startswith("0001-"):
        return None
    cut = re.sub(r"(\.\d{6})\d+", r"\1", text)
    return datetime.fromisoformat(cut.replace("Z", "+00:00")).astimezone(UTC)


def base_name(name: str) -> str:
    """`web.rb-old` -> `web`."""
    for mark in MARKS:
        name = name.removesuffix(mark)
    return name


async def container(engine: Engine, name_or_id: str) -> Seen | None:
    """The container of exactly this name (or whole id), None when there is none."""
    try:
        seen = Seen(await engine.call(lambda api: api.inspect_container(name_or_id)))
    except Gone:
        return None
    # The engine also takes the beginning of an id, which a name may happen to be.
    return seen if name_or_id in (seen.name, seen.id) else None


async def names(engine: Engine, target: Target) -> list[str]:
    """Base names of the target's containers: one, or for a Compose service as many as there are (stopped too)."""
    project, slash, service = target.container.partition("/")
    if not slash:
        return [target.container]
    labels = [f"com.docker.compose.project={project}", f"com.docker.compose.service={service}"]
    found = await engine.call(lambda api: api.containers(all=True, filters={"label": labels}))
    serving = [each for each in found if (each.get("Labels") or {}).get(ONE_OFF) != "True"]
    return sorted({base_name(str(each["Names"][0]).removeprefix("/")) for each in serving if each.get("Names")})


async def find(engine: Engine, target: Target) -> Seen:
    """The target's container. Raises UserError when there is none, or several of a Compose service."""
    found = await names(engine, target)
    if len(found) > 1:
        raise UserError(
            Phrase(
                "{service} runs as {count} containers ({names}); I act on one only. Name the one that is meant in"
                " `services` of ecotrajet.yaml, or scale with Compose itself.",
                {"service": target.service.name, "count": len(found), "names": ", ".join(found)},
            )
        )
    seen = await container(engine, found[0]) if found else None
    if seen is None:
        raise UserError(await _missing(engine, target))
    return seen


async def all_of(engine: Engine, target: Target) -> list[Seen]:
    """Every container of the target, stopped ones too, for who only looks. Raises UserError when there is none."""
    found = [await container(engine, name) for name in await names(engine, target)]
    there = [each for each in found if each is not None]
    if not there:
        raise UserError(await _missing(engine, target))
    return there


async def _missing(engine: Engine, target: Target) -> Phrase:
    there = await engine.call(lambda api: api.containers(all=True))
    known = [str(name).removeprefix("/") for each in there for name in each["Names"] or []]
    near = nearest(target.container, [name for name in known if not name.endswith((*MARKS, PAGE))])
    values = {"container": target.container, "engine": engine.name}
    if near:
        return Phrase(
            "There is no container “{container}” on engine “{engine}”. The nearest name there is “{near}”:"
            " correct `services` in ecotrajet.yaml.",
            {**values, "near": near},
        )
    return Phrase(
        "There is no container “{container}” on engine “{engine}”."
        " Start it there, or correct `services` in ecotrajet.yaml.",
        values,
    )


async def image(engine: Engine, image_id: str) -> Raw | None:
    """`inspect` of an image, None when the engine does not hold it."""
    try:
        return await engine.call(lambda api: raw.inspect_image(api, image_id))
    except Gone:
        return None


def image_words(found: Raw, reference: str = "") -> Image:
    """Our words for an inspected image; `reference`: the name it was asked for by, if one is known."""
    tags = [str(tag) for tag in found.get("RepoTags") or [] if not str(tag).startswith((KEEP, "<none>"))]
    if not reference or _is_id(reference, str(found["Id"])):
        reference = tags[0] if tags else ""
    labels = (found.get("Config") or {}).get("Labels") or {}
    digests = tuple(str(digest) for digest in found.get("RepoDigests") or [])
    return Image(str(found["Id"]), reference, str(labels.get(VERSION_LABEL) or ""), digests)


def running_image(seen: Seen, found: Raw | None) -> Image:
    """What a container runs, also when the engine does not hold its image any more."""
    return image_words(found, seen.reference) if found else Image(seen.image_id, seen.reference)


def _is_id(reference: str, image_id: str) -> bool:
    """Was the image asked for by its id, or by the beginning of it?"""
    bare = reference.removeprefix("sha256:")
    return bare != reference or (len(bare) >= SHORTEST_ID and image_id.removeprefix("sha256:").startswith(bare))


async def planned(engine: Engine, plan: Plan) -> Image | None:
    """The image that a plan leads to, as the engine holds it now; a plan made from a registry knows only its digest."""
    wanted = plan.image_then
    found = await image(engine, wanted.id or plan.pull)
    if found is None:
        return None
    made = image_words(found, wanted.reference)
    return wanted if wanted.id else made


async def observation(engine: Engine, target: Target, now: datetime) -> Observation:
    """What runs at `target` now. Raises UserError."""
    seen = await find(engine, target)
    found = await image(engine, seen.image_id)
    shown = running_image(seen, found)
    return Observation(
        environment=target.environment.name,
        service=target.service.name,
        engine_id=await engine.identity(),
        image_id=seen.image_id,
        reference=shown.reference,
        digests=shown.digests,
        version=version_name(shown.version, shown.reference, shown.id),
        container_id=seen.id,
        healthy=seen.well(now),
        seen_at=now,
    )
