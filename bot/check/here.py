"""What this machine alone can tell: the data folder, the listening address, the public URL's shape."""

import ipaddress
import os
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bot.check.finding import Finding, not_set, ok, problem, warning
from bot.config import Settings

ROOM: Final = 500 * 1024 * 1024  # bytes free below which a warning is due


def data_folder(folder: Path) -> Finding:
    """ECOTRAJET_DATA, or the nearest folder above it that exists, can be written to and has room."""
    what = "data folder"
    nearest = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=nearest) as probe:
            probe.write(b"x")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        mend = f"let this user write to {nearest}, or set ECOTRAJET_DATA to another folder"
        return problem(what, f"{folder} cannot be written to: {error.strerror}", mend)
    disk = os.statvfs(nearest)
    free = disk.f_bavail * disk.f_frsize
    if free < ROOM:
        return warning(what, f"{folder}: only {free // 2**20} MiB are free", "make room, or move ECOTRAJET_DATA")
    return ok(what, f"{folder} can be written to, {free / 2**30:.1f} GiB free")


def public_url(settings: Settings) -> Finding:
    """ECOTRAJET_PUBLIC_URL as Twilio needs it: https, a name or address that the world can reach."""
    what, url = "public URL", settings.public_url
    if url is None:
        if settings.twilio is None:
            return not_set(what, "ECOTRAJET_PUBLIC_URL is not set; nothing needs it")
        mend = "set ECOTRAJET_PUBLIC_URL to the https address under which the desk is reached from outside"
        lacks = "Twilio is asked for answers by SMS every few seconds; no key can be pressed in calls, no link in mails"
        return warning(what, f"ECOTRAJET_PUBLIC_URL is not set: {lacks}", mend)
    parts = urlsplit(url)
    played = settings.twilio is not None and settings.twilio.api_url is not None
    if parts.query or parts.fragment:
        return problem(what, "ECOTRAJET_PUBLIC_URL has a query or a fragment", "cut it off after the path")
    if not played and _inside(parts.hostname or ""):
        mend = "use the name under which others reach this machine"
        return warning(what, f"{url} can only be reached from this machine or network", mend)
    if parts.scheme != "https" and not played:
        return warning(what, f"{url} is not encrypted", "put a proxy with a certificate before the desk; use https://")
    return ok(what, url)


def _inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or "." not in host
