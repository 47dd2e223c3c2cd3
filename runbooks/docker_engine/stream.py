"""Bytes as an engine sends them, in large pieces: the SDK reads a terminal's output byte by byte, else by frames."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

PIECE: Final = 65_536
HEAD: Final = 8  # which output, three zeros, the length in four bytes (Engine API, ContainerAttach: stream format)


def output(response: Any, *, tty: bool, at_once: bool = False) -> Iterator[bytes]:
    """What both outputs said, in order; with a terminal there is one stream and nothing in between.

    `at_once`: every byte as soon as it is there, for what may hang; otherwise whole pieces. Raises as requests does.
    """
    read = response.raw.read1 if at_once else response.raw.read
    pieces: Iterator[bytes] = iter(lambda: read(PIECE), b"")
    return pieces if tty else unframed(pieces)


def unframed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same without the heads; of a frame that is cut off, what there is of it."""
    rest = b""
    for piece in pieces:
        rest += piece
        said, at = [], 0
        while len(rest) - at >= HEAD:
            end = at + HEAD + int.from_bytes(rest[at + 4 : at + HEAD], "big")
            if end > len(rest):
                break
            said.append(rest[at + HEAD : end])
            at = end
        rest = rest[at:]
        if said:
            yield b"".join(said)
    if len(rest) > HEAD:
        yield rest[HEAD:]
