"""At most one edit of a card in a second, by this process: what changes meanwhile is in the next one."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final

from bot.message import EDITED, Message
from bot.worker.places import subject

APART: Final = 1.0  # seconds
KEPT: Final = 1000  # cards whose last edit is remembered


@dataclass(slots=True)
class Pace:
    """The first edit goes at once; the next one of the same card waits until its second is over."""

    apart: float = APART
    last: dict[tuple[str, str], float] = field(default_factory=dict)

    async def wait(self, message: Message, existing_ts: str | None) -> None:
        if message.about not in EDITED or existing_ts is None or not self.apart:
            return
        card = subject(message), message.to
        await asyncio.sleep(self.last.get(card, 0.0) + self.apart - time.monotonic())
        now = time.monotonic()
        if len(self.last) >= KEPT:
            self.last = {each: at for each, at in self.last.items() if at + self.apart > now}
        self.last[card] = now
