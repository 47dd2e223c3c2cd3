"""What the worker asks of a channel: one method with two kinds of failure. All channels stand in one list in `app`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.incident import Incident
from bot.message import Ask, Kind, Message
from bot.phrase import Phrase
from bot.procedure import ProcedureRun
from bot.review import Review
from bot.run import Line
from bot.tail import Tail
from bot.view import DigestView, IncidentView, PostmortemView, RunView

Intend = Callable[[Sequence[str]], Awaitable[None]]
"""Raises Retryable when the message has gone to another sender."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message with everything needed to word it at the instant it leaves.

    * PAGE, PAGE_EDIT, REMINDER, UPDATE and CARD need `view`, RUN_CARD needs `run`, RUNBOOK_CARD `procedure`.
    * NOTE and TELL say `message.body["phrase"]` (`Phrase.to_json`).
    * `existing_ts` is a provider id that an earlier `send` on Slack returned (`channel:ts`): CARD, RUN_CARD and
      PAGE_EDIT are edited there, a NOTE goes into its thread.
    * REMINDER says its phrase, in Slack with a button; UPDATE is a manager's page anew.
    * `manager`: pages are in plain words. DIGEST needs `digest`, POSTMORTEM `postmortem`.
    * REVIEW and PICTURES need `review`, TAIL `tail`.
    * `code`: the reader's short code for this incident (`1a` takes it); None: they have none.
    * `together`: the incidents of all pages that leave in this one text or call, the worst first; () for one alone.
    * `thread`: where the card stands under which it is posted: its incident's for a RUNBOOK_CARD, its run's for a
      RUN_OUTPUT and a FILE of a run. `output`: what the run said, the last lines of it or all.
    * `subject`: what it is the card of, '' for what is no card. `intend` notes which files are about to be shared.
    * `language` is the reader's; a channel of several people has the desk's. `as_of` is the desk's own `now`.
    """

    message: Message
    language: str
    view: IncidentView | None
    run: RunView | None
    existing_ts: str | None
    as_of: datetime
    manager: bool = False
    together: tuple[Incident, ...] = ()
    procedure: ProcedureRun | None = None
    thread: str | None = None
    code: int | None = None
    digest: DigestView | None = None
    postmortem: PostmortemView | None = None
    review: Review | None = None
    output: tuple[Line, ...] = ()
    tail: Tail | None = None
    subject: str = ""
    intend: Intend | None = None


class Channel(Protocol):
    @property
    def kind(self) -> Kind: ...

    async def send(self, outgoing: Outgoing) -> str:
        """The provider's id of what was sent. Raises Retryable (try later) or Permanent (never), nothing else."""
        ...

    async def close(self) -> None: ...


def asks_of(message: Message) -> list[Ask]:
    """The buttons of an ASK; none: it has none (any more). Raises ValueError for what `Ask.to_json` did not make."""
    more = message.body.get("more")
    stored = [message.body.get("button"), *(more if isinstance(more, list) else [])]
    return [Ask.from_json(each) for each in stored if isinstance(each, dict)]


def phrase_of(message: Message) -> Phrase:
    """What a NOTE or TELL says. Raises ValueError when its body holds no phrase."""
    stored = message.body.get("phrase")
    if not isinstance(stored, dict):
        raise ValueError(f"message {message.id} has no phrase")
    return Phrase.from_json(stored)


def because_of(message: Message) -> Phrase | None:
    """Why a page goes to somebody though another one may be on it; None: it is an ordinary one."""
    stored = message.body.get("because")
    return Phrase.from_json(stored) if isinstance(stored, dict) else None
