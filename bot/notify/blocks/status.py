"""What runs where, and what it logs."""

from collections.abc import Sequence
from typing import Final

from bot.deployment import Freeze
from bot.notify.blocks.freezes import frozen_now
from bot.notify.blocks.parts import MAX_SECTION, Card, card, code, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.runbook import Evidence, Light, ServiceStatus

LOG_BLOCKS: Final = 4
ENDED: Final = frozenset({"exited", "dead"})  # Docker's words


def status_table(statuses: Sequence[ServiceStatus], reader: Reader, freezes: Sequence[Freeze] = ()) -> Card:
    """One line per service with its light in words, version, since when, health and restarts; what is frozen above."""
    if not statuses:
        nothing = reader.say(Phrase("Nothing is configured to run here."))
        return card(nothing, [section(nothing)])
    title = reader.say(Phrase("What runs"))
    summary = ", ".join(f"{each.light} {line(reader.place(each.environment, each.service))}" for each in statuses)
    rows = [section(_row(each, reader)) for each in statuses]
    top = [section(f"*{title}*"), *frozen_now(freezes, reader)]
    return card(reader.titled(title, summary), [*top, *rows, context(_legend(reader))])


def logs_block(text: str, reader: Reader, title: str = "", *, searched: bool = False) -> Card:
    """Log lines, redacted already; the last ones are kept when there are too many for a message.

    `searched`: they are those that hold a word.
    """
    pieces: list[str] = []
    rest = text.strip("\n")
    while rest and len(pieces) < LOG_BLOCKS:
        start = _start_of_piece(rest)
        pieces.insert(0, rest[start:])
        rest = rest[:start].rstrip("\n")
    heading = line(title) or reader.say(Phrase("Log"))
    if not pieces:
        nothing = reader.say(Phrase("No line in the log for that."))
        hint = [context(reader.say(Phrase("Of a long log only the latest lines are searched.")))] if searched else []
        return card(nothing, [section(f"*{heading}*"), section(nothing), *hint])
    cut = [context(reader.say(Phrase("Earlier lines are left out.")))] if rest else []
    return card(heading, [section(f"*{heading}*"), *cut, *(section(code(piece)) for piece in pieces)])


def _start_of_piece(text: str) -> int:
    """Where the last piece that fits one block starts: at a line when one starts there."""
    room = MAX_SECTION - 20
    if len(escape(text)) <= room:
        return 0
    start = len(text)
    used = 0
    while start and used + len(escape(text[start - 1])) <= room:
        start -= 1
        used += len(escape(text[start]))
    newline = text.find("\n", start)
    return newline + 1 if 0 <= newline < len(text) - 1 else start


def _row(each: ServiceStatus, reader: Reader) -> str:
    head = f"{each.light} *{line(reader.place(each.environment, each.service))}* · {reader.say(light(each.light))}"
    if each.light is Light.UNKNOWN or not each.container_id:
        return head + (f"\n⚠️ {escape(reader.say(each.problem))}" if each.problem else "")
    facts = [f"*{line(each.version)}* (`{line(each.image_id)}`)" if each.version else f"`{line(each.image_id)}`"]
    ended = each.state in ENDED
    if each.since:
        at = {"time": each.since}
        facts.append(reader.say(Phrase("stopped since {time}", at) if ended else Phrase("since {time}", at)))
    if not ended:  # Docker calls what it stopped itself unhealthy
        facts.append(reader.say(health(each.health)))
    if each.restarts:
        facts.append(_restarts(each.restarts, reader))
    problem = f"\n⚠️ {escape(reader.say(each.problem))}" if each.problem else ""
    return f"{head}\n{' · '.join(facts)}{problem}"


def _restarts(count: int, reader: Reader) -> str:
    return reader.say(Phrase("1 restart") if count == 1 else Phrase("{count} restarts", {"count": count}))


def light(lamp: Light) -> Phrase:
    """The guide's words for its lights (section 6.1)."""
    match lamp:
        case Light.GREEN:
            return Phrase("operational")
        case Light.YELLOW:
            return Phrase("minor degradation")
        case Light.RED:
            return Phrase("unavailable")
        case Light.UNKNOWN:
            return Phrase("the engine does not answer")


def health(word: str) -> Phrase:
    words = {
        "healthy": Phrase("healthy"),
        "unhealthy": Phrase("unhealthy"),
        "starting": Phrase("starting"),
        "none": Phrase("no health check"),
        "": Phrase("no health check"),
    }
    return words.get(word, Phrase("unknown"))


def _legend(reader: Reader) -> str:
    return " · ".join(f"{lamp} {reader.say(light(lamp))}" for lamp in (Light.GREEN, Light.YELLOW, Light.RED))


def kept_of(evidence: Evidence, reader: Reader) -> list[str]:
    """What was kept of a container, in a few words each: which, how it is, how it ended."""
    facts = [line(evidence.about), f"`{line(evidence.state)}`"]
    if evidence.exit_code is not None:
        facts.append(reader.say(Phrase("exit code {code}", {"code": str(evidence.exit_code)})))
    if evidence.oom_killed:
        facts.append(reader.say(Phrase("killed: out of memory")))
    if evidence.restart_count:
        facts.append(reader.say(Phrase("restarted {count} times", {"count": evidence.restart_count})))
    return facts
