"""The sources as one desk has them: the built-in ones, less those turned off, and the configuration's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from bot.alert import Alert
from bot.source import PATHS, SourceEntry
from handlers.sources import SOURCES, Source, github, gitlab, paths
from handlers.sources.body import Parse

READERS: Final[Mapping[str, Callable[[Sequence[str]], Parse]]] = MappingProxyType(
    {github.SOURCE: github.reader, gitlab.SOURCE: gitlab.reader}
)


def configured(entries: Mapping[str, SourceEntry]) -> Mapping[str, Source]:
    """By name; a source that is turned off is not in it."""
    own = {name: _source(entry) for name, entry in entries.items() if entry.enabled}
    as_they_come = {name: source for name, source in SOURCES.items() if name not in entries}
    return MappingProxyType(as_they_come | own)


def _source(entry: SourceEntry) -> Source:
    if entry.like == PATHS:
        assert entry.paths is not None  # the configuration has seen to it
        return Source(entry.name, _named(paths.reader(entry.paths), entry))
    usual = SOURCES[entry.like]
    reader = READERS.get(entry.like)
    parse = reader(entry.branches) if reader and entry.branches else usual.parse
    return replace(usual, name=entry.name, parse=_named(parse, entry))


def _named(parse: Parse, entry: SourceEntry) -> Parse:
    """The alerts bear the source's own name, and its environment and service where they name none."""

    def named(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
        return [
            replace(
                alert,
                source=entry.name,
                environment=alert.environment or entry.environment,
                service=alert.service or entry.service,
            )
            for alert in parse(body, headers)
        ]

    return named
