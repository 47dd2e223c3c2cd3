"""Who may send as what: each source's own tokens, else the desk's. Every comparison takes the same time."""

import base64
import binascii
import hmac
from collections.abc import Collection, Mapping
from types import MappingProxyType

from aiohttp import web

from bot.secret import Secret
from bot.source import SourceEntry


class Keys:
    """`entries` as the configuration has them; `token`: ECOTRAJET_WEBHOOK_TOKEN, for sources without a token."""

    def __init__(self, token: Secret | None, entries: Mapping[str, SourceEntry] = MappingProxyType({})) -> None:
        self.token, self.entries = token, entries

    def of(self, source: str) -> tuple[Secret, ...]:
        """What lets a sender in; nothing: nobody may send."""
        entry = self.entries.get(source)
        if entry is not None and entry.tokens:
            return entry.tokens
        return (self.token,) if self.token else ()

    def fits(self, source: str, given: str) -> bool:
        return any([same(each, given) for each in self.of(source)])  # all of them: the time tells nothing

    def source_of(self, like: Collection[str], given: str) -> str | None:
        """The source of one of these formats whose token this is; the desk's own token is that of the first format.

        All configured keys are compared, whichever fits.
        """
        names = dict.fromkeys([*like, *(name for name, entry in self.entries.items() if entry.like in like)])
        fitting = [name for name in names if self._may(name) & self.fits(name, given)]
        own = [name for name in fitting if name in self.entries and self.entries[name].tokens]
        return next(iter([*own, *fitting]), None)

    def _may(self, name: str) -> bool:
        entry = self.entries.get(name)
        return entry is None or (entry.enabled and (entry.name == entry.like or bool(entry.tokens)))


def same(secret: Secret, given: str) -> bool:
    wanted = secret.reveal().encode()
    return bool(wanted) & hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted)


def token_in(request: web.Request, headers: Collection[str] = ()) -> str:
    """`Authorization: Bearer …` (or Basic, whose password it is), one of `headers`, or `?token=…`; '' for none."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and given.strip():
        return given.strip()
    if scheme.lower() == "basic" and (password := _password(given)):
        return password
    return next((request.headers[name] for name in headers if request.headers.get(name)), "") or request.query.get(
        "token", ""
    )


def _password(given: str) -> str:
    """Of `Basic base64(user:password)`."""
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
