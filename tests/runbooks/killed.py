"""A process that rolls back, or repairs, and is killed (-9) before the step it is told, or after so many seconds.

Run by test_kills.

python -m tests.runbooks.killed run|repair HOST PREFIX STEP < plan.json
"""

import asyncio
import os
import signal
import sys
import threading

from bot.phrase import Phrase
from bot.runbook import Action, Evidence, Plan, Runbook
from bot.sandbox.workload import Workload
from runbooks.deploy import Deploy
from runbooks.stop import Start, Stop
from tests.runbooks.stage import Stage

AFTER = "after:"


class Killer:
    """A journal that kills its own process before `step`, or when `after:SECONDS` have passed since the first one."""

    def __init__(self, step: str) -> None:
        self._step = step

    async def before(self, step: str) -> None:
        if self._step.startswith(AFTER):
            seconds, self._step = float(self._step.removeprefix(AFTER)), ""
            threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
        if step == self._step:
            os.kill(os.getpid(), signal.SIGKILL)

    async def after(self, step: str, detail: str) -> None: ...

    async def evidence(self, evidence: Evidence) -> None: ...

    async def said(self, what: str | Phrase, *, instead: bool = False) -> None: ...

    async def cancelled(self) -> bool:
        return False


def runbook(stage: Stage, action: Action) -> Runbook:
    here: tuple[Runbook, ...] = (
        stage.rollback, stage.restart, Deploy(stage.engines), Stop(stage.engines), Start(stage.engines),
    )  # fmt: skip
    return next(each for each in here if each.action is action)


async def main(what: str, host: str, prefix: str, step: str) -> None:
    stage = Stage.of(Workload(host, prefix))
    if what == "run":
        plan = Plan.from_json(sys.stdin.read())
        await runbook(stage, plan.action).run(stage.target, plan, Killer(step))
    else:
        await stage.engines.repair([stage.target], Killer(step))
    if step == "the end":
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
