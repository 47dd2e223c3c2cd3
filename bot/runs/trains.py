"""A promotion on another day than the weekly train's: not without a reason, which everybody reads."""

from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from bot.audit import Actor
from bot.desk import Desk
from bot.errors import UserError
from bot.phrase import Phrase
from bot.run import Run
from bot.runbook import Action, Plan
from bot.runs import wording
from bot.store.database import Tx

log = structlog.get_logger("run")

LONGEST: Final = 500  # characters
BECAUSE: Final = Phrase("Off the weekly train. {name} says why: {reason}")


def explained(desk: Desk, plan: Plan, reason: str, by: Actor, now: datetime, *, dry_run: bool = False) -> Plan:
    """The plan with its reason, for whoever approves it. Raises UserError when it needs one and has none.

    A dry run needs none. Whoever breaks the glass has given one.
    """
    if plan.action is not Action.PROMOTE or desk.train.leaves(now, desk.zone):
        return plan
    if not reason.strip():
        if dry_run:
            return plan
        raise UserError(
            Phrase(
                "The weekly train to production leaves {when}. Can it not wait? Then say why: "
                '`/ecotrajet promote {service} --reason "the reason"`. Everybody reads it.',
                {"when": desk.train.when, "service": plan.service},
            )
        )
    because = Phrase(BECAUSE.msgid, {"name": by.name, "reason": " ".join(reason.split())[:LONGEST]})
    return replace(plan, warnings=(because, *plan.warnings))


async def tell(tx: Tx, desk: Desk, run: Run, by: Actor) -> None:
    """In the channel, in the audit trail and in the log: who did not wait, and why."""
    because = next((each for each in run.plan.warnings if each.msgid == BECAUSE.msgid), None)
    if because is None:
        return
    values = {**wording.where(desk, run), **because.values, "image": run.plan.image_then.name}
    said = Phrase(
        "🚆 {name} does not wait for the weekly train: {image} of {service} is to go to {environment} now (run {id}). "
        "Reason: {reason}",
        values,
    )
    log.warning("a promotion off the weekly train", run=run.id, by=by.id, reason=because.values["reason"])
    await wording.written(tx, by, "run.off_train", run, said)
    await wording.announce(tx, desk, said)
