"""Where an action lands: environment + service -> engine and container; how people's words are understood.

Environments and their French names are the guide's (section 1); `resolve` takes the words in any order.
"""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from bot.errors import UserError
from bot.phrase import Phrase

# One family of names per usual environment; an environment called by one of them answers to all of them.
USUAL_NAMES: Final[tuple[frozenset[str], ...]] = (
    frozenset({"dev", "development", "developpement", "local"}),
    frozenset({"staging", "stage", "preprod", "pre-prod", "preproduction", "pre-production", "recette", "uat"}),
    frozenset({"prod", "production", "prd", "live"}),
)

SWARM: Final = "swarm:"


@dataclass(frozen=True, slots=True)
class Environment:
    """`engine` names an EngineAddress. `protected`: a second person approves. `confirm`: somebody approves at all."""

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    engine: str = "default"
    protected: bool = False
    confirm: bool = True

    def answers_to(self) -> frozenset[str]:
        """Every folded word that means this environment."""
        own = folded((self.name, self.label, *self.aliases))
        return own.union(*(family for family in USUAL_NAMES if family & own))


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Paths of the client certificate and of the authority that signed the engine's own (tcp:// engines)."""

    certificate: str
    key: str
    authority: str


@dataclass(frozen=True, slots=True)
class SshFiles:
    """Paths of our private key and of the hosts' confirmed keys (ssh:// engines); None: those in ~/.ssh."""

    key: str | None = None
    known_hosts: str | None = None


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """`url` is `unix://`, `tcp://` (with `tls`) or `ssh://` (with `ssh`); one client and set of threads per engine."""

    name: str
    url: str
    tls: TlsFiles | None = None
    ssh: SshFiles | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """`containers`: environment -> container name, `project/service` for one run by Docker Compose, or `swarm:name`
    for a service of Docker Swarm. A container name can hold neither a slash nor a colon, so these never meet.
    `confidential`: its incidents are only for those who handle them. `runbook`: an address, '' for none.
    `links`: what to look at, label -> address in which `{environment}` is the incident's.
    `maintenance_image`: what answers on its published ports while it is isolated; '' for nothing.
    """

    name: str
    containers: Mapping[str, str]
    label: str = ""
    aliases: tuple[str, ...] = ()
    required: tuple[str, ...] = ()  # variables that its containers must have
    reaches: Mapping[str, str] = field(default_factory=dict)  # variable that holds an address -> path to ask for
    confidential: bool = False
    runbook: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    maintenance_image: str = ""

    def answers_to(self) -> frozenset[str]:
        """Every folded word that means this service."""
        return folded((self.name, self.label, *self.aliases)) - {""}

    def links_for(self, environment: str) -> dict[str, str]:
        """Label -> address; of an incident that has no place those alone that need none."""
        return {
            label: address.replace("{environment}", environment)
            for label, address in self.links.items()
            if environment or "{environment}" not in address
        }


@dataclass(frozen=True, slots=True)
class Target:
    """One service in one environment: what a runbook acts on. `container` as in `Service.containers`."""

    environment: Environment
    service: Service
    engine: str
    container: str = field(default="")

    @property
    def key(self) -> str:
        """`prod/ecotrajet`: for locks, logs and rows."""
        return f"{self.environment.name}/{self.service.name}"

    @property
    def swarm(self) -> str:
        """The name of its Swarm service; empty: it is a container."""
        return self.container.removeprefix(SWARM) if self.container.startswith(SWARM) else ""


class NoPlace(UserError):
    """Where something is to be done was not said, or not so that it is understood."""


@lru_cache(maxsize=1024)
def folded(words: tuple[str, ...]) -> frozenset[str]:
    """Asked for each alert, of the same few words."""
    return frozenset(map(fold, words))


@lru_cache(maxsize=2048)
def fold(word: str) -> str:
    """`Développement` -> `developpement`: case and accents never decide."""
    if word.isascii():
        return word.lower().strip()
    plain = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().strip()


