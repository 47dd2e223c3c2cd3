"""TwiML, as far as a desk needs it: Say, Play, Pause, Gather, Redirect, Hangup, Reject, Message.

Source: twilio.com/docs/voice/twiml, twilio.com/docs/messaging/twiml.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True, slots=True)
class Gather:
    """Waits for keys: up to `digits` of them (None: until #), for `timeout` seconds; then `action` is asked."""

    action: str
    digits: int | None
    timeout: float


@dataclass(frozen=True, slots=True)
class Verb:
    """One instruction: say (text), gather, redirect (url), hangup, message (text)."""

    kind: str
    text: str = ""
    gather: Gather | None = None


def read(twiml: str) -> list[Verb]:
    """The instructions in order; ValueError (as Twilio's 12100) when this is not TwiML."""
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314  it is our own bot's answer
    except ElementTree.ParseError as broken:
        raise ValueError(f"12100 document parse failure: {broken}") from None
    if root.tag != "Response":
        raise ValueError(f"12200 schema validation: the root is {root.tag}, not Response")
    return list(_verbs(root))


def _verbs(parent: ElementTree.Element) -> Iterator[Verb]:
    for node in parent:
        text = "".join(node.itertext()).strip()
        if node.tag == "Say":
            yield Verb("say", text)
        elif node.tag == "Play":
            yield Verb("say", f"♪ {text}")
        elif node.tag == "Gather":
            yield from _verbs(node)
            digits = node.get("numDigits")
            wait = Gather(node.get("action", ""), int(digits) if digits else None, float(node.get("timeout", "5")))
            yield Verb("gather", gather=wait)
        elif node.tag == "Redirect":
            yield Verb("redirect", text)
        elif node.tag in {"Hangup", "Reject"}:
            yield Verb("hangup")
        elif node.tag in {"Message", "Sms"}:
            yield Verb("message", text)
        elif node.tag != "Pause":
            raise ValueError(f"12200 schema validation: unknown verb {node.tag}")


def answers(twiml: str) -> list[str]:
    """The text messages that an answer to an inbound SMS sends back; nothing for an empty body."""
    return [verb.text for verb in read(twiml) if verb.kind == "message"] if twiml.strip() else []
