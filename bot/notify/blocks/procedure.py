"""The card of a runbook under way, the list of runbooks, and what one would do."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.notify.blocks.parts import Block, Card, actions, button, card, code, confirm, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value
from bot.procedure import Condition, Procedure, ProcedureRun, ProcedureState, ProcedureStep, StepState, Taken, filled

SIGN: Final = {
    ProcedureState.RUNNING: "⏳",
    ProcedureState.SUCCEEDED: "✅",
    ProcedureState.FAILED: "🔴",
    ProcedureState.CANCELLED: "⚪",
}
STEP_SIGN: Final = {
    StepState.RUNNING: "⏳",
    StepState.WAITING: "❓",
    StepState.DONE: "✓",
    StepState.FAILED: "✗",
    StepState.SKIPPED: "↷",
}
OUTPUT_SHOWN: Final = 1200
READ_SHOWN: Final = 3  # outputs; the text of a section has a limit, and people another
LINE: Final = 200
TO_COME: Final = 4  # steps ahead that are named; of the rest only how many
DONE: Final = "runbook.done"
FAILED: Final = "runbook.failed"
CANCEL: Final = "runbook.cancel"
AGAIN: Final = "runbook.again"
BEGIN: Final = "runbook.begin"


def procedure_card(run: ProcedureRun, reader: Reader) -> Card:
    """What is done and by whom, the present step with its buttons, and what comes next."""
    state = reader.say(state_of(run))
    name = line(filled(run.procedure.title, run.values), 120)
    number = reader.say(Phrase("runbook {id}", {"id": run.id}))
    place = line(reader.place(run.environment, run.service)) if run.environment else ""
    head = " · ".join(word for word in (f"{SIGN[run.state]} *{name}*", place, number) if word)
    blocks = [section(f"{head}\n{state}")]
    if told := [_taken(each, run, reader) for each in _latest(run)]:
        blocks += [section(text) for text in _grouped(told)]
    blocks += _current(run, reader)
    if not run.state.is_over:
        blocks += _ahead(run, reader)
    blocks += _output(run, reader)
    blocks.append(context(*_people(run, reader)))
    return card(reader.titled(f"{name}, {number}", state), [*blocks, *_buttons(run, reader)])


def procedure_list(procedures: Sequence[Procedure], runs: Sequence[ProcedureRun], reader: Reader) -> Card:
    """All there are, then those under way or just over."""
    if not procedures:
        nothing = reader.say(Phrase("There is no runbook: see `runbooks` in ecotrajet.example.yaml."))
        return card(nothing, [section(nothing)])
    title = reader.say(Phrase("Runbooks"))
    rows = [f"`{line(each.name)}` · *{line(each.title)}*{_mark(each, reader)}" for each in procedures]
    hint = reader.say(Phrase("To see one: `/ecotrajet runbook show NAME`; to begin it: `/ecotrajet runbook run NAME`."))
    blocks = [section(f"*{title}*"), *(section(text) for text in _grouped(rows)), context(hint)]
    if runs:
        latest = [_listed(each, reader) for each in runs]
        blocks += [section(f"*{reader.say(Phrase('Under way, and the latest'))}*"), section("\n".join(latest))]
    return card(title, blocks)


def procedure_steps(procedure: Procedure, reader: Reader) -> Card:
    """What it would do: every step with its condition, and what a failure leads to."""
    head = f"*{line(procedure.title)}* · `{line(procedure.name)}`{_mark(procedure, reader)}"
    facts = [escape(procedure.about)] if procedure.about else []
    rows = [f"{at + 1}. {_planned(step, procedure, reader)}" for at, step in enumerate(procedure.steps)]
    asked = [
        f"`{line(each.name)}=…` {line(each.about)}" + (f" ({line(each.default)})" if each.default else "")
        for each in procedure.parameters
    ]
    blocks = [section("\n".join([head, *facts])), *(section(text) for text in _grouped(rows))]
    if asked:
        blocks.append(section("\n".join([f"*{reader.say(Phrase('It is told'))}*", *asked])))
    typed = " ".join(f"{each.name}=…" for each in procedure.parameters if each.required)
    how = f"`/ecotrajet runbook run {line(procedure.name)} env {typed}`".replace(" `", "`")
    return card(line(procedure.title), [*blocks, context(*([line(procedure.guide)] if procedure.guide else []), how)])


def suggested(run: Mapping[str, object], title: str, why: Phrase, reader: Reader) -> Block:
    """On an incident's card: a runbook that helps, why, and the button that begins it."""
    values: dict[str, Value | Phrase] = {"title": line(title, 100), "why": escape(reader.say(why))}
    said = reader.say(Phrase("📒 Runbook *{title}*: {why}", values))
    begin = button(reader.say(Phrase("Begin")), BEGIN, run)
    return {**section(said), "accessory": begin}


