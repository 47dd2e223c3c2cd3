"""The section `sources`: tokens and secrets of the built-in ones, and a team's own, told by paths and without code."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from bot.alert import AlertStatus
from bot.config.models import Name, Section, Text
from bot.config.problems import Problems, unknown_name
from bot.secret import Secret
from bot.source import BUILT_IN, PATHS, Path, Paths, SourceEntry, Template, path, template
from bot.target import fold

SHORTEST: Final = 8
CHANNEL: Final = r"^#?[^\s#@,]{1,80}$"
TOPIC: Final = r"^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{1,12}:[\w.-]+$"


def words(value: object) -> object:
    """One or several."""
    return value if isinstance(value, list | tuple) else [value]


def secret(value: object) -> Secret:
    if not isinstance(value, str):
        raise ValueError("must be text")
    if value and len(value) < SHORTEST:
        raise ValueError("is too short; make one with: openssl rand -hex 24")
    return Secret(value)


def as_path(value: object) -> Path:
    return path(str(value))


def as_template(value: object) -> Template:
    return template(str(value))


Hidden = Annotated[Secret, BeforeValidator(secret)]
Place = Annotated[Path, BeforeValidator(as_path)]
Told = Annotated[Template, BeforeValidator(as_template)]
Words = Annotated[tuple[Text, ...], BeforeValidator(words)]


class StatusSection(Section):
    path: Told
    firing: Words = ()
    resolved: Words = ()
    acknowledged: Words = ()
    info: Words = ()


def as_status(value: object) -> object:
    return value if value is None or isinstance(value, dict) else {"path": value}


class SourceSection(Section):
    """What every source may have, and below `title` what only one of the team's own has."""

    like: Name | None = None
    enabled: bool = True
    token: Annotated[tuple[Hidden, ...], BeforeValidator(words)] = ()
    secret: Hidden | None = None
    environment: Told | None = None
    service: Told | None = None
    branches: Words = ()
    topics: Annotated[tuple[Annotated[str, Field(pattern=TOPIC)], ...], BeforeValidator(words)] = ()
    channels: Annotated[tuple[Annotated[str, Field(pattern=CHANNEL)], ...], BeforeValidator(words)] = ()
    title: Told | None = None
    each: Place | None = None
    status: Annotated[StatusSection | None, BeforeValidator(as_status)] = None
    dedup_key: Annotated[tuple[Told, ...], BeforeValidator(words)] = ()
    group_key: Told | None = None
    severity: Told | None = None
    text: Told | None = None
    url: Told | None = None
    starts_at: Told | None = None
    labels: dict[str, Told] = Field(default_factory=dict)

    def tokens_given(self) -> tuple[Secret, ...]:
        """An empty variable of the environment counts as not given."""
        return tuple(token for token in self.token if token)


OWN: Final = ("title", "each", "status", "dedup_key", "group_key", "severity", "text", "url", "starts_at", "labels")
ONLY: Final = {"branches": ("github", "gitlab"), "topics": ("cloudwatch",), "channels": ("slack",)}


def check(entries: dict[str, SourceSection], problems: Problems) -> None:
    """What one entry alone cannot tell: what its name or its `like` means, and what goes with that."""
    given: dict[tuple[str, Secret], str] = {}
    for name, entry in entries.items():
        where = ("sources", name)
        like = entry.like or name
        if like != PATHS and like not in BUILT_IN:
            sentence = unknown_name("source", like, (*BUILT_IN, PATHS))
            problems.add_once((*where, "like") if entry.like else where, sentence if entry.like else f"{sentence}; "
                              "a source of your own says `like: paths`, or whose format it has")  # fmt: skip
        _fits(entry, like, where, problems)
        for token in entry.tokens_given():
            if (owner := given.setdefault((like, token), name)) != name:
                problems.add_once((*where, "token"), f"is that of '{owner}' already")


def _fits(entry: SourceSection, like: str, where: tuple[str, ...], problems: Problems) -> None:
    if like == PATHS:
        if entry.title is None:
            problems.add_once((*where, "title"), "is missing: the path of what an alert says, such as $.alert.name")
    else:
        for key in OWN:
            if key in entry.model_fields_set:
                problems.add_once((*where, key), "goes with `like: paths` only")
        for key in ("environment", "service"):
            found = getattr(entry, key)
            if found and any(not isinstance(part, str) for part in found.parts):
                problems.add_once((*where, key), "must be a name here; a path goes with `like: paths` only")
    for key, sources in ONLY.items():
        if key in entry.model_fields_set and like not in sources:
            problems.add_once((*where, key), f"goes with {' and '.join(sources)} only")


def entries(sections: dict[str, SourceSection]) -> dict[str, SourceEntry]:
    return {name: _entry(name, section) for name, section in sections.items()}


def _entry(name: str, section: SourceSection) -> SourceEntry:
    like = section.like or name
    own = like == PATHS
    return SourceEntry(
        name=name,
        like=like,
        enabled=section.enabled,
        tokens=section.tokens_given(),
        secret=section.secret or None,
        environment="" if own else _plain(section.environment),
        service="" if own else _plain(section.service),
        branches=section.branches,
        topics=section.topics,
        channels=section.channels,
        paths=_paths(section) if own else None,
    )


def _plain(told: Template | None) -> str:
    return "".join(part for part in told.parts if isinstance(part, str)) if told else ""


def _paths(section: SourceSection) -> Paths:
    assert section.title is not None  # `check` has seen to it
    return Paths(
        title=section.title,
        each=section.each,
        status=section.status.path if section.status else None,
        words=_words(section.status) if section.status else {},
        dedup_key=section.dedup_key,
        group_key=section.group_key,
        environment=section.environment,
        service=section.service,
        severity=section.severity,
        text=section.text,
        url=section.url,
        starts_at=section.starts_at,
        labels=section.labels,
    )


def _words(section: StatusSection) -> dict[str, AlertStatus]:
    told = {
        AlertStatus.FIRING: section.firing,
        AlertStatus.RESOLVED: section.resolved,
        AlertStatus.ACKNOWLEDGED: section.acknowledged,
        AlertStatus.INFO: section.info,
    }
    return {fold(word): status for status, words in told.items() for word in words}
