"""Everything that may be looked at without changing anything: `bot.runbook.Looks` on Docker."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from bot.deployment import short, version_name
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook.checks import Patches, Validated
from bot.runbook.looks import Answer, Changed, Comparison, Files, Findings, Inspection, Network, Probe, Processes, Usage
from bot.target import Target
from runbooks.docker_engine import evidence, inside, inspection, look, patches, probes, raw, swarm, usage, validation
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import Seen, moment
from runbooks.redact import Redactor

SHOWN_PROCESSES: Final = 30
SHOWN_FILES: Final = 60
MOST_OF_DIFF: Final = 4 * 1024 * 1024  # bytes
SHOWN_MEMBERS: Final = 20
SHOWN_NETWORKS: Final = 25
LONGEST_STATS: Final = 6.0  # seconds; the engine takes two for its two samples
STATS_AT_ONCE: Final = 12  # fewer than an engine's calls at once, so that a rollback need not wait for figures
LONGEST_DIFF: Final = 8.0
LONGEST_CELL: Final = 90
QUICK: Final = 2  # seconds for a probe within a diagnosis
PS: Final = "-eo pid,user,pcpu,pmem,etime,args"  # a host whose `ps` does not know these shows what it likes
KINDS: Final = {0: Changed.CHANGED, 1: Changed.ADDED, 2: Changed.DELETED}
USUAL_NETWORKS: Final = frozenset({"host", "none"})
T = TypeVar("T")


class DockerLooks:
    """`engine` gives the engine of a name, or raises UserError."""

    def __init__(self, engine: Callable[[str], Engine]) -> None:
        self._engine = engine
        self._measuring: dict[str, asyncio.Semaphore] = {}

    async def top(self, target: Target) -> list[Processes]:
        with worded():
            engine, all_seen = await self._running(target)
            return list(await asyncio.gather(*(_processes(engine, seen) for seen in all_seen)))

    async def stats(self, targets: Sequence[Target]) -> list[Usage]:
        found = await asyncio.gather(*(self._usage(target) for target in targets))
        return [each for several in found for each in several]

    async def inspect(self, target: Target) -> Inspection:
        with worded():
            engine, all_seen = await self._all(target)
            seen = all_seen[0]
            return inspection.of(seen, await look.image(engine, seen.image_id), len(all_seen) - 1)

    async def diff(self, target: Target) -> Files:
        with worded():
            engine, all_seen = await self._all(target)
            seen = all_seen[0]
            text, whole = await engine.call(lambda api: raw.changes(api, seen.id, MOST_OF_DIFF), limit=LONGEST_DIFF)
            return files(seen, text, whole)

    async def compare(self, here: Target, there: Target) -> Comparison:
        with worded():
            (one, seen), (other, also) = await asyncio.gather(self._first(here), self._first(there))
            images = await asyncio.gather(look.image(one, seen.image_id), look.image(other, also.image_id))
            return inspection.compare(seen, images[0], also, images[1])

    async def networks(self, engine: str) -> list[Network]:
        with worded():
            asked = self._engine(engine)
            listed = await asked.call(raw.networks)
            wanted = sorted(
                (each for each in listed if each["Name"] not in USUAL_NETWORKS), key=lambda n: str(n["Name"])
            )
            return list(await asyncio.gather(*(_network(asked, each) for each in wanted[:SHOWN_NETWORKS])))

    async def probe(self, target: Target, probe: Probe, grep: str = "") -> Answer:
        with worded():
            engine, all_seen = await self._running(target)
            seen = all_seen[0]
            command, text = await _probed(engine, seen, probe)
            lines = [line for line in Redactor(seen.env).clean(text).splitlines() if grep.casefold() in line.casefold()]
            return Answer(seen.name, command, "\n".join(lines))

    async def validate(self, target: Target) -> Validated:
        with worded():
            engine, all_seen = await self._running(target)
            return await validation.of(engine, all_seen[0], target.service)

    async def patches(self, target: Target) -> Patches:
        with worded():
            engine, all_seen = await self._running(target)
            return await patches.of(engine, all_seen[0])

    async def findings(self, target: Target) -> Findings:
        with worded():
            engine, all_seen = await self._all(target)
            sick = (seen for seen in all_seen if not seen.running or seen.health == "unhealthy")
            return await _findings(engine, target, next(sick, all_seen[0]))

    # Which container ---------------------------------------------------------------------------------------------

    async def _all(self, target: Target) -> tuple[Engine, list[Seen]]:
        """Those that run first. Raises UserError when there is none."""
        engine = self._engine(target.engine)
        found = await _tasks(engine, target) if target.swarm else await look.all_of(engine, target)
        return engine, sorted(found, key=lambda seen: not seen.running)

    async def _first(self, target: Target) -> tuple[Engine, Seen]:
        engine, found = await self._all(target)
        return engine, found[0]

    async def _running(self, target: Target) -> tuple[Engine, list[Seen]]:
        engine, found = await self._all(target)
        running = [seen for seen in found if seen.running]
        if not running:
            raise UserError(not_running(target, found[0]))
        return engine, running

    async def _usage(self, target: Target) -> list[Usage]:
        name = target.service.name
        try:
            with worded():
                engine, running = await self._running(target)
                return list(await asyncio.gather(*(self._measured(engine, name, seen) for seen in running)))
        except UserError as refused:
            return [Usage(name, target.container, problem=refused.phrase)]

    async def _measured(self, engine: Engine, service: str, seen: Seen) -> Usage:
        async with self._measuring.setdefault(engine.name, asyncio.Semaphore(STATS_AT_ONCE)):
            return await _stats(engine, service, seen)


@contextmanager
def worded() -> Iterator[None]:
    """What the engine refuses is told in its own words, never as a fault of ours."""
    try:
        yield
    except EngineSaid as said:
        raise UserError(Phrase("Docker refused: {why}", {"why": said.why})) from said


def not_running(target: Target, seen: Seen) -> Phrase:
    values: dict[str, Value | Phrase] = {
        "container": seen.name, "state": seen.state, "code": seen.exit_code,
        "command": f"/ecotrajet diagnose {target.environment.name} {target.service.name}",
    }  # fmt: skip
    if seen.state == "paused":
        values["command"] = f"/ecotrajet start {target.environment.name} {target.service.name}"
        return Phrase("{container} is paused: wake it first, by `{command}`.", values)
    return Phrase(
        "{container} is not running ({state}, exit code {code}), so there is nothing to see in it."
        " To learn why: `{command}`.",
        values,
    )


async def _tasks(engine: Engine, target: Target) -> list[Seen]:
    """A Swarm service's containers on this very node: the other nodes' engines are not asked. Raises UserError."""
    there = await swarm.find(engine, target)
    ids = [task.container_id for task in sorted(there.tasks, key=lambda task: not task.running) if task.container_id]
    found = [await look.container(engine, each) for each in dict.fromkeys(ids)]
    here = [seen for seen in found if seen is not None]
    running = [seen for seen in here if seen.running]
    if not here:
        values = {"service": there.name, "engine": engine.name, "why": swarm.last_error(there) or "-"}
        raise UserError(
            Phrase(
                "No task of {service} has a container on the node of engine “{engine}”. Its last error: {why}", values
            )
        )
    return running or here[:1]


# One look each --------------------------------------------------------------------------------------------------


async def _processes(engine: Engine, seen: Seen) -> Processes:
    """By the host's `ps`: the image needs none. Commands may hold passwords, so every cell is cleaned."""
    try:
        found = await engine.call(lambda api: raw.top(api, seen.id, PS))
    except EngineSaid:
        found = await engine.call(lambda api: raw.top(api, seen.id))
    clean = Redactor(seen.env).clean
    rows = [tuple(clean(str(cell))[:LONGEST_CELL] for cell in row) for row in found.get("Processes") or []]
    titles = tuple(str(title) for title in found.get("Titles") or [])
    return Processes(seen.name, titles, tuple(rows[:SHOWN_PROCESSES]), max(0, len(rows) - SHOWN_PROCESSES))