def resolve(
    words: Sequence[str], environments: Sequence[Environment], services: Sequence[Service]
) -> tuple[Target, tuple[str, ...]]:
    """The one target meant by `words`, and the words that were about something else (a version).

    The service may be left out when only one runs there. Raises UserError, with the nearest known name.
    """
    environment, service, rest = _sort(words, environments, services)
    if environment is None:
        raise NoPlace(_which_environment(rest, environments))
    here = [each for each in services if environment.name in each.containers]
    if service is None and len(here) == 1:
        service = here[0]
    if service is None:
        raise NoPlace(_which_service(rest, environment, here))
    if environment.name not in service.containers:
        raise UserError(
            Phrase(
                "{service} does not run in {environment}.", {"service": service.name, "environment": environment.label}
            )
        )
    return _target(environment, service), rest


def promoted(
    words: Sequence[str], environments: Sequence[Environment], services: Sequence[Service]
) -> tuple[Target, tuple[str, ...]]:
    """What a promotion changes: production, whichever environments were named on the way. Raises UserError."""
    production = next((each for each in environments if "production" in each.answers_to()), None)
    if production is None:
        raise UserError(Phrase("There is no production among the environments: nothing to promote to."))
    places = frozenset[str]().union(*(each.answers_to() for each in environments)) | {"->", "→", "to", "vers", "en"}
    return resolve([production.name, *(word for word in words if fold(word) not in places)], environments, services)


def upstream(target: Target, environments: Iterable[Environment]) -> Target:
    """The same service in staging, where its next version is tried. Raises UserError."""
    before = next((each for each in environments if "staging" in each.answers_to()), None)
    if before is None or before.name not in target.service.containers:
        raise UserError(
            Phrase("{service} does not run in staging: nothing to promote.", {"service": target.service.name})
        )
    return _target(before, target.service)


def resolve_all(
    words: Sequence[str], environments: Sequence[Environment], services: Sequence[Service]
) -> tuple[list[Target], tuple[str, ...]]:
    """Every target that `words` leave open (none: all of them), and the words not understood."""
    environment, service, rest = _sort(words, environments, services)
    targets = [
        _target(place, each)
        for place in environments
        for each in services
        if place.name in each.containers and environment in (None, place) and service in (None, each)
    ]
    return targets, rest


def _sort(
    words: Sequence[str], environments: Sequence[Environment], services: Sequence[Service]
) -> tuple[Environment | None, Service | None, tuple[str, ...]]:
    environment: Environment | None = None
    service: Service | None = None
    rest: list[str] = []
    for word in words:
        place = next((each for each in environments if fold(word) in each.answers_to()), None)
        named = next((each for each in services if fold(word) in each.answers_to()), None)
        if place and environment in (None, place):
            environment = place
        elif named and service in (None, named):
            service = named
        elif place or named:
            raise UserError(Phrase("One at a time, please: “{word}” is one too many.", {"word": word}))
        else:
            rest.append(word)
    return environment, service, tuple(rest)


def _target(environment: Environment, service: Service) -> Target:
    return Target(environment, service, environment.engine, service.containers[environment.name])


def _which_environment(rest: Sequence[str], environments: Sequence[Environment]) -> Phrase:
    known = ", ".join(each.name for each in environments)
    for word in rest:
        if near := nearest(word, (name for each in environments for name in (each.name, *each.answers_to()))):
            meant = next(each.name for each in environments if near in each.answers_to())
            return Phrase(
                "I do not know the environment “{word}”. Did you mean “{near}”? There are: {known}.",
                {"word": word, "near": meant, "known": known},
            )
    return Phrase("In which environment? There are: {known}.", {"known": known})


def _which_service(rest: Sequence[str], environment: Environment, here: Sequence[Service]) -> Phrase:
    if not here:
        return Phrase("No service runs in {environment}.", {"environment": environment.label})
    known = ", ".join(each.name for each in here)
    for word in rest:
        if near := nearest(word, (name for each in here for name in each.answers_to())):
            meant = next(each.name for each in here if near in each.answers_to())
            return Phrase(
                "I do not know the service “{word}”. Did you mean “{near}”? There are: {known}.",
                {"word": word, "near": meant, "known": known},
            )
    return Phrase("Which service? There are: {known}.", {"known": known})


def nearest(word: str, known: Iterable[str], *, alike: float = 0.6) -> str | None:
    """The known name most like `word`, if one is like it at all; `alike`: how much, 1.0 is the same."""
    names = {fold(name): name for name in known}
    found = difflib.get_close_matches(fold(word), names, n=1, cutoff=alike)
    return names[found[0]] if found else None
