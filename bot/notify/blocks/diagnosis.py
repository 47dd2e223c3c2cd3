"""A diagnosis: what is most probably wrong, what to type next, and what that is judged from."""

from datetime import datetime
from typing import Final

from bot.notify.blocks.figures import share, size
from bot.notify.blocks.looks import figures
from bot.notify.blocks.parts import Block, Card, card, code, context, escape, fields, line, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.status import health, kept_of
from bot.phrase import Phrase, Value
from bot.runbook import Evidence
from bot.runbook.diagnosis import Deployed, Verdict
from bot.runbook.looks import Findings
from bot.view import IncidentView

LOG_SHOWN: Final = 1800
HEALTH_SHOWN: Final = 700


def diagnosis_card(
    place: str, found: Findings, verdict: Verdict, deployed: Deployed | None, reader: Reader, kept: Phrase
) -> Card:
    """`place`: `Production · ecotrajet`; `kept`: where it is kept, or why not."""
    heading = reader.say(Phrase("Diagnosis of {place}", {"place": line(place)}))
    cause = escape(reader.say(verdict.cause))
    sign = "🟢" if verdict.well else "🟡" if found.evidence.state == "running" else "🔴"
    blocks = [section(f"🩺 *{heading}*\n{sign} {cause}"), section(_advice(verdict, reader))]
    blocks.append(fields([(reader.say(label), value) for label, value in _facts(found, deployed, reader)]))
    if found.usage is not None and found.usage.problem is None:
        blocks.append(section(code(figures(found.usage, reader))))
    blocks += evidence_blocks(found.evidence, reader)
    return card(reader.titled(heading, cause), [*blocks, context(reader.say(kept))])


def evidence_blocks(evidence: Evidence, reader: Reader) -> list[Block]:
    """The last healthchecks, when they fail, and the last log lines."""
    blocks: list[Block] = []
    if evidence.health_log and evidence.health != "healthy":
        said = code("\n".join(evidence.health_log), HEALTH_SHOWN)
        blocks.append(section(f"*{reader.say(Phrase('Last healthchecks'))}*\n{said}"))
    if evidence.log_tail.strip():
        blocks.append(section(f"*{reader.say(Phrase('Last lines'))}*\n{code(evidence.log_tail, LOG_SHOWN)}"))
    return blocks


def evidence_of(evidence: Evidence, reader: Reader) -> list[Block]:
    """What was kept last of a container, for the details of its incident."""
    facts = kept_of(evidence, reader)
    values: dict[str, Value | Phrase] = {"at": evidence.taken_at, "facts": " · ".join(facts)}
    return [section(reader.say(Phrase("Seen at {at}: {facts}", values))), *evidence_blocks(evidence, reader)]


def _advice(verdict: Verdict, reader: Reader) -> str:
    rows = [f"`{escape(each.command)}` · {escape(reader.say(each.what))}" for each in verdict.advice]
    return "\n".join([f"*{reader.say(Phrase('What to type next'))}*", *rows])


def _facts(found: Findings, deployed: Deployed | None, reader: Reader) -> list[tuple[Phrase, str]]:
    evidence = found.evidence
    state = line(evidence.state)
    if evidence.exit_code is not None:
        state += " · " + reader.say(Phrase("exit code {code}", {"code": str(evidence.exit_code)}))
    if evidence.oom_killed:
        state += " · " + reader.say(Phrase("killed: out of memory"))
    facts = [
        (Phrase("State"), state),
        (Phrase("Since"), _time(found.started if evidence.exit_code is None else found.finished, reader)),
        (Phrase("Health"), reader.say(health(evidence.health))),
        (Phrase("Restarts"), str(evidence.restart_count)),
        (Phrase("Last deployment"), _deployed(found, deployed, reader)),
    ]
    if found.disks:
        full = ", ".join(f"`{line(path)}` {share(used, reader)}" for path, used in list(found.disks.items())[:4])
        facts.append((Phrase("Disks"), full))
    if evidence.disk is not None:
        facts.append((Phrase("Its own layer"), size(evidence.disk, reader)))
    return facts


def _deployed(found: Findings, deployed: Deployed | None, reader: Reader) -> str:
    if deployed is None:
        return f"*{line(found.version)}*"
    values: dict[str, Value | Phrase] = {
        "version": line(deployed.version), "before": line(deployed.before), "at": deployed.at,
    }  # fmt: skip
    said = reader.say(Phrase("{version} at {at}, before it {before}", values))
    return f"{said} · {line(reader.name(deployed.by))}" if deployed.by else said


def _time(moment: datetime | None, reader: Reader) -> str:
    return reader.time(moment) if moment else "—"


def last_look(view: IncidentView, reader: Reader) -> str:
    """The last diagnosis, with what was seen then; empty: nobody looked yet."""
    kept = next((row for row in reversed(view.timeline) if row.did == "diagnosis.kept" and row.why), None)
    if kept is None or kept.why is None:
        return ""
    seen = f"\n{' · '.join(kept_of(view.evidence, reader))}" if view.evidence else ""
    return f"{escape(reader.say(kept.why))} · {reader.time(kept.at)}{seen}"
