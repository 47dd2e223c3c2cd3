"""Commands of those who are on an incident: leaving it for a while, handing it over, calling others."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.errors import UserError
from bot.incident import Incident
from bot.notify.blocks.escalating import LONGEST_REASON
from bot.person import Person
from bot.phrase import Phrase
from bot.target import fold, nearest
from handlers import parse, span
from handlers.answers import worded
from handlers.commands.incidents import allow_responding
from handlers.commands.tools import Asked, Command, Reply, Tools

LONGEST_NOTE: Final = 1000
FILLERS: Final = frozenset({"a", "to", "et", "and", "for", "pour", "pendant", "team", "equipe", "l'equipe", "le", "la"})


async def snooze(tools: Tools, asked: Asked) -> Reply:
    """`snooze 42 30m`, `snooze 42 30 min`, `snooze 42 dans 2h30`, `snooze 42 demain 8h`, `snooze 42 jusqu'à 18h`."""
    allow_responding(tools, asked.by.id)
    number = asked.number("/ecotrajet snooze 42 30m")
    said = [word for word in asked.line.words[1:] if fold(word) not in FILLERS]
    if not said:
        raise UserError(Phrase("For how long? `/ecotrajet snooze {number} 30m`.", {"number": number}))
    return worded(await tools.lifecycle.snooze(number, asked.by, _pause(tools, said)))


def _pause(tools: Tools, said: Sequence[str]) -> timedelta:
    """A length of time, or until a moment: `18h` is a length, `until 18h` none. Raises UserError."""
    words = [word for word in said if fold(word) not in span.FROM_NOW]
    at = " ".join(word for word in words if fold(word) not in span.UNTIL)
    now = tools.clock.now()
    if at != " ".join(words):
        return span.moment(at, now, tools.desk.zone) - now
    if (length := span.length(at)) is not None:
        return length
    try:
        return span.moment(at, now, tools.desk.zone) - now
    except UserError:
        return parse.duration("".join(words))


async def still(tools: Tools, asked: Asked) -> Reply:
    allow_responding(tools, asked.by.id)
    return worded(await tools.lifecycle.still_on_it(asked.number("/ecotrajet still 42"), asked.by))


async def give_back(tools: Tools, asked: Asked) -> Reply:
    allow_responding(tools, asked.by.id)
    return worded(await tools.lifecycle.give_back(asked.number("/ecotrajet unack 42"), asked.by))


async def assign(tools: Tools, asked: Asked) -> Reply:
    """`assign 42 @bruno`; `assign 42 me`."""
    allow_responding(tools, asked.by.id)
    number = asked.number("/ecotrajet assign 42 @bruno")
    people = named(tools, asked, asked.line.words[1:])
    if len(people) != 1:
        raise UserError(Phrase("To whom? One person: `/ecotrajet assign {number} @bruno`.", {"number": number}))
    return worded(await tools.lifecycle.assign(number, people[0], asked.by))


async def page(tools: Tools, asked: Asked) -> Reply:
    """`page 42 @bruno devops`: people and teams."""
    allow_responding(tools, asked.by.id)
    number = asked.number("/ecotrajet page 42 @bruno")
    people = named(tools, asked, asked.line.words[1:])
    if not people:
        raise UserError(
            Phrase("Whom? A person or a team: `/ecotrajet page {number} @bruno` or `… devops`.", {"number": number})
        )
    return worded(await tools.lifecycle.call(number, people, asked.by))


async def note(tools: Tools, asked: Asked) -> Reply:
    """`note 42 la base tourne sur le secondaire`."""
    allow_responding(tools, asked.by.id)
    number = asked.number('/ecotrajet note 42 "…"')
    text = " ".join(asked.line.words[1:])[:LONGEST_NOTE]
    if not text:
        raise UserError(Phrase('What is to be noted? `/ecotrajet note {number} "…"`.', {"number": number}))
    noted = await tools.lifecycle.note(number, text, asked.by)
    return Phrase("Noted for #{number}.", {"number": number}) if isinstance(noted, Incident) else worded(noted)


async def escalate(tools: Tools, asked: Asked) -> Reply:
    """`escalate 42`: the next level; `escalate 42 devops "paiement impossible"`: those people, and why."""
    allow_responding(tools, asked.by.id)
    number = asked.number("/ecotrajet escalate 42")
    rest = asked.line.words[1:]
    while len(rest) > 1 and fold(rest[0]) in FILLERS:
        rest = rest[1:]
    if not rest or " " in rest[0]:
        return worded(await tools.lifecycle.escalate(number, asked.by, reason=" ".join(rest)[:LONGEST_REASON]))
    people, used = _next(tools, asked, rest)
    reason = " ".join(rest[used:]).lstrip(" :,;")[:LONGEST_REASON]
    return worded(await tools.lifecycle.call(number, people, asked.by, reason))


def named(tools: Tools, asked: Asked, words: Sequence[str]) -> list[Person]:
    """The people meant, once each: mentions, ids, names, teams, `me`.

    Raises UserError for a word that means nobody.
    """
    found: dict[str, Person] = {}
    rest = list(words)
    while rest:
        people, used = _next(tools, asked, rest)
        found.update((person.id, person) for person in people)
        del rest[:used]
    return list(found.values())


def _next(tools: Tools, asked: Asked, words: Sequence[str]) -> tuple[Sequence[Person], int]:
    """Whom the first words mean, and how many words that took: `Bruno Martin` is two."""
    for used in range(min(3, len(words)), 0, -1):
        said = fold(" ".join(words[:used]).strip(",:").removeprefix("@"))
        if said in {"me", "moi"}:
            return (asked.person,), used
        people = [each for each in tools.desk.people.values() if said in _names(each)]
        if len(people) == 1:
            return people, used
        for team in tools.desk.teams.values():
            if said in {fold(team.id), fold(team.name)}:
                return tools.desk.recipients(f"team:{team.id}", tools.clock.now()).people, used
    if fold(words[0]) in FILLERS:
        return (), 1
    raise UserError(_nobody(tools, words[0]))


def _names(person: Person) -> set[str]:
    first = person.name.split()[0] if person.name.split() else person.name
    return {fold(each) for each in (person.id, person.name, first, person.slack or person.id)}


def _nobody(tools: Tools, word: str) -> Phrase:
    names = [*tools.desk.people, *tools.desk.teams]
    if near := nearest(word.removeprefix("@"), names):
        return Phrase("I know nobody called “{word}”. Did you mean “{near}”?", {"word": word, "near": near})
    return Phrase("I know nobody called “{word}”: say a person or a team of ecotrajet.yaml.", {"word": word})


COMMANDS: Final = (
    Command(
        escalate, ("escalate",), ("escalade", "escalader"), Phrase("N [@person|team] [why]"),
        Phrase("call the next level now, or somebody, and say why"), of_incident=True, free_text=True,
    ),
    Command(
        note, ("note",), ("noter",), 'N "…"',
        Phrase("a line in the story of an incident, for everybody who works on it"),
        of_incident=True, free_text=True,
    ),
    Command(
        snooze, ("snooze", "later"), ("reporte", "reporter", "pause"), "N 30m",
        Phrase("leave an incident for a while: nobody is paged, then it comes back"), of_incident=True,
    ),
    Command(
        still, ("still",), ("toujours", "encore"), "N", Phrase("say that you are still on it"), of_incident=True
    ),
    Command(
        give_back, ("unack", "release"), ("rends", "rendre", "libère", "libérer"), "N",
        Phrase("give an incident back that you cannot keep: others are paged"), of_incident=True,
    ),
    Command(
        assign, ("assign", "reassign"), ("assigne", "assigner", "attribue", "confie"), Phrase("N @person"),
        Phrase("hand an incident over: theirs as soon as they answer their page"), of_incident=True,
    ),
    Command(
        page, ("page", "call"), ("appelle", "appeler", "bipe"), Phrase("N @person|team"),
        Phrase("page more people, whoever is on it"), of_incident=True,
    ),
)  # fmt: skip
