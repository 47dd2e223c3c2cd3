"""Environments, and the container engines that they name."""

from collections.abc import Mapping
from typing import Final

from bot.config import defaults
from bot.config.models import EnvironmentSection
from bot.target import EngineAddress, Environment, SshFiles, TlsFiles

NO_ENGINE: Final = "none"


def environments_of(
    entries: Mapping[str, EnvironmentSection], docker_host: str
) -> tuple[dict[str, Environment], dict[str, EngineAddress]]:
    """Environments that name the same address share an engine, named after the first of them."""
    found: dict[str, Environment] = {}
    engines: dict[str, EngineAddress] = {}
    for name, entry in entries.items():
        found[name] = defaults.environment(name, entry, engine_of(name, entry, docker_host, engines))
    return found, engines


def engine_of(name: str, entry: EnvironmentSection, docker_host: str, engines: dict[str, EngineAddress]) -> str:
    if entry.engine == NO_ENGINE:
        return NO_ENGINE
    default = entry.engine == "default"
    tls = TlsFiles(entry.tls.certificate, entry.tls.key, entry.tls.authority) if entry.tls else None
    ssh = SshFiles(entry.ssh.key, entry.ssh.known_hosts) if entry.ssh else None
    address = EngineAddress("default" if default else name, docker_host if default else entry.engine, tls, ssh)
    for known in engines.values():
        if (known.url, known.tls, known.ssh) == (address.url, address.tls, address.ssh):
            return known.name
    engines[address.name] = address
    return address.name
