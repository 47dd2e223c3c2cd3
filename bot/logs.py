"""Structured logs: JSON lines for machines, key=value on a terminal; ours and every library's through one place.

Context (`incident`, `run`, `delivery`) comes from `structlog.contextvars.bound_contextvars(incident=42)`.
No secret gets out: known values and known patterns are hidden in messages, values and tracebacks alike.
"""

import logging
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from types import TracebackType
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.redaction import NAMES, redact
from bot.secret import HIDDEN, Secret

QUIET: Final = (  # libraries that tell every step, or (Twilio) their headers
    "aiohttp.access",
    "apscheduler",
    "asyncio",
    "botocore",
    "docker",
    "pgqueuer",
    "slack_bolt",
    "slack_sdk",
    "twilio",
    "urllib3",
)
DEEPEST: Final = 6
LONGEST: Final = 20_000  # characters of one value
SECRET_KEYS: Final = tuple(NAMES.replace("[_-]?", "").split("|"))


def configure(
    secrets: Iterable[Secret] = (), *, stream: TextIO | None = None, json: bool | None = None, quiet: bool = False
) -> None:
    """Route structlog and the standard library's logging to `stream` (standard error).

    `json` None: JSON unless the stream is a terminal. `secrets`: `Settings.secrets()`. `quiet`: from warnings upwards.
    """
    stream = stream or sys.stderr
    json = not stream.isatty() if json is None else json
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *common,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # loggers made at import, before this, follow too
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(common, [secret.reveal() for secret in secrets], json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING if quiet else logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a record that cannot be worded would be printed raw, secrets and all
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught


def _formatter(common: list[Processor], values: list[str], json: bool) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=common,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            hide_secrets(values),
            structlog.processors.JSONRenderer(ensure_ascii=False) if json else _terminal(),
        ],
    )


def _terminal() -> Processor:
    return structlog.processors.LogfmtRenderer(
        key_order=["timestamp", "level", "event"], drop_missing=True, bool_as_flag=False
    )


def hide_secrets(values: Iterable[str]) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    """A processor that hides secrets by key, by value and by pattern, at any depth."""
    known = tuple(values)

    def clean(value: object, depth: int = 0) -> object:
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return redact(value[:LONGEST], known)
            case dict() if depth < DEEPEST:
                return {_key(k, known): HIDDEN if _tells(k, v) else clean(v, depth + 1) for k, v in value.items()}
            case list() | tuple() | set() | frozenset() if depth < DEEPEST:
                return [clean(each, depth + 1) for each in value]
            case datetime():
                return value.isoformat()
            case _:
                return redact(repr(value)[:LONGEST], known)

    def processor(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: HIDDEN if _tells(key, value) else clean(value) for key, value in event.items()}

    return processor


def _key(key: object, known: tuple[str, ...]) -> str:
    return redact(str(key), known)


def _tells(key: object, value: object) -> bool:
    """Whether the key alone says that its value is a secret; flags such as `token_set=True` may be read."""
    name = str(key).casefold().replace("_", "").replace("-", "")
    return not isinstance(value, bool | None) and any(word in name for word in (*SECRET_KEYS, "authorization"))


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The interpreter's own way would print the exception's text as it is."""
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("ecotrajet").critical("uncaught exception", exc_info=(kind, error, trace))
