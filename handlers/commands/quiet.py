"""Commands that keep alerts quiet: silences, and maintenance on a day or every week."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.answers import Repeated
from bot.errors import UserError
from bot.maintenance import NOTICE, SHORT, Matcher, Silence, Window, is_short_notice
from bot.notify.blocks import quiet_list
from bot.phrase import Phrase
from bot.target import fold, nearest
from handlers import parse, span, when
from handlers.commands.incidents import allow_responding
from handlers.commands.tools import Asked, Command, Reply, Tools

LIST: Final = frozenset({"list", "liste", "lister", "ls"})
END: Final = frozenset({"end", "fin", "stop", "finir", "terminer", "arreter", "remove"})
EVERYTHING: Final = frozenset({"all", "everything", "tout", "partout", "*"})
FILLERS: Final = frozenset({"every", "chaque", "tous", "toutes", "les", "le", "on", "pour", "for", "pendant"})
UNITS: Final = frozenset(parse.UNITS) | {"mn", "hours", "heures", "heure", "minutes", "jours", "jour", "days"}


@dataclass(slots=True)
class Wish:
    """What the words of a silence or of a maintenance say, as they are read one after the other."""

    environments: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    everything: bool = False
    length: timedelta | None = None
    days: frozenset[int] = frozenset()
    on: date | None = None
    hours: tuple[time, time] | None = None
    reason: str = ""

    @property
    def matcher(self) -> Matcher:
        return Matcher(tuple(self.environments), tuple(self.services), self.labels)

    def is_aimed(self) -> bool:
        return self.everything or bool(self.environments or self.services or self.labels)


async def silence(tools: Tools, asked: Asked) -> Reply:
    verb = fold(asked.line.verb)
    if verb in LIST or not asked.line.words:
        return await show(tools, asked)
    allow_responding(tools, asked.by.id)
    if verb in END:
        ended = await tools.silences.end(_number(asked, "/ecotrajet silence end 3"), asked.by)
        return None if isinstance(ended, Repeated) else Phrase(
            "Silence {id} is over. Alerts kept: {came}; still firing, and incidents in a moment: {firing}.",
            {"id": ended.id, "came": ended.came, "firing": ended.firing},
        )  # fmt: skip
    now = tools.clock.now()
    wish = read(tools, asked.line.words, now, with_length=True)
    if wish.length is None or not wish.is_aimed():
        raise UserError(
            Phrase(
                'Say what and for how long: `/ecotrajet silence prod ecotrajet 2h "the reason"`, or a label: '
                "`equipe=paie`, or `all`."
            )
        )
    start = span.moment(asked.line.options["from"], now, tools.desk.zone) if "from" in asked.line.options else None
    return begun(await tools.silences.begin(wish.matcher, wish.length, wish.reason, asked.by, start), start)


async def maintenance(tools: Tools, asked: Asked) -> Reply:
    verb = fold(asked.line.verb)
    if verb in LIST or not asked.line.words:
        return await show(tools, asked)
    allow_responding(tools, asked.by.id)
    if verb in END:
        over = await tools.silences.end_weekly(_number(asked, "/ecotrajet maintenance end 2"), asked.by)
        if isinstance(over, Repeated):
            return None
        return Phrase("The weekly maintenance {id} is planned no more.", {"id": over.name})
    now = tools.clock.now()
    wish = read(tools, asked.line.words, now, with_length=False)
    if wish.hours is None or not wish.is_aimed() or not (wish.days or wish.on):
        raise UserError(
            Phrase(
                'Say what and when: `/ecotrajet maintenance staging sunday 02:00-04:00 "the reason"` (every week), '
                "or with a date: `2026-11-30 22:00-23:30`."
            )
        )
    window = Window(
        "", "", wish.matcher, wish.days or frozenset(range(7)), *wish.hours, tools.desk.zone, wish.reason, asked.by.id
    )
    if wish.on is not None:
        start, end = window.occurrence_on(wish.on)
        made_once = await tools.silences.begin(
            wish.matcher, end - start, wish.reason, asked.by, start, maintenance=True
        )
        return _short_notice(tools, made_once, now) or begun(made_once, start)
    made = await tools.silences.plan_weekly(window, asked.by)
    if isinstance(made, Repeated):
        return None
    return Phrase(
        "Weekly maintenance {id} is planned: {what}, next from {since} until {until}.",
        {"id": made.name, "what": made.matcher.what(), **_next(made, now)},
    )


def _short_notice(tools: Tools, made: Silence | Repeated, now: datetime) -> Phrase | None:
    """The guide (section 3.1): what users feel for longer is announced two days before; None: it is."""
    if isinstance(made, Repeated) or not is_short_notice(made, tools.desk.environments.values(), now):
        return None
    return Phrase(
        "Maintenance {id} is announced, from {since} until {until}. That is less than {notice} ahead: users were "
        "promised more for what takes longer than {length}. Tell them yourself as well.",
        {
            "id": made.id, "since": made.starts_at, "until": made.ends_at, "notice": NOTICE, "length": SHORT,
        },
    )  # fmt: skip


async def show(tools: Tools, asked: Asked) -> Reply:
    planned = await tools.silences.planned()
    return quiet_list(planned.silences, planned.windows, planned.now, asked.reader)


def read(tools: Tools, words: tuple[str, ...], now: datetime, *, with_length: bool) -> Wish:
    """Places, labels and times in any order; the first other word begins the reason. Raises UserError for a word that
    is not understood before all that is needed was said.
    """
    wish, rest = Wish(), _joined(words)
    while rest:
        word = rest[0]
        if not (_place(tools, wish, word) or _time(wish, word, now.astimezone(tools.desk.zone).date(), with_length)):
            if (wish.length is None and with_length) or (wish.hours is None and not with_length):
                raise UserError(_unknown(tools, word))
            wish.reason = " ".join(rest)[:500]
            break
        del rest[0]
    return wish


def _place(tools: Tools, wish: Wish, word: str) -> bool:
    name, equals, value = word.partition("=")
    place = next((each.name for each in tools.desk.environments.values() if fold(word) in each.answers_to()), None)
    service = next((each.name for each in tools.desk.services.values() if fold(word) in each.answers_to()), None)
    if equals and name and value:
        wish.labels[name] = value
    elif place is not None:
        wish.environments += [place] if place not in wish.environments else []
    elif service is not None:
        wish.services += [service] if service not in wish.services else []
    elif fold(word) in EVERYTHING:
        wish.everything = True
    else:
        return fold(word) in FILLERS
    return True


def _time(wish: Wish, word: str, today: date, with_length: bool) -> bool:
    if with_length:
        if wish.length is not None or not parse.DURATION.match(fold(word)):
            return False
        wish.length = parse.duration(word)
    elif (days := when.days(word)) is not None:
        wish.days |= days
    elif (hours := when.hours(word)) is not None and wish.hours is None:
        wish.hours = hours
    elif (on := when.day(word, today)) is not None and wish.on is None:
        wish.on = on
    else:
        return False
    return True


def _joined(words: tuple[str, ...]) -> list[str]:
    """`2 h` and `30 min` are one word."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1].isdigit() and fold(word) in UNITS:
            joined[-1] += {"mn": "min"}.get(fold(word), fold(word)[0])
        else:
            joined.append(word)
    return joined


