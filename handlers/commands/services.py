"""Commands about services: what runs, what it logs, restarting it, going back a version, and the approvals."""

from collections.abc import Sequence
from typing import Final

from bot import access
from bot.answers import Repeated
from bot.errors import UserError
from bot.lifecycle.probes import places_beside
from bot.notify.blocks import logs_block, plan_card, run_card, run_list, status_table
from bot.phrase import Phrase
from bot.probe import lit
from bot.run import Planned
from bot.runbook import Action, ActionClass
from bot.runs.wish import Wish
from bot.target import NoPlace, Target, fold, resolve, resolve_all
from handlers import parse
from handlers.answers import no_such_run, worded
from handlers.commands.looks import with_example
from handlers.commands.tools import Asked, Command, Reply, Tools

TAIL: Final = 50
MOST_LINES: Final = 1000
EXAMPLES: Final = {
    Action.ROLLBACK: "/ecotrajet rollback {place}", Action.RESTART: "/ecotrajet restart {place}",
    Action.START: "/ecotrajet start {place}", Action.DEPLOY: "/ecotrajet deploy {place} v2",
    Action.SCALE: "/ecotrajet scale {place} 3",
}  # fmt: skip


async def rollback(tools: Tools, asked: Asked) -> Reply:
    return await request(tools, asked, Action.ROLLBACK)


async def restart(tools: Tools, asked: Asked) -> Reply:
    return await request(tools, asked, Action.RESTART)


async def request(tools: Tools, asked: Asked, action: Action) -> Reply:
    """Ask for an action on what the words name."""
    options = asked.line.options
    if "break-glass" in options and not options["break-glass"].strip():
        raise UserError(Phrase('Say why: `--break-glass "the reason"`. It goes into the audit log.'))
    reason = options.get("reason") or options.get("raison", "")
    wish = Wish(
        action,
        asked.line.words,
        "dry-run" in options,
        options.get("break-glass"),
        options.get("confirm"),
        reason=reason,
    )
    try:
        answer = await tools.runs.request(wish, asked.by)
    except NoPlace as where:
        if action not in EXAMPLES:
            raise
        raise UserError(with_example(tools, asked.line.words, where.phrase, EXAMPLES[action])) from None
    return plan_card(answer.plan, asked.reader) if isinstance(answer, Planned) else worded(answer)


async def approve(tools: Tools, asked: Asked) -> Reply:
    number = asked.number("/ecotrajet approve 7")
    reason = asked.line.options.get("break-glass")
    return worded(await tools.runs.approve(number, asked.by, break_glass=reason))


async def reject(tools: Tools, asked: Asked) -> Reply:
    return worded(await tools.runs.reject(asked.number("/ecotrajet reject 7"), asked.by))


async def cancel(tools: Tools, asked: Asked) -> Reply:
    return worded(await tools.runs.cancel(asked.number("/ecotrajet cancel 7"), asked.by))


async def runs(tools: Tools, asked: Asked) -> Reply:
    """All of the latest, or one with its steps and evidence."""
    if not asked.line.words:
        return run_list(await tools.runs.recent(), asked.reader)
    number = asked.number("/ecotrajet runs 7")
    view = await tools.runs.view(number)
    if view is None:
        return no_such_run(number)
    return run_card(view, asked.reader)


async def status(tools: Tools, asked: Asked) -> Reply:
    places = tuple(tools.desk.environments.values())
    targets, unknown = resolve_all(asked.line.words, places, tuple(tools.desk.services.values()))
    if unknown:
        _one(tools, asked, asked.line.words, "/ecotrajet status {place}")  # says which one was meant
        raise UserError(Phrase("I do not know “{word}” here.", {"word": unknown[0]}))
    seen = [target for target in targets if may_read(tools, asked, target.environment.name)]
    rows = [row for row in await tools.probes.lights() if may_read(tools, asked, row.entry.environment)]
    others = places_beside(tools.desk, asked.line.words)
    more = [each for each in others if may_read(tools, asked, each[0])]
    shown = {*(each.environment.name for each in seen), *(place for place, _ in more)}
    frozen = [each for each in await tools.runs.freezes.in_force() if each.environment in shown]
    return status_table(lit(await tools.engines.status(seen), rows, more), asked.reader, frozen)


