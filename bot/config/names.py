"""Names in the file: whether they lead somewhere, and who answers to them."""

from collections.abc import Iterable
from typing import Final

from bot.config.parts import Parts
from bot.config.problems import Problems, Where, unknown_name

KINDS: Final = {"person": "people", "team": "teams", "schedule": "schedules"}


class Owners:
    """Who answers to a word first; a second one is a problem."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._owners: dict[object, str] = {}

    def claim(self, words: Iterable[object], owner: str, where: Where, what: str) -> None:
        for word in words:
            first = self._owners.setdefault(word, owner)
            if first != owner:
                self._problems.add_once(where, f"{what} is that of {first} already")
                return


def known_as(parts: Parts, kind: str, name: str, where: Where, problems: Problems, section: str) -> None:
    known = parts.names[section]
    if name not in known:
        problems.add_once(where, unknown_name(kind, name, known))


def known_targets(parts: Parts, targets: Iterable[str], where: Where, problems: Problems) -> None:
    for position, target in enumerate(targets):
        kind, _, name = target.partition(":")
        if kind in KINDS:
            known_as(parts, kind, name, (*where, position), problems, KINDS[kind])