def begun(made: Silence | Repeated, planned: datetime | None) -> Phrase | None:
    if isinstance(made, Repeated):
        return None
    facts = {"id": made.id, "what": made.matcher.what(), "since": made.starts_at, "until": made.ends_at}
    if planned is not None:
        return Phrase("Silence {id} is planned: {what}, from {since} until {until}.", facts)
    return Phrase(
        "Silence {id}: {what}, until {until}. Alerts are kept; what still fires then becomes an incident. To end it "
        "before: `/ecotrajet silence end {id}`.",
        facts,
    )


def _next(window: Window, now: datetime) -> dict[str, datetime]:
    start, end = window.present_or_next(now)
    return {"since": start, "until": end}


def _number(asked: Asked, example: str) -> int:
    found = parse.number(asked.line.words[1]) if len(asked.line.words) > 1 else None
    if found is None:
        raise UserError(Phrase("Which one? Give its number, for example `{example}`.", {"example": example}))
    return found


def _unknown(tools: Tools, word: str) -> Phrase:
    names = [*tools.desk.environments, *tools.desk.services]
    if near := nearest(word, names):
        return Phrase("I do not know “{word}” here. Did you mean “{near}”?", {"word": word, "near": near})
    return Phrase("I do not know “{word}” here.", {"word": word})


COMMANDS: Final = (
    Command(
        silence, ("silence", "mute"), ("taire", "tais", "muet"),
        Phrase("[list | end N | env service label=value 2h \"reason\" [--from 22:00]]"),
        Phrase("keep alerts quiet for a while; what still fires at the end becomes an incident"),
        values=frozenset({"from"}),
    ),
    Command(
        maintenance, ("maintenance",), ("fenêtre",), Phrase("[list | end N | env sunday 02:00-04:00 \"reason\"]"),
        Phrase("plan maintenance, every week or on a date"),
    ),
)  # fmt: skip
