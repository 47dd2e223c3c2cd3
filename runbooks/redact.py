"""Hide secrets in what containers say: by the very values of their environment, and by the look of known tokens.

Prefixes alone miss a password or a UUID, values alone miss what the application fetched elsewhere: both are used.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote, quote_plus, urlsplit

from bot.secret import HIDDEN

SHORTEST_VALUE: Final = 6
SHORTEST_SECRET: Final = 3
LONGEST_SEARCHED: Final = 64 * 1024

_SECRET_NAME: Final = re.compile(
    r"PASS|PWD$|PW$|SECRET|TOKEN|KEY|CREDENTIAL|PRIVATE|AUTH|SALT|DSN|SIGNATURE|COOKIE|SESSION|_URL$|_URI$|WEBHOOK"
    r"|MDP|JETON|(?:^|_)CLEF?(?:_|$)|(?:^|_)(?:PIN|OTP)(?:_|$)",  # French teams name theirs in French
    re.I,
)
# Variables whose values are no secrets and occur in every log line: hiding them would make logs unreadable.
_HARMLESS_NAME: Final = re.compile(
    r"(?:\w+_)?(?:PATH|HOME|HOST|HOSTNAME|PORT|LANG|TZ|TERM|USER|SHELL|DIR|NAME|ENV|ENVIRONMENT|MODE|LEVEL|REGION|DEBUG"
    r"|VERSION|RELEASE|TAG|COMMIT|REVISION|BUILD|TIMEOUT|ENABLED)|PWD|LC_\w+|PYTHON\w+|JAVA_\w+",
    re.I,
)
_PATTERNS: Final = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S),
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?"),  # JWT
    re.compile(r"\bxox[abeoprs]-[\w-]{8,}|\bxapp-[\w-]{8,}"),  # Slack
    re.compile(r"\b(?:sk|pk|rk)_(?:live|test)_\w{8,}"),  # Stripe
    re.compile(r"\bgh[opusr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"),
    re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    re.compile(r"\bsb(?:p|_secret|_publishable)_[\w-]{16,}"),  # Supabase
    re.compile(r"\bSG\.[\w-]{16,}\.[\w-]{16,}|\bAIza[\w-]{30,}"),
)
_NAMED: Final = re.compile(
    r"(?:password|passwd|pwd|secret|token|api_?key|access_?key|private_key)[\"']?\s{0,3}[=:]\s{0,3}[\"']?([^\s\"';&,}]{3,400})",
    re.I,
)
_COMMON: Final = re.compile(r"null|none|nil|true|false|undefined|debug|info|warn|error|\d{1,5}", re.I)
# Every repetition below is bounded or starts at a fixed word: a long line must not take long (no backtracking).
_AFTER: Final = (
    re.compile(r"(?P<kept>\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}", re.I),
    re.compile(r"(?P<kept>\b[a-z][a-z0-9+.-]{0,20}://[^\s:/@]{0,200}:)[^\s@]{1,400}(?=@)", re.I),  # user:password@host
    re.compile(
        r"(?P<kept>(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization)[\w-]{0,40}"
        r"[\"']?\s*[:=]\s*[\"']?)(?!Bearer|Basic)[^\s\"',;&\[\]]{3,}",
        re.I,
    ),
)


class Redactor:
    """For one container: `env` is its `KEY=VALUE` list. Keeps the values to itself."""

    __slots__ = ("_known",)

    def __init__(self, env: Sequence[str] = ()) -> None:
        found = {form for entry in env for value in _values(entry) for form in _forms(value)}
        longest_first = sorted(found, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def clean(self, text: str) -> str:
        """`text` with `[hidden]` in the place of every secret found."""
        known = self._known.sub(HIDDEN, text) if self._known else text
        return by_pattern(known)

    def __repr__(self) -> str:
        return "Redactor(...)"


def names_secret(name: str) -> bool:
    """Whether a variable of this name usually holds a secret, or the address of something with one."""
    return bool(_SECRET_NAME.search(name)) and not _HARMLESS_NAME.fullmatch(name)


def by_pattern(text: str) -> str:
    """Hide what looks like a secret, whoever's it is."""
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    for pattern in _AFTER:
        text = pattern.sub(lambda found: found["kept"] + HIDDEN, text)
    return text


def _values(entry: str) -> Iterable[str]:
    name, _, value = entry.partition("=")
    secret = bool(_SECRET_NAME.search(name)) and not _HARMLESS_NAME.fullmatch(name)
    if password := _password_in(value):
        yield password
    yield from _named_in(value)
    if (secret and len(value) >= SHORTEST_SECRET) or (
        len(value) >= SHORTEST_VALUE and not _HARMLESS_NAME.fullmatch(name) and not value.isalpha()
    ):
        yield value
    if "\n" in value:  # a key file in a variable is logged line by line
        yield from (line for line in value.splitlines() if len(line) >= SHORTEST_VALUE)


def _password_in(value: str) -> str | None:
    try:
        password = urlsplit(value).password if "://" in value else None
    except ValueError:
        return None
    return password if password and len(password) >= SHORTEST_SECRET else None


def _named_in(value: str) -> Iterable[str]:
    """Secrets that a value holds by name, as `Server=db;Password=…` and `{"client_secret": "…"}` do."""
    yield from (found for found in _NAMED.findall(value[:LONGEST_SEARCHED]) if not _COMMON.fullmatch(found))


def _forms(value: str) -> set[str]:
    """The value as it is, as URLs write it and as JSON writes it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return {value, quote(value, safe=""), quote_plus(value), escaped}
