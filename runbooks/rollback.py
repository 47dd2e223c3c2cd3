"""Back to an earlier image."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.deployment import HEALTHY_FOR, Deployment
from bot.errors import UserError
from bot.runbook import Action, Image
from bot.target import Target
from runbooks.docker_engine import DockerEngines, look
from runbooks.replace import Choice, Replacement
from runbooks.replace.version import pruned, same, wanted
from runbooks.schemas import Schemas, unasked


class Rollback(Replacement):
    """`healthy_for`: how long an image must once have been healthy to count as good."""

    name = "rollback"
    action = Action.ROLLBACK

    def __init__(
        self, engines: DockerEngines, schemas: Schemas = unasked, *, healthy_for: timedelta = HEALTHY_FOR
    ) -> None:
        super().__init__(engines, schemas)
        self._healthy_for = healthy_for

    async def choose(
        self, target: Target, running: Image, params: Sequence[str], history: Sequence[Deployment], now: datetime
    ) -> Choice:
        """`params`: the version wanted (tag, label, image id), or nothing for the last good one."""
        engine = self._engines.engine(target.engine)
        then, never_seen = await wanted(engine, target, params, history, running, now, self._healthy_for)
        if then.id == running.id:
            raise UserError(same(target, running))
        there = await look.image(engine, then.id)
        if there is None and not then.digests:
            raise UserError(await pruned(engine, then, history))
        return Choice(then, there, never_seen)
