"""What a command works with, and what it is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.audit import Actor
from bot.backups import Backups
from bot.clock import Clock
from bot.databases import Databases
from bot.desk import Desk
from bot.errors import UserError
from bot.language import translated
from bot.lifecycle import Lifecycle
from bot.lifecycle.audience import Audience
from bot.lifecycle.homes import Homes
from bot.lifecycle.probes import Probes
from bot.lifecycle.reach import Reach
from bot.lifecycle.reviews import Reviews
from bot.lifecycle.rota import Rota
from bot.lifecycle.rotations import Rotations
from bot.lifecycle.silences import Silences
from bot.notify.blocks import Card, Reader
from bot.notify.blocks.modal import Modal
from bot.notify.blocks.story import File
from bot.person import Person
from bot.phrase import Phrase
from bot.questions import Questions
from bot.runbook import Engines
from bot.runs import Runs
from bot.runs.procedures import Procedures
from handlers import parse
from handlers.parse import Line


@dataclass(frozen=True, slots=True)
class Tools:
    """`clock` is the desk's own time, by which moments are worded."""

    desk: Desk
    lifecycle: Lifecycle
    questions: Questions
    runs: Runs
    engines: Engines
    clock: Clock
    silences: Silences
    rota: Rota
    reach: Reach
    backups: Backups
    databases: Databases
    rotations: Rotations
    procedures: Procedures
    homes: Homes
    reviews: Reviews
    audience: Audience
    probes: Probes

    def reader(self, language: str) -> Reader:
        return Reader.of(self.desk, language, self.clock.now())


@dataclass(frozen=True, slots=True)
class Asked:
    """One command as it came: `line` without its verb. `person` is known by now; strangers get no further."""

    line: Line
    by: Actor
    person: Person
    reader: Reader

    def number(self, what_to_type: str) -> int:
        """The number that the command needs. Raises UserError with what to type instead."""
        found = parse.number(self.line.verb) if self.line.words else None
        if found is None:
            raise UserError(Phrase("Which one? Give its number, for example `{example}`.", {"example": what_to_type}))
        return found


Reply = Card | Phrase | Modal | File | None
"""A file goes to the person's own messages; a modal opens before them. None: this very delivery was answered before."""
Run = Callable[[Tools, Asked], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the table. `names`: English first, then the French ones; help shows the first of each.

    `arguments` are written after the name in help, as a Phrase where a language has words of its own for them;
    `values` and `flags` are its options.
    """

    run: Run
    names: tuple[str, ...]
    french: tuple[str, ...]
    arguments: str | Phrase
    what: Phrase
    values: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    of_incident: bool = False  # may stand after the word `incident`
    free_text: bool = False  # people write sentences after it: `--x` is a word there

    def usage(self, language: str) -> str:
        """`/ecotrajet ack N`, and in French also the French word."""
        more = self.arguments
        more = translated(more.msgid, language) if isinstance(more, Phrase) else more
        typed = f"/ecotrajet {self.names[0]} {more}".rstrip()
        other = self.french[0] if self.french else ""
        return f"{typed}  ·  {other}" if language == "fr" and other and other != self.names[0] else typed
