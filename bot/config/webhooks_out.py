"""The section `webhooks_out`: who else is told of what happens here."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import BeforeValidator

from bot.config.models import Section, Text
from bot.config.problems import Problems, unknown_name
from bot.hook import FAMILIES, SHORTEST, Hook
from bot.secret import Secret

EVENT: Final = re.compile(r"\*|[a-z]+\.(?:\*|[a-z_]+)")


def event(value: object) -> str:
    text = str(value)
    if EVENT.fullmatch(text) is None:
        raise ValueError("must be an event such as incident.opened, a family such as incident.*, or *")
    return text


class WebhookSection(Section):
    """`private`: the address may be of this host or network, and plain http."""

    url: Text
    secret: Text
    events: tuple[Annotated[str, BeforeValidator(event)], ...] = ("incident.*",)
    private: bool = False


def check(entries: Mapping[str, WebhookSection], problems: Problems) -> None:
    """Addresses and secrets are never shown."""
    for name, entry in entries.items():
        where = ("webhooks_out", name)
        if (wrong := wrong_with(entry.url, private=entry.private)) is not None:
            problems.add_once((*where, "url"), wrong)
        if len(entry.secret) < SHORTEST:
            problems.add_once((*where, "secret"), "is too short; make one with: openssl rand -hex 24")
        if not entry.events:
            problems.add_once((*where, "events"), "must not be empty")
        for position, each in enumerate(entry.events):
            family = each.partition(".")[0]
            if family != "*" and family not in FAMILIES:
                said = unknown_name("family of events", family, sorted(FAMILIES))
                problems.add_once((*where, "events", position), said)


def wrong_with(url: str, *, private: bool) -> str | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.password:
        return "must be an address such as https://hooks.example/ecotrajet, without a name or password in it"
    if private:
        return None
    if parts.scheme != "https":
        return "must begin with https:// (plain http only with private: true)"
    try:
        near = not ipaddress.ip_address(host).is_global
    except ValueError:
        near = host == "localhost" or host.endswith(".localhost")
    return "is an address of this host or network: say private: true if that is meant" if near else None


def hooks(entries: Mapping[str, WebhookSection]) -> dict[str, Hook]:
    return {
        name: Hook(name, Secret(entry.url), Secret(entry.secret), entry.events, entry.private)
        for name, entry in entries.items()
    }
