"""Commands that bring something new, take something away, or say that nothing may change."""

from datetime import datetime, timedelta
from typing import Final

from bot.answers import Repeated
from bot.errors import UserError
from bot.notify.blocks.freezes import freeze_list
from bot.phrase import Phrase, Value
from bot.runbook import Action
from bot.runs.wording import frozen
from bot.target import Environment, fold
from handlers import span, when
from handlers.commands.services import BREAK_GLASS, DRY_RUN, may_read, request
from handlers.commands.tools import Asked, Command, Reply, Tools

CONFIRM: Final = frozenset({"confirm"})
REASON: Final = frozenset({"reason", "raison"})
LIST: Final = frozenset({"list", "liste"})


async def deploy(tools: Tools, asked: Asked) -> Reply:
    return await request(tools, asked, Action.DEPLOY)


async def promote(tools: Tools, asked: Asked) -> Reply:
    return await request(tools, asked, Action.PROMOTE)


async def stop(tools: Tools, asked: Asked) -> Reply:
    return await request(tools, asked, Action.STOP)


async def start(tools: Tools, asked: Asked) -> Reply:
    return await request(tools, asked, Action.START)


async def prune(tools: Tools, asked: Asked) -> Reply:
    return await request(tools, asked, Action.PRUNE)


async def scale(tools: Tools, asked: Asked) -> Reply:
    return await request(tools, asked, Action.SCALE)


async def freeze(tools: Tools, asked: Asked) -> Reply:
    """`freeze prod until monday why`; without an end, how to say it; without anything, what is frozen."""
    if not asked.line.words or fold(asked.line.verb) in LIST:
        return await _frozen(tools, asked)
    environment, rest = _environment(tools, asked.line.words)
    until, reason = _until(rest, tools.clock.now(), tools)
    made = await tools.runs.freezes.begin(environment, until, reason, asked.by)
    if isinstance(made, Repeated):
        return None
    facts: dict[str, Value | Phrase] = {
        "environment": environment.label, "until": made.until, "name": environment.name,
    }  # fmt: skip
    return Phrase(
        "{environment} is frozen until {until}. Rolling back stays possible. To end it before: "
        "`/ecotrajet unfreeze {name}`.",
        facts,
    )


async def _frozen(tools: Tools, asked: Asked) -> Reply:
    """What is frozen and will be, where they may look."""
    freezes = tools.runs.freezes
    now, coming = (
        [each for each in found if may_read(tools, asked, each.environment)]
        for found in (await freezes.in_force(), await freezes.coming())
    )
    return freeze_list([frozen(tools.desk, each) for each in now], coming, asked.reader)


async def unfreeze(tools: Tools, asked: Asked) -> Reply:
    environment, _ = _environment(tools, asked.line.words)
    ended = await tools.runs.freezes.end(environment, asked.by)
    if isinstance(ended, Repeated):
        return None
    return Phrase("{environment} is no longer frozen.", {"environment": environment.label})


def _environment(tools: Tools, words: tuple[str, ...]) -> tuple[Environment, tuple[str, ...]]:
    """The first word that names one, and all others. Raises UserError."""
    for at, word in enumerate(words):
        found = next((each for each in tools.desk.environments.values() if fold(word) in each.answers_to()), None)
        if found is not None:
            return found, (*words[:at], *words[at + 1 :])
    known = ", ".join(tools.desk.environments)
    raise UserError(Phrase("In which environment? There are: {known}.", {"known": known}))


def _until(words: tuple[str, ...], now: datetime, tools: Tools) -> tuple[datetime, str]:
    """The longest beginning that says until when; what follows is the reason. Raises UserError."""
    for length in range(len(words), 0, -1):
        try:
            start, end = span.read(" ".join(words[:length]), now, tools.desk.zone)
        except UserError:
            continue
        if start <= now:
            return _not_today(words[:length], end, now.astimezone(tools.desk.zone)), " ".join(words[length:])[:500]
    raise UserError(Phrase("Until when? For example `/ecotrajet freeze prod until monday 09:00 the reason`, or `2h`."))


def _not_today(words: tuple[str, ...], end: datetime, now: datetime) -> datetime:
    """On a Monday, “until monday” means the next one."""
    named = {when.DAYS.get(fold(word)) for word in words}
    return end + timedelta(days=7) if now.weekday() in named and end - now < timedelta(days=1) else end


COMMANDS: Final = (
    Command(
        deploy, ("deploy",), ("déploie", "déployer"),
        Phrase("env [service] version [--dry-run] [--break-glass \"reason\"]"),
        Phrase("put a version in place; the old one comes back by itself if it is not well"),
        values=BREAK_GLASS, flags=DRY_RUN,
    ),
    Command(
        promote, ("promote",), ("promeus", "promouvoir"),
        Phrase("[service] [--dry-run] [--reason \"why today\"]"),
        Phrase("bring what runs in staging to production, once product has validated it; off its day with a reason"),
        values=BREAK_GLASS | REASON, flags=DRY_RUN,
    ),
    Command(
        stop, ("stop", "isolate"), ("arrête", "arrêter", "isole", "isoler"),
        Phrase("env [service] --confirm env [--dry-run] [--break-glass \"reason\"]"),
        Phrase("take a service away, with its evidence kept; it stays down until it is started"),
        values=BREAK_GLASS | CONFIRM, flags=DRY_RUN,
    ),
    Command(
        start, ("start",), ("démarre", "démarrer"), Phrase("env [service] [--dry-run] [--break-glass \"reason\"]"),
        Phrase("start what was stopped, and see that it is well"), values=BREAK_GLASS, flags=DRY_RUN,
    ),
    Command(
        prune, ("prune", "cleanup"), ("nettoie", "nettoyer"), "env --confirm env [--dry-run]",
        Phrase("remove images without a name that nothing uses; never volumes"),
        values=BREAK_GLASS | CONFIRM, flags=DRY_RUN,
    ),
    Command(
        scale, ("scale",), ("échelle", "dimensionne"), Phrase("env [service] number [--dry-run]"),
        Phrase("run a Swarm service as so many tasks"), values=BREAK_GLASS, flags=DRY_RUN,
    ),
    Command(
        freeze, ("freeze",), ("gèle", "geler", "gel"), Phrase("[env until monday 09:00 [reason]]"),
        Phrase("nothing new there until then: no deployment, no restart; alone: what is frozen, and will be"),
    ),
    Command(unfreeze, ("unfreeze",), ("dégèle", "dégeler"), "env", Phrase("end a freeze before its time")),
)  # fmt: skip
