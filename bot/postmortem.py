"""The draft of a post-mortem: when it is offered, and in which form it comes. Pure."""

from dataclasses import dataclass
from typing import Final

from bot.incident import Priority

WRITE: Final = "incident.postmortem"  # action id of the buttons


@dataclass(frozen=True, slots=True)
class Settings:
    """`offered`: after which priorities by itself. `canvas`: a Slack canvas, else files (Markdown and PDF)."""

    offered: frozenset[Priority] = frozenset({Priority.P1})
    canvas: bool = False
