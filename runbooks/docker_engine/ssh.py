"""Engines behind ssh://: `docker system dial-stdio` there, one connection for all calls, and clear words when it fails.

The docker SDK has two ways of its own. Its paramiko transport connects while the client is made, without any limit of
time, and never again once the connection has died; its `use_ssh_client` starts one ssh process for each connection,
reads from its pipe without a limit and needs an ssh client, which our image does not have. So paramiko with a door of
our own: limits for every wait, a connection that is given up when its host is silent and made again, host keys that
must be known beforehand, and neither a shell nor the user's ssh configuration in between.
"""

import contextlib
import os
import socket
import threading
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import paramiko

from bot.phrase import Phrase
from bot.target import EngineAddress
from runbooks.docker_engine.failures import Unreachable

DIAL: Final = "docker system dial-stdio"  # since Docker 18.09; what the server may force instead (docs/moteurs-ssh.md)
CONNECTS_WITHIN: Final = 5.0  # seconds, for each of: TCP, greeting, key
ANSWERS_WITHIN: Final = 3.0
SILENT_AT_MOST: Final = 15.0  # seconds; then the kernel gives the connection up
SIGN_OF_LIFE: Final = 5  # seconds
SESSIONS: Final = 8  # at once: sshd allows 10 in a connection (MaxSessions), and the events take one
DOWN: Final = ("annot connect to the Docker daemon", "connect: no such file", "connect: connection refused")
BUSY_TRIES: Final = 10
SAME_FAILURE: Final = 1.0  # seconds in which whoever else waits for the connection fails with the first one


class Unknown(Exception):
    """The host showed a key that nobody has confirmed."""

    def __init__(self, key: paramiko.PKey) -> None:
        super().__init__(key.fingerprint)
        self.key = key


