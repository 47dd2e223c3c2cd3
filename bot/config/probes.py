"""The section `probes`: what the desk itself goes to look at."""

import ipaddress
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field

from bot.alert import AlertStatus
from bot.classification import Rule, When
from bot.config.models import Name, Section, Text, duration
from bot.config.problems import Problems, Where
from bot.incident import Priority
from bot.phrase import Phrase
from bot.probe import SOURCE, TROUBLE, Certificate, Kind, ProbeEntry, Standing
from bot.secret import Secret
from bot.target import fold

SHORTEST: Final = timedelta(seconds=5)
LONGEST: Final = timedelta(seconds=60)
SPAN: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(ms|s)", re.IGNORECASE)
HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
AIMS: Final = ("url", "tcp", "certificate")
ONLY_URL: Final = ("keyword", "status", "headers", "follow_redirects")


def span(value: object) -> timedelta:
    """A duration as elsewhere, and also `800 ms` or `1.5 s`."""
    found = SPAN.fullmatch(str(value).strip())
    if found is None:
        return duration(value)
    amount = float(found[1].replace(",", "."))
    return timedelta(milliseconds=amount) if found[2].lower() == "ms" else timedelta(seconds=amount)


def statuses(value: object) -> object:
    """One, or several."""
    return value if isinstance(value, (list, tuple)) else [value]


Span = Annotated[timedelta, BeforeValidator(span)]
Status = Annotated[int, Field(ge=100, le=599)]


class ProbeSection(Section):
    """Exactly one of `url`, `tcp` and `certificate`; `retry_every` left out: as `interval`."""

    environment: Name
    service: Name
    url: Text | None = None
    tcp: Text | None = None
    certificate: Text | None = None
    keyword: Text | None = None
    status: Annotated[tuple[Status, ...], BeforeValidator(statuses)] | None = None
    slow_after: Span | None = None
    interval: Span = timedelta(seconds=30)
    timeout: Span = timedelta(seconds=10)
    retries: Annotated[int, Field(ge=1, le=20)] = 3
    retry_every: Span | None = None
    certificate_days: Annotated[int, Field(ge=0, le=365)] | None = None
    headers: dict[str, Text] = Field(default_factory=dict)
    follow_redirects: bool | None = None
    authority: Text | None = None
    private: bool = False
    priority: Priority = Priority.P1


def check(entries: Mapping[str, ProbeSection], problems: Problems) -> None:
    """Addresses and headers are never shown."""
    for name, entry in entries.items():
        where = ("probes", name)
        if "/" in name:
            problems.add_once(where, "must have no / in its name: it is part of a key")
        _aim(entry, where, problems)
        _times(entry, where, problems)
        for header, value in entry.headers.items():
            if HEADER.fullmatch(header) is None or not value.isprintable():
                problems.add_once((*where, "headers"), "holds what is no header")


def _aim(entry: ProbeSection, where: Where, problems: Problems) -> None:
    aims = [aim for aim in AIMS if getattr(entry, aim) is not None]
    if len(aims) != 1:
        problems.add_once(where, "needs exactly one of url, tcp and certificate")
        return
    (aim,) = aims
    wrong = _wrong_url(entry) if aim == "url" else _wrong_host(str(getattr(entry, aim)), private=entry.private)
    if wrong is not None:
        problems.add_once((*where, aim), wrong)
    for key in ONLY_URL if aim != "url" else ():
        if getattr(entry, key):
            problems.add_once((*where, key), "goes with url only")
    if aim == "certificate" and entry.slow_after is not None:
        problems.add_once((*where, "slow_after"), "goes with url or tcp only")
    plain = aim == "tcp" or (aim == "url" and str(entry.url).lower().startswith("http:"))
    if plain and entry.certificate_days:
        problems.add_once((*where, "certificate_days"), "goes with an https:// url or with certificate only")
    if aim == "certificate" and entry.certificate_days == 0:
        problems.add_once((*where, "certificate_days"), "must be 1 or more: else nothing is looked at")


