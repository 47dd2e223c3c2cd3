"""Keep secrets out of what is written down: by value where they are known, by pattern where they are not. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from bot.secret import HIDDEN

SHORTEST: Final = 6  # a shorter value would blot out ordinary words
NAMES: Final = "password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential"
SCHEMES: Final = r"(?:bearer|basic|token|genie-?key)\s+"

# Each keeps what tells which secret it was (group `keep`) and hides the rest.
PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<keep>xox[a-z]-|xapp-|xoxe\.)[\w-]{6,}",  # Slack tokens
        r"(?P<keep>hooks\.slack\.com/(?:services|triggers|workflows)/)[\w/-]+",
        r"(?P<keep>\b(?:AC|SK))[0-9a-f]{32}\b",  # Twilio account and key
        r"(?P<keep>\bA(?:KI|SI)A)[0-9A-Z]{16}\b",  # AWS access keys
        r"(?P<keep>\b(?:ghp|gho|ghs|ghu|github_pat|glpat|sk|pk|rk)[_-])[\w-]{16,}",
        r"(?P<keep>\beyJ)[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",  # JSON web tokens
        r"(?P<keep>\b[a-z][a-z0-9+.-]{0,20}://[^\s:/@'\"]{0,200}:)(?!\d{1,5}[/?#])[^\s'\"]{1,500}(?=@)",  # in a DSN
        rf"(?P<keep>\bauthorization['\"]?\s*[:=]\s*['\"]?(?:{SCHEMES})?)(?!(?:{SCHEMES})?\[hid)[^\s'\",;]+",
        r"(?P<keep>\b(?:bearer|basic)\s+)(?=[^\s'\"]*[0-9_./+=-])[A-Za-z0-9._~+/=-]{8,}",
        rf"(?P<keep>\b[\w.-]{{0,40}}(?:{NAMES})[\w.-]{{0,40}}['\"]?\s*[:=]\s*)(?!\[hid)(?:'[^']*'|\"[^\"]*\"|[^\s'\",;&]+)",
    )
)
PEM: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)


def redact(text: str, values: Iterable[str] = ()) -> str:
    """`text` with every known value of a secret, and whatever looks like one, replaced by `[hidden]`."""
    for value in sorted({v for v in values if len(v) >= SHORTEST}, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    text = PEM.sub(HIDDEN, text)
    for pattern in PATTERNS:
        text = pattern.sub(_hide, text)
    return text


def _hide(found: re.Match[str]) -> str:
    return found["keep"] + HIDDEN


def looks_secret(text: str) -> bool:
    """Whether `text` had better not be repeated to anybody: it has a secret's form, or that of a random string."""
    if redact(text) != text:
        return True
    word = text.strip()
    mixed = any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
    return len(word) >= 20 and mixed and " " not in word
