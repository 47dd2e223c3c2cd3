"""`/ecotrajet oncall …`: who is on call, and who replaces whom."""

from collections.abc import Sequence
from typing import Final

from bot.answers import Repeated
from bot.errors import UserError
from bot.lifecycle.rota import Span
from bot.notify.blocks import gaps_card, lineup_card, overrides_card, weeks_card
from bot.oncall import Schedule
from bot.person import Person
from bot.phrase import Phrase
from bot.target import fold, nearest
from handlers import parse, span
from handlers.commands.tools import Asked, Command, Reply, Tools

LIST: Final = frozenset({"", "list", "liste", "lister", "ls"})
END: Final = frozenset({"end", "fin", "stop", "finir", "terminer", "arreter", "remove", "cancel", "annuler"})
RENEW: Final = frozenset({"new", "renew", "nouveau", "nouvelle", "renouveler", "change", "changer"})
AGAINST: Final = frozenset({"contre", "against", "for", "pour", "↔", "<->", "<>"})


async def show(tools: Tools, asked: Asked) -> Reply:
    """Every schedule; with the name of one, its two weeks."""
    if not asked.line.words:
        return lineup_card(await tools.rota.lineup(), asked.reader)
    schedule, rest = _schedule_among(tools, asked.line.words)
    if schedule is None or rest:
        raise UserError(_unknown(tools, (rest or asked.line.words)[0]))
    return weeks_card(await tools.rota.weeks(schedule), asked.reader)


async def override(tools: Tools, asked: Asked) -> Reply:
    verb = fold(asked.line.verb)
    if verb in LIST:
        return overrides_card(await tools.rota.overrides(), asked.reader)
    if verb in END:
        ended = await tools.rota.end_override(_number(asked, "/ecotrajet oncall override end 3"), asked.by)
        return None if isinstance(ended, Repeated) else Phrase(
            "Replacement {id} is over: {schedule} goes by its turns again.",
            {"id": ended.id, "schedule": ended.schedule},
        )  # fmt: skip
    person, rest = _person_among(tools, asked.line.words)
    if person is None:
        raise UserError(
            Phrase("Who, and when? `/ecotrajet oncall override @person tomorrow 18:00-22:00`, with the schedule's "
                   "name behind it when there are several.")
        )  # fmt: skip
    schedule, rest = _schedule_for(tools, rest, asked.person)
    made = await tools.rota.override(schedule, person, _span(tools, rest), asked.by)
    return None if isinstance(made, Repeated) else Phrase(
        "{name} is on call for {schedule}: {since} → {until}. To undo it: `/ecotrajet oncall override end {id}`.",
        {
            "name": person.name, "schedule": made.schedule, "since": made.starts_at, "until": made.ends_at,
            "id": made.id,
        },
    )  # fmt: skip


async def cover(tools: Tools, asked: Asked) -> Reply:
    if fold(asked.line.verb) in END:
        withdrawn = await tools.rota.withdraw(_number(asked, "/ecotrajet oncall cover end 3"), asked.by)
        return None if isinstance(withdrawn, Repeated) else Phrase("Request {id} is withdrawn.", {"id": withdrawn.id})
    if not asked.line.words:
        raise UserError(Phrase("When do you need cover? `/ecotrajet oncall cover tomorrow 18:00-22:00`."))
    schedule, rest = _schedule_for(tools, asked.line.words, asked.person)
    request = await tools.rota.ask_cover(schedule, _span(tools, rest), asked.by)
    if isinstance(request, Repeated):
        return None
    return Phrase(
        "Asked {names}: the first who accepts is on call for {schedule}, {since} → {until}. Until then it is still "
        "you. Never mind: `/ecotrajet oncall cover end {id}`.",
        {
            "names": ", ".join(asked.reader.name(each) for each in request.asked), "schedule": request.schedule,
            "since": request.starts_at, "until": request.ends_at, "id": request.id,
        },
    )  # fmt: skip


async def swap(tools: Tools, asked: Asked) -> Reply:
    """`swap @david demain 18h-22h contre samedi 9h-18h`: mine first."""
    person, rest = _person_among(tools, asked.line.words)
    schedule, rest = _schedule_for(tools, rest, asked.person)
    parting = next((at for at, word in enumerate(rest) if at and fold(word) in AGAINST), None)
    if person is None or parting is None:
        raise UserError(
            Phrase("With whom, what of yours, what of theirs? `/ecotrajet oncall swap @person tomorrow 18:00-22:00 for "
                   "saturday 9:00-18:00`.")
        )  # fmt: skip
    mine, theirs = _span(tools, rest[:parting]), _span(tools, rest[parting + 1 :])
    request = await tools.rota.ask_swap(schedule, person, mine, theirs, asked.by)
    return None if isinstance(request, Repeated) else Phrase(
        "Asked {name}. Nothing changes until they accept. Never mind: `/ecotrajet oncall cover end {id}`.",
        {"name": person.name, "id": request.id},
    )  # fmt: skip


async def accept(tools: Tools, asked: Asked) -> Reply:
    request = await tools.rota.accept(asked.number("/ecotrajet oncall accept 3"), asked.by)
    return None if isinstance(request, Repeated) else accepted()


async def gaps(tools: Tools, asked: Asked) -> Reply:
    return gaps_card(await tools.rota.gaps(), asked.reader)


