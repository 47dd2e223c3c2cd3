"""HTTP through sessions of an ssh connection: what the docker SDK speaks through in the place of its own transport."""

import contextlib
import io
import queue
from typing import Any

import paramiko
import requests
from docker.transport.basehttpadapter import BaseHTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from runbooks.docker_engine.failures import Unreachable
from runbooks.docker_engine.ssh import SESSIONS, Door


class _Raw(io.RawIOBase):
    """What comes out of a session, as a file of Python's own: paramiko's has no `read1`."""

    def __init__(self, session: "_Session") -> None:
        self.session, self.channel = session, session.channel

    def close(self) -> None:
        if not self.closed:
            super().close()
            self.session.let_go()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        said = self.channel.recv(len(buffer))
        buffer[: len(said)] = said
        return len(said)


class _Session:
    """A session with the few methods of a socket that HTTP needs.

    Like a socket it stays open until the last file made of it is closed: `http.client` closes it before it has read an
    answer that has no length.
    """

    def __init__(self, channel: paramiko.Channel) -> None:
        self.channel = channel
        self.sendall = channel.sendall
        self.settimeout = channel.settimeout
        self.gettimeout = channel.gettimeout
        self.files = 0
        self.closing = False

    def makefile(self, mode: str = "rb", *_: object, **__: object) -> io.BufferedReader:
        self.files += 1
        return io.BufferedReader(_Raw(self))

    def let_go(self) -> None:
        """One of its files was closed."""
        self.files -= 1
        if self.closing and not self.files:
            self.channel.close()

    def close(self) -> None:
        self.closing = True
        if not self.files:
            self.channel.close()

    @property
    def dropped(self) -> bool:
        return bool(self.channel.closed or self.channel.eof_received)


class _Connection(HTTPConnection):
    def __init__(self, door: Door, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self.door, self.seconds = door, timeout

    def connect(self) -> None:
        self.sock: Any = _Session(self.door.session(self.seconds))


class _Pool(HTTPConnectionPool):
    def __init__(self, door: Door, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout, maxsize=SESSIONS)
        self.door, self.seconds = door, timeout

    def _new_conn(self) -> Any:
        return _Connection(self.door, self.seconds)

    def _get_conn(self, timeout: float | None = None) -> Any:
        """One that lies ready, unless it ended meanwhile. urllib3 would ask the session for a file number, which costs
        a pipe each time."""
        try:
            kept: Any = self.pool.get(block=False) if self.pool is not None else None
        except queue.Empty:
            kept = None
        if kept is not None and kept.sock is not None and kept.sock.dropped:
            kept.close()
        return kept or self._new_conn()


class SshAdapter(BaseHTTPAdapter):
    """For `http+docker://`, in the place of the SDK's own."""

    def __init__(self, door: Door, timeout: float) -> None:
        super().__init__()
        self.door = door
        self.ready = _Pool(door, timeout)

    def get_connection(self, url: Any, proxies: Any = None) -> Any:
        return self.ready

    def request_url(self, request: Any, proxies: Any) -> str:
        return str(request.path_url)

    def send(self, request: Any, *args: Any, **more: Any) -> requests.Response:
        """What only reads is asked a second time: a session that lay ready may have been cut with its connection."""
        if request.method == "GET":
            with contextlib.suppress(requests.exceptions.ConnectionError):
                return self._sent(request, *args, **more)
        try:
            return self._sent(request, *args, **more)
        except requests.exceptions.ConnectionError as cut:
            why = self.door.why()
            raise Unreachable(self.door.engine, f"ssh: {type(cut).__name__}", why) from cut

    def _sent(self, request: Any, *args: Any, **more: Any) -> requests.Response:
        try:
            return super().send(request, *args, **more)
        except requests.exceptions.Timeout as late:
            self.door.look_after()
            raise Unreachable(self.door.engine, "ssh: no answer in time") from late

    def close(self) -> None:
        self.ready.close()
        super().close()
        self.door.close()
