"""Amazon SNS's envelope: what its signature is over, and which hosts may be believed and called. Pure.

Signature version 1 is SHA1withRSA, version 2 SHA256withRSA, both over the named fields, one name and one value a line.
Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html and …/sns-message-and-json-formats.html.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from handlers.sources.body import decode
from handlers.sources.fields import header, text

HOST: Final = re.compile(r"sns\.[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}\.amazonaws\.com(?:\.cn)?")
CERTIFICATE: Final = re.compile(r"/SimpleNotificationService-[0-9a-f]+\.pem")
TOPIC: Final = re.compile(r"arn:aws[\w-]*:sns:(?P<region>[a-z0-9-]+):\d{1,12}:[\w.-]+")

NOTIFICATION: Final = "Notification"
SUBSCRIBE: Final = "SubscriptionConfirmation"
UNSUBSCRIBE: Final = "UnsubscribeConfirmation"
SIGNED: Final = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    SUBSCRIBE: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    UNSUBSCRIBE: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """`fields`: its texts as they were sent, word for word, since the signature is over them."""

    kind: str
    fields: Mapping[str, str]

    @property
    def topic(self) -> str:
        return self.fields.get("TopicArn", "")

    @property
    def certificate(self) -> str:
        """The address of the certificate; '' when it is none that Amazon would name."""
        said = self.fields.get("SigningCertURL", "") or self.fields.get("SigningCertUrl", "")
        return said if allowed(said) and CERTIFICATE.fullmatch(urlsplit(said).path) else ""

    @property
    def confirmation(self) -> str:
        """The address that confirms this very subscription; '' when it is not one of Amazon's for this topic."""
        said = self.fields.get("SubscribeURL", "")
        if not allowed(said):
            return ""
        asked = parse_qs(urlsplit(said).query)
        fits = asked.get("Action") == ["ConfirmSubscription"] and asked.get("TopicArn") == [self.topic]
        return said if fits and _region(said) == _region_of(self.topic) else ""

    def signed(self) -> bytes:
        """The text that the signature is over. `Subject` is left out when the message has none."""
        lines = [f"{name}\n{self.fields[name]}\n" for name in SIGNED[self.kind] if name in self.fields]
        return "".join(lines).encode("utf-8", "surrogatepass")


def envelope(body: bytes, headers: Mapping[str, str]) -> Envelope | None:
    """The envelope, or None when this is none (raw message delivery). Raises NotUnderstood when it is no JSON."""
    content = decode(body, object)
    kind = text(content, "Type") or header(headers, "x-amz-sns-message-type")
    if not isinstance(content, dict) or kind not in SIGNED or not isinstance(content.get("Message"), str):
        return None
    return Envelope(kind, {name: value for name, value in content.items() if isinstance(value, str)})


def allowed(url: str) -> bool:
    """https, on a host of SNS itself, at the usual port, without a user: nothing else is ever called or believed."""
    try:
        parts = urlsplit(url)
        plain = parts.username is None and parts.password is None and parts.port in (None, 443)
    except ValueError:
        return False
    return parts.scheme == "https" and plain and HOST.fullmatch(parts.hostname or "") is not None


def _region(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("sns.").partition(".amazonaws.")[0]


def _region_of(topic: str) -> str:
    found = TOPIC.fullmatch(topic)
    return found["region"] if found else ""
