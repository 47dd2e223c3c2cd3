"""What was done during an incident, and what was seen: a section of its post-mortem."""

import html
from collections.abc import Iterable
from typing import Final

from bot.notify.blocks.document import Lines, Part, Rows, Said
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.run import name_of, state_of
from bot.notify.blocks.status import kept_of
from bot.phrase import Phrase, Value
from bot.postgres import NAMES, Remembered
from bot.view import PostmortemView, RunView

LOG_SHOWN: Final = 3000


def acts(found: PostmortemView, reader: Reader) -> Iterable[Part]:
    """Runs and runbooks, what was seen of containers before, and of the database."""
    nothing = not found.runs and not found.runbooks and found.view.evidence is None and found.view.database is None
    if nothing:
        yield Said(reader.say(Phrase("Nothing was done through the desk.")))
    if found.runbooks:
        yield Said(reader.say(Phrase("Runbooks: {names}", {"names": ", ".join(found.runbooks)})))
    for run in found.runs:
        yield from _run(run, reader)
    if found.view.evidence is not None and not any(run.evidence for run in found.runs):
        facts = [_plain(each) for each in kept_of(found.view.evidence, reader)]
        values: dict[str, Value | Phrase] = {"at": found.view.evidence.taken_at, "facts": " · ".join(facts)}
        yield Said(reader.say(Phrase("Seen at {at}: {facts}", values)))
        if found.view.evidence.log_tail.strip():
            yield Lines(_tail(found.view.evidence.log_tail))
    if found.view.database is not None:
        yield from _database(found.view.database, reader)


def _database(kept: Remembered, reader: Reader) -> Iterable[Part]:
    values: dict[str, Value | Phrase] = {"at": kept.taken_at, "name": kept.about}
    yield Said(reader.say(Phrase("Database {name} seen at {at}", values)))
    yield Rows(tuple(f"{reader.say(NAMES[each.part])} · {reader.say(each.said)}" for each in kept.findings))


def _run(view: RunView, reader: Reader) -> Iterable[Part]:
    run, plan = view.run, view.run.plan
    images = f" · {plan.image_now.name} → {plan.image_then.name}" if plan.image_now.id != plan.image_then.id else ""
    told = [f"{name_of(plan, reader)}{images} · {_plain(reader.say(state_of(run, reader)))}"]
    told.append(
        reader.say(
            Phrase("Asked by {name} at {time}", {"name": reader.name(run.requested_by), "time": run.requested_at})
        )
    )
    if run.approved_by and run.approved_at:
        facts: dict[str, Value | Phrase] = {"name": reader.name(run.approved_by), "time": run.approved_at}
        told.append(reader.say(Phrase("Approved by {name} at {time}", facts)))
    if run.break_glass:
        told.append(_plain(reader.say(Phrase("🚨 Without a second person: {reason}", {"reason": run.break_glass}))))
    if run.end is not None:
        told += [reader.say(each) for each in (run.end.phrase, *run.end.remarks)]
    yield Rows(tuple(told))
    for evidence in view.evidence[:1]:
        facts_seen = " · ".join(_plain(each) for each in kept_of(evidence, reader))
        yield Said(reader.say(Phrase("Seen at {at}: {facts}", {"at": evidence.taken_at, "facts": facts_seen})))
        if evidence.log_tail.strip():
            yield Lines(_tail(evidence.log_tail))


def _tail(log: str) -> str:
    """The last whole lines: of a line without its beginning nobody could tell that it holds a secret."""
    kept: list[str] = []
    room = LOG_SHOWN
    for each in reversed(log.rstrip().splitlines()):
        room -= len(each) + 1
        if room < 0 and kept:
            break
        kept.insert(0, each)
    return "\n".join(kept)


def _plain(shown: str) -> str:
    """What was made for a card, without its markup."""
    return html.unescape(shown).replace("`", "").replace("*", "")
