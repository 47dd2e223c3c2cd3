"""Probes: what the desk itself goes to look at, as the guide's users would (sections 4.3 and 6.1). Pure.

Three failures in a row, one every 30 s, 10 s each, are what the guide calls unhealthy; here they are the defaults.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from bot.incident import Priority
from bot.phrase import Phrase, Value
from bot.runbook import Light, ServiceStatus
from bot.secret import Secret

SOURCE: Final = "probe"
"""The source of the alerts about them, and the label that holds the name."""
RESTS: Final = timedelta(hours=4)  # so long a service that was stopped by its people may stay so without a word
FALLS_WITHIN: Final = timedelta(minutes=10)  # after its stop
TROUBLE: Final = "trouble"
"""The label that holds what is wrong: a `Standing` or a `Certificate`."""
CERTIFICATE_KEY: Final = "/certificate"
NEAR: Final = timedelta(days=3)
ORDER: Final = (Light.GREEN, Light.UNKNOWN, Light.YELLOW, Light.RED)  # the worst last
FEWEST: Final = 3  # results before anything is said of a response time
SLOWER_BY: Final = timedelta(milliseconds=500)


class Kind(StrEnum):
    HTTP = "http"
    TCP = "tcp"
    CERTIFICATE = "certificate"


class Standing(StrEnum):
    """`unknown`: not looked at often enough yet."""

    UNKNOWN = "unknown"
    UP = "up"
    SLOW = "slow"
    DOWN = "down"


class Certificate(StrEnum):
    """`soon`: within `certificate_days`; `near`: within NEAR; `unknown`: none seen, or not looked at."""

    UNKNOWN = "unknown"
    FINE = "fine"
    SOON = "soon"
    NEAR = "near"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ProbeEntry:
    """One entry of `probes`. `address`: an http(s) URL, or `host:port`; hidden, since a query may hold a token.

    `statuses` empty: 200 to 299. `certificate_days` 0: the certificate's end is not watched. `authority`: the file of
    an authority of one's own, or ''. `private`: it may lead into this host or network. `priority`: when it is down.
    """

    name: str
    kind: Kind
    address: Secret
    environment: str
    service: str
    keyword: str = ""
    statuses: tuple[int, ...] = ()
    slow_after: timedelta | None = None
    interval: timedelta = timedelta(seconds=30)
    timeout: timedelta = timedelta(seconds=10)
    retries: int = 3
    retry_every: timedelta | None = None
    certificate_days: int = 14
    headers: Mapping[str, Secret] = field(default_factory=dict)
    follow_redirects: bool = False
    authority: str = ""
    private: bool = False
    priority: Priority = Priority.P1

    @property
    def shown(self) -> str:
        """The address without what may be secret in it."""
        if self.kind is not Kind.HTTP:
            return self.address.reveal()
        parts = urlsplit(self.address.reveal())
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

    @property
    def secure(self) -> bool:
        return self.kind is Kind.CERTIFICATE or self.address.reveal().lower().startswith("https:")

    def secrets(self) -> list[Secret]:
        """For redaction: its headers, and its address when that asks something."""
        asks = self.kind is Kind.HTTP and bool(urlsplit(self.address.reveal()).query)
        return [*self.headers.values(), *([self.address] if asks else [])]

    def key(self) -> str:
        """Something else is looked at when this changes: what was known then is forgotten."""
        return "|".join((self.kind, self.environment, self.service, self.address.reveal(), self.keyword))


@dataclass(frozen=True, slots=True)
class Seen:
    """One look. `wrong` None: as it should be. `took`: until all was there; None: it never was."""

    took: timedelta | None = None
    wrong: Phrase | None = None
    certificate_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a probe; `failures` and `slows` are those in a row."""

    standing: Standing = Standing.UNKNOWN
    since: datetime | None = None
    failures: int = 0
    slows: int = 0
    certificate: Certificate = Certificate.UNKNOWN
    certificate_until: datetime | None = None

    @property
    def light(self) -> Light:
        if self.standing is Standing.DOWN or self.certificate is Certificate.EXPIRED:
            return Light.RED
        if self.standing is Standing.SLOW or self.certificate is Certificate.NEAR:
            return Light.YELLOW
        return Light.GREEN if self.standing is Standing.UP else Light.UNKNOWN


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """How a probe stands: its entry, what is known, the last look, and the 95th percentile of the last hour."""

    entry: ProbeEntry
    state: State
    checked_at: datetime | None = None
    took: timedelta | None = None
    why: Phrase | None = None
    p95: timedelta | None = None

    @property
    def problem(self) -> Phrase | None:
        """In one sentence; None: it is as it should be."""
        return problem(self.entry, self.state, Seen(self.took, self.why))


@dataclass(frozen=True, slots=True)
class Pace:
    """Half of the answers took no longer than this: in the hour before something was put in place, and since."""

    name: str
    before: timedelta | None
    count_before: int
    after: timedelta | None
    count_after: int


def judge(entry: ProbeEntry, before: State, seen: Seen, now: datetime) -> State:
    """One look more. It takes `retries` failures in a row to be down, as many slow answers to be slow, and one good
    answer to be well again. An expired certificate alone is no second trouble.
    """
    certificate = certificate_state(entry, seen, now) or before.certificate
    until = seen.certificate_until or before.certificate_until
    expired = seen.certificate_until is not None and certificate is Certificate.EXPIRED
    if seen.wrong is not None and expired:
        return replace(before, certificate=certificate, certificate_until=until, since=before.since or now)
    slow = seen.wrong is None and entry.slow_after is not None and (seen.took or timedelta(0)) > entry.slow_after
    failures = before.failures + 1 if seen.wrong is not None else 0
    slows = before.slows + 1 if slow else before.slows if seen.wrong is not None else 0
    standing = before.standing
    if seen.wrong is not None:
        standing = Standing.DOWN if failures >= entry.retries else standing
    elif not slow:
        standing = Standing.UP
    elif slows >= entry.retries or before.standing is Standing.DOWN:
        standing = Standing.SLOW
    elif before.standing is Standing.UNKNOWN:
        standing = Standing.UP
    since = before.since if standing is before.standing and before.since else now
    return State(standing, since, failures, slows, certificate, until)


