"""The guide's `validate_config`: required variables are there, what they name answers, keys are neither old nor public.

Addresses are asked from inside the container, since that is where the application asks from: the desk itself opens no
connection to what a container's variables say.
"""

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook.checks import Key, Reached, Validated
from bot.runbook.looks import Probe
from bot.target import Service
from runbooks.docker_engine import inside, probes
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid
from runbooks.docker_engine.look import Seen

WITHIN: Final = "4"  # seconds for an answer
LIMIT: Final = 6
STATUS: Final = re.compile(r"HTTP/[\d.]+ (\d{3})|^(\d{3})$", re.MULTILINE)
PUBLIC: Final = ("VITE_", "NEXT_PUBLIC_", "REACT_APP_", "PUBLIC_", "EXPO_PUBLIC_", "NUXT_PUBLIC_")
FETCH: Final = (
    "fetch(process.argv[1],{signal:AbortSignal.timeout(4000)})"
    ".then(r=>console.log(r.status),e=>{console.log((e.cause&&e.cause.code)||e.name);process.exit(1)})"
)


async def of(engine: Engine, seen: Seen, service: Service) -> Validated:
    """Raises EngineSaid."""
    values = await _variables(engine, seen)
    wanted = tuple(dict.fromkeys([*service.required, *service.reaches]))
    reached = await asyncio.gather(
        *(_reach(engine, seen, name, values[name], path) for name, path in service.reaches.items() if values.get(name))
    )
    return Validated(
        container=seen.name,
        required=len(wanted),
        missing=tuple(name for name in wanted if name not in values),
        empty=tuple(name for name in wanted if values.get(name) == ""),
        reached=tuple(reached),
        keys=tuple(key for name, value in sorted(values.items()) if (key := key_of(name, value)) is not None),
    )


async def _variables(engine: Engine, seen: Seen) -> dict[str, str]:
    """As process 1 got them; where that cannot be read, as the container was made."""
    entries = list(seen.env)
    try:
        said = await inside.run(engine, seen, probes.COMMANDS[Probe.ENV])
        if said.exit_code == 0 and said.output:
            entries = said.output.decode(errors="replace").split("\0")
    except (UserError, EngineSaid):
        pass
    pairs = (entry.partition("=") for entry in entries)
    return {name: value for name, _, value in pairs if probes.VARIABLE.fullmatch(name)}


async def _reach(engine: Engine, seen: Seen, name: str, value: str, path: str) -> Reached:
    address = address_of(value, path)
    if address is None:
        return Reached(name, "", problem=Phrase("it holds no web address"))
    where = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}{path}"
    try:
        said = await inside.run(engine, seen, commands(address), limit=LIMIT)
    except inside.GivenUp:
        return Reached(name, where, problem=Phrase("no answer within {seconds} s", {"seconds": LIMIT}))
    except UserError:
        return Reached(name, where, problem=Phrase("not tried: the image has neither curl nor wget nor node"))
    status = status_of(said.output.decode(errors="replace"))
    if status is None:
        return Reached(name, where, problem=Phrase("it does not answer"))
    return Reached(name, where, status)


def commands(address: str) -> tuple[tuple[str, ...], ...]:
    """A list of words, no shell; the address begins with http, so that it is no option. No `-T` for wget: Debian's
    busybox-static falls over it; `inside` ends what hangs.
    """
    return (
        ("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", WITHIN, address),
        ("wget", "-S", "-O", "/dev/null", address),
        ("busybox", "wget", "-S", "-O", "/dev/null", address),
        ("node", "-e", FETCH, address),
    )


def status_of(said: str) -> int | None:
    """The last HTTP status that it tells of: the one after redirections; curl's 000 is none."""
    found = [int(one or other) for one, other in STATUS.findall(said)]
    return found[-1] if found and found[-1] else None


def address_of(value: str, path: str) -> str | None:
    """None for what is no plain address: with a user, or of another scheme."""
    try:
        parts = urlsplit(value.strip())
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    if not plain or re.search(r"[\s'\"<>]", value.strip()):
        return None
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}{path}"


def key_of(name: str, value: str) -> Key | None:
    """What a JSON web token says about itself (RFC 7519: iat, exp); its signature is nobody's business here."""
    claims = claims_of(value)
    if claims is None:
        return None
    return Key(
        name, str(claims.get("role") or ""), _moment(claims.get("iat")), _moment(claims.get("exp")),
        name.startswith(PUBLIC),
    )  # fmt: skip


def claims_of(value: str) -> Mapping[str, Any] | None:
    parts = value.strip().split(".")
    if len(parts) != 3 or not value.strip().startswith("eyJ"):
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else None
    except (OverflowError, OSError, ValueError):
        return None
