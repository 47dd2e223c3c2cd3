"""The second way of a text: which provider is asked when the first cannot send it, and when that would be of no use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from bot.secret import Secret

VIA: Final = "via"
"""In the body of a message: the name of the provider that it goes by; without it, by Twilio."""
OF_THE_NUMBER: Final = frozenset({21211, 21214, 21217, 21610, 21614, 30005, 30006})
"""Twilio's codes that blame the number or tell its owner's will (21610: they answered STOP)."""
CODE: Final = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True, slots=True)
class SecondSms:
    """`sns`: Amazon SNS, with `sender` as its name for the phone's screen and the standard AWS variables for what is
    left out. `http`: `body` is POSTed as JSON to `url`, with `{to}` (E.164) and `{text}` filled in."""

    via: Literal["sns", "http"]
    sender: str = ""
    region: str | None = None
    endpoint: str | None = None
    url: str = ""
    headers: Mapping[str, Secret] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)


def may_help(reason: str) -> bool:
    """Whether another provider could send what Twilio did not for this reason (with its code, if it gave one)."""
    return not any(int(code) in OF_THE_NUMBER for code in CODE.findall(reason))
