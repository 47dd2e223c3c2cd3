"""Amazon SNS at the door: is this really Amazon, is it a topic of ours, and the handshake that begins a subscription.

With `topics` in the configuration every message must bear Amazon's signature and come from one of them; a subscription
is confirmed only then. Only hosts of SNS itself are ever called, by https, without following redirections.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

import aiohttp
import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bot.phrase import Phrase
from bot.source import SourceEntry
from handlers.body import Answer
from handlers.sources import sns

log = structlog.get_logger(__name__)

WITHIN: Final = 8.0  # seconds; SNS itself waits 15
LARGEST: Final = 65_536
MOST: Final = 32  # certificates kept; Amazon has one a region at a time
HASHES: Final[dict[str, hashes.HashAlgorithm]] = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 - Amazon's v1

Fetch = Callable[[str], Awaitable[bytes]]
"""GET: the body of a 200. Raises OSError for anything else; called with addresses that `sns.allowed` lets through."""


async def fetch(url: str) -> bytes:
    timeout = aiohttp.ClientTimeout(total=WITHIN)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise OSError(f"answered {answer.status}")
            return await answer.content.read(LARGEST)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise OSError(type(error).__name__) from error


class Subscriptions:
    def __init__(self, fetch: Fetch = fetch, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.fetch, self.now = fetch, now
        self.certificates: dict[str, x509.Certificate] = {}

    async def check(self, entry: SourceEntry, envelope: sns.Envelope) -> None:
        """Raises Answer: 401 not Amazon, 403 not a topic of ours, 503 it cannot be checked now (SNS tries again)."""
        if envelope.topic not in entry.topics:
            raise Answer(403, Phrase("This topic is not listed in sources.{name}.topics.", {"name": entry.name}))
        if not envelope.certificate:
            raise Answer(401, Phrase("The certificate's address is none of Amazon SNS."))
        try:
            certificate = await self._certificate(envelope.certificate)
        except OSError as error:
            log.warning("a certificate of SNS cannot be fetched", url=envelope.certificate, error=str(error))
            raise Answer(503, Phrase("Amazon's certificate cannot be fetched now; send it again.")) from None
        if not self._valid(certificate) or not signed_by(certificate, envelope):
            raise Answer(401, Phrase("The signature is not Amazon's."))

    async def confirm(self, entry: SourceEntry, envelope: sns.Envelope) -> None:
        """Call the address that makes the subscription begin; `check` has been passed. Raises Answer."""
        if not envelope.confirmation:
            raise Answer(403, Phrase("The address that confirms is none of Amazon SNS for this topic."))
        try:
            await self.fetch(envelope.confirmation)
        except OSError as error:
            log.warning("a subscription cannot be confirmed", topic=envelope.topic, error=str(error))
            raise Answer(503, Phrase("The subscription cannot be confirmed now; send it again.")) from None
        log.info("subscription confirmed", source=entry.name, topic=envelope.topic)

    async def _certificate(self, url: str) -> x509.Certificate:
        known = self.certificates.get(url)
        if known is None:
            try:
                known = x509.load_pem_x509_certificate(await self.fetch(url))
            except ValueError:
                raise OSError("it is no certificate") from None
            if len(self.certificates) >= MOST:
                self.certificates.clear()
            self.certificates[url] = known
        return known

    def _valid(self, certificate: x509.Certificate) -> bool:
        return certificate.not_valid_before_utc <= self.now() <= certificate.not_valid_after_utc


def signed_by(certificate: x509.Certificate, envelope: sns.Envelope) -> bool:
    algorithm, key = HASHES.get(envelope.fields.get("SignatureVersion", "")), certificate.public_key()
    if algorithm is None or not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        signature = base64.b64decode(envelope.fields.get("Signature", ""), validate=True)
        key.verify(signature, envelope.signed(), padding.PKCS1v15(), algorithm)
    except (binascii.Error, InvalidSignature, ValueError):
        return False
    return True
