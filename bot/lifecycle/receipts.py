"""What a provider tells of a message that it took."""

from bot.audit import Actor, Door, Entry
from bot.desk import Desk
from bot.lifecycle import speaking, unreached
from bot.message import About, Kind, Message, State
from bot.phrase import Phrase
from bot.reason import worded
from bot.store import audit, messages
from bot.store.database import Tx


async def receipt(tx: Tx, desk: Desk, kind: Kind, provider_id: str, delivered: bool, reason: str) -> bool:
    """For every message with this id; False: there is none."""
    found = await messages.by_provider_id(tx, kind, provider_id)
    for message in found:
        await _received(tx, desk, message, delivered, reason)
    return bool(found)


async def _received(tx: Tx, desk: Desk, message: Message, delivered: bool, reason: str) -> None:
    to = State.DELIVERED if delivered else State.FAILED
    why = None if delivered else Phrase("the provider says: {reason}", {"reason": worded(reason[:200])})
    if not await messages.move(tx, message.id, to, None, why=why):
        return
    by = Actor("provider", message.kind.value, Door.WEBHOOK)
    line = Entry(by, f"message.{to.value}", message.incident, on=message.person or "", result=reason[:200])
    await audit.write(tx, line)
    if why is not None and message.about is About.PAGE:
        reached = await speaking.page_failed(tx, desk, message, why)
        if not reached:
            await unreached.may_be_dead(tx, desk, message)
    elif why is not None:
        await speaking.by_second(tx, desk, message, why)
