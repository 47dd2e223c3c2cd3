"""Product's word that an image was tried in staging, without which it is not promoted (guide sections 1 and 3.1)."""

from typing import Final

from bot import access
from bot.answers import Repeated
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.message import About, Ask, Kind
from bot.phrase import Phrase, Value
from bot.runbook import ActionClass, Plan
from bot.runs import wording
from bot.store import audit, deliveries, messages, validations
from bot.store.database import Database, Tx
from bot.store.validations import Validation
from bot.target import Target, upstream

BUTTON: Final = "deploy.validate"


class Validations:
    """Raises UserError, and `store.database.Unavailable` when the database is away."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def missing(self, tx: Tx, plan: Plan, by: Actor) -> Phrase | None:
        """None: it was given for this very image. Else it is asked for in the channel, and this says so."""
        image, service = plan.image_then, self.desk.services[plan.service]
        place = Target(self.desk.environments[plan.environment], service, plan.engine)
        staging = upstream(place, self.desk.environments.values()).environment
        row = await validations.asked(tx, staging.name, plan.service, image.id, image.name, by.id)
        if row.by is not None:
            return None
        values: dict[str, Value | Phrase] = {
            "image": image.name, "service": plan.service, "environment": staging.label, "name": by.name,
            "digest": image.digests[0] if image.digests else image.id,
        }  # fmt: skip
        said = Phrase(
            "{name} wants to bring {image} of {service} from {environment} to production. Product: was it tried "
            "there, and is it right? ({digest})",
            values,
        )
        ask = Ask(Phrase("Validate"), BUTTON, {"validation": row.id})
        await messages.queue(
            tx, kind=Kind.SLACK, about=About.ASK, to=self.desk.incidents_channel,
            body={"phrase": said.to_json(), "button": ask.to_json(), "validation": str(row.id)},
        )  # fmt: skip
        await audit.write(tx, Entry(by, "validation.asked", on=f"{staging.name}/{plan.service} {image.name}"))
        return Phrase(
            "{image} was not validated yet in {environment}. I have asked in the channel; you are told when somebody "
            "has, then ask again.",
            values,
        )

    async def give(self, number: int, by: Actor) -> Validation | Repeated:
        """By somebody of a team with a right on staging, other than whoever wants to promote."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return Repeated()
            row = await validations.get(tx, number)
            if row is None:
                raise UserError(Phrase("There is nothing to validate under this number."))
            if row.by is not None and row.at is not None:
                values: dict[str, Value | Phrase] = {"name": wording.name(self.desk, row.by), "at": row.at}
                raise UserError(Phrase("{name} validated it at {at}.", values))
            self._allow(by, row)
            given = await validations.give(tx, number, by.id)
            await self._tell(tx, given, by)
            return given

    def _allow(self, by: Actor, row: Validation) -> None:
        environment = self.desk.environments.get(row.environment)
        if environment is None:
            raise UserError(Phrase("{environment} is no longer configured.", {"environment": row.environment}))
        missing = access.why_not(self.desk.people, self.desk.teams, by.id, ActionClass.OPERATE, environment)
        if missing is not None:
            raise UserError(missing)
        if by.id == row.asked_by:
            raise UserError(Phrase("You want to promote it yourself: somebody else says that it is right."))

    async def _tell(self, tx: Tx, row: Validation, by: Actor) -> None:
        values: dict[str, Value | Phrase] = {"name": by.name, "image": row.image, "service": row.service}
        said = Phrase(
            "{name} validated {image} of {service} for production. Now: `/ecotrajet promote {service}`.", values
        )
        await audit.write(tx, Entry(by, "validation.given", on=f"{row.environment}/{row.service}", why=said))
        for asked in await validations.question(tx, row.id):
            await messages.queue(
                tx, kind=Kind.SLACK, about=About.ASK, to=asked["recipient"],
                body={"phrase": said.to_json(), "at": asked["provider_id"]},
            )  # fmt: skip
        person = self.desk.people.get(row.asked_by)
        if person is not None and person.slack:
            await messages.queue(
                tx, kind=Kind.SLACK, about=About.TELL, to=person.slack, person=person.id,
                body={"phrase": said.to_json()},
            )  # fmt: skip
