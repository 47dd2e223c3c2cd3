"""The command that looks back on a week or a month, and the silence that a report offers."""

from datetime import timedelta
from typing import Final

from bot.audit import Actor
from bot.maintenance import Matcher
from bot.notify.blocks.review import HOURS, title_of
from bot.phrase import Phrase
from bot.target import fold
from handlers.commands.incidents import allow_responding
from handlers.commands.quiet import begun
from handlers.commands.tools import Asked, Command, Reply, Tools

TO_ALL: Final = frozenset({"publish", "channel", "publier", "publie", "salon", "canal"})


async def report(tools: Tools, asked: Asked) -> Reply:
    """`report`, `report mois`, `report 2026-10`: to one's own messages; with `publier`, in the channel."""
    words = [word for word in asked.line.words if fold(word) not in TO_ALL]
    publish = len(words) < len(asked.line.words)
    if publish:
        allow_responding(tools, asked.by.id)
    period = await tools.reviews.ask(" ".join(words), asked.by, None if publish else asked.person)
    if period is None:
        return None
    facts = {"title": title_of(period, asked.reader)}
    if publish:
        return Phrase("{title}: in the channel in a moment.", facts)
    return Phrase("{title}: in your messages with the bot in a moment.", facts)


async def silence(tools: Tools, environment: str, service: str, signal: str, by: Actor) -> Phrase | None:
    """The button beside one of the noisiest. Raises UserError."""
    allow_responding(tools, by.id)
    matcher = Matcher(
        (environment,) if environment else (), (service,) if service else (), {"alertname": signal} if signal else {}
    )
    reason = tools.reader(tools.desk.language).say(Phrase("noise"))
    return begun(await tools.silences.begin(matcher, timedelta(hours=HOURS), reason, by), None)


COMMANDS: Final = (
    Command(
        report, ("report",), ("rapport",), Phrase("[week|month|2026-10] [publish]"),
        Phrase("a week or a month looked back on, with pictures"),
    ),
)  # fmt: skip
