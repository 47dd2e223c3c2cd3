"""Where it happens: which of our environments and services the sender means, in whatever words it uses."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from bot.alert import Alert
from bot.classification.address import is_public, watched_host
from bot.classification.severity import tags
from bot.target import Environment, Service, fold


class Stage(StrEnum):
    """How much an environment matters."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"
    UNKNOWN = ""


# Clear in any sentence.
PLAIN: Final = {
    Stage.PRODUCTION: "prod production prd",
    Stage.STAGING: "staging stg preprod preproduction preprd pprd ppd nonprod nonproduction nonprd horsprod"
    " horsproduction recette uat homologation qualif qualification pprod ppr recettage",
    Stage.DEVELOPMENT: "dev development developpement devel",
}
# Words that mean an environment only where one is expected (a field, a label, a tag).
FIELD_ONLY: Final = {
    Stage.PRODUCTION: "live prodn",
    Stage.STAGING: "stage stag pp qa test tests testing integration int sandbox acceptance preview demo",
    Stage.DEVELOPMENT: "local localhost developer",
}
IN_SENTENCES: Final = {word: stage for stage, words in PLAIN.items() for word in words.split()}
IN_FIELDS: Final = IN_SENTENCES | {word: stage for stage, words in FIELD_ONLY.items() for word in words.split()}
IN_HOSTS: Final = IN_SENTENCES | {
    word: IN_FIELDS[word] for word in ("localhost", "local", "qa", "sandbox", "integration", "demo", "preview", "int")
}
IN_MACHINES: Final = IN_SENTENCES | dict.fromkeys(
    ["qa", "rec", "rct", "qlf", "uat", "itg", "tst", "test", "int", "sandbox", "sbx"], Stage.STAGING
)
MACHINE: Final = re.compile(r"(?<![\w./@-])(?:[a-z0-9]+[-.])+(?:[a-z]*\d+|lan|local|internal|interne)(?![\w./-])")
PEOPLE: Final = frozenset({"team", "equipe", "owner", "squad", "contact", "author", "receiver", "assignee"})
TAG_IS_NO_PLACE: Final = frozenset({"test", "tests", "demo", "int", "live", "preview", "pp"})

ENVIRONMENT_LABELS: Final = ("environment", "env", "environnement", "deployment environment", "stage", "tier",
                             "deployment stage", "kubernetes namespace", "namespace", "kube namespace", "group",
                             "cluster", "kubernetes cluster", "project", "compose project", "account", "vpc",
                             "tags", "tag")  # fmt: skip
SERVICE_LABELS: Final = ("service", "service name", "app", "application", "app kubernetes io name",
                         "com docker compose service", "compose service", "component", "container", "container name",
                         "workload", "deployment", "job", "project", "resource")  # fmt: skip
NAMES_A_SERVICE: Final = ("service", "service name", "app", "application")
HOST_LABELS: Final = ("instance", "host", "hostname", "node", "server", "target", "url", "domain", "container",
                      "container name", "job", "pod", "resource", "source")  # fmt: skip
WORD: Final = re.compile(r"[a-z]+\d*|\d+")
IN_DEVELOPMENT: Final = re.compile(
    r"\b(?:in|on|en|sur|dans|env\w*)[\s:]+(?:de |d'|l'|la |le |the |our |my |mon |notre )?"
    r"(?:(?:env\w*|serveur|server|base|machine|cluster) (?:de |d')?)?dev(?:el\w*)?\b"
    r"|\bdev(?:el\w*)? (?:env\w*|server|db|database|machine|instance|cluster|stack|box|host)\b"
    r"|\b(?:env\w*|serveurs?|base(?: de donnees)?|bdd|db|machine|cluster|instance|plateforme|poste|pc|ordi\w*"
    r"|portable|docker|conteneur|sites?|appli\w*|api|vm|back|front|supabase|projet supabase)"
    r" (?:de |d')dev(?:el\w*)?\b(?! (?:durable|communautaire|economique|personnel|social|commercial))"
    r"|\blocal(?:host)? (?:env\w*|docker|compose|build|stack|setup)\b"
    r"|[-./]dev(?:el\w*)?\b|\bdev[-.]|^dev\b"
)
OWN_DESK: Final = re.compile(
    r"^(?:en local|locally)\b|\b(?:env\w*|server|serveur|base|database|docker|compose|build|stack) (?:en )?local(?:e"
    r"|ly)?\b"
    r"|\blocal (?:env\w*|docker|build|stack|setup|server|database|compose)\b"
)
IN_PASSING: Final = re.compile(
    r"\bmise en prod\w*|\bmep\b|\bprod\w* (?:release|deploy\w*|launch|push|rollout)"
    r"|\b(?:avant|before) (?:la |the |going to )?prod\w*"
    r"|\b(?:passage|passer|livrer|release|deploy|ship|go) (?:en|in|to) prod\w*|\b(?:worked|works|working|fine|ok|okay"
    r"|marchait"
    r"|marche|fonctionne|fonctionnait|valide|validated|tested|teste) (?:\w+ )?(?:en|on|in|sur) (?:la |le |the )?[\w-]+"
)
"""An environment that is named, and is not the place: "it worked on staging", "the production release is blocked"."""


