"""The card of a run: the plan that people approve, then its progress, then how it ended. Edited in place."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.deployment import WatchState
from bot.notify.blocks.parts import Block, Card, actions, button, card, code, confirm, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.status import health, kept_of
from bot.notify.blocks.steps import progress
from bot.phrase import Phrase
from bot.run import Run, RunStatus
from bot.runbook import REPLACING, Action, ChangeKind, Evidence, Plan
from bot.view import RunView, WatchRow

NAMES_SHOWN: Final = 8
LOG_SHOWN: Final = 1200
SIGN: Final = {
    RunStatus.REQUESTED: "🟡",
    RunStatus.APPROVED: "🟢",
    RunStatus.RUNNING: "⏳",
    RunStatus.INTERRUPTED: "⚠️",
    RunStatus.SUCCEEDED: "✅",
    RunStatus.REVERTED: "↩️",
    RunStatus.FAILED: "🔴",
}


def run_card(view: RunView, reader: Reader) -> Card:
    """While it waits: the whole plan and its buttons. Afterwards: what is done, what came out of it."""
    run = view.run
    state, number = reader.say(state_of(run, reader)), reader.say(Phrase("run {id}", {"id": str(run.id)}))
    title = f"{SIGN.get(run.status, '⚪')} *{line(name_of(run.plan, reader))}* · {number}\n{state}"
    blocks = [section(title), section(_what_changes(run.plan, reader))]
    if run.status is RunStatus.REQUESTED:
        blocks += [*_to_read(run.plan, reader), context(*_figures(run.plan, reader))]
    if run.end is not None:
        blocks += _ending(view, reader)
    if view.steps and run.status is not RunStatus.SUCCEEDED:
        blocks.append(section(progress(view.steps, run.status.is_over, reader)))
    for_runbook = [reader.say(Phrase("For runbook {id}", {"id": view.runbook}))] if view.runbook else []
    blocks.append(context(*_people(run, reader), *for_runbook))
    buttons = _buttons(run, reader) + _way_back(view, reader)
    return card(reader.titled(f"{line(name_of(run.plan, reader))}, {number}", state), [*blocks, *buttons])


def plan_card(plan: Plan, reader: Reader) -> Card:
    """A dry run: the same plan, with nothing to press."""
    said = reader.say(Phrase("Dry run: this is what would be done. Nothing is changed."))
    title = f"🔎 *{line(name_of(plan, reader))}*\n{said}"
    facts = [section(_what_changes(plan, reader)), *_to_read(plan, reader), context(*_figures(plan, reader))]
    return card(reader.titled(line(name_of(plan, reader)), said), [section(title), *facts])


def run_list(runs: Sequence[Run], reader: Reader) -> Card:
    """The latest runs, one line each."""
    if not runs:
        nothing = reader.say(Phrase("No run yet."))
        return card(nothing, [section(nothing)])
    heading = reader.say(Phrase("Latest runs"))
    return card(heading, [section(f"*{heading}*"), *(section(_listed(run, reader)) for run in runs)])


def _listed(run: Run, reader: Reader) -> str:
    head = f"{SIGN.get(run.status, '⚪')} *#{run.id}* {line(name_of(run.plan, reader))}"
    how = " · ".join([reader.say(state_of(run, reader)), *_people(run, reader)])
    return f"{head} · {_what_changes(run.plan, reader)}\n{how}"


def name_of(plan: Plan, reader: Reader) -> str:
    """`Rollback · Production · ecotrajet`."""
    return f"{reader.say(action_name(plan.action))} · {reader.place(plan.environment, plan.service)}"


def action_name(action: Action) -> Phrase:
    names = {
        Action.ROLLBACK: Phrase("Rollback"),
        Action.RESTART: Phrase("Restart"),
        Action.STATUS: Phrase("Status"),
        Action.LOGS: Phrase("Logs"),
        Action.DEPLOY: Phrase("Deployment"),
        Action.PROMOTE: Phrase("Promotion"),
        Action.STOP: Phrase("Stop"),
        Action.START: Phrase("Start"),
        Action.PRUNE: Phrase("Clean-up of images"),
        Action.SCALE: Phrase("Scaling"),
    }
    return names[action]


def state_of(run: Run, reader: Reader) -> Phrase:
    """Where it stands, in a sentence."""
    match run.status:
        case RunStatus.REQUESTED:
            return Phrase("Waits for approval until {time}", {"time": run.expires_at})
        case RunStatus.APPROVED:
            return Phrase("Approved, about to start")
        case RunStatus.RUNNING:
            return Phrase("Under way")
        case RunStatus.INTERRUPTED:
            return Phrase("Interrupted: being put right")
        case RunStatus.REVERTED if run.plan.action not in REPLACING:
            return Phrase("Without effect: all is as it was before")
        case _:
            return _end_of(run.status)


def _end_of(status: RunStatus) -> Phrase:
    ends = {
        RunStatus.REJECTED: Phrase("Rejected: nothing was changed"),
        RunStatus.EXPIRED: Phrase("Expired without approval: nothing was changed"),
        RunStatus.REFUSED: Phrase("Not carried out: nothing was changed"),
        RunStatus.CANCELLED: Phrase("Cancelled: nothing was changed"),
        RunStatus.SUCCEEDED: Phrase("Done"),
        RunStatus.REVERTED: Phrase("Did not work: the previous version is back"),
        RunStatus.FAILED: Phrase("Failed: somebody has to look"),
    }
    return ends[status]


def _what_changes(plan: Plan, reader: Reader) -> str:
    if plan.action is Action.PRUNE:
        return reader.say(Phrase("{count} images without a name go", {"count": len(plan.subjects)}))
    if plan.image_now.id == plan.image_then.id:
        return f"*{line(plan.image_now.name)}* · `{line(plan.container)}`"
    return f"*{line(plan.image_now.name)}*  →  *{line(plan.image_then.name)}* · `{line(plan.container)}`"


def _to_read(plan: Plan, reader: Reader) -> list[Block]:
    """Questions and warnings first, since that is what an approval is about; then the differences."""
    told = [f"❓ {escape(reader.say(plan.asks))}"] if plan.asks else []
    told += [f"⚠️ {escape(reader.say(warning))}" for warning in plan.warnings]
    blocks = [section("\n".join(told))] if told else []
    if plan.facts:
        blocks.append(section("\n".join(f"• {escape(reader.say(fact))}" for fact in plan.facts)))
    variables, labels = _names(plan, ChangeKind.ENV), _names(plan, ChangeKind.LABEL)
    differences = [Phrase("Variables that change: {names}", {"names": variables})] if variables else []
    differences += [Phrase("Labels that change: {names}", {"names": labels})] if labels else []
    return [*blocks, *(section(reader.say(each)) for each in differences)]


def _names(plan: Plan, kind: ChangeKind) -> str:
    names = [f"`{line(change.name, 60)}`" for change in plan.changes if change.kind is kind]
    more = [f"+{len(names) - NAMES_SHOWN}"] if len(names) > NAMES_SHOWN else []
    return ", ".join([*names[:NAMES_SHOWN], *more])


def _figures(plan: Plan, reader: Reader) -> list[str]:
    if plan.action is Action.STOP:
        return [reader.say(Phrase("It stays down until somebody starts it: `/ecotrajet start`."))]
    lengths = {"length": timedelta(seconds=plan.expected_downtime), "more": timedelta(seconds=plan.stop_limit)}
    told = [Phrase("Expected downtime: about {length}", lengths)]
    if plan.stop_limit:
        told = [
            Phrase("Expected downtime: about {length}, and up to {more} more if it does not end by itself", lengths)
        ]
    if not plan.expected_downtime:
        told = [Phrase("No downtime expected")] if plan.action in REPLACING | {Action.RESTART} else []
    if plan.health_limit:
        limit = timedelta(seconds=plan.health_limit)
        told.append(
            Phrase("It has {length} to become healthy; otherwise you are told at once.", {"length": limit})
            if plan.action not in REPLACING
            else Phrase(
                "The new container has {length} to become healthy; otherwise the old one comes back by itself.",
                {"length": limit},
            )
        )
    return [reader.say(each) for each in told]


def _ending(view: RunView, reader: Reader) -> list[Block]:
    end = view.run.end
    if end is None:
        return []
    told = [escape(reader.say(end.phrase)), *(f"• {escape(reader.say(remark))}" for remark in end.remarks)]
    blocks = [section("\n".join(told))]
    if end.downtime is not None:
        length = timedelta(seconds=end.downtime)
        blocks.append(context(reader.say(Phrase("Measured downtime: {length}", {"length": length}))))
    if view.watch is not None:
        blocks.append(section(escape(reader.say(_watched(view.watch)))))
    if view.evidence and view.run.status in {RunStatus.REVERTED, RunStatus.FAILED}:
        blocks += _evidence(view.evidence[-1], reader)
    return blocks


def _watched(watch: WatchRow) -> Phrase:
    match watch.state:
        case WatchState.WATCHING:
            return Phrase("👀 Watched until {time}: health, restarts, errors.", {"time": watch.until})
        case WatchState.WELL:
            return Phrase("🟢 It was well for as long as it was watched, until {time}.", {"time": watch.until})
        case WatchState.ILL:
            return Phrase("🔴 It is not well: {why}. Go back?", {"why": watch.why or ""})
        case WatchState.OVER:
            return Phrase("Something else has taken its place since.")


def _evidence(evidence: Evidence, reader: Reader) -> list[Block]:
    facts = kept_of(evidence, reader)
    if evidence.health:
        facts.append(reader.say(health(evidence.health)))
    blocks = [section(reader.say(Phrase("What was seen: {facts}", {"facts": " · ".join(facts)})))]
    tail = evidence.log_tail.strip() or "\n".join(evidence.health_log).strip()
    return [*blocks, section(code(tail, LOG_SHOWN))] if tail else blocks


def _people(run: Run, reader: Reader) -> list[str]:
    asked = Phrase("Asked by {name} at {time}", {"name": line(reader.name(run.requested_by)), "time": run.requested_at})
    told = [reader.say(asked)]
    if run.approved_by and run.approved_at:
        approved = Phrase(
            "Approved by {name} at {time}", {"name": line(reader.name(run.approved_by)), "time": run.approved_at}
        )
        told.append(reader.say(approved))
    if run.break_glass:
        alone = Phrase("🚨 Without a second person: {reason}", {"reason": line(run.break_glass, 300)})
        told.append(reader.say(alone))
    if run.incident is not None:
        told.append(reader.say(Phrase("For incident #{number}", {"number": run.incident})))
    return told


def _way_back(view: RunView, reader: Reader) -> list[Block]:
    if view.watch is None or view.watch.state is not WatchState.ILL:
        return []
    label = reader.say(Phrase("Back to {image}", {"image": line(view.run.plan.image_now.name, 40)}))
    return [actions(button(label, "run.go_back", {"run": view.run.id}, "danger"))]


def _buttons(run: Run, reader: Reader) -> list[Block]:
    value = {"run": run.id, "fingerprint": run.fingerprint}
    if run.status is RunStatus.REQUESTED:
        sure = confirm(
            reader.say(Phrase("Approve this plan?")),
            reader.say(Phrase("{what}: it starts at once.", {"what": name_of(run.plan, reader)})),
            reader.say(Phrase("Approve")),
            reader.say(Phrase("Not yet")),
            "primary",
        )
        approve = button(reader.say(Phrase("Approve")), "run.approve", value, "primary", sure)
        return [actions(approve, button(reader.say(Phrase("Reject")), "run.reject", value, "danger"))]
    if run.status in {RunStatus.APPROVED, RunStatus.RUNNING} and not run.cancel_asked:
        return [actions(button(reader.say(Phrase("Cancel")), "run.cancel", value, "danger"))]
    return []