async def _stats(engine: Engine, service: str, seen: Seen) -> Usage:
    return usage.of(service, seen, await engine.call(lambda api: raw.stats(api, seen.id), limit=LONGEST_STATS))


async def _network(engine: Engine, listed: Mapping[str, Any]) -> Network:
    found = await engine.call(lambda api: raw.inspect_network(api, str(listed["Id"])))
    pools = ((found.get("IPAM") or {}).get("Config")) or []
    ends = sorted((found.get("Containers") or {}).values(), key=lambda end: str(end.get("Name")))
    members = {str(end.get("Name")): str(end.get("IPv4Address") or "").partition("/")[0] for end in ends}
    return Network(
        name=str(found["Name"]),
        driver=str(found.get("Driver") or ""),
        subnets=tuple(str(pool["Subnet"]) for pool in pools if pool.get("Subnet")),
        internal=bool(found.get("Internal")),
        members=dict(list(members.items())[:SHOWN_MEMBERS]),
        more=max(0, len(members) - SHOWN_MEMBERS),
    )


async def _probed(engine: Engine, seen: Seen, probe: Probe) -> tuple[str, str]:
    """The command as one would type it, and what it said, not yet redacted."""
    if probe is not Probe.ENV:
        said = await inside.run(engine, seen, probes.COMMANDS[probe])
        return said.command, probes.readable(probe, said.command, said.output)
    try:
        said = await inside.run(engine, seen, probes.COMMANDS[probe])
        names = probes.readable(probe, said.command, said.output) if said.exit_code == 0 else ""
    except UserError:
        names = ""  # no `cat`, or not allowed to: what the container was made with is nearly the same
    return "env", names or "\n".join(probes.names_of(seen.env))