def state_of(run: ProcedureRun) -> Phrase:
    """Where it stands, in a sentence."""
    if run.said is not None and run.state.is_over:
        return run.said
    total, current = len(run.procedure.steps), run.current
    if current is None:
        return Phrase("About to go on")
    values: dict[str, Value | Phrase] = {"step": current.position + 1, "total": total}
    if current.state is StepState.WAITING:
        return Phrase("Step {step} of {total} waits for an answer", values)
    if current.run is not None:
        values["run"] = current.run
        return Phrase("Step {step} of {total}: follows run {run}, which has a card of its own", values)
    return Phrase("Step {step} of {total} is under way", values)


def _latest(run: ProcedureRun) -> list[Taken]:
    """Each step once, as it ended last, in the order of the latest visits."""
    found: dict[int, Taken] = {}
    for each in run.taken:
        found.pop(each.position, None)
        found[each.position] = each
    return list(found.values())


def _taken(taken: Taken, run: ProcedureRun, reader: Reader) -> str:
    step = run.step_of(taken)
    name = line(filled(step.title or step.ask, run.values), LINE)
    told = f"{STEP_SIGN[taken.state]} {taken.position + 1}. {name}"
    if taken.by is not None and taken.finished_at is not None:
        told += f" · {line(answer)}" if (answer := run.answer_of(taken)) else ""
        told += f" · {line(reader.name(taken.by))}, {reader.time(taken.finished_at)}"
    elif taken.said is not None and taken.state is not StepState.SKIPPED:
        told += f" · {escape(reader.say(taken.said))}"
    if taken.run is not None:
        told += f" · {reader.say(Phrase('run {id}', {'id': str(taken.run)}))}"
    return told


def _current(run: ProcedureRun, reader: Reader) -> list[Block]:
    """The whole question, when a person is asked; a short one without a title is in its line already."""
    current = run.current
    if current is None or current.state is not StepState.WAITING or run.state.is_over:
        return []
    step = run.step_of(current)
    asked = filled(step.ask, run.values)
    return [section(escape(asked))] if step.title or len(asked) > LINE or "\n" in asked else []


def _ahead(run: ProcedureRun, reader: Reader) -> list[Block]:
    at = run.taken[-1].position + 1 if run.taken else 0
    coming = run.procedure.steps[at:]
    rows = [f"▫️ {at + n + 1}. {line(filled(each.title or each.ask, run.values), 160)}" for n, each in enumerate(coming)]
    more = [reader.say(Phrase("… and {count} more", {"count": len(rows) - TO_COME}))] if len(rows) > TO_COME else []
    return [section("\n".join([*rows[:TO_COME], *more]))] if rows else []


def _output(run: ProcedureRun, reader: Reader) -> list[Block]:
    """What the last steps that read something have read: a diagnosis does not hide the log that came before it."""
    blocks: list[Block] = []
    for read in [each for each in run.taken if each.output][-READ_SHOWN:]:
        values: dict[str, Value | Phrase] = {"step": read.position + 1}
        blocks += [
            section(reader.say(Phrase("Read in step {step}:", values))),
            section(code(read.output, OUTPUT_SHOWN)),
        ]
    return blocks