def rests(entry: ProbeEntry, before: State, after: State, stopped: datetime, now: datetime) -> bool:
    """Whether it is down because its people stopped it, and that not too long ago: nobody needs to be told.

    It went down soon after the stop. Whoever started it meanwhile, by hand too, wants to know when it falls.
    """
    started = before.standing is Standing.UP and before.since is not None and before.since > stopped
    soon = stopped + max(FALLS_WITHIN, (entry.retries + 1) * entry.interval)
    return not started and now - stopped < RESTS and (after.since or now) <= soon


def certificate_state(entry: ProbeEntry, seen: Seen, now: datetime) -> Certificate | None:
    """None: nothing new is known of it."""
    if not entry.certificate_days or seen.certificate_until is None:
        return None
    left, warned = seen.certificate_until - now, timedelta(days=entry.certificate_days)
    if left <= timedelta(0):
        return Certificate.EXPIRED
    if left > warned:
        return Certificate.FINE
    return Certificate.NEAR if left <= NEAR else Certificate.SOON


def again_after(entry: ProbeEntry, state: State) -> timedelta:
    """Until the next look: sooner while it is not sure yet."""
    unsure = 0 < state.failures < entry.retries and state.standing is not Standing.DOWN
    return entry.retry_every if unsure and entry.retry_every is not None else entry.interval


def problem(entry: ProbeEntry, state: State, seen: Seen) -> Phrase | None:
    if state.certificate is Certificate.EXPIRED:
        return Phrase("the certificate of “{name}” has expired", {"name": entry.name})
    if state.standing is Standing.DOWN:
        return Phrase("the probe “{name}” fails: {why}", {"name": entry.name, "why": seen.wrong or not_yet()})
    if state.standing is Standing.SLOW:
        return Phrase("the probe “{name}” is slow: {slow}", {"name": entry.name, "slow": slowness(entry, seen)})
    if state.certificate in (Certificate.NEAR, Certificate.SOON) and state.certificate_until is not None:
        values: dict[str, Value | Phrase] = {"name": entry.name, "at": state.certificate_until}
        return Phrase("the certificate of “{name}” ends: {at}", values)
    return None


def not_yet() -> Phrase:
    return Phrase("it failed at the last looks")


def slowness(entry: ProbeEntry, seen: Seen) -> Phrase:
    most = entry.slow_after or timedelta(0)
    if seen.took is None:
        return Phrase("longer than {most}", {"most": length(most)})
    return Phrase("{took} instead of {most} at most", {"took": length(seen.took), "most": length(most)})


def length(took: timedelta) -> Phrase:
    """`240 ms`, `1.2 s`, `10 s`."""
    seconds = took.total_seconds()
    if seconds < 1:
        return Phrase("{count} ms", {"count": round(seconds * 1000)})
    tenths = round(seconds, 1)
    return Phrase("{seconds} s", {"seconds": int(tenths) if tenths.is_integer() else tenths})


def lit(
    statuses: Iterable[ServiceStatus], rows: Sequence[ProbeRow], more: Iterable[tuple[str, str]] = ()
) -> list[ServiceStatus]:
    """What the engines say, and the worse of it and what the probes say. `more`: (environment, service) of those that
    only probes know of.
    """
    known = list(statuses)
    known += [ServiceStatus(place, service, Light.UNKNOWN) for place, service in more]
    return [_lit(each, [row for row in rows if _is_of(row, each)]) for each in known]


def _is_of(row: ProbeRow, status: ServiceStatus) -> bool:
    return (row.entry.environment, row.entry.service) == (status.environment, status.service)


def _lit(status: ServiceStatus, rows: Sequence[ProbeRow]) -> ServiceStatus:
    if not status.container and rows and all(row.state.light is Light.GREEN for row in rows):
        return replace(status, light=Light.GREEN)
    ill = [row for row in rows if row.state.light in (Light.YELLOW, Light.RED)]
    worst = max(ill, key=lambda row: ORDER.index(row.state.light), default=None)
    if worst is None or ORDER.index(worst.state.light) <= ORDER.index(status.light):
        return status
    return replace(status, light=worst.state.light, problem=worst.problem)


def worse_since(rows: Sequence[ProbeRow], paces: Iterable[Pace], began: datetime) -> Phrase | None:
    """Why what was put in place at `began` is not well, as far as the probes can tell: one fails or is slow since, or
    takes more than twice as long as before. None: nothing of the kind.
    """
    for row in rows:
        if row.state.standing in (Standing.DOWN, Standing.SLOW) and row.state.since and row.state.since >= began:
            return row.problem
    for pace in paces:
        if pace.before is None or pace.after is None or min(pace.count_before, pace.count_after) < FEWEST:
            continue
        if pace.after > 2 * pace.before and pace.after - pace.before > SLOWER_BY:
            return Phrase(
                "the probe “{name}” takes {after}, it took {before}",
                {"name": pace.name, "after": length(pace.after), "before": length(pace.before)},
            )
    return None