def files(seen: Seen, text: str, whole: bool) -> Files:
    """The changes of a container's own layer; folders that only hold a change are left out."""
    listed = changes_in(text, whole)
    holding = {parent for _, path in listed for parent in _parents(path)}
    own = [(kind, path) for kind, path in listed if kind is not Changed.CHANGED or path not in holding]
    counts = {kind: sum(each is kind for each, _ in own) for kind in Changed}
    clean = Redactor(seen.env).clean
    return Files(seen.name, tuple((kind, clean(path)) for kind, path in own[:SHOWN_FILES]), counts, not whole)


def changes_in(text: str, whole: bool) -> list[tuple[Changed, str]]:
    """`[{"Path": …, "Kind": …}]` of `docker diff`; of a text that was cut, what came before the cut."""
    if not whole:
        text = text[: text.rfind("},{") + 1] + "]"
    found = json.loads(text or "null") or []
    return [(KINDS.get(each["Kind"], Changed.CHANGED), str(each["Path"])) for each in found]


def _parents(path: str) -> Iterable[str]:
    while path := path.rpartition("/")[0]:
        yield path


# Everything at once, for a diagnosis ------------------------------------------------------------------------------


async def _findings(engine: Engine, target: Target, seen: Seen) -> Findings:
    """What cannot be had is left out: a diagnosis of a sick container must not wait for it."""
    kept, image, used, (disks, hangs) = await asyncio.gather(
        evidence.of(engine, seen), look.image(engine, seen.image_id), _usage_or_none(engine, target, seen),
        _disks(engine, seen),
    )  # fmt: skip
    shown = look.image_words(image, seen.reference) if image else None
    state = seen.raw["State"]
    return Findings(
        evidence=kept,
        container=seen.name,
        image_id=seen.image_id,
        version=version_name(shown.version, shown.reference, shown.id) if shown else short(seen.image_id),
        error=Redactor(seen.env).clean(str(state.get("Error") or "")),
        started=seen.started_at,
        finished=moment(str(state.get("FinishedAt") or "")),
        usage=used,
        disks=disks,
        disk_hangs=hangs,
    )


async def _usage_or_none(engine: Engine, target: Target, seen: Seen) -> Usage | None:
    return await _or(None, _stats(engine, target.service.name, seen)) if seen.running else None


async def _disks(engine: Engine, seen: Seen) -> tuple[dict[str, int], bool]:
    """How full each is, and whether one does not answer at all."""
    if not seen.running:
        return {}, False
    try:
        said = await inside.run(engine, seen, probes.COMMANDS[Probe.DISK], limit=QUICK)
    except inside.GivenUp:
        return {}, True
    except (UserError, EngineSaid):
        return {}, False
    return probes.disks(said.output.decode(errors="replace")), False


async def _or(instead: T, asked: Awaitable[T]) -> T:
    try:
        return await asked
    except (UserError, EngineSaid):
        return instead
