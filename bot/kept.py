"""What people keep for the story of an incident: pinned messages, those under a 📌, files. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from bot.phrase import Phrase, Value
from bot.redaction import redact

EMOJI: Final = "pushpin"
LONGEST: Final = 300  # characters of a message


class How(StrEnum):
    PIN = "pin"
    REACTION = "reaction"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Kept:
    """One message of Slack (`channel` id and `ts`; `thread` is its parent's ts, '' for none) that somebody kept, or
    took back when not `added`. `author`: a person's name; `files`: their names.
    """

    how: How
    channel: str
    ts: str
    thread: str = ""
    author: str = ""
    text: str = ""
    files: tuple[str, ...] = ()
    added: bool = True

    def key(self, by: str) -> str:
        """The same for keeping and taking back. Everybody's reaction is their own; a pin is the channel's."""
        return f"{self.channel}:{self.ts}:{self.how}" + (f":{by}" if self.how is How.REACTION else "")

    @property
    def said_at(self) -> datetime | None:
        """When the message was written; None: its ts is none."""
        try:
            return datetime.fromtimestamp(float(self.ts), UTC)
        except ValueError:
            return None

    def told(self, name: str) -> Phrase:
        """The line of the story; secrets hidden."""
        files = ", ".join(redact(each) for each in self.files)
        if self.how is How.FILE:
            return Phrase("📎 {name} shared {files}", {"name": name, "files": files[:LONGEST]})
        words = " ".join(redact(self.text).split())
        words = words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"
        said = " · ".join(each for each in (words, f"📎 {files}" if files else "") if each) or "…"
        facts: dict[str, Value | Phrase] = {"name": name, "author": self.author or "?", "said": said}
        if not self.added:
            return Phrase("📌 Taken back by {name} · {author}: “{said}”", facts)
        if (at := self.said_at) is None:
            return Phrase("📌 Kept by {name} · {author}: “{said}”", facts)
        return Phrase("📌 Kept by {name} · {author} at {at}: “{said}”", {**facts, "at": at})
