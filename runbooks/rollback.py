"""Back to an earlier image."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.deployment import HEALTHY_FOR, Deployment
from bot.errors import UserError
from bot.runbook import Action, Plan
from bot.target import Target
from runbooks.docker_engine import DockerEngines, look, survey
from runbooks.replace import Replacement, frozen
from runbooks.replace.version import pruned, same, wanted


class Rollback(Replacement):
    """`healthy_for`: how long an image must once have been healthy to count as good."""

    name = "rollback"
    action = Action.ROLLBACK

    def __init__(self, engines: DockerEngines, *, healthy_for: timedelta = HEALTHY_FOR) -> None:
        super().__init__(engines)
        self._healthy_for = healthy_for

    async def plan(self, target: Target, params: Sequence[str], history: Sequence[Deployment], now: datetime) -> Plan:
        """`params`: the version wanted (tag, label, image id), or nothing for the last good one."""
        engine = self._engines.engine(target.engine)
        found = await survey.of(engine, target, to_replace=True)
        now_image = look.image_words(found.image, found.seen.reference)
        then, never_seen = await wanted(engine, target, params, history, now_image, now, self._healthy_for)
        if then.id == now_image.id:
            raise UserError(same(target, now_image))
        there = await look.image(engine, then.id)
        if there is None and not then.digests:
            raise UserError(await pruned(engine, then, history))
        return frozen(Action.ROLLBACK, target, found, now_image, then, there, history, never_seen=never_seen)