def _people(run: ProcedureRun, reader: Reader) -> list[str]:
    begun = Phrase("Begun by {name} at {time}", {"name": line(reader.name(run.begun_by)), "time": run.begun_at})
    told = [reader.say(begun)]
    if run.incident is not None:
        told.append(reader.say(Phrase("For incident #{number}", {"number": run.incident})))
    given = " ".join(f"{name}={value}" for name, value in run.given.items() if value)
    return [*told, *([f"`{line(given)}`"] if given else []), line(run.procedure.guide)]


def _buttons(run: ProcedureRun, reader: Reader) -> list[Block]:
    if run.may_go_on:
        return [actions(button(reader.say(Phrase("Try the step again")), AGAIN, {"runbook": run.id}))]
    if run.state.is_over:
        return []
    stop = confirm(
        reader.say(Phrase("Call the runbook off?")),
        reader.say(Phrase("No further step is taken.")),
        reader.say(Phrase("Call off")),
        reader.say(Phrase("Not yet")),
    )
    cancel = button(reader.say(Phrase("Cancel")), CANCEL, {"runbook": run.id}, "", stop)
    current = run.current
    if current is None or current.state is not StepState.WAITING:
        return [actions(cancel)]
    value = {"step": current.id}
    step = run.step_of(current)
    done = button(filled(step.done, run.values) or reader.say(Phrase("It is done")), DONE, value, "primary")
    look = "" if step.failed else "danger"  # where the runbook names it, it is an answer like another
    failed = button(filled(step.failed, run.values) or reader.say(Phrase("Failed")), FAILED, value, look)
    return [actions(done, failed, cancel)]


def _listed(run: ProcedureRun, reader: Reader) -> str:
    place = line(reader.place(run.environment, run.service)) if run.environment else ""
    name = line(filled(run.procedure.title, run.values), 100)
    facts = [f"{SIGN[run.state]} *{run.id}* {name}", place, reader.time(run.begun_at), line(reader.name(run.begun_by))]
    return " · ".join(fact for fact in facts if fact)


def _planned(step: ProcedureStep, procedure: Procedure, reader: Reader) -> str:
    told = line(step.title or step.ask, 300)
    if step.do is not None:
        given = " ".join(f"{name}={value}" for name, value in step.given.items())
        told += f" · `{line(f'{step.do} {given}'.strip())}`"
    else:
        told = f"🙋 {told}"
    approval = reader.say(Phrase("approved by a second person in production")) if step.approval else ""
    notes = [approval, _condition_of(step, procedure, reader), _failure_of(step, procedure, reader)]
    return told + "".join(f" _({note})_" for note in notes if note)


def _condition_of(step: ProcedureStep, procedure: Procedure, reader: Reader) -> str:
    wanted = _conditions(step.only_if, procedure, reader)
    unless = [
        reader.say(Phrase("not {condition}", {"condition": each}))
        for each in _conditions(step.unless, procedure, reader)
    ]
    return line(", ".join([*wanted, *unless]))


def _conditions(conditions: Sequence[Condition], procedure: Procedure, reader: Reader) -> list[str]:
    told: list[str] = []
    for each in conditions:
        if each.step:
            values: dict[str, Value | Phrase] = {"step": procedure.position(each.step) + 1, "how": _ENDS[each.was]}
            told.append(reader.say(Phrase("if step {step} {how}", values)))
        if each.environments:
            told.append(reader.say(Phrase("only in {places}", {"places": ", ".join(each.environments)})))
        if each.given:
            told.append(reader.say(Phrase("if {word} is given", {"word": each.given})))
    return told


def _failure_of(step: ProcedureStep, procedure: Procedure, reader: Reader) -> str:
    if step.goto:
        at = procedure.position(step.goto) + 1
        return reader.say(Phrase("failed: on to step {step}", {"step": at}))
    return "" if step.on_failure == "stop" else reader.say(Phrase("failed: goes on"))


_ENDS: Final = {"done": Phrase("is done"), "failed": Phrase("has failed"), "skipped": Phrase("was skipped")}


def _mark(procedure: Procedure, reader: Reader) -> str:
    return f" · {reader.say(Phrase('only looks'))}" if procedure.safe else ""


def _grouped(rows: Sequence[str], size: int = 12) -> list[str]:
    return ["\n".join(rows[start : start + size]) for start in range(0, len(rows), size)]
