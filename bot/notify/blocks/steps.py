"""The progress of a run, step by step, in words that somebody who does not know Docker understands."""

from collections.abc import Sequence

from bot.notify.blocks.parts import line
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.runbook import Step
from bot.view import StepRow


def progress(steps: Sequence[StepRow], is_over: bool, reader: Reader) -> str:
    """One line per step, the last one first seen as under way; repeated steps are shown once."""
    latest = {row.name: row for row in steps}
    return "\n".join(_line(row, is_over, reader) for row in latest.values())


def _line(row: StepRow, is_over: bool, reader: Reader) -> str:
    if row.finished_at is None:
        return f"{'⚠️' if is_over else '⏳'} {reader.say(step_name(row.name))}"
    took = row.finished_at - row.started_at
    length = f" · {reader.length(took)}" if took.total_seconds() >= 1 else ""
    return f"✓ {reader.say(step_name(row.name))}{length}"


def step_name(name: str) -> Phrase:
    sentences = _going() | _coming_back()
    return sentences.get(name, Phrase("Step {step}", {"step": line(name)}))


def _going() -> dict[str, Phrase]:
    return {
        Step.EVIDENCE: Phrase("Keep the logs and the state as they are"),
        Step.PIN: Phrase("Make sure of the image"),
        Step.CREATE: Phrase("Prepare the new container"),
        Step.CONNECT: Phrase("Connect it to its networks"),
        Step.NO_RESTART: Phrase("Hold back automatic restarts"),
        Step.STOP: Phrase("Stop the present container"),
        Step.RENAME_OLD: Phrase("Put the present container aside"),
        Step.RENAME_NEW: Phrase("Give the new container its name"),
        Step.START: Phrase("Start the new container"),
        Step.GATE: Phrase("Wait until it is healthy"),
        Step.COMMIT: Phrase("Keep the new container"),
        Step.REMOVE_OLD: Phrase("Remove the old container"),
        Step.RESTART: Phrase("Restart the container"),
        Step.PRUNE: Phrase("Remove the images"),
        Step.UPDATE: Phrase("Tell the swarm what shall run"),
        Step.SCALE: Phrase("Tell the swarm how many tasks shall run"),
        Step.PAGE: Phrase("Prepare the maintenance page"),
        Step.PAGE_SHOW: Phrase("Show the maintenance page"),
        Step.PAGE_ASIDE: Phrase("Take the maintenance page off its ports"),
        Step.PAGE_END: Phrase("Put the maintenance page away"),
    }


def _coming_back() -> dict[str, Phrase]:
    return {
        Step.UNDO: Phrase("Undo what was prepared"),
        Step.R_RENAME_NEW: Phrase("Put the new container aside"),
        Step.R_STOP_NEW: Phrase("Stop the new container"),
        Step.R_RENAME_OLD: Phrase("Give the old container its name back"),
        Step.R_POLICY: Phrase("Allow automatic restarts again"),
        Step.R_START_OLD: Phrase("Start the old container again"),
        Step.R_GATE: Phrase("Wait until the old one is healthy"),
        Step.R_REMOVE_NEW: Phrase("Remove the new container"),
    }
