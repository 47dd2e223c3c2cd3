"""Container engines: does each answer, and as whom; do they hold what is shown while a service is isolated?"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Protocol

from bot.check.finding import Finding, not_set, ok, problem, warning
from bot.errors import UserError
from bot.target import EngineAddress, Environment, Service


class KnowsEngines(Protocol):
    """What is asked of the container engines; both raise UserError when the one named does not answer."""

    async def identity(self, engine: str) -> str: ...

    async def has(self, engine: str, image: str) -> bool: ...


async def engine(address: EngineAddress, used: bool, engines: KnowsEngines | None) -> Finding:
    """`used`: some service runs there; an unused engine that is away is no problem."""
    what = f"engine {address.name}"
    if engines is None:
        return not_set(what, "not asked")
    try:
        identity = await engines.identity(address.name)
    except UserError as error:
        if not used:
            return not_set(what, f"{address.url}: {error}; no service runs there")
        return problem(what, f"{address.url}: {error}", mend(address.url))
    return ok(what, f"{address.url}, ID {identity[:12]}")


def mend(url: str) -> str:
    """What usually is the matter with an engine of this kind of address."""
    if url.startswith("unix://"):
        return "start Docker there (`systemctl start docker`), and let this user use its socket (group docker)"
    if url.startswith("ssh://"):
        return "see docs/moteurs-ssh.md; `environments.….ssh` names the key and the known_hosts file"
    return "check the address, the firewall and the tls files of this environment"


async def all_engines(
    addresses: Mapping[str, EngineAddress], used: frozenset[str], engines: KnowsEngines | None
) -> list[Finding]:
    return list(await asyncio.gather(*(engine(each, each.name in used, engines) for each in addresses.values())))


async def pages(
    environments: Mapping[str, Environment], services: Iterable[Service], engines: KnowsEngines | None
) -> list[Finding]:
    """The maintenance pages that are configured: fetched when they are needed, they would come too late."""
    wanted = [
        (environments[place].engine, service.name, service.maintenance_image)
        for service in services
        for place in service.containers
        if service.maintenance_image
    ]
    if engines is None:
        return []
    return [each for each in await asyncio.gather(*(page(*one, engines) for one in dict.fromkeys(wanted))) if each]


async def page(engine: str, service: str, image: str, engines: KnowsEngines) -> Finding | None:
    """None: its engine does not answer, which is told elsewhere."""
    what = f"maintenance page {service} on {engine}"
    try:
        there = await engines.has(engine, image)
    except UserError:
        return None
    if there:
        return ok(what, image)
    return warning(what, f"{image} is not on that engine: nobody would answer", f"fetch it there: docker pull {image}")
