"""What monitoring tools send, made into our alerts: one pure reader for each source, all in one visible table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.alert import Alert
from bot.secret import Secret
from handlers.sources import alertmanager, generic
from handlers.sources.body import NotUnderstood, Parse, cleaned

__all__ = ["SOURCES", "NotUnderstood", "Source"]

MEBIBYTE: Final = 1024 * 1024
Verify = Callable[[bytes, Mapping[str, str], Secret], bool]


@dataclass(frozen=True, slots=True)
class Source:
    """`limit`: bytes of a body, unpacked. `refuses`: answers 422 to what it does not understand, since a person wrote
    the sender; other sources are told 202, for they would only lose the alert. `verify`: where the vendor signs, whether
    its signature of (body, headers) fits the secret. `given_in`: headers in which the vendor sends our token.
    """

    name: str
    parse: Parse
    limit: int = MEBIBYTE
    refuses: bool = False
    verify: Verify | None = None
    given_in: tuple[str, ...] = ()

    def read(self, body: bytes, headers: Mapping[str, str]) -> list[Alert]:
        """The alerts in `body`, in its order. Raises NotUnderstood."""
        return cleaned(self.parse(body, headers))


SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        alertmanager.SOURCE: Source(alertmanager.SOURCE, alertmanager.parse, limit=16 * MEBIBYTE),
        generic.SOURCE: Source(generic.SOURCE, generic.parse, refuses=True),
    }
)
