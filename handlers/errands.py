"""Work that goes on after the ack: kept track of, finished when the process stops, its failures told to the person."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine

import structlog

from bot.errors import UserError
from bot.lifecycle import Unavailable
from bot.phrase import Phrase

log = structlog.get_logger("slack")
Tell = Callable[[Phrase], Awaitable[None]]


class Errands:
    """Slack gives three seconds for the ack and nothing for the work: the two never wait for each other."""

    def __init__(self) -> None:
        self.under_way: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[object, object, None], tell: Tell) -> None:
        """Begin `work` at once. Whatever it raises becomes a sentence that `tell` says."""
        task = asyncio.create_task(careful(work, tell))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def finish(self, within: float) -> None:
        """Wait for what was accepted; after `within` seconds what is left is given up (and said in the log)."""
        if not self.under_way:
            return
        _, late = await asyncio.wait(self.under_way, timeout=within)
        for task in late:
            log.warning("given up while stopping", task=task.get_name())
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def careful(work: Coroutine[object, object, None], tell: Tell) -> None:
    """No exception gets out: a person hears of it, and the log holds the rest under the same reference."""
    try:
        await work
    except UserError as refused:
        await told(tell, refused.phrase)
    except Unavailable:
        log.warning("not done: the database is away")
        await told(tell, Phrase("The desk's database does not answer, so nothing was changed. Try again in a moment."))
    except Exception:
        reference = secrets.token_hex(3).upper()
        log.exception("a handler broke", reference=reference)
        await told(
            tell,
            Phrase(
                "Something went wrong on our side, reference {reference}. Try again, or ask an administrator.",
                {"reference": reference},
            ),
        )


async def told(tell: Tell, phrase: Phrase) -> None:
    try:
        await tell(phrase)
    except Exception:
        log.exception("the person could not be told")
