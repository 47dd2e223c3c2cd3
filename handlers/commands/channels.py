"""The command, and the button, that open a channel for one incident."""

from typing import Final, assert_never

from bot.answers import AlreadyResolved, NoSuchIncident, Repeated
from bot.audit import Actor
from bot.lifecycle.rooms import RoomThere, RoomWanted
from bot.notify.blocks import Reader
from bot.notify.blocks.rooms import there
from bot.phrase import Phrase
from bot.room import RoomState
from handlers.answers import worded
from handlers.commands.incidents import allow_responding
from handlers.commands.tools import Asked, Command, Reply, Tools


async def channel(tools: Tools, asked: Asked) -> Reply:
    return await open_for(tools, asked.number("/ecotrajet channel 42"), asked.by, asked.reader)


async def open_for(tools: Tools, number: int, by: Actor, reader: Reader) -> Reply:
    """Raises UserError for those who only follow."""
    allow_responding(tools, by.id)
    answer = await tools.lifecycle.open_channel(number, by)
    match answer:
        case RoomWanted(incident):
            return Phrase("A channel for #{number} is being opened; you are invited.", {"number": incident.number})
        case RoomThere(incident, room) if room.state is RoomState.OPEN:
            return there(incident, room, reader)
        case RoomThere(incident):
            return Phrase("The channel for #{number} is being opened already.", {"number": incident.number})
        case AlreadyResolved() | NoSuchIncident() | Repeated():
            return worded(answer)
        case _:
            assert_never(answer)


COMMANDS: Final = (
    Command(
        channel, ("channel", "room"), ("canal", "salon"), "N", Phrase("a Slack channel for this incident alone"),
        of_incident=True,
    ),
)  # fmt: skip
