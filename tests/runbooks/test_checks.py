"""Checks of running containers on a real engine: configuration, keys, vulnerabilities; programs inside are played."""

import base64
import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.runbook.checks import Key, Severity
from bot.target import Target
from runbooks import scanners
from runbooks.docker_engine.validation import address_of, key_of, status_of
from tests.runbooks.stage import SECRET, Stage

NOW = datetime(2026, 11, 26, tzinfo=UTC)
REPORT = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "express": {"name": "express", "severity": "high", "via": ["qs"], "range": "<4.20", "fixAvailable": True},
        "qs": {
            "name": "qs", "severity": "high", "range": "<6.7.3",
            "fixAvailable": {"name": "express", "version": "4.20.0"},
            "via": [{"source": 1, "title": "Prototype poisoning", "url": "https://github.com/advisories/GHSA-hrpp"}],
        },
        "vm2": {
            "name": "vm2", "severity": "critical", "range": "*", "fixAvailable": False,
            "via": [{"source": 2, "title": "Sandbox escape", "url": "https://github.com/advisories/GHSA-cchq"}],
        },
    },
    "metadata": {"vulnerabilities": {"info": 0, "low": 3, "moderate": 2, "high": 2, "critical": 1, "total": 8}},
}  # fmt: skip
TRIVY = {
    "Results": [
        {"Target": "alpine", "Vulnerabilities": [
            {"VulnerabilityID": "CVE-2026-1", "PkgName": "openssl", "InstalledVersion": "3.0", "FixedVersion": "3.1",
             "Severity": "CRITICAL", "Title": "Overflow"},
            {"VulnerabilityID": "CVE-2026-2", "PkgName": "zlib", "InstalledVersion": "1.2", "Severity": "UNKNOWN"},
        ]},
        {"Target": "node"},
    ]
}  # fmt: skip


def token(**claims: object) -> str:
    parts = [{"alg": "HS256"}, claims]
    return ".".join(
        [*(base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts), "x"]
    )


@pytest.fixture
def stage(shared: Stage) -> Stage:
    return shared


def asking(target: Target, *required: str, **reaches: str) -> Target:
    return replace(target, service=replace(target.service, required=required, reaches=reaches))


async def test_what_is_required_is_looked_for_and_what_it_names_is_asked_from_inside(stage: Stage) -> None:
    issued = int((NOW - timedelta(days=400)).timestamp())
    target = stage.another(
        "-e", "SITE=http://127.0.0.1:8080", "-e", "GONE=http://127.0.0.1:1/", "-e", "ODD=ftp://x",
        "-e", "EMPTY=", "-e", f"VITE_KEY={token(role='service_role', iat=issued)}",
    )  # fmt: skip
    found = await stage.engines.looks.validate(
        asking(target, "NODE_ENV", "EMPTY", "DB_PASSWORD", SITE="/", GONE="/", ODD="/", MISSING="/")
    )
    assert (found.required, found.missing, found.empty) == (7, ("NODE_ENV", "MISSING"), ("EMPTY",))
    site, gone, odd = found.reached
    assert (site.where, site.status, site.well) == ("http://127.0.0.1:8080/", 200, True)
    assert (str(gone.problem), gone.well) == ("it does not answer", False)
    assert str(odd.problem) == "it holds no web address"
    assert found.keys == (
        Key("VITE_KEY", "service_role", datetime.fromtimestamp(issued, UTC), None, public=True),
    )  # fmt: skip
    assert found.keys[0].given_away
    assert not found.is_well(NOW)
    assert "eyJ" not in str(found)
    assert SECRET not in str(found)


async def test_who_asks_without_an_answer_is_told_that_401_is_one(stage: Stage) -> None:
    target = stage.another("-e", "SITE=http://127.0.0.1:8080")
    found = await stage.engines.looks.validate(asking(target, SITE="/rest/v1/"))
    assert [(each.where, each.status) for each in found.reached] == [("http://127.0.0.1:8080/rest/v1/", 404)]
    assert found.is_well(NOW)


async def test_npm_audit_runs_inside_and_its_report_is_counted(stage: Stage) -> None:
    target = stage.another()
    script = f"#!/bin/sh\necho 'npm warn config'\ncat <<'EOF'\n{json.dumps(REPORT, indent=2)}\nEOF\nexit 1\n"
    install(stage, target, "npm", script)
    found = await stage.engines.looks.patches(target)
    npm, trivy = found.scans
    assert npm.counts == {Severity.CRITICAL: 1, Severity.HIGH: 2, Severity.MEDIUM: 2, Severity.LOW: 3}
    assert [(each.id, each.package, each.fixed) for each in npm.top] == [
        ("GHSA-cchq", "vm2", ""), ("GHSA-hrpp", "qs", "4.20.0"),
    ]  # fmt: skip
    assert found.grave == 3
    assert str(trivy.problem) == "it is not installed where the desk runs"
    assert found.created is not None
    assert found.version == "v2"