def _times(entry: ProbeSection, where: Where, problems: Problems) -> None:
    for key in ("interval", "retry_every"):
        if (given := getattr(entry, key)) is not None and given < SHORTEST:
            problems.add_once((*where, key), "must be 5 s or longer")
    if not timedelta(seconds=1) <= entry.timeout <= LONGEST:
        problems.add_once((*where, "timeout"), "must be from 1 s to 60 s")
    if entry.slow_after is not None and not timedelta(0) < entry.slow_after < entry.timeout:
        problems.add_once((*where, "slow_after"), "must be shorter than timeout, and not 0")


def _wrong_url(entry: ProbeSection) -> str | None:
    try:
        parts = urlsplit(str(entry.url))
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme.lower() not in ("http", "https") or not host or not str(entry.url).isprintable():
        return "must be an address, such as https://app.ecotrajet.com/"
    if parts.username or parts.password:
        return "must hold no name or password; give them as headers: {Authorization: env:NAME}"
    return _near(host, private=entry.private)


def _wrong_host(text: str, *, private: bool) -> str | None:
    host, _, port = text.rpartition(":")
    if not re.fullmatch(r"[^\s/:@]+|\[[0-9A-Fa-f:.]+\]", host) or not port.isdecimal() or not 0 < int(port) < 65536:
        return "must be host:port, such as db.example:5432"
    return _near(host.strip("[]"), private=private)


def _near(host: str, *, private: bool) -> str | None:
    if private:
        return None
    try:
        near = not ipaddress.ip_address(host).is_global
    except ValueError:
        near = host == "localhost" or host.endswith(".localhost") or "." not in host
    return "is an address of this host or network: say private: true if that is meant" if near else None


def probes(entries: Mapping[str, ProbeSection]) -> dict[str, ProbeEntry]:
    return {name: _probe(name, entry) for name, entry in entries.items()}


def _probe(name: str, entry: ProbeSection) -> ProbeEntry:
    kind = Kind.HTTP if entry.url else Kind.TCP if entry.tcp else Kind.CERTIFICATE
    days = 14 if entry.certificate_days is None else entry.certificate_days
    return ProbeEntry(
        name=name, kind=kind, address=Secret(entry.url or entry.tcp or entry.certificate or ""),
        environment=entry.environment, service=entry.service, keyword=entry.keyword or "",
        statuses=entry.status or (), slow_after=entry.slow_after, interval=entry.interval, timeout=entry.timeout,
        retries=entry.retries, retry_every=entry.retry_every, certificate_days=0 if kind is Kind.TCP else days,
        headers={header: Secret(value) for header, value in entry.headers.items()},
        follow_redirects=bool(entry.follow_redirects), authority=entry.authority or "", private=entry.private,
        priority=entry.priority,
    )  # fmt: skip


def probe_rules(entries: Mapping[str, ProbeSection]) -> tuple[Rule, ...]:
    """Before all others: what a probe is worth stands beside it. Environments lower it as for any alert."""
    rules: list[Rule] = []
    for name, entry in entries.items():
        values = {"name": name}
        worth: tuple[tuple[str, Priority, Phrase], ...] = (
            (Standing.DOWN, entry.priority, Phrase("The probe “{name}” fails", values)),
            (Standing.SLOW, Priority.P2, Phrase("The probe “{name}” is slow: a degradation", values)),
            (Certificate.SOON, Priority.P3, Phrase("The certificate of “{name}” ends soon", values)),
            (Certificate.NEAR, Priority.P2, Phrase("The certificate of “{name}” ends within days", values)),
            (Certificate.EXPIRED, Priority.P1, Phrase("The certificate of “{name}” has expired", values)),
        )  # fmt: skip
        rules += [
            Rule(
                f"probes.{name}.{trouble}", gives, why,
                When(
                    statuses=frozenset({AlertStatus.FIRING}), sources=frozenset({SOURCE}),
                    labels={SOURCE: re.escape(fold(name)), TROUBLE: re.escape(trouble)},
                ),
            )
            for trouble, gives, why in worth
        ]  # fmt: skip
    return tuple(rules)
