"""Running a program of the allow-list inside a container. The engine sets an exec no limit: both ends do it here.

Measured (docker.md §6.7): a client's timeout does not end an exec, and closing its stream leaves the process running.
So it runs under the container's own `timeout` where there is one, and we stop waiting a little later in any case.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import requests
import urllib3
from docker import APIClient

from bot.errors import UserError
from bot.phrase import Phrase
from runbooks.docker_engine import raw, stream
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.look import Seen

LIMIT: Final = 5  # seconds for the program itself
PATIENCE: Final = 2.0  # seconds more until we give it up ourselves
MOST: Final = 64 * 1024  # bytes of what it says
KILLED: Final = frozenset({124, 137, 143})
MISSING: Final = frozenset({126, 127})
NOT_SO: Final = (b"invalid option", b"unrecognized option", b"bad option", b"Usage:")  # of the bare kind of a program


class GivenUp(UserError):
    """The program did not end in time."""


@dataclass(frozen=True, slots=True)
class Said:
    """`exit_code` None: it did not end in time. `missing`: no such program there; `understood`: it took its options."""

    command: str
    output: bytes
    exit_code: int | None

    @property
    def missing(self) -> bool:
        return self.exit_code in MISSING

    @property
    def understood(self) -> bool:
        return not self.exit_code or not any(words in self.output for words in NOT_SO)


async def run(
    engine: Engine, seen: Seen, commands: Sequence[Sequence[str]], *, limit: int | None = None, most: int = MOST
) -> Said:
    """The first of `commands` that the container has. Raises UserError: it has none of them, or not in time."""
    limit = limit or LIMIT
    for command in commands:
        said = await _limited(engine, seen, command, limit, most)
        if said.exit_code is None:
            raise GivenUp(
                Phrase(
                    "`{command}` did not end in {container} within {seconds} s, so I gave it up."
                    " Something it asks for hangs, for example a disk that is not there any more.",
                    {"command": said.command, "container": seen.name, "seconds": limit},
                )
            )
        if not said.missing and said.understood:
            return said
    raise UserError(
        Phrase(
            "{container} has no program for that ({names}): its image is too bare.",
            {"container": seen.name, "names": ", ".join(dict.fromkeys(command[0] for command in commands))},
        )
    )


async def _limited(engine: Engine, seen: Seen, command: Sequence[str], limit: int, most: int) -> Said:
    """Under `timeout`, which also ends the process; without it only we stop."""
    began = time.monotonic()
    wrapped = await _once(engine, seen, ("timeout", "-s", "KILL", str(limit), *command), limit, most)
    if wrapped.missing and b"timeout" in wrapped.output and b"exec" in wrapped.output:
        plain = await _once(engine, seen, command, limit, most)
        return Said(" ".join(command), plain.output, plain.exit_code)
    late = wrapped.exit_code in KILLED and time.monotonic() - began >= limit - 0.5
    return Said(" ".join(command), wrapped.output, None if late else wrapped.exit_code)


async def _once(engine: Engine, seen: Seen, command: Sequence[str], limit: int, most: int) -> Said:
    within = limit + PATIENCE

    def ask(api: APIClient) -> Said:
        deadline = time.monotonic() + within
        made = raw.prepare(api, seen.id, command)
        answer = raw.begin(api, made, within)
        try:
            output, ended = _read(answer, deadline, most)
        finally:
            answer.close()
        return Said(" ".join(command), output, raw.exit_code(api, made) if ended else None)

    return await engine.call(ask, limit=within + PATIENCE)


def _read(answer: Any, deadline: float, most: int) -> tuple[bytes, bool]:
    """What it says, `most` bytes of it, and whether it came to its end in time."""
    said, size = [], 0
    try:
        for piece in stream.output(answer, tty=False, at_once=True):
            if size < most:
                said.append(piece[: most - size])
                size += len(piece)
            if time.monotonic() > deadline:
                return b"".join(said), False
    except (urllib3.exceptions.HTTPError, requests.RequestException, TimeoutError):
        return b"".join(said), False
    return b"".join(said), True
