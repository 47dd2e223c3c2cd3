"""The maintenance page of an isolated service: a container that answers on its published ports while it is down.

`N.page` beside `N`: made before the stop, shown after it, put aside before the service starts, and removed once that
runs. It is no part of the service: it bears neither its name in networks nor a label of its Compose project. What the
engine shows decides what becomes of it (`settle`), so whoever died in the middle leaves nothing to remember.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.runbook import Repaired, Result
from bot.target import Target
from runbooks.docker_engine import hands, look, raw
from runbooks.docker_engine.body import COMPOSE, OWN
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import Conflict, EngineSaid, Gone
from runbooks.docker_engine.look import PAGE, Raw, Seen

OF: Final = "ecotrajet.page.of"
TCP: Final = "/tcp"
COMES_BACK_BY_ITSELF: Final = frozenset({"always", "on-failure"})  # when the engine itself restarts
NOTHING_PUBLISHED: Final = ("host", "none", "container:")  # networks; the engine ignores `-p` there
FALLS_WITHIN: Final = 0.5  # seconds: a program that cannot run is over by then


@dataclass(frozen=True, slots=True, order=True)
class Port:
    """One published TCP port: `address` of the host ('' for every one) and number there, `inside` the container."""

    address: str
    host: str
    inside: str  # `8080/tcp`

    @property
    def words(self) -> str:
        """`127.0.0.1:8080`, or `8080`."""
        return f"{self.address}:{self.host}" if self.address else self.host


def published(seen: Raw) -> tuple[Port, ...]:
    """The TCP ports of a running container as they really are; of one that is down, those that are fixed."""
    if str(seen["HostConfig"].get("NetworkMode") or "").startswith(NOTHING_PUBLISHED):
        return ()
    asked = seen["HostConfig"].get("PortBindings") or {}
    given = {inside: ends for inside, ends in (seen.get("NetworkSettings", {}).get("Ports") or {}).items() if ends}
    found = set()
    for inside, ends in (given or asked).items():
        named = {str(end.get("HostIp") or "") for end in asked.get(inside) or []}
        for end in ends or [] if inside.endswith(TCP) else []:
            address, host = str(end.get("HostIp") or ""), str(end.get("HostPort") or "")
            if host.isdigit() and host != "0":  # else the engine chooses at the next start
                # Where no address was asked for, a running one shows 0.0.0.0 and ::.
                found.add(Port(address if address in named else "", host, inside))
    return tuple(sorted(found))


def words(ports: Iterable[Port]) -> str:
    return ", ".join(dict.fromkeys(port.words for port in ports))


def bindings(ports: Sequence[Port], exposed: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """Where each port of the host leads in the page: to the same number if its image exposes that, else to the lowest
    one that it exposes; an image that exposes none listens where the service does."""
    there = sorted((each for each in exposed if each.endswith(TCP)), key=lambda each: int(each.removesuffix(TCP)))
    found: dict[str, list[dict[str, str]]] = {}
    for port in ports:
        inside = port.inside if port.inside in there or not there else there[0]
        found.setdefault(inside, []).append({"HostIp": port.address, "HostPort": port.host})
    return found


def body(seen: Raw, image: Raw, target: Target) -> dict[str, Any]:
    """The create request; `seen`: the service's inspection while it runs; `image`: that of the page's image."""
    own = image.get("Config") or {}
    led = bindings(published(seen), own.get("ExposedPorts") or {})
    # Images that Compose built carry its labels: the page would count as a container of that project.
    hidden = {key: "" for key in own.get("Labels") or {} if key.startswith((COMPOSE, OWN))}
    policy = str((seen["HostConfig"].get("RestartPolicy") or {}).get("Name") or "no")
    return {
        "Image": image["Id"],
        "Env": [f"ECOTRAJET_ENVIRONMENT={target.environment.name}", f"ECOTRAJET_SERVICE={target.service.name}"],
        "Labels": {**hidden, OF: str(seen["Name"]).removeprefix("/")},
        "ExposedPorts": {inside: {} for inside in led},
        "StopTimeout": 1,  # the service waits for its ports
        "HostConfig": {
            "PortBindings": led,
            "NetworkMode": str(seen["HostConfig"].get("NetworkMode") or "default"),
            # Where the service comes back with the engine, the page must not hold its ports then.
            "RestartPolicy": {"Name": "no" if policy in COMES_BACK_BY_ITSELF else "unless-stopped"},
            "SecurityOpt": ["no-new-privileges"],
        },
    }


@dataclass(frozen=True, slots=True)
class Intent:
    """What a plan says of the page: its image's id, '' for no page; `told`, and whether that is a warning."""

    image: str = ""
    told: Phrase | None = None
    warns: bool = True


async def intended(engine: Engine, target: Target, seen: Seen) -> Intent:
    """Before a stop: will somebody answer meanwhile?"""
    ports, wanted = words(published(seen.raw)), target.service.maintenance_image
    if not ports:
        nowhere = Phrase("It publishes no port of the host: its maintenance page has nowhere to answer.")
        return Intent(told=nowhere if wanted else None)
    values = {"ports": ports, "image": wanted, "service": target.service.name}
    if not wanted:
        unnamed = Phrase(
            "Nobody will answer on {ports} meanwhile: `services.{service}.maintenance_image` names no page.", values
        )
        return Intent(told=unnamed)
    found = await look.image(engine, wanted)
    if found is None:
        away = Phrase(
            "Nobody will answer on {ports} meanwhile: {image} is not on this engine. Fetch it there: `docker pull`.",
            values,
        )
        return Intent(told=away)
    return Intent(str(found["Id"]), Phrase("Meanwhile {image} answers on {ports}.", values), warns=False)