@dataclass(frozen=True, slots=True)
class Place:
    """`environment` is the id of one of ours, or ''; `stage` may be known even then. `service`: ours, or as sent.

    `public`: no environment is named, but an address that anybody can reach.
    """

    environment: str
    stage: Stage
    service: str
    public: bool = False


def place_of(alert: Alert, environments: Mapping[str, Environment], services: Mapping[str, Service]) -> Place:
    labels = {_spelled(name): value for name, value in alert.labels.items()}
    service, its_environment = _service(alert, labels, services)
    found = _finder(tuple(environments.items()))
    stage, environment = (
        found.first([alert.environment, *map(labels.get, ENVIRONMENT_LABELS)], IN_FIELDS)
        or found.first([tag for tag in tags(alert.title) if fold(tag) not in TAG_IS_NO_PLACE], IN_FIELDS)
        or found.known(its_environment)
        or found.first([alert.service, *map(labels.get, SERVICE_LABELS)], IN_SENTENCES)
        or found.first([_host(alert.url), *map(_host, _hosts(labels))], IN_SENTENCES)
        or found.named_host(watched_host(alert))
        or found.named_machine(alert.title)
        or found.in_sentence(alert.title)
        or found.in_sentence(alert.text[:1000])
        or found.in_labels(labels)
        or found.here(watched_host(alert))
        or (Stage.UNKNOWN, "")
    )
    return Place(environment, stage, service, stage is Stage.UNKNOWN and is_public(watched_host(alert)))


def stage_of(environment: Environment) -> Stage:
    """By its names; one with a name of its own counts as production when it is protected, else as staging."""
    names = {"".join(WORD.findall(name)) for name in environment.answers_to()}
    own = next((stage for name in names if (stage := IN_FIELDS.get(name))), None)
    return own or (Stage.PRODUCTION if environment.protected else Stage.STAGING)


SHORT: Final = 40  # characters
REMEMBERED: Final = 4096


class _Finder:
    def __init__(self, environments: Mapping[str, Environment]) -> None:
        self.known_words: dict[tuple[int, str], tuple[Stage, str] | None] = {}
        self.stages = {name: stage_of(each) for name, each in environments.items()}
        self.names = {
            "".join(WORD.findall(word)): name for name, each in environments.items() for word in each.answers_to()
        }

    def known(self, environment: str) -> tuple[Stage, str] | None:
        return (self.stages[environment], environment) if environment in self.stages else None

    def first(self, told: Iterable[str | None], usual: Mapping[str, Stage]) -> tuple[Stage, str] | None:
        for said in told:
            if said and (found := self._worst(said, usual)):
                return found
        return None

    def in_sentence(self, text: str) -> tuple[Stage, str] | None:
        """Development only where it is clearly a place: "the dev team is informed" must not calm anything down."""
        found = self._worst(IN_PASSING.sub(" ", fold(text)), IN_SENTENCES) or self._worst(text, IN_SENTENCES)
        if found is None and "local" in text and OWN_DESK.search(fold(text)):
            return self._worst("dev", IN_SENTENCES)
        return found if not found or found[0] is not Stage.DEVELOPMENT or IN_DEVELOPMENT.search(fold(text)) else None

    def named_host(self, host: str) -> tuple[Stage, str] | None:
        return self._worst(host.replace(".", " "), IN_HOSTS) if host and host != "localhost" else None

    def named_machine(self, text: str) -> tuple[Stage, str] | None:
        """`app-qa-01`, `db.recette.lan`: a machine's name in a sentence, whose parts may be short."""
        if "-" not in text and "." not in text:
            return None
        return self._worst(" ".join(MACHINE.findall(fold(text))), IN_MACHINES)

    def here(self, host: str) -> tuple[Stage, str] | None:
        """A check of `localhost` runs beside what it checks; only where nothing else is said is that one's own desk."""
        return self._worst(host, IN_HOSTS) if host == "localhost" else None

    def in_labels(self, labels: Mapping[str, str]) -> tuple[Stage, str] | None:
        """Any other label; never development, which may be a team's name."""
        found = self._worst(" ".join(value[:80] for name, value in labels.items() if name not in PEOPLE), IN_SENTENCES)
        return found if found and found[0] is not Stage.DEVELOPMENT else None

    def _worst(self, text: str, usual: Mapping[str, Stage]) -> tuple[Stage, str] | None:
        """Remembered for the few short words by which senders name environments and services."""
        if len(text) > SHORT:
            return self._worst_of(text, usual)
        key = (id(usual), text)
        if key not in self.known_words:
            if len(self.known_words) > REMEMBERED:
                self.known_words.clear()
            self.known_words[key] = self._worst_of(text, usual)
        return self.known_words[key]

    def _worst_of(self, text: str, usual: Mapping[str, Stage]) -> tuple[Stage, str] | None:
        """Of several environments that a text names, the one that matters most: better a page too many."""
        order = list(Stage)
        found = [each for name in names_in(text) if (each := self._meant(name, usual))]
        return min(found, key=lambda each: order.index(each[0]), default=None)

    def _meant(self, name: str, usual: Mapping[str, Stage]) -> tuple[Stage, str] | None:
        own = self.names.get(name)
        if own is not None and (usual is IN_FIELDS or name in usual or IN_FIELDS.get(name) is None):
            return self.stages[own], own
        stage = usual.get(name)
        if stage is None:
            return None
        return stage, next((each for each, known in self.stages.items() if known is stage), "")


