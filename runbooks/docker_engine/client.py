"""One engine: its client is made at the first call, each call has a time limit and threads of this engine's own.

A dead engine therefore costs its own callers a few seconds and the others nothing. Threads are daemons: one that
hangs in a dead connection (paramiko's connect has no limit of its own) never holds up the end of the process.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

import paramiko
import requests
import urllib3
from docker import APIClient
from docker.constants import MINIMUM_DOCKER_API_VERSION
from docker.errors import APIError, DockerException, NotFound
from docker.tls import TLSConfig

from bot.target import EngineAddress
from runbooks.docker_engine.failures import Conflict, EngineSaid, Gone, Unreachable
from runbooks.docker_engine.ssh import SESSIONS, Door
from runbooks.docker_engine.ssh_http import SshAdapter
from runbooks.redact import by_pattern

CALLS_AT_ONCE: Final = 16
LONGEST_REASON: Final = 400
NOBODY: Final = "unix:///nobody/listens/here"
T = TypeVar("T")


class _Client(APIClient):
    """The SDK's client talks to its host while it is made; when that fails it leaves its sockets open. Not here."""

    def __init__(self, address: EngineAddress, limit: int) -> None:
        tls = address.tls
        ssh = address.url.startswith("ssh://")
        try:
            super().__init__(
                base_url=NOBODY if ssh else address.url,
                version=MINIMUM_DOCKER_API_VERSION
                if ssh
                else "auto",  # engines refuse those pinned too low, or too new
                timeout=limit,
                num_pools=CALLS_AT_ONCE,
                tls=TLSConfig(client_cert=(tls.certificate, tls.key), ca_cert=tls.authority, verify=True)
                if tls
                else False,
            )
            if ssh:  # the SDK would connect in its own way (see ssh.py): its transport is changed before it speaks
                self.mount("http+docker://", SshAdapter(Door(address), limit))
                self._version = str(self.version(api_version=False)["ApiVersion"])
        except Exception:
            self.close()
            raise

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """The engine's own authority, whatever REQUESTS_CA_BUNDLE says: requests would let the variable win."""
        own = self.verify if verify is None else verify
        return super().merge_environment_settings(url, proxies, stream, own, cert)


class Engine:
    """Use from one event loop. `limit`: seconds for an ordinary call (inspect, list, rename)."""

    def __init__(self, address: EngineAddress, *, limit: float = 10.0) -> None:
        self.name = address.name
        self._address = address
        self._limit = limit
        self._client: APIClient | None = None
        self._making = threading.Lock()
        self._failed_at = 0.0
        self._slots = asyncio.Semaphore(SESSIONS if address.url.startswith("ssh://") else CALLS_AT_ONCE)

    @property
    def url(self) -> str:
        """Where it is, for programs that ask it themselves."""
        return self._address.url

    async def call(self, ask: Callable[[APIClient], T], *, limit: float | None = None) -> T:
        """The answer of `ask`, run in a thread. Raises Unreachable, Gone, Conflict or EngineSaid."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        try:
            async with asyncio.timeout(limit or self._limit):
                await self._slots.acquire()
                threading.Thread(
                    target=self._work, args=(ask, answer, loop), name=f"engine-{self.name}", daemon=True
                ).start()
                return await answer
        except TimeoutError:
            raise Unreachable(self.name, "no answer in time") from None

    def _work(
        self, ask: Callable[[APIClient], T], answer: "asyncio.Future[T]", loop: asyncio.AbstractEventLoop
    ) -> None:
        asked = time.monotonic()
        result: T | None = None
        failure: Exception | None = None
        try:
            self._knock()
            result = ask(self._connected(asked))
        except Exception as error:  # noqa: BLE001 - carried over to the caller, in our words
            failure = self._in_our_words(error)

        def hand_over() -> None:
            self._slots.release()
            if answer.done():  # the caller gave up waiting
                return
            if failure:
                answer.set_exception(failure)
            else:
                answer.set_result(cast("T", result))

        try:
            loop.call_soon_threadsafe(hand_over)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return

    def _knock(self) -> None:
        """Raises OSError when nobody listens on a local socket; the SDK would leave its own socket open after that."""
        url = urlsplit(self._address.url)
        if url.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(self._limit)
                door.connect(url.path)

    def _connected(self, asked: float) -> APIClient:
        """The client, made if need be. Whoever waited while another thread failed to make it fails with it."""
        with self._making:
            if self._client is None:
                if self._failed_at > asked:
                    raise Unreachable(self.name, "no answer")
                try:
                    self._client = _Client(self._address, max(1, round(self._limit)))
                except Exception:
                    self._failed_at = time.monotonic()
                    raise
            return self._client

    def _in_our_words(self, error: Exception) -> Exception:
        match error:
            case NotFound():
                return Gone(_reason(error))
            case APIError() if error.status_code == 409:
                return Conflict(_reason(error))
            case APIError():
                return EngineSaid(_reason(error))
            case Unreachable():
                return error
            case DockerException() if isinstance(error.__cause__, Unreachable):
                return error.__cause__
            case paramiko.SSHException() | EOFError():
                return Unreachable(self.name, f"ssh: {type(error).__name__}")
            case DockerException() | requests.RequestException() | urllib3.exceptions.HTTPError() | OSError():
                return Unreachable(self.name, type(error).__name__)
            case _:
                return error

    async def identity(self) -> str:
        """The engine's own id; asked each time, for another engine may sit behind the same socket tomorrow."""
        return str((await self.call(lambda api: api.info()))["ID"])

    async def close(self) -> None:
        """Close the connections; calls still hanging are left to their threads."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _reason(error: APIError) -> str:
    return by_pattern(str(error.explanation or error))[:LONGEST_REASON]
