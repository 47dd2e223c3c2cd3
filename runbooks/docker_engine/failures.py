"""The ways in which an engine does not do what it was asked, by what the caller can do about it."""

from bot.errors import Permanent, Retryable, UserError
from bot.phrase import Phrase


class Unreachable(UserError, Retryable):
    """No answer: refused, cut or silent past its time. What was asked may still be done: look before asking again."""

    def __init__(self, engine: str, why: str, said: Phrase | None = None) -> None:
        """`said`: what to do about it, where that is known."""
        UserError.__init__(
            self,
            said
            or Phrase(
                "The Docker engine “{engine}” does not answer. Check that its host is up and reachable.",
                {"engine": engine},
            ),
        )
        self.reason = f"engine {engine}: {why}"
        self.after = None


class EngineSaid(Permanent):
    """The engine answered no; `reason` is its own explanation, with secrets hidden, at most a few lines."""


class Gone(EngineSaid):
    """404: the container, image or network is not there (any more)."""


class Conflict(EngineSaid):
    """409: the name is taken, or the thing is in use."""
