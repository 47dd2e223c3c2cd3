"""Goes and looks: HTTP, TCP, certificates. Only where the configuration says, and never longer than it says.

Redirects are followed within the same host only, so that whoever owns an address does not choose what we reach from
here; names that lead into this host or network need `private: true`. Bodies are read, never kept or shown.
"""

import asyncio
import functools
import html
import ipaddress
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509

from bot.phrase import Phrase
from bot.probe import Kind, ProbeEntry, Seen, length
from bot.worker.hooks import LedInside

MOST_BODY: Final = 2 * 2**20
MOST_HOPS: Final = 5
NAMES_AT_ONCE: Final = 32
AGENT: Final = "EcoTrajet-Probe/1"
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
HTTPS_PORT: Final = 443


class Wrong(Exception):
    """What was seen is not as it should be."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(str(phrase))
        self.phrase = phrase


class Prober:
    """`look` never raises for what is wrong over there. Names are looked up in threads of its own: one name server that
    hangs holds up nobody else's work.
    """

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(NAMES_AT_ONCE, thread_name_prefix="probe-names")

    async def close(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)

    async def look(self, entry: ProbeEntry) -> Seen:
        wanted = self._certificate(entry) if entry.secure and entry.certificate_days else nothing()
        ended, until = await asyncio.gather(self._within(entry), wanted)
        took, wrong = ended
        if entry.kind is Kind.CERTIFICATE and wrong is None and until is None:
            wrong = Phrase("its certificate cannot be read")
        return Seen(took, wrong, until)

    async def _within(self, entry: ProbeEntry) -> tuple[timedelta | None, Phrase | None]:
        """(how long it took, what is wrong)."""
        try:
            if entry.secure:  # reading all authorities takes long, once: it is none of the target's time
                await asyncio.get_running_loop().run_in_executor(self.threads, trust, entry.authority)
            began = time.perf_counter()
            async with asyncio.timeout(entry.timeout.total_seconds()):
                await (self._http(entry) if entry.kind is Kind.HTTP else self._connect(entry))
        except TimeoutError:
            return None, Phrase("no answer within {most}", {"most": length(entry.timeout)})
        except Wrong as wrong:
            return None, wrong.phrase
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return None, said(error)
        return timedelta(seconds=time.perf_counter() - began), None

    async def _http(self, entry: ProbeEntry) -> None:
        connector = aiohttp.TCPConnector(
            resolver=Names(self.threads, private=entry.private), use_dns_cache=False, force_close=True,
            ssl=trust(entry.authority) if entry.secure else True,
        )  # fmt: skip
        headers = {"User-Agent": AGENT, **{name: value.reveal() for name, value in entry.headers.items()}}
        async with aiohttp.ClientSession(
            connector=connector, headers=headers, cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
        ) as http:  # fmt: skip
            url = entry.address.reveal()
            for _ in range(MOST_HOPS):
                async with http.get(url, allow_redirects=False) as answer:
                    if not (entry.follow_redirects and answer.status in REDIRECTS):
                        await judged(entry, answer)
                        return
                    url = next_hop(url, answer.headers.get("Location", ""))
        raise Wrong(Phrase("it redirects again and again"))

    async def _connect(self, entry: ProbeEntry) -> None:
        host, port = place_of(entry)
        tls = trust(entry.authority) if entry.kind is Kind.CERTIFICATE else None
        await closed(await self._opened(entry, host, port, tls))

    async def _certificate(self, entry: ProbeEntry) -> datetime | None:
        """Until when the certificate is good, whoever signed it; None: nobody showed one in time."""
        host, port = place_of(entry)
        try:
            async with asyncio.timeout(entry.timeout.total_seconds()):
                writer = await self._opened(entry, host, port, whatever())
                tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
                shown = tls.getpeercert(binary_form=True)
                await closed(writer)
        except (OSError, ValueError, TimeoutError):
            return None
        return x509.load_der_x509_certificate(shown).not_valid_after_utc if shown else None

    async def _opened(
        self, entry: ProbeEntry, host: str, port: int, tls: ssl.SSLContext | None = None
    ) -> asyncio.StreamWriter:
        """A connection to the first of its addresses that takes one. Raises OSError."""
        found = await Names(self.threads, private=entry.private).resolve(host, port, socket.AF_UNSPEC)
        last: OSError = OSError("no address")
        for each in found:
            try:
                name = host if tls is not None else None
                _, writer = await asyncio.open_connection(each["host"], port, ssl=tls, server_hostname=name)
            except OSError as error:
                last = error
            else:
                return writer
        raise last


class Names(AbstractResolver):
    """Raises LedInside when a name leads into this host or network and that was not meant; OSError: no such name."""

    def __init__(self, threads: ThreadPoolExecutor, *, private: bool) -> None:
        self.threads, self.private = threads, private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        find = functools.partial(socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self.threads, find)
        addresses = [str(address[0]) for *_, address in found]
        if not self.private and not all(is_outside(each) for each in addresses):
            raise LedInside("its name leads into this host or network")
        return [
            ResolveResult(
                hostname=host, host=str(address[0]), port=port, family=kind, proto=proto, flags=socket.AI_NUMERICHOST
            )
            for kind, _, proto, _, address in found
        ]

    async def close(self) -> None:
        """Nothing of its own is open."""


def is_outside(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    return found.is_global and not found.is_multicast


async def nothing() -> None:
    return None


async def closed(writer: asyncio.StreamWriter) -> None:
    """At once: nobody waits for the other side to say goodbye."""
    writer.transport.abort()


async def judged(entry: ProbeEntry, answer: aiohttp.ClientResponse) -> None:
    """Raises Wrong: another status, or the word is missing. All of the body is awaited: it is what loading takes."""
    good = answer.status in entry.statuses if entry.statuses else 200 <= answer.status < 300
    if not good:
        raise Wrong(Phrase("it answered {status}", {"status": answer.status}))
    body = bytearray()
    async for piece in answer.content.iter_chunked(65536):
        body += piece
        if len(body) >= MOST_BODY:
            break
    if entry.keyword:
        try:
            text = body.decode(answer.charset or "utf-8", errors="replace")
        except LookupError:
            text = body.decode(errors="replace")
        if entry.keyword not in text and entry.keyword not in html.unescape(text):
            raise Wrong(Phrase("“{keyword}” is not in what it answered", {"keyword": entry.keyword}))


def next_hop(url: str, location: str) -> str:
    """Raises Wrong: it leads to another host, or away from https."""
    there = urljoin(url, location)
    here, then = urlsplit(url), urlsplit(there)
    if not location or then.hostname != here.hostname or then.scheme not in ("http", "https"):
        raise Wrong(Phrase("it redirects to another host: {host}", {"host": (then.hostname or "?")[:100]}))
    if here.scheme == "https" and then.scheme != "https":
        raise Wrong(Phrase("it redirects from https to http"))
    return there


def place_of(entry: ProbeEntry) -> tuple[str, int]:
    if entry.kind is Kind.HTTP:
        parts = urlsplit(entry.address.reveal())
        return parts.hostname or "", parts.port or HTTPS_PORT
    host, _, port = entry.address.reveal().rpartition(":")
    return host.strip("[]"), int(port)


def trust(authority: str) -> ssl.SSLContext:
    """Read anew when the file has changed. Raises OSError: the authority's file cannot be read."""
    return _trust(authority, Path(authority).stat().st_mtime_ns if authority else 0)