async def logs(tools: Tools, asked: Asked) -> Reply:
    """Only to the one who asked, secrets hidden; with `-f` live in their own messages."""
    line = asked.line
    words = [word for word in line.words if fold(word) not in FOLLOW]
    live = len(words) < len(line.words) or bool(FOLLOW_FLAGS & line.options.keys())
    target, rest = _one(tools, asked, words, "/ecotrajet logs {place}")
    if rest:
        raise UserError(Phrase("I do not know “{word}” here.", {"word": rest[0]}))
    missing = access.why_not(tools.desk.people, tools.desk.teams, asked.by.id, ActionClass.READ, target.environment)
    if missing is not None:
        raise UserError(missing)
    if live:
        return await _followed(tools, asked, target)
    since = parse.duration(line.options["since"]) if "since" in line.options else None
    text = await tools.engines.logs(target, tail=how_many(line), since=since, grep=line.options.get("grep", ""))
    return logs_block(text, asked.reader, target.key, searched=bool(line.options.get("grep")))


async def _followed(tools: Tools, asked: Asked, target: Target) -> Reply:
    if unknown := {"tail", "since"} & asked.line.options.keys():
        raise UserError(Phrase("`--{name}` means nothing for a log that is followed.", {"name": min(unknown)}))
    tail = await tools.runs.tails.begin(target, asked.line.options.get("grep", ""), asked.person, asked.by)
    if isinstance(tail, Repeated):
        return None
    place = asked.reader.place(target.environment.name, target.service.name)
    return Phrase(
        "The log of {place} is in your own messages, live until {until}; a button there stops it.",
        {"place": place, "until": tail.until},
    )


def _one(tools: Tools, asked: Asked, words: Sequence[str], example: str) -> tuple[Target, tuple[str, ...]]:
    """Raises UserError with what to type: `example` with its `{place}` filled in."""
    places, services = tuple(tools.desk.environments.values()), tuple(tools.desk.services.values())
    try:
        return resolve(words, places, services)
    except NoPlace as where:
        raise UserError(with_example(tools, words, where.phrase, example)) from None


def how_many(line: parse.Line) -> int:
    """How many lines. Raises UserError when it is no number."""
    said = line.options.get("tail", str(TAIL))
    count = parse.number(said)
    if not count:
        raise UserError(Phrase("“{word}” is no number of lines. Write for example `--tail 50`.", {"word": said}))
    return min(count, MOST_LINES)


def may_read(tools: Tools, asked: Asked, environment: str) -> bool:
    return access.may(tools.desk.people, tools.desk.teams, asked.by.id, ActionClass.READ, environment)


BREAK_GLASS: Final = frozenset({"break-glass"})
FOLLOW: Final = frozenset({"-f", "follow", "suivre", "suis", "live", "direct"})
FOLLOW_FLAGS: Final = frozenset({"f", "follow", "suivre"})
DRY_RUN: Final = frozenset({"dry-run"})
COMMANDS: Final = (
    Command(status, ("status",), ("statut", "état"), "[env] [service]", Phrase("what runs where, and is it well")),
    Command(
        logs, ("logs", "log"), ("journaux", "journal"),
        Phrase("env [service] [--tail 50] [--since 10m] [--grep text] [-f]"),
        Phrase("the last lines of the log, for you alone, without secrets; with -f live for some minutes"),
        values=frozenset({"tail", "since", "grep"}), flags=FOLLOW_FLAGS,
    ),
    Command(
        rollback, ("rollback",), ("retour-arrière", "retour arrière"),
        Phrase("env [service] [version] [--dry-run] [--break-glass \"reason\"]"),
        Phrase("back to the last good version, or to the one you name"), values=BREAK_GLASS, flags=DRY_RUN,
    ),
    Command(
        restart, ("restart",), ("redémarre", "redémarrer", "relance", "relancer"),
        Phrase("env [service] [--dry-run] [--break-glass \"reason\"]"),
        Phrase("restart a service and see that it is well again"),
        values=BREAK_GLASS, flags=DRY_RUN,
    ),
    Command(
        approve, ("approve",), ("approuve", "approuver"), Phrase("N [--break-glass \"reason\"]"),
        Phrase("let a run's plan be carried out"), values=BREAK_GLASS,
    ),
    Command(reject, ("reject",), ("rejette", "rejeter", "refuse", "refuser"), "N", Phrase("refuse a run's plan")),
    Command(cancel, ("cancel", "abort"), ("annule", "annuler"), "N", Phrase("call off a run")),
    Command(
        runs, ("runs", "run"), ("actions", "exécutions", "exécution"), "[N]",
        Phrase("the latest runs, or one in detail"),
    ),
)  # fmt: skip
