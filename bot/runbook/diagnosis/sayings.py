"""What applications say when something is wrong, in the words of Node, Python, PostgreSQL and the C library."""

import re
from collections.abc import Callable
from typing import Final

from bot.phrase import Phrase
from bot.runbook.diagnosis import advice
from bot.runbook.diagnosis.case import Advice, Case

Advise = Callable[[Case], tuple[Advice, ...]]


def _saying(pattern: str, what: Phrase, advise: Advise) -> tuple[re.Pattern[str], Phrase, Advise]:
    return re.compile(pattern, re.IGNORECASE), what, advise


SLOW: Final = (
    _saying(
        r"too many connections|remaining connection slots|connection pool (?:is )?exhausted",
        Phrase("The database has no connection left."), advice.of_database,
    ),
    _saying(
        r"ECONNREFUSED|connection refused|could not connect|cannot reach|EAI_AGAIN|ENOTFOUND|no route to host"
        r"|name or service not known|temporary failure in name resolution",
        Phrase("It cannot reach something that it needs."), advice.of_network,
    ),
    _saying(
        r"slow query|deadlock detected|statement timeout|timed out|ETIMEDOUT|\btimeout\b",
        Phrase("It waits for something too long."), advice.of_slowness,
    ),
)  # fmt: skip
SAYINGS: Final = (
    _saying(
        r"EADDRINUSE|address already in use|port is already allocated",
        Phrase("Its port is taken by something else."), advice.of_port,
    ),
    _saying(
        r"password authentication failed|invalid api key|JWT expired|certificate has expired|access denied for user",
        Phrase("A password, a key or a certificate is refused."), advice.of_configuration,
    ),
    _saying(
        r"(?:relation|column|table) \S+ (?:of relation \S+ )?does not exist|no such (?:table|column)|pending migration",
        Phrase("The database's schema does not fit this version."), advice.of_database,
    ),
    _saying(
        r"(?:environment )?variable\b.{0,60}\b(?:missing|required|not set|manquante|undefined)"
        r"|(?:missing|required)\b.{0,40}\b(?:environment )?variable|\b[A-Z][A-Z0-9_]{3,} (?:is not set|manquante)",
        Phrase("A variable is missing."), advice.of_configuration,
    ),
    _saying(
        r"cannot find module|module not found|ModuleNotFoundError|ImportError|exec format error"
        r"|no such file or directory|executable file not found|not found in \$PATH",
        Phrase("Something is missing from its image."), advice.of_image,
    ),
    _saying(
        r"permission denied|EACCES|read-only file system|EROFS",
        Phrase("It may not write somewhere."), advice.of_image,
    ),
    *SLOW,
)  # fmt: skip