@lru_cache(maxsize=1024)
def _spelled(label: str) -> str:
    """`deployment.environment`, `Deployment_Environment` -> `deployment environment`."""
    return " ".join(WORD.findall(fold(label)))


@lru_cache(maxsize=16)
def _finder(environments: tuple[tuple[str, Environment], ...]) -> _Finder:
    """The same for every alert of a configuration."""
    return _Finder(dict(environments))


def names_in(text: str) -> list[str]:
    """Words that may be names; `pre-prod`, `hors production` and `prod2` are read as one."""
    words = WORD.findall(fold(text))
    found: list[str] = []
    skip = False
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if skip:
            skip = False
            continue
        if word in ("pre", "non", "hors") and following.startswith("pr"):
            found.append(f"{word}{following}".rstrip("0123456789"))
            skip = True
        else:
            found += [word, stripped] if (stripped := word.rstrip("0123456789")) != word and stripped else [word]
    return found


def _service(alert: Alert, labels: Mapping[str, str], services: Mapping[str, Service]) -> tuple[str, str]:
    """(service, environment): by the name of a container both are known; the environment is '' otherwise."""
    if not services:
        return _given(alert, labels), ""
    told = [alert.service, *map(labels.get, SERVICE_LABELS)]
    names = {fold(said).lstrip("/") for said in (*told, *_hosts(labels)) if said}
    for each in services.values():
        for environment, container in each.containers.items():
            if container and fold(container) in names:
                alone = sum(container == other for other in each.containers.values()) == 1
                return each.name, environment if alone else ""
    for said in [*told, alert.title]:
        if said and (found := _named(said, services)):
            return found, ""
    return _given(alert, labels), ""


def _given(alert: Alert, labels: Mapping[str, str]) -> str:
    """As it was sent."""
    given = (alert.service, *(labels.get(name, "") for name in NAMES_A_SERVICE))
    return next((" ".join(said.split())[:100] for said in given if said.strip()), "")


def _named(said: str, services: Mapping[str, Service]) -> str:
    folded = fold(said)
    words = set(re.findall(r"[a-z0-9]+", folded))
    for each in services.values():
        for name in each.answers_to():
            if name == folded or name in words or (len(name) > 3 and re.search(rf"\b{re.escape(name)}\b", folded)):
                return each.name
    return ""


def _hosts(labels: Mapping[str, str]) -> list[str]:
    return [labels[name] for name in HOST_LABELS if name in labels]


def _host(said: str) -> str:
    """The host of an address; a bare name as it is. A path or a query says nothing about the environment."""
    try:
        return (urlsplit(said).hostname or "") if "://" in said else said.split("/")[0]
    except ValueError:  # a broken IPv6 address in brackets
        return ""
