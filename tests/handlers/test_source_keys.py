"""Each source opens with its own token, or with its vendor's signature, and with nothing else."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.config import load_desk
from bot.secret import Secret
from bot.source import SourceEntry
from handlers.keys import Keys
from tests.handlers.door import AUTHORIZED, ROOT, TOKEN, Door, opened

OWN: Final = "own-token-of-this-source"
NEXT: Final = "the-token-that-comes-next"
SIGNS: Final = "what-the-vendor-signs-with"
ENTRIES: Final = {
    "generic": {"token": [OWN, NEXT]},
    "gitlab": {"token": OWN, "branches": ["main", "deploy-*"]},
    "github": {"secret": SIGNS},
    "pagerduty": {"secret": SIGNS, "token": OWN},
    "alertmanager": {"enabled": False},
    "infra": {"like": "alertmanager", "environment": "staging", "service": "infra"},
    "mytool": {
        "like": "paths", "each": "$.events", "title": "{$.host} is {$.state}",
        "status": {"path": "$.state", "firing": "kaputt", "resolved": ["heile"]}, "dedup_key": ["$.host", "$.check[0]"],
        "environment": "prod", "service": "$['the service']", "severity": "$.how.bad", "text": "$.text",
        "starts_at": "$.at", "url": "$.url", "labels": {"rack": "$.rack", "team": "infra"},
    },
}  # fmt: skip
PIPELINE: Final = {"object_kind": "pipeline", "object_attributes": {"id": 1, "ref": "main", "status": "failed"},
                   "project": {"path_with_namespace": "acme/x"}}  # fmt: skip


def entries(folder: Path, sources: Mapping[str, object] = ENTRIES) -> Mapping[str, SourceEntry]:
    configuration = yaml.safe_load((ROOT / "ecotrajet.example.yaml").read_text("utf-8"))
    (folder / "ecotrajet.yaml").write_text(yaml.safe_dump({**configuration, "sources": dict(sources)}), "utf-8")
    return load_desk(folder / "ecotrajet.yaml").sources


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async for each in opened(tmp_path / "refused", Secret(TOKEN), entries(tmp_path)):
        yield each


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# Tokens ---------------------------------------------------------------------------------------------------------------


async def test_a_source_with_a_token_of_its_own_opens_with_that_alone(door: Door) -> None:
    assert (await door.post(headers=bearer(OWN)))[0] == 200
    assert (await door.post(headers=bearer(NEXT)))[0] == 200, "while one is replaced, both are good"
    status, answer = await door.post(headers=AUTHORIZED)
    assert status == 401
    assert "sources.generic.token" in answer["error"]
    assert OWN not in json.dumps(answer)


async def test_sources_without_one_open_with_the_desks(door: Door) -> None:
    assert (await door.post("supabase", {"type": "INSERT", "table": "t", "record": {"id": 1}}))[0] == 200
    assert (await door.post("supabase", {}, bearer(OWN)))[0] == 401


async def test_the_token_may_be_the_password_of_basic_authentication(door: Door) -> None:
    said = base64.b64encode(f"anybody:{OWN}".encode()).decode()
    assert (await door.post(headers={"Authorization": f"Basic {said}"}))[0] == 200
    wrong = base64.b64encode(b"anybody:x").decode()
    assert (await door.post(headers={"Authorization": f"Basic {wrong}"}))[0] == 401


async def test_gitlab_sends_the_token_in_a_header_of_its_own(door: Door) -> None:
    assert (await door.post("gitlab", PIPELINE, {"X-Gitlab-Token": OWN}))[0] == 200
    assert (await door.post("gitlab", PIPELINE, {"X-Gitlab-Token": "x"}))[0] == 401
    assert (await door.post(headers={"X-Gitlab-Token": OWN}))[0] == 401, "no other source is opened by it"


async def test_a_source_that_is_turned_off_is_not_there(door: Door) -> None:
    status, answer = await door.post("alertmanager", {"alerts": []})
    assert status == 404
    assert "alertmanager" not in answer["sources"]
    assert "mytool" in answer["sources"]


def test_every_configured_key_is_compared_whichever_fits() -> None:
    def entry(name: str, token: str, *, like: str = "pagerduty", enabled: bool = True) -> SourceEntry:
        return SourceEntry(name, like, enabled, (Secret(token),) if token else ())

    keys = Keys(Secret("desk-key"), {each.name: each for each in (
        entry("pagerduty", ""), entry("billing", "billing-key"), entry("off", "off-key", enabled=False),
        entry("nobody", ""), entry("other", "other-key", like="opsgenie"),
    )})  # fmt: skip
    found = {key: keys.source_of(("pagerduty",), key) for key in
             ("desk-key", "billing-key", "off-key", "other-key", "", "x")}  # fmt: skip
    assert found == {"desk-key": "pagerduty", "billing-key": "billing", "off-key": None, "other-key": None, "": None,
                     "x": None}  # fmt: skip
    assert Keys(None).source_of(("pagerduty",), "") is None
    assert not Keys(Secret("")).fits("pagerduty", "")


# Signatures -----------------------------------------------------------------------------------------------------------


def signature(body: bytes, secret: str = SIGNS) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def test_githubs_signature_lets_in_without_a_token(door: Door) -> None:
    body = json.dumps({"zen": "Design for failure.", "hook_id": 1}).encode()
    signed = {"X-GitHub-Event": "ping", "X-Hub-Signature-256": f"sha256={signature(body)}"}
    assert (await door.post("github", body, signed))[0] == 200
    for wrong in (
        {}, {"X-Hub-Signature-256": "sha256="}, {"X-Hub-Signature-256": f"sha256={signature(body, 'x')}"},
        {"X-Hub-Signature-256": signature(body)}, {"X-Hub-Signature": f"sha256={signature(body)}"}, AUTHORIZED,
    ):  # fmt: skip
        status, answer = await door.post("github", body, wrong)
        assert status == 401
        assert "signature" in answer["error"]
    assert (await door.post("github", body + b" ", signed))[0] == 401
    assert len(door.intake.bodies) == 1
    assert "X-Hub-Signature-256" not in door.intake.bodies[0][1]


async def test_a_source_with_a_token_and_a_secret_wants_both(door: Door) -> None:
    body = json.dumps({"event": {"event_type": "pagey.ping", "data": {"message": "Hello"}}}).encode()
    signed = {"X-PagerDuty-Signature": f"v1={'0' * 64},v1={signature(body)}"}
    assert (await door.post("pagerduty", body, {**signed, **bearer(OWN)}))[0] == 200
    assert (await door.post("pagerduty", body, signed))[0] == 401
    assert (await door.post("pagerduty", body, bearer(OWN)))[0] == 401


async def test_a_body_that_is_too_large_is_not_held_to_check_its_signature(door: Door) -> None:
    status, _ = await door.post("pagerduty", b"x" * 1_100_000, {"X-PagerDuty-Signature": "v1=x"})
    assert status == 413


# What kind of body ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status"),
    [("application/json", 200), ("application/json; charset=utf-8", 200), ("application/vnd.x+json", 200),
     ("text/plain", 200), ("application/x-www-form-urlencoded", 200), ("", 200), ("application/octet-stream", 200),
     ("application/xml", 415), ("text/xml", 415), ("image/png", 415), ("multipart/form-data; boundary=x", 415),
     ("application/pdf", 415)],
)  # fmt: skip
async def test_what_is_not_text_by_its_own_account_is_415(door: Door, kind: str, status: int) -> None:
    assert (await door.post(headers={**bearer(OWN), "Content-Type": kind}))[0] == status


async def test_senders_that_nobody_can_correct_may_call_their_body_what_they_like(door: Door) -> None:
    row = {"type": "INSERT", "table": "t", "record": {"id": 1}}
    assert (await door.post("supabase", row, {**AUTHORIZED, "Content-Type": "image/png"}))[0] == 200


# A source of one's own ------------------------------------------------------------------------------------------------

EVENT: Final[dict[str, Any]] = {
    "host": "web-1", "state": "KAPUTT", "check": ["disk", "x"], "the service": "ecotrajet", "how": {"bad": "high"},
    "text": "97 %", "at": 1763894520, "url": "https://mytool.example/1", "rack": 4, "unknown": None,
}  # fmt: skip


async def test_a_source_is_added_by_paths_and_without_code(door: Door) -> None:
    status, answer = await door.post("mytool", {"events": [EVENT, {**EVENT, "host": "web-2", "state": "Heile"}]})
    assert (status, len(answer["alerts"])) == (200, 2)
    one, two = door.intake.received
    assert (one.source, one.title, one.status, one.dedup_key) == ("mytool", "web-1 is KAPUTT", "firing", "web-1:disk")
    assert (one.environment, one.service, one.severity, one.text) == ("prod", "ecotrajet", "high", "97 %")
    assert (one.labels, one.url) == ({"rack": "4", "team": "infra"}, "https://mytool.example/1")
    assert one.starts_at is not None
    assert (two.status, two.dedup_key) == ("resolved", "web-2:disk")


@pytest.mark.parametrize(
    ("body", "path"),
    [({}, "$.events"), ({"events": {}}, "$.events"), ({"events": [{}]}, "$.events[0].host"),
     ({"events": [EVENT, {**EVENT, "state": "purple"}]}, "$.events[1].state"), (b"{", "$")],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
async def test_what_does_not_fit_the_paths_is_kept_and_its_place_told(door: Door, body: object, path: str) -> None:
    status, answer = await door.post("mytool", body)
    assert (status, answer["understood"], answer["path"]) == (202, False, path)


async def test_a_second_instance_of_a_known_tool_has_its_own_name_and_place(door: Door) -> None:
    member = {"labels": {"alertname": "Down"}, "annotations": {}, "fingerprint": "f"}
    await door.post("infra", {"version": "4", "status": "firing", "alerts": [member]})
    (alert,) = door.intake.received
    assert (alert.source, alert.environment, alert.service) == ("infra", "staging", "infra")


async def test_branches_that_matter_are_configured(door: Door) -> None:
    for branch in ("main", "deploy-1", "master"):
        attributes = {**PIPELINE["object_attributes"], "ref": branch}  # type: ignore[dict-item]  # a plain mapping
        await door.post("gitlab", {**PIPELINE, "object_attributes": attributes}, {"X-Gitlab-Token": OWN})
    assert [alert.severity for alert in door.intake.received] == ["warning", "warning", "info"]


async def test_the_alert_of_a_form_is_found_by_paths_too(tmp_path: Path) -> None:
    known = entries(tmp_path, {"old": {"like": "paths", "title": "$.subject"}})
    async for door in opened(tmp_path / "refused", Secret(TOKEN), known):
        form = {**AUTHORIZED, "Content-Type": "application/x-www-form-urlencoded"}
        assert (await door.post("old", b"subject=Disque+plein&x=1", form))[0] == 200
        assert door.intake.received[0].title == "Disque plein"
