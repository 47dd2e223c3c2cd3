"""Runbooks: the library and a team's own folder, every mistake with its place."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from bot.config.document import read
from bot.config.models import Section, Text
from bot.config.problems import Problems, path, unknown_key
from bot.config.runbooks.file import Headings, RunbookFile, StepFile, schema
from bot.config.runbooks.mistakes import mistakes, strange_places
from bot.config.runbooks.reading import made_of, one
from bot.procedure import Procedure
from bot.target import USUAL_NAMES, Environment, Service

__all__ = ["RunbooksSection", "library", "procedure", "procedures", "schema", "strange"]

SUFFIX: Final = ".yaml"


class RunbooksSection(Section):
    """`folder`: the team's own, beside the configuration file unless absolute. `library`: the guide's as well.
    `automatic`: those marked safe begin by themselves on the incidents they fit.
    """

    folder: Text | None = None
    library: bool = True
    automatic: bool = False


def procedures(section: RunbooksSection, beside: Path, problems: Problems) -> dict[str, Procedure]:
    """All of them, by name; a team's own in the place of one of the library. Problems name the file."""
    found = dict(library()) if section.library else {}
    if section.folder is None:
        return found
    folder = beside / section.folder
    if not folder.is_dir():
        problems.add(("runbooks", "folder"), "there is no such folder, or it cannot be read")
        return found
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        own = Problems(file.name)
        try:
            made = procedure(file.stem, file.read_text(encoding="utf-8"), own)
        except (OSError, UnicodeDecodeError):
            own.add((), "cannot be read")
            made = None
        for each in own.listed():
            problems.add(("runbooks", file.name), each)
        if made is not None and not own:
            found[made.name] = made
    return found


def strange(
    found: Mapping[str, Procedure], environments: Iterable[Environment], services: Iterable[Service]
) -> Iterator[str]:
    """What a team's own runbooks name that is nowhere here; the library may speak of what a team does not have."""
    places = frozenset[str]().union(*USUAL_NAMES, *(each.answers_to() for each in environments))
    known = frozenset[str]().union(*(each.answers_to() for each in services))
    for name, made in found.items():
        if made is not library().get(name):
            yield from (f"runbook {name}: {path(where)}: {said}" for where, said in strange_places(made, places, known))


@cache
def library() -> Mapping[str, Procedure]:
    """The guide's procedures that come with the desk. Raises ConfigError, which a test keeps from ever happening."""
    found: dict[str, Procedure] = {}
    for file in sorted(files("runbooks.library").iterdir(), key=lambda each: each.name):
        if file.name.endswith(SUFFIX):
            problems = Problems(file.name)
            made = procedure(file.name.removesuffix(SUFFIX), file.read_text("utf-8"), problems)
            problems.raise_any()
            assert made is not None
            found[made.name] = made
    return found


def procedure(name: str, text: str, problems: Problems) -> Procedure | None:
    """One file, checked as a whole; None when there are problems."""
    data = read(text, {}, problems)
    if problems:
        return None
    for key in data:
        if key not in RunbookFile.__struct_fields__:
            problems.add((key,), unknown_key(key, RunbookFile.__struct_fields__))
    known = {key: value for key, value in data.items() if key in Headings.__struct_fields__}
    headings = one((), known, Headings, problems)
    raw = data.get("steps")
    if not isinstance(raw, list) or not raw:
        problems.add(("steps",), "must be a list of steps, each with `do` or `ask`")
        return None
    steps = [one(("steps", at), each, StepFile, problems) for at, each in enumerate(raw)]
    whole = [each for each in steps if each is not None]
    if headings is None or len(whole) != len(steps):
        return None
    made = made_of(name, headings, whole)
    for where, sentence in mistakes(made):
        problems.add(where, sentence)
    return None if problems else made
