"""The allow-list of what may be run inside a container, and what is shown of its answer. No shell, nobody's words."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from bot.runbook.looks import Probe

COMMANDS: Final[Mapping[Probe, Sequence[Sequence[str]]]] = {
    Probe.DISK: (("df", "-h"), ("busybox", "df", "-h")),
    Probe.PROCESSES: (("ps", "aux"), ("ps",), ("busybox", "ps")),
    Probe.PORTS: (
        ("netstat", "-tlnp"), ("ss", "-tlnp"), ("busybox", "netstat", "-tln"),
        ("cat", "/proc/net/tcp", "/proc/net/tcp6"),
    ),
    # As the application got them; `env` would print a value of several lines as if it were names.
    Probe.ENV: (("cat", "/proc/1/environ"),),
}  # fmt: skip
LISTENS: Final = "0A"  # the state of a socket in /proc/net/tcp
VARIABLE: Final = re.compile(r"[A-Za-z_][\w.-]{0,120}")
SHARE: Final = re.compile(r"^\S+\s.*?\s(\d{1,3})%\s+(/.*?)\s*$")


def readable(probe: Probe, command: str, output: bytes) -> str:
    """The answer as text, without any value of a variable; other secrets are hidden by who calls."""
    text = output.decode(errors="replace")
    match probe:
        case Probe.ENV:
            return "\n".join(names_of(text.split("\0")))
        case Probe.PORTS if command.startswith("cat "):
            return "\n".join(listening(text))
        case _:
            return text.replace("\r\n", "\n").rstrip()


def names_of(entries: Sequence[str]) -> list[str]:
    """`NAME=…` for each variable, `NAME=` for one without a value; what is no name is left out."""
    pairs = (entry.partition("=") for entry in entries)
    return sorted(f"{name}={'…' if value else ''}" for name, _, value in pairs if VARIABLE.fullmatch(name))


def listening(table: str) -> list[str]:
    """`0.0.0.0:8080` for each listening socket of /proc/net/tcp and tcp6 (Linux, networking/proc_net_tcp)."""
    found: dict[str, int] = {}
    for line in table.splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == LISTENS and ":" in words[1]:
            address, _, port = words[1].partition(":")
            found[f"{_address(address)}:{int(port, 16)}"] = int(port, 16)
    return sorted(found, key=lambda each: (found[each], each))


def _address(word: str) -> str:
    """Groups of four bytes, each as the machine holds a number: little-endian."""
    if len(word) == 8:
        return ".".join(str(byte) for byte in reversed(bytes.fromhex(word)))
    return "[::]" if set(word) == {"0"} else "[ipv6]"


def disks(df: str) -> dict[str, int]:
    """Mount point -> per cent used, of what `df` prints; pseudo file systems are left out."""
    found = (SHARE.match(line) for line in df.splitlines())
    skipped = ("/dev", "/proc", "/sys", "/run", "/etc/")
    return {each[2]: int(each[1]) for each in found if each and not each[2].startswith(skipped)}
