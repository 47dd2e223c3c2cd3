"""What `npm audit --json` and `trivy image --format json` say, in our words. Pure, but for running Trivy."""

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.phrase import Phrase
from bot.runbook.checks import Scan, Severity, Vulnerability
from runbooks.redact import by_pattern

NPM: Final = "npm audit"
TRIVY: Final = "trivy"
TRIVY_WITHIN: Final = 50.0  # seconds; its first run fetches its database, and may then be too late
MOST: Final = 32 * 2**20  # bytes
SHOWN: Final = 8
WORDS: Final = {
    "critical": Severity.CRITICAL, "high": Severity.HIGH, "moderate": Severity.MEDIUM, "medium": Severity.MEDIUM,
    "low": Severity.LOW,
}  # fmt: skip


def npm_scan(output: str) -> Scan:
    """Of npm 7 and later (`vulnerabilities`), and of npm 6 (`advisories`)."""
    found = first_object(output)
    if found is None:
        return Scan(NPM, problem=Phrase("it said nothing that can be read"))
    if "error" in found:
        error = found["error"] if isinstance(found["error"], dict) else {}
        said = by_pattern(" ".join(str(error.get("summary") or error.get("code") or "error").split()))[:160]
        return Scan(NPM, problem=Phrase("it failed: {why}", {"why": said}))
    counted = (found.get("metadata") or {}).get("vulnerabilities") or {}
    counts: dict[Severity, int] = {}
    for word, count in counted.items():
        if word in WORDS and isinstance(count, int):
            counts[WORDS[word]] = counts.get(WORDS[word], 0) + count
    listed = [*_npm_7(found.get("vulnerabilities") or {}), *_npm_6(found.get("advisories") or {})]
    return Scan(NPM, counts or _counted(listed), worst(listed))


def _npm_7(found: Mapping[str, Any]) -> Iterable[Vulnerability]:
    for package, each in found.items():
        advisory = next((via for via in each.get("via") or [] if isinstance(via, dict)), None)
        if advisory is None:  # only because of another package, which has its own line
            continue
        fix = each.get("fixAvailable")
        fixed = str(fix.get("version") or "") if isinstance(fix, dict) else "npm audit fix" if fix else ""
        url = str(advisory.get("url") or "").rstrip("/")
        yield Vulnerability(
            url.rpartition("/")[2] or str(advisory.get("source") or "?"), package,
            WORDS.get(str(each.get("severity")), Severity.LOW), str(each.get("range") or ""), fixed,
            str(advisory.get("title") or ""),
        )  # fmt: skip


def _npm_6(found: Mapping[str, Any]) -> Iterable[Vulnerability]:
    for id_, each in found.items():
        cves = each.get("cves") or [f"npm:{id_}"]
        yield Vulnerability(
            str(cves[0]), str(each.get("module_name") or "?"), WORDS.get(str(each.get("severity")), Severity.LOW),
            str(each.get("vulnerable_versions") or ""), str(each.get("patched_versions") or ""),
            str(each.get("title") or ""),
        )  # fmt: skip


def trivy_scan(output: str) -> Scan:
    found = first_object(output)
    if found is None:
        return Scan(TRIVY, problem=Phrase("it said nothing that can be read"))
    listed = [
        Vulnerability(
            str(each.get("VulnerabilityID") or "?"), str(each.get("PkgName") or "?"), severity,
            str(each.get("InstalledVersion") or ""), str(each.get("FixedVersion") or ""), str(each.get("Title") or ""),
        )
        for result in found.get("Results") or []
        for each in result.get("Vulnerabilities") or []
        if (severity := WORDS.get(str(each.get("Severity")).lower())) is not None
    ]  # fmt: skip
    return Scan(TRIVY, _counted(listed), worst(listed))


async def trivy(image: str, docker_host: str) -> Scan:
    """On the desk's own host, by the engine's socket."""
    program = shutil.which(TRIVY)
    if program is None:
        return Scan(TRIVY, problem=Phrase("it is not installed where the desk runs"))
    if not docker_host.startswith(("unix://", "tcp://")):
        return Scan(TRIVY, problem=Phrase("it cannot reach this engine"))
    process = await asyncio.create_subprocess_exec(
        program, "image", "--quiet", "--format", "json", "--scanners", "vuln", "--image-src", "docker", image,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, limit=MOST,
        env={**{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}, "DOCKER_HOST": docker_host},
    )  # fmt: skip
    try:
        async with asyncio.timeout(TRIVY_WITHIN):
            output, _ = await process.communicate()
    except TimeoutError:
        return Scan(TRIVY, problem=Phrase("not answered within {seconds} s", {"seconds": int(TRIVY_WITHIN)}))
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        return Scan(TRIVY, problem=Phrase("it failed: {why}", {"why": f"exit code {process.returncode}"}))
    return trivy_scan(output[:MOST].decode(errors="replace"))


def first_object(text: str) -> Mapping[str, Any] | None:
    """The first JSON object of a text that may begin with warnings."""
    decoder, at = json.JSONDecoder(), text.find("{")
    while at >= 0:
        try:
            found, _ = decoder.raw_decode(text, at)
        except ValueError:
            at = text.find("\n{", at)
            at = at + 1 if at >= 0 else -1
        else:
            return found if isinstance(found, dict) else None
    return None


def worst(listed: Iterable[Vulnerability]) -> tuple[Vulnerability, ...]:
    """Those first that somebody can mend today."""
    order = list(Severity)
    once = {(each.id, each.package): each for each in listed}
    ranked = sorted(once.values(), key=lambda each: (order.index(each.severity), not each.fixed, each.package))
    return tuple(ranked[:SHOWN])


def _counted(listed: Iterable[Vulnerability]) -> dict[Severity, int]:
    counts: dict[Severity, int] = {}
    for each in listed:
        counts[each.severity] = counts.get(each.severity, 0) + 1
    return counts