async def calendar(tools: Tools, asked: Asked) -> Reply:
    """The address is for the asker alone, as all answers are."""
    url = await tools.rota.feed_address(asked.person.id, renew=fold(asked.line.verb) in RENEW)
    example = next(iter(tools.desk.schedules), "")
    values = {"url": url, "whole": f"{url.removesuffix('.ics')}/{example}.ics", "schedule": example}
    return Phrase(
        "Your shifts, for your calendar program: {url} — everybody's for {schedule}: {whole} — Keep the address to "
        "yourself: whoever knows it can read them. A new one: `/ecotrajet oncall ical new`.",
        values,
    )


def accepted() -> Phrase:
    return Phrase("It is yours, thank you. Everybody asked can see it.")


def _span(tools: Tools, words: Sequence[str]) -> Span:
    return Span(*span.read(" ".join(words), tools.clock.now(), tools.desk.zone))


def _person_among(tools: Tools, words: Sequence[str]) -> tuple[Person | None, tuple[str, ...]]:
    """The first person named, by `@`, id, first or whole name, and the words without them. Raises UserError."""
    for at, word in enumerate(words):
        for length in (3, 2, 1):
            said = " ".join(words[at : at + length])
            if (person := _called(tools, said)) is not None:
                return person, (*words[:at], *words[at + length :])
        if word.startswith("@"):
            raise UserError(Phrase("I do not know {name}: they are not in ecotrajet.yaml.", {"name": word}))
    return None, tuple(words)


def _called(tools: Tools, said: str) -> Person | None:
    plain = fold(said.removeprefix("@"))
    exact = [p for p in tools.desk.people.values() if plain in (fold(p.id), fold(p.name), fold(p.slack or p.id))]
    first = [p for p in tools.desk.people.values() if plain == fold(p.name).partition(" ")[0]]
    found = exact or first
    return found[0] if len(found) == 1 else None


def _schedule_among(tools: Tools, words: Sequence[str]) -> tuple[Schedule | None, tuple[str, ...]]:
    for at, word in enumerate(words):
        for schedule in tools.desk.schedules.values():
            if fold(word) == fold(schedule.name):
                return schedule, (*words[:at], *words[at + 1 :])
    return None, tuple(words)


def _schedule_for(tools: Tools, words: Sequence[str], asker: Person) -> tuple[Schedule, tuple[str, ...]]:
    """The one named, the only one there is, or the only one in which the asker takes turns. Raises UserError."""
    named, rest = _schedule_among(tools, words)
    schedules = list(tools.desk.schedules.values())
    theirs = [each for each in schedules if asker.id in each.members()]
    for candidates in ([named] if named else [], schedules, theirs):
        if len(candidates) == 1:
            return candidates[0], rest
    if not schedules:
        raise UserError(Phrase("No schedule is configured: see schedules in ecotrajet.yaml."))
    known = ", ".join(tools.desk.schedules)
    raise UserError(Phrase("For which schedule? Write its name behind: {known}.", {"known": known}))


def _number(asked: Asked, example: str) -> int:
    found = parse.number(asked.line.words[1]) if len(asked.line.words) > 1 else None
    if found is None:
        raise UserError(Phrase("Which one? Give its number, for example `{example}`.", {"example": example}))
    return found


def _unknown(tools: Tools, word: str) -> Phrase:
    verbs = [name.partition(" ")[2] for each in COMMANDS for name in (*each.names, *each.french) if " " in name]
    if near := nearest(word, [*tools.desk.schedules, *verbs]):
        return Phrase("I do not know “{word}” here. Did you mean “{near}”?", {"word": word, "near": near})
    known = ", ".join(tools.desk.schedules) or "—"
    return Phrase("There is no schedule “{word}”. There are: {known}.", {"word": word, "known": known})


def _both(*names: str) -> tuple[str, ...]:
    """Either word for the group fits either for what is asked."""
    return tuple(f"{group} {name}" for name in names for group in ("oncall", "astreinte"))


def _french(*names: str) -> tuple[str, ...]:
    return tuple(f"{group} {name}" for name in names for group in ("astreinte", "oncall"))


COMMANDS: Final = (
    Command(
        show, ("oncall", "on-call", "who"), ("astreinte", "qui", "garde"), Phrase("[schedule]"),
        Phrase("who is on call now and next; with a schedule's name, its next two weeks"),
    ),
    Command(
        override, _both("override", "overrides"), _french("remplacer", "remplace", "remplacement", "remplacements"),
        Phrase("[@person tomorrow 18:00-22:00 [schedule] | list | end N]"),
        Phrase("put somebody on call instead, for a while"), free_text=True,
    ),
    Command(
        cover, _both("cover"), _french("couvrir", "couverture"), Phrase("tomorrow 18:00-22:00 [schedule] | end N"),
        Phrase("ask the others to stand in for you; the first who taps does"), free_text=True,
    ),
    Command(
        swap, _both("swap"), _french("échanger", "échange"),
        Phrase("@person tomorrow 18:00-22:00 for saturday 9:00-18:00"),
        Phrase("offer a shift for another"), free_text=True,
    ),
    Command(
        accept, _both("accept"), _french("accepter", "accepte"), "N",
        Phrase("stand in for whoever asked, as the button does"),
    ),
    Command(
        gaps, _both("gaps"), _french("trous"), "", Phrase("when nobody would be on call in the next four weeks"),
    ),
    Command(
        calendar, _both("ical", "calendar"), _french("agenda", "calendrier"), Phrase("[new]"),
        Phrase("the private address of your shifts for a calendar program"),
    ),
)  # fmt: skip
