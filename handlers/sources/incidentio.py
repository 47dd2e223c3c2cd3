"""incident.io's HTTP alert source: `status` (firing | resolved), `title`, `deduplication_key`, and more.

Source: field study E8; docs.incident.io/alerts/http-sources.
"""

from collections.abc import Mapping
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources import given
from handlers.sources.body import NotUnderstood, decode, stable_hash
from handlers.sources.fields import header, mapping, pairs, text

SOURCE: Final = "incidentio"
STATUSES: Final = {"firing": AlertStatus.FIRING, "resolved": AlertStatus.RESOLVED}
ENVIRONMENT: Final = ("environment", "env", "stage")
SERVICE: Final = ("service", "service_name", "app")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    content = decode(body, object)
    status, title = STATUSES.get(text(content, "status").lower()), text(content, "title")
    if status is None:
        raise NotUnderstood("$.status", Phrase("It must be one of {words}.", {"words": ", ".join(STATUSES)}))
    if not title:
        raise NotUnderstood("$.title", Phrase("It is missing."))
    labels = pairs(mapping(content, "metadata"))
    key = text(content, "deduplication_key") or header(headers, given.ALIAS)
    return [
        Alert(
            source=SOURCE, dedup_key=key or stable_hash(title), status=status, title=title,
            text=text(content, "description"),
            environment=next((labels[name] for name in ENVIRONMENT if labels.get(name)), ""),
            service=next((labels[name] for name in SERVICE if labels.get(name)), ""),
            severity=next((labels[name] for name in ("severity", "priority") if labels.get(name)), ""),
            labels=labels, url=text(content, "source_url"),
        )
    ]  # fmt: skip
