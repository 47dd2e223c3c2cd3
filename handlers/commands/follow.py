"""By which somebody follows an incident, a service or a priority, and says what a page was worth."""

from typing import Final, assert_never

from bot.answers import NoSuchIncident, Repeated
from bot.audit import Actor
from bot.errors import UserError
from bot.incident import Priority
from bot.notify.blocks import Reader
from bot.notify.blocks.follow import followed_card
from bot.phrase import Phrase
from bot.subscription import Subject, What
from bot.target import fold
from bot.verdict import Verdict
from handlers import parse
from handlers.answers import no_such_incident
from handlers.commands.tools import Asked, Command, Reply, Tools


async def subscribe(tools: Tools, asked: Asked) -> Reply:
    """`subscribe 42`, `subscribe ecotrajet`, `subscribe P1`; alone: what they follow."""
    if not asked.line.words:
        return await listed(tools, asked.by, asked.reader)
    return await follow(tools, subject_of(tools, asked), asked.by)


async def unsubscribe(tools: Tools, asked: Asked) -> Reply:
    if not asked.line.words:
        return await listed(tools, asked.by, asked.reader)
    return await unfollow(tools, subject_of(tools, asked), asked.by)


async def listed(tools: Tools, by: Actor, reader: Reader) -> Reply:
    return followed_card(await tools.audience.followed(by.id), reader)


async def follow(tools: Tools, subject: Subject, by: Actor) -> Reply:
    answer = await tools.audience.follow(subject, by)
    match answer:
        case Repeated():
            return None
        case NoSuchIncident(number):
            return no_such_incident(number)
        case Phrase():
            return answer
        case _:
            assert_never(answer)


async def unfollow(tools: Tools, subject: Subject, by: Actor) -> Phrase | None:
    answer = await tools.audience.unfollow(subject, by)
    return None if isinstance(answer, Repeated) else answer


async def judge(tools: Tools, number: int, verdict: Verdict, by: Actor) -> Phrase | None:
    answer = await tools.audience.judge(number, verdict, by)
    return None if isinstance(answer, Repeated) else answer


def subject_of(tools: Tools, asked: Asked) -> Subject:
    """Raises UserError for what is none of them."""
    word = asked.line.verb
    if (number := parse.number(word)) is not None:
        return Subject(What.INCIDENT, str(number))
    if word.upper() in set(Priority):
        return Subject(What.PRIORITY, word.upper())
    service = next((each.name for each in tools.desk.services.values() if fold(word) in each.answers_to()), None)
    if service is None:
        raise UserError(
            Phrase(
                "What is “{word}”? Follow an incident, a service or a priority: `/ecotrajet subscribe 42`,"
                " `/ecotrajet subscribe ecotrajet`, `/ecotrajet subscribe P1`.",
                {"word": word},
            )
        )
    return Subject(What.SERVICE, service)


COMMANDS: Final = (
    Command(
        subscribe, ("subscribe", "follow"), ("abonner", "suivre", "abonne"), "[N | service | P1]",
        Phrase("follow an incident, a service or a priority in your own messages"), of_incident=True,
    ),
    Command(
        unsubscribe, ("unsubscribe", "unfollow"), ("désabonner", "désabonne"), "[N | service | P1]",
        Phrase("follow it no more"), of_incident=True,
    ),
)  # fmt: skip