async def test_without_a_scanner_only_the_age_is_known(stage: Stage) -> None:
    found = await stage.engines.looks.patches(stage.another())
    assert not found.scanned
    assert [str(each.problem) for each in found.scans] == [
        "npm is not in this image", "it is not installed where the desk runs",
    ]  # fmt: skip


async def test_a_container_that_does_not_run_is_checked_by_neither(stage: Stage) -> None:
    target = stage.another()
    stage.workload.docker("stop", "-t", "0", target.container)
    for ask in (stage.engines.looks.validate, stage.engines.looks.patches):
        with pytest.raises(UserError, match="is not running"):
            await ask(target)


async def test_trivy_is_asked_for_the_image_by_the_engines_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "trivy"
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "report.json").write_text(json.dumps(TRIVY))
    program.write_text(f'#!/bin/sh\necho "$DOCKER_HOST $*" > {tmp_path}/asked\ncat {tmp_path}/report.json\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    found = await scanners.trivy("sha256:abc", "unix:///run/x.sock")
    assert found.counts == {Severity.CRITICAL: 1}
    assert [(each.id, each.fixed) for each in found.top] == [("CVE-2026-1", "3.1")]
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith("unix:///run/x.sock image --quiet --format json")
    assert asked.rstrip().endswith("sha256:abc")
    program.write_text("#!/bin/sh\nexit 3\n")
    assert str((await scanners.trivy("sha256:abc", "unix:///run/x.sock")).problem) == "it failed: exit code 3"
    monkeypatch.setattr(scanners, "TRIVY_WITHIN", 0.2)
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    assert "not answered within" in str((await scanners.trivy("sha256:abc", "unix:///run/x.sock")).problem)
    assert str((await scanners.trivy("sha256:abc", "ssh://host")).problem) == "it cannot reach this engine"


def install(stage: Stage, target: Target, name: str, script: str) -> None:
    write = f"cat > /bin/{name} <<'END'\n{script}END\nbusybox chmod +x /bin/{name}"
    stage.workload.docker("exec", target.container, "sh", "-c", write)


# Reading ----------------------------------------------------------------------------------------------------------


def test_reports_of_npm_6_and_failures_are_read() -> None:
    old = {"advisories": {"118": {
        "module_name": "minimatch", "severity": "high", "cves": ["CVE-2016-10540"], "patched_versions": ">=3.0.2",
    }}, "metadata": {"vulnerabilities": {"high": 1}}}  # fmt: skip
    found = scanners.npm_scan(json.dumps(old))
    assert (found.counts, found.top[0].id) == ({Severity.HIGH: 1}, "CVE-2016-10540")
    failed = scanners.npm_scan('{"error": {"code": "ENOLOCK", "summary": "This command requires a lockfile."}}')
    assert str(failed.problem) == "it failed: This command requires a lockfile."
    assert str(scanners.npm_scan("npm ERR! oops").problem) == "it said nothing that can be read"
    assert str(scanners.trivy_scan("[]").problem) == "it said nothing that can be read"


@pytest.mark.parametrize(
    "said, status",
    [
        ("200", 200), ("000", None), ("  HTTP/1.1 301 Moved\n  HTTP/1.1 401 Unauthorized\n", 401),
        ("wget: server returned error: HTTP/1.1 503 Service Unavailable", 503), ("wget: bad address", None),
    ],
)  # fmt: skip
def test_the_status_is_the_last_one_told(said: str, status: int | None) -> None:
    assert status_of(said) == status


@pytest.mark.parametrize(
    "value, address",
    [
        ("https://x.supabase.co", "https://x.supabase.co/rest/v1/"), ("https://x.supabase.co/", "https://x.supabase.co/rest/v1/"),
        ("https://u:p@x.example", None), ("--output=/etc/passwd", None), ("file:///etc/passwd", None),
        ("http://x.example/a b", None), ("http://[", None),
    ],
)  # fmt: skip
def test_only_plain_addresses_are_asked(value: str, address: str | None) -> None:
    assert address_of(value, "/rest/v1/") == address


def test_keys_say_how_old_they_are() -> None:
    made = key_of("SUPABASE_KEY", token(role="service_role", iat=0, exp=4102444800))
    assert made is not None
    assert (made.given_away, made.issued, made.expires) == (
        False, datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert key_of("X", "eyJ.not-a-token.x") is None
    assert key_of("X", "hunter2") is None
    assert key_of("X", token(iat=1e30)) == Key("X")
