"""A version put in the place of the running one: `deploy VERSION`, and the image of staging for production."""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import Final

from bot.deployment import Deployment, Observation
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Action, Image
from bot.target import Target
from bot.train import Train
from runbooks.docker_engine import DockerEngines, look
from runbooks.replace import Choice, Replacement
from runbooks.replace.registry import offered
from runbooks.replace.version import known, local, same
from runbooks.schemas import Schemas, unasked

WEEKLY: Final = Train()


class Deploy(Replacement):
    """The image is taken from the engine if it is there, else from its registry, by digest."""

    name = "deploy"
    action = Action.DEPLOY

    async def choose(
        self, target: Target, running: Image, params: Sequence[str], history: Sequence[Deployment], now: datetime
    ) -> Choice:
        """`params`: the version wanted: a tag, a whole reference, a digest, an image id."""
        engine = self._engines.engine(target.engine)
        if len(params) != 1:
            raise UserError(_which(params, history))
        then = await local(engine, running, params[0]) or known(history, params[0])
        there = await look.image(engine, then.id) if then is not None and then.id else None
        if there is None:
            then = await offered(engine, running, params[0], then, history)
        if then is None or then.id == running.id:
            raise UserError(same(target, running))
        return Choice(then, there, _is_new(then, history))


def _is_new(then: Image, history: Sequence[Deployment]) -> bool:
    return all(each.image_id != then.id or each.healthy_since is None for each in history)


def _which(params: Sequence[str], history: Sequence[Deployment]) -> Phrase:
    if len(params) > 1:
        return Phrase("One version, please: what does “{word}” mean?", {"word": " ".join(params[1:])})
    seen = {"known": ", ".join(dict.fromkeys(each.name for each in history)) or "–"}
    return Phrase("Which version? For example `/ecotrajet deploy prod v3`. Seen here so far: {known}.", seen)


class Promote(Replacement):
    """What runs in staging, in production: the same image, not merely the same tag.

    `upstream` finds staging for a target, raising UserError; `zone` decides which day it is, `train` what that means.
    """

    name = "promote"
    action = Action.PROMOTE

    def __init__(
        self, engines: DockerEngines, upstream: Callable[[Target], Target], zone: tzinfo, schemas: Schemas = unasked,
        train: Train = WEEKLY,
    ) -> None:  # fmt: skip
        super().__init__(engines, schemas)
        self._upstream = upstream
        self._zone, self._train = zone, train

    async def choose(
        self, target: Target, running: Image, params: Sequence[str], history: Sequence[Deployment], now: datetime
    ) -> Choice:
        """Takes no version: staging decides."""
        if params:
            raise UserError(
                Phrase(
                    "What does “{word}” mean for a promotion? It takes what runs in staging; for another version:"
                    " `/ecotrajet deploy`.",
                    {"word": " ".join(params)},
                )
            )
        tried = await self._engines.running(self._upstream(target))
        then = Image(tried.image_id, tried.reference, tried.version, tried.digests)
        if then.id == running.id:
            raise UserError(same(target, running))
        there = await look.image(self._engines.engine(target.engine), then.id)
        if there is None and not then.digests:
            raise UserError(
                Phrase("{image} is on staging's engine only and no registry is known for it.", {"image": then.name})
            )
        return Choice(then, there, warned=self._off_train(now) + _unwell(tried))

    def _off_train(self, now: datetime) -> tuple[Phrase, ...]:
        if self._train.leaves(now, self._zone):
            return ()
        return (
            Phrase("The weekly train to production leaves {when}: this is an extra one.", {"when": self._train.when}),
        )


def _unwell(tried: Observation) -> tuple[Phrase, ...]:
    return () if tried.healthy else (Phrase("It is not healthy in staging just now."),)
