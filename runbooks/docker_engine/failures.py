"""The ways in which an engine does not do what it was asked, by what the caller can do about it."""

import re
from typing import Final

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


SAYINGS: Final = (
    (
        r"no space left on device",
        Phrase("the disk of the Docker host is full: `/ecotrajet prune` removes images without a name ({said})"),
    ),
    (
        r"(?:Bind for|listen (?:tcp|udp)\d?|host port) \S*:(?P<port>\d+)\b.*(?:allocated|address already in use)",
        Phrase("port {port} of the host is taken by another container or program ({said})"),
    ),
    (
        r"address already in use",
        Phrase("its fixed address in the network is taken by another container ({said})"),
    ),
    (
        r"bind source path does not exist|error mounting .*no such file or directory",
        Phrase("a folder of the host that it mounts is not there ({said})"),
    ),
    (
        r"marked for removal|is being removed|removal .* already in progress",
        Phrase(
            "it is being removed, or its removal got stuck: `docker rm -f` on the host, then deploy it anew ({said})"
        ),
    ),
    (r"network \S+ not found", Phrase("a network it belongs to is not there any more ({said})")),
    (
        r"executable file not found|exec format error|exec: .*no such file or directory",
        Phrase("its image has no such program for this machine ({said})"),
    ),
)
REGISTRY: Final = (
    (r"manifest (?:for .* )?(?:unknown|not found)", Phrase("its registry has no such version ({said})")),
    (
        r"unauthorized|access denied|authentication required|denied: ",
        Phrase("its registry does not let the Docker host in: log it in there again ({said})"),
    ),
    (r"toomanyrequests|rate limit", Phrase("its registry asks to be asked less often: wait, then try again ({said})")),
    (
        r"no such host|connection refused|i/o timeout|context deadline exceeded|TLS handshake timeout|EOF$",
        Phrase("its registry does not answer the Docker host ({said})"),
    ),
)
"""What the engine's own words mean, and a registry's through it; the first that fits."""


def plain(said: str, *, registry: bool = False) -> str | Phrase:
    """The engine's words with their meaning before them; as they are when it is not known."""
    for pattern, meaning in (*SAYINGS, *(REGISTRY if registry else ())):
        if found := re.search(pattern, said, re.IGNORECASE | re.DOTALL):
            return Phrase(meaning.msgid, {**found.groupdict(), "said": said})
    return said


class EngineSaid(Permanent):
    """The engine answered no; `reason` is its own explanation, with secrets hidden, at most a few lines."""

    @property
    def why(self) -> str | Phrase:
        """The reason, worded for people where its meaning is known."""
        return plain(self.reason)


class Gone(EngineSaid):
    """404: the container, image or network is not there (any more)."""


class Conflict(EngineSaid):
    """409: the name is taken, or the thing is in use."""
