"""Supabase's own logs: which project is whose, what is asked of it, and its answer as lines. Pure.

Source: supabase.com/docs/reference/api/v1-get-project-logs, …/guides/monitoring-and-debugging/advanced-log-filtering
(one table `logs` in ClickHouse, told apart by `source`; 24 hours at most, rounded to the minute).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Final

from bot.redaction import redact
from bot.secret import Secret

API: Final = "https://api.supabase.com"
LONGEST_WINDOW: Final = timedelta(hours=24)
MINUTE: Final = timedelta(minutes=1)
LONGEST_LINE: Final = 2000  # characters


class Stream(StrEnum):
    """What may be read alone: `/ecotrajet supabase prod auth`."""

    DATABASE = "database"
    API = "api"
    AUTH = "auth"
    STORAGE = "storage"
    REALTIME = "realtime"
    FUNCTIONS = "functions"

    @property
    def sources(self) -> tuple[str, ...]:
        return _SOURCES[self]


_SOURCES: Final[Mapping[Stream, tuple[str, ...]]] = {
    Stream.DATABASE: ("postgres_logs",),
    Stream.API: ("edge_logs", "postgrest_logs"),
    Stream.AUTH: ("auth_logs",),
    Stream.STORAGE: ("storage_logs",),
    Stream.REALTIME: ("realtime_logs",),
    Stream.FUNCTIONS: ("function_logs", "function_edge_logs"),
}


@dataclass(frozen=True, slots=True)
class SupabaseEntry:
    """A service's project in one environment. `token`: of the Management API, best with analytics_logs_read alone."""

    name: str
    project: str
    token: Secret
    environment: str
    service: str
    api: str = API


def query(stream: Stream, word: str, lines: int) -> str:
    """ClickHouse SQL for the latest `lines`; `word` is looked for as it stands, case ignored."""
    sources = ", ".join(f"'{each}'" for each in stream.sources)
    escaped = word.replace("\\", "\\\\").replace("'", "\\'")
    holds = f" and positionCaseInsensitiveUTF8(event_message, '{escaped}') > 0" if word else ""
    return (
        f"select timestamp, source, severity_text, substring(event_message, 1, {LONGEST_LINE}) as event_message"
        f" from logs where source in ({sources}){holds} order by timestamp desc limit {lines}"
    )


def window(now: datetime, since: timedelta) -> tuple[str, str]:
    """Whole minutes in UTC, at least one and 24 hours at most, as the API takes them."""
    end = now.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE
    start = end - min(max(since + MINUTE, MINUTE), LONGEST_WINDOW)
    return tuple(f"{each:%Y-%m-%dT%H:%M}:00Z" for each in (start, end))  # type: ignore[return-value]  # two of them


def lines_of(rows: Iterable[Mapping[str, Any]], zone: tzinfo) -> list[str]:
    """The oldest first: time by our clock, source where there are several, message without its secrets."""
    found = [_line(row, zone) for row in rows]
    return [each for each in reversed(found) if each]


def _line(row: Mapping[str, Any], zone: tzinfo) -> str:
    said = " ".join(redact(str(row.get("event_message") or "")).split())[:LONGEST_LINE]
    level = str(row.get("severity_text") or "").strip()
    words = [_moment(row.get("timestamp"), zone), str(row.get("source") or "").removesuffix("_logs"), level, said]
    return " ".join(word for word in words if word) if said else ""


def _moment(value: object, zone: tzinfo) -> str:
    """An ISO text (UTC when it names no zone), or microseconds since 1970, as the older endpoint has it."""
    try:
        if isinstance(value, int | float) or str(value).isdigit():
            moment = datetime.fromtimestamp(int(str(value)) / 1_000_000, UTC)
        else:
            moment = datetime.fromisoformat(str(value))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{moment.astimezone(zone):%H:%M:%S}"


def last(lines: Sequence[str], most_bytes: int) -> str:
    """The latest that fit."""
    text = "\n".join(lines).encode()
    return text[-most_bytes:].decode(errors="ignore")