class Refuse(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko ships no types
    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        raise Unknown(key)


class Door:
    """The way to one host. Use from any thread; all methods may block for a few seconds. Raises Unreachable."""

    def __init__(self, address: EngineAddress) -> None:
        url = urlsplit(address.url)
        self.engine = address.name
        self.host, self.port = url.hostname or "", url.port or 22
        self.user = url.username or os.environ.get("USER") or "root"
        self.key = address.ssh.key if address.ssh else None
        known = address.ssh.known_hosts if address.ssh else None
        self.known_hosts = known or str(Path("~/.ssh/known_hosts").expanduser())
        self._client: paramiko.SSHClient | None = None
        self._making = threading.Lock()
        self._failed: tuple[float, Unreachable] | None = None

    def session(self, timeout: float) -> paramiko.Channel:
        """A new session in which Docker's own protocol is spoken."""
        for left in reversed(range(BUSY_TRIES)):
            transport = self.transport()
            try:
                channel = transport.open_session(timeout=ANSWERS_WITHIN)
                channel.settimeout(timeout)
                channel.exec_command(DIAL)
            except paramiko.ChannelException:  # as many sessions as it allows are open
                if not left:
                    raise Unreachable(self.engine, "sshd allows no more sessions") from None
                time.sleep(ANSWERS_WITHIN / BUSY_TRIES)
            except (paramiko.SSHException, EOFError, OSError) as error:
                self._give_up(transport)
                if "Timeout" in str(error) or not left:  # else it was cut: once more on a connection of today
                    raise Unreachable(self.engine, f"ssh: {error}") from None
            else:
                return channel
        raise AssertionError("the last try returns or raises")

    def transport(self) -> paramiko.Transport:
        """The connection, made (again) if need be."""
        with self._making:
            found = self._client.get_transport() if self._client is not None else None
            if found is not None and found.is_active():
                return found
            if self._failed is not None and time.monotonic() - self._failed[0] < SAME_FAILURE:
                raise self._failed[1]
            try:
                self._client = self._connected()
            except Unreachable as why:
                self._failed = (time.monotonic(), why)
                raise
            made = self._client.get_transport()
            assert made is not None  # just connected
            made.set_keepalive(SIGN_OF_LIFE)
            return made

    def look_after(self) -> None:
        """Somebody waited in vain: a host that is silent altogether is given up, so that its threads come free."""
        client = self._client
        transport = client.get_transport() if client is not None else None
        if transport is None:
            return
        try:
            transport.open_session(timeout=ANSWERS_WITHIN).close()
        except paramiko.ChannelException:
            return  # it answered
        except (paramiko.SSHException, EOFError, OSError):
            self._give_up(transport)

    def why(self) -> Phrase | None:
        """What stands in the way behind the door, when a session ended without a word; None: nothing that is known."""
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            channel = self.session(ANSWERS_WITHIN)
            channel.shutdown_write()
            with channel, channel.makefile_stderr("rb") as stderr:
                return self._explained(stderr.read(2000).decode(errors="replace"))
        return None

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _give_up(self, transport: paramiko.Transport) -> None:
        """This connection, not one that another thread has made meanwhile."""
        with self._making:
            if self._client is not None and self._client.get_transport() is transport:
                self._client = None
        transport.close()

    def _connected(self) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(Refuse())
        try:
            with contextlib.suppress(FileNotFoundError):
                client.load_host_keys(self.known_hosts)
            client.connect(
                self.host, self.port, self.user, key_filename=self.key, sock=self._wire(),
                allow_agent=self.key is None, look_for_keys=self.key is None, timeout=CONNECTS_WITHIN,
                banner_timeout=CONNECTS_WITHIN, auth_timeout=CONNECTS_WITHIN, channel_timeout=CONNECTS_WITHIN,
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001 - paramiko raises many; all are told in our words
            client.close()
            raise self._in_our_words(error) from None
        return client

    def _wire(self) -> socket.socket:
        """TCP that notices within seconds when its other end is gone."""
        wire = socket.create_connection((self.host, self.port), timeout=CONNECTS_WITHIN)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # not on macOS
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(SILENT_AT_MOST * 1000))
        return wire

    def _in_our_words(self, error: Exception) -> Unreachable:
        facts = {**self._facts(), "key": self.key or "—"}
        match error:
            case Unknown(key=key):
                said = Phrase(
                    "The engine “{engine}”: nobody has confirmed the host key of {host}, which is {fingerprint}."
                    " Compare it there (`ssh-keygen -lf` of the file in /etc/ssh), then add it here:"
                    " `ssh-keyscan -p {port} {host} >> {file}`.",
                    {**facts, "fingerprint": key.fingerprint},
                )
            case paramiko.BadHostKeyException(key=key):
                said = Phrase(
                    "The engine “{engine}”: {host} shows another host key than the one in {file}: {fingerprint}. Either"
                    " it was installed anew or somebody stands in between. Ask who runs it before you change the file.",
                    {**facts, "fingerprint": key.fingerprint},
                )
            case paramiko.AuthenticationException() | paramiko.PasswordRequiredException():
                said = Phrase(
                    "The engine “{engine}”: {host} refuses our key for {user}. Add its public half to the file"
                    " ~/.ssh/authorized_keys of {user} there.",
                    facts,
                )
            case paramiko.SSHException() if "No authentication methods" in str(error):
                said = Phrase("The engine “{engine}”: there is no ssh key. Name one: environments.….ssh.key.", facts)
            case PermissionError() | FileNotFoundError() if error.filename:
                said = Phrase("The engine “{engine}”: {path} cannot be read.", {**facts, "path": str(error.filename)})
            case _:
                return Unreachable(self.engine, f"ssh: {type(error).__name__}")
        return Unreachable(self.engine, f"ssh: {type(error).__name__}", said)

    def _explained(self, stderr: str) -> Phrase | None:
        facts = self._facts()
        if "permission denied" in stderr.casefold():
            return Phrase(
                "The engine “{engine}”: {user} may not use Docker on {host}. Add them to its group there, as root:"
                " `usermod -aG docker {user}`.",
                facts,
            )
        if "not found" in stderr or "No such file or directory" in stderr.partition("docker.sock")[0]:
            return Phrase(
                "The engine “{engine}”: {user} finds no program `docker` on {host}. Install it there (Debian:"
                " docker-cli or docker.io).",
                facts,
            )
        if any(words in stderr for words in DOWN):
            return Phrase(
                "The engine “{engine}”: Docker does not run on {host}. `systemctl start docker` there.", facts
            )
        return None

    def _facts(self) -> dict[str, str | int]:
        return {"engine": self.engine, "host": self.host, "port": self.port, "user": self.user,
                "file": self.known_hosts}  # fmt: skip
