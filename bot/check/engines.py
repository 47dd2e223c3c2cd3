"""Container engines: does each answer, and as whom?"""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from bot.check.finding import Finding, not_set, ok, problem
from bot.errors import UserError
from bot.target import EngineAddress


class KnowsEngines(Protocol):
    """What is asked of `bot.runbook.Engines`."""

    async def identity(self, engine: str) -> str: ...


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