@functools.lru_cache(maxsize=64)
def _trust(authority: str, _changed: int) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authority:
        context.load_verify_locations(cafile=authority)
    return context


@functools.cache
def whatever() -> ssl.SSLContext:
    """Only to read what is shown, nothing is said over it: an expired certificate has to be seen, too."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def said(error: Exception) -> Phrase:
    """In plain words, and nothing of the address in them."""
    cause = getattr(error, "os_error", None) or error
    match cause:
        case LedInside():
            return Phrase("its name leads into this host or network, and `private: true` is not said")
        case aiohttp.ClientConnectorCertificateError() as refused:
            return _untrusted(refused.certificate_error)
        case ssl.SSLCertVerificationError():
            return _untrusted(cause)
        case ssl.SSLError() | aiohttp.ClientSSLError():
            return Phrase("it speaks no TLS that we know")
        case socket.gaierror():
            return Phrase("its name is not known")
        case FileNotFoundError() | PermissionError() | IsADirectoryError():
            return Phrase("the authority’s file cannot be read")
        case ConnectionRefusedError():
            return Phrase("the connection is refused")
        case ConnectionError() | aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError():
            return Phrase("the connection broke off")
        case aiohttp.ClientResponseError():
            return Phrase("it answers no proper HTTP")
        case _:
            return Phrase("it cannot be reached: {error}", {"error": type(cause).__name__})


def _untrusted(error: Exception) -> Phrase:
    reason = getattr(error, "verify_message", "") or "not verified"
    return Phrase("its certificate is refused: {reason}", {"reason": reason})