async def standing(engine: Engine, name: str) -> Seen | None:
    """The page of `name`, shown or not; None: there is none, or somebody else's container bears its name."""
    found = await look.container(engine, name + PAGE)
    return found if found is not None and found.labels.get(OF) == name else None


async def isolated(engine: Engine, seen: Seen) -> bool:
    """Is it down on purpose, with a page in its place?"""
    return seen.state not in hands.UP and await standing(engine, seen.name) is not None


async def answers(engine: Engine, seen: Seen) -> bool:
    """Is the service down while its page is shown?"""
    found = await standing(engine, seen.name) if seen.state not in hands.UP else None
    return found is not None and found.running


async def not_isolated(engine: Engine, seen: Seen) -> None:
    """Raises UserError for what cannot be done to a service whose ports its page holds."""
    if await isolated(engine, seen):
        values = {"container": seen.name}
        raise UserError(
            Phrase(
                "{container} is isolated: its maintenance page holds its ports. To bring it back: `/ecotrajet start`.",
                values,
            )
        )


async def make(engine: Engine, target: Target, seen: Seen, image_id: str) -> None:
    """Made, not yet shown; what stood there from another time goes. Raises UserError: nothing was touched."""
    image = await look.image(engine, image_id)
    if image is None:
        raise UserError(
            Phrase("The image of the maintenance page has gone since the plan was made. Ask for a fresh plan.")
        )
    if (before := await standing(engine, seen.name)) is not None:
        await hands.remove(engine, before, with_volumes=True)
    wanted, name = body(seen.raw, image, target), seen.name + PAGE
    try:
        await engine.call(lambda api: raw.create(api, wanted, name))
    except Conflict:
        raise UserError(
            Phrase("A container named {name} stands there that is not the desk's: remove it first.", {"name": name})
        ) from None
    except EngineSaid as said:
        raise UserError(
            Phrase("Docker refused to make the maintenance page ({why}). Nothing was touched.", {"why": said.why})
        ) from said


async def show(engine: Engine, page: Seen) -> Phrase | None:
    """The page answers now, or why it does not. Safe to repeat."""
    try:
        await hands.start(engine, page.id)
    except Gone:
        return Phrase("it was removed by hand")
    except EngineSaid as said:
        return Phrase("Docker refused: {why}", {"why": said.why})
    await asyncio.sleep(FALLS_WITHIN)
    seen = await look.container(engine, page.id)
    if seen is None:
        return Phrase("it was removed by hand")
    if seen.restarts:
        return Phrase("it stops again and again")
    if not seen.running:
        return Phrase("it stopped (exit code {code})", {"code": seen.exit_code})
    return None


async def aside(engine: Engine, name: str) -> bool:
    """The ports are free again for the service; the page can still come back. False: there is none."""
    page = await standing(engine, name)
    if page is not None:
        await hands.stop(engine, page.id)
    return page is not None


async def settle(engine: Engine, name: str) -> tuple[Phrase, bool] | None:
    """The page as the service is: gone when that runs, shown when it is down. What was done, and whether all is well
    then; None: nothing was to do.

    Only for who holds the target's lock, when no stop can be under way. Raises EngineSaid or Unreachable.
    """
    page = await standing(engine, name)
    if page is None:
        return None
    service = await look.container(engine, name)
    values: dict[str, Value | Phrase] = {"container": name}
    if service is None and page.state in hands.UP:
        return None  # it goes on answering until something runs there again
    if service is None or service.state in hands.UP:
        await hands.remove(engine, page, with_volumes=True)
        return Phrase("The maintenance page of {container} was put away.", values), True
    if page.state in hands.UP:
        return None
    if (why := await show(engine, page)) is not None:
        values["why"] = why
        return Phrase("The maintenance page of {container} does not answer: {why}.", values), False
    return Phrase("The maintenance page of {container} answers again.", values), True


async def repaired(engine: Engine, target: Target, name: str) -> Repaired | None:
    """`settle` in the words of a repair that nobody asked for by name. Raises Unreachable."""
    try:
        done = await settle(engine, name)
    except EngineSaid as said:
        done = Phrase("Docker refused: {why}", {"why": said.why}), False
    if done is None:
        return None
    phrase, well = done
    seen = await look.container(engine, name)
    return Repaired(
        environment=target.environment.name, service=target.service.name, phrase=phrase,
        result=Result.SUCCEEDED if well else Result.FAILED, container_id=seen.id if seen else "",
        healthy=bool(seen and seen.running),
    )  # fmt: skip


def ports_of(page: Mapping[str, Any]) -> str:
    """Where a page answers, from its inspection."""
    ends = (page["HostConfig"].get("PortBindings") or {}).items()
    there = (Port(str(end.get("HostIp") or ""), str(end["HostPort"]), to) for to, several in ends for end in several)
    return words(sorted(there))
