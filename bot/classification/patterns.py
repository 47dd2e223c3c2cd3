"""How the tables of words become patterns."""

import re
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

ANY: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
"""What a word of folded text may begin with, other alphabets apart."""
AROUND: Final = ("(?=", "(?!", "(?<")
CLOSES: Final = {"(": ")", "[": "]"}
MAY_BE_LEFT_OUT: Final = re.compile(r"(?:[?*]|\{0?,\d*\})[?+]?")


def words(*parts: str) -> re.Pattern[str]:
    """Any of these, as whole words."""
    return re.compile(rf"\b(?:{'|'.join(parts)})(?!\w)")


class Later:
    """A pattern that is compiled when it is first asked for anything: the large ones take half a second each."""

    def __init__(self, make: Callable[[], re.Pattern[str]]) -> None:
        self._make = make
        self._once = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        with self._once:
            if "_made" not in self.__dict__:
                self.__dict__["_made"] = self._make()
        found = getattr(self.__dict__["_made"], name)
        setattr(self, name, found)  # the next time it is found without us
        return found


def many_words(*parts: str) -> re.Pattern[str]:
    """What `words` finds, three times as fast when there are hundreds: only those are tried that begin alike.

    Other than there, each must begin with a letter, a digit or an underscore. Compiled when it is first used.
    """
    return cast("re.Pattern[str]", Later(lambda: _grouped(parts)))


def _grouped(parts: Iterable[str]) -> re.Pattern[str]:
    by_letter: dict[str, list[str]] = {letter: [] for letter in sorted(ANY)}
    for part in parts:
        for letter in initials(part):
            by_letter[letter].append(part)
    alike: dict[tuple[str, ...], str] = {}
    for letter, found in by_letter.items():
        alike[tuple(found)] = alike.get(tuple(found), "") + letter
    groups = (f"(?=[{letters}])(?:{'|'.join(found)})" for found, letters in alike.items() if found)
    return re.compile(rf"\b(?:{'|'.join(groups)})(?!\w)")


def parts(*several: str) -> tuple[str, ...]:
    """A table that another one takes in."""
    return several


def initials(part: str) -> frozenset[str]:
    """The letters with which `part`, a regular expression, may begin; too many where in doubt."""
    found: frozenset[str] = frozenset()
    for alternative in _alternatives(part):
        first, _ = _first(alternative)
        found |= first
    return found


def _first(sequence: str) -> tuple[frozenset[str], bool]:
    """(letters, whether it may be empty)."""
    found: frozenset[str] = frozenset()
    while sequence:
        atom, sequence = _atom(sequence)
        if atom.startswith(AROUND):
            continue
        letters, empty = _of_atom(atom)
        found |= letters
        if quantifier := MAY_BE_LEFT_OUT.match(sequence):
            sequence, empty = sequence[quantifier.end() :], True
        if not empty:
            return found, False
    return found, True


def _of_atom(atom: str) -> tuple[frozenset[str], bool]:
    if atom.startswith("("):
        inner = [_first(each) for each in _alternatives(re.sub(r"^\((?:\?:|\?P<\w+>)?", "", atom)[:-1])]
        return frozenset().union(*(letters for letters, _ in inner)), any(empty for _, empty in inner)
    if len(atom) == 1 and atom != ".":
        return ANY & {atom}, False
    return (ANY & {atom[1]}, False) if atom[0] == "\\" and atom[1] not in "wdSbB" else (ANY, atom in (r"\b", r"\B"))


def _atom(sequence: str) -> tuple[str, str]:
    """The first character, escape, class or group, and the rest."""
    end = 2 if sequence[0] == "\\" else 1
    if closing := CLOSES.get(sequence[0]):
        depth = 1
        while depth:
            step = 2 if sequence[end] == "\\" else 1
            depth += {sequence[0]: 1, closing: -1}.get(sequence[end], 0) if step == 1 else 0
            end += step
    return sequence[:end], sequence[end:]


def _alternatives(part: str) -> Iterable[str]:
    """Split at `|` outside of groups and classes."""
    found = ""
    while part:
        atom, part = _atom(part)
        if atom == "|":
            yield found
            found = ""
        else:
            found += atom
    yield found
