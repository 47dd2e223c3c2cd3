"""The calendar's part of proving whom pages reach: the weekly drill, and the daily look at whoever is on call soon."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.lifecycle.proofs import Proofs
from bot.message import Kind
from bot.notify.channel import Channel
from bot.notify.slack import SlackChannel
from bot.phrase import Phrase
from bot.proof import Settings
from bot.reason import worded
from bot.worker.cron import Daily
from bot.worker.queue import Entrypoint

DRILL: Final = "reach_drill"
CHECK: Final = "reach_check"


def chores(settings: Settings | None) -> tuple[Daily, ...]:
    """Each day; the drill is for one weekday."""
    return (Daily(DRILL, settings.drill_at), Daily(CHECK, settings.check_at)) if settings else ()


def ways(channels: Mapping[Kind, Channel], public_url: str | None, *, links: bool) -> frozenset[Kind]:
    """By which an answer to a drill can come back: a key during a call needs an address that Twilio reaches, and a
    mail a link.
    """
    able = {Kind.VOICE: public_url is not None, Kind.EMAIL: links}
    return frozenset(kind for kind in channels if able.get(kind, True))


def entrypoints(proofs: Proofs, channels: Mapping[Kind, Channel]) -> Mapping[str, Entrypoint]:
    async def drill(slot: str) -> None:
        await proofs.drill(date.fromisoformat(slot))

    async def check(slot: str) -> None:
        people, found = await proofs.soon_on_call(), dict[str, list[Phrase]]()
        slack = channels.get(Kind.SLACK)
        for person in people:
            if person.slack and isinstance(slack, SlackChannel):
                why = await slack.trouble_with(person.slack)
                found[person.id] = [worded(why)] if why else []
        await proofs.check(date.fromisoformat(slot), people, found)

    return {DRILL: Entrypoint(drill, at_once=1), CHECK: Entrypoint(check, at_once=1)}
