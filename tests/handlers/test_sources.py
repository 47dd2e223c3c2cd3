"""What each source sends becomes alerts; what it should not have sent is refused with its place."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from bot.alert import Alert, AlertStatus
from handlers.sources import SOURCES, NotUnderstood

SHARED: Final = Path("/work/shared/samples")
OWN: Final = Path(__file__).parent.parent / "samples"
PAYLOADS: Final = sorted(
    path for folder in (OWN, SHARED) for name in SOURCES for path in folder.glob(f"{name}__*.json")
)
NO_HEADERS: Final[Mapping[str, str]] = {}


def read(source: str, content: object, headers: Mapping[str, str] = NO_HEADERS) -> list[Alert]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return SOURCES[source].read(body, headers)


def one(source: str, content: object) -> Alert:
    (alert,) = read(source, content)
    return alert


def refused(source: str, content: object) -> tuple[str, str]:
    with pytest.raises(NotUnderstood) as refusal:
        read(source, content)
    return refusal.value.path, str(refusal.value.phrase)


OTHER_WORDS: Final = {"confirm": "info", "test": "info", "pending": "info", "no_data": "firing"}
ANYTHING_GOES: Final = "elastalert"  # whose users name all fields themselves


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_payloads_of_real_senders_are_understood(path: Path) -> None:
    """`expect` of the shared ones says `mixed` when any member may be meant; some of their severities are guesses."""
    sample = json.loads(path.read_text("utf-8"))
    expect, source = sample["expect"], path.stem.partition("__")[0]
    body = sample.get("raw_body", "").encode() or json.dumps(sample["body"]).encode()
    if not expect and source != ANYTHING_GOES:
        with pytest.raises(NotUnderstood):
            SOURCES[source].read(body, sample.get("headers", {}))
        return
    alerts = SOURCES[source].read(body, sample.get("headers", {}))
    assert len(alerts) == expect.get("alerts", 1)
    status = OTHER_WORDS.get(expect.get("status"), expect.get("status", alerts[0].status))
    meant = next((alert for alert in alerts if expect.get("mixed") and alert.status == status), alerts[0])
    assert expect.get("title", "") in meant.title
    if expect.get("basis", "native-field") == "native-field":
        assert meant.severity == str(expect.get("severity", meant.severity))
    if expect.get("basis") is None:
        assert meant.environment == expect.get("environment", meant.environment)
        assert meant.service == expect.get("service", meant.service)
    assert meant.status == status
    assert [alert.status for alert in alerts] == expect.get("statuses", [alert.status for alert in alerts])
    assert len({alert.dedup_key for alert in alerts}) == len(alerts) or expect.get("mixed")
    assert [alert.dedup_key for alert in alerts] == expect.get("dedup_keys", [alert.dedup_key for alert in alerts])


# Alertmanager ---------------------------------------------------------------------------------------------------------


def member(**more: Any) -> dict[str, Any]:
    labels = {"alertname": "EcotrajetDown", "env": "prod", "service": "ecotrajet", "severity": "critical"}
    return {
        "status": "firing", "labels": labels, "annotations": {"summary": "ÉcoTrajet does not answer"},
        "startsAt": "2026-11-23T09:42:00.123456789Z", "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph", "fingerprint": "0123456789abcdef", **more,
    }  # fmt: skip


def group(*members: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": "4", "groupKey": '{}:{alertname="x"}', "status": "firing", "alerts": list(members), **more}


def test_a_member_keeps_its_key_its_group_and_its_words() -> None:
    alert = one("alertmanager", group(member()))
    assert (alert.dedup_key, alert.group_key) == ("0123456789abcdef", '{}:{alertname="x"}')
    assert alert.title == "EcotrajetDown: ÉcoTrajet does not answer"
    assert (alert.environment, alert.service, alert.severity) == ("prod", "ecotrajet", "critical")
    assert alert.starts_at == datetime(2026, 11, 23, 9, 42, 0, 123456, tzinfo=UTC)
    assert alert.ends_at is None
    assert alert.url == "http://prometheus.example/graph"


def test_a_member_may_be_over_while_its_group_fires() -> None:
    over = member(status="resolved", fingerprint="b" * 16, endsAt="2026-11-23T10:00:00Z")
    alerts = read("alertmanager", group(member(), over, truncatedAlerts=7))
    assert [alert.status for alert in alerts] == [AlertStatus.FIRING, AlertStatus.RESOLVED]
    assert alerts[1].ends_at == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_version_3_gets_the_fingerprint_that_version_4_would_send() -> None:
    """Computed by Prometheus itself for these labels (tests/scenarios/test_alertmanager.py meets it again)."""
    old = member()
    del old["fingerprint"]
    old["labels"] = {
        "alertname": "InstanceDown", "code": "200", "instance": "127.0.0.1:9090", "job": "prometheus",
        "monitor": "codelab-monitor", "severity": "critical",
    }  # fmt: skip
    alert = one("alertmanager", group(old, version="3", groupKey=5615590933959184469))
    assert alert.dedup_key == "791cec13fcba0368"
    assert alert.group_key == "5615590933959184469"
    old["labels"] = dict(reversed(old["labels"].items()))
    assert one("alertmanager", group(old)).dedup_key == "791cec13fcba0368"


def test_alerts_are_understood_bare_and_as_a_list() -> None:
    assert one("alertmanager", member()).group_key == ""
    assert [alert.dedup_key for alert in read("alertmanager", [member(), member(fingerprint="2")])] == [
        "0123456789abcdef",
        "2",
    ]


def test_a_bare_alert_without_a_name_is_told_apart_by_its_summary() -> None:
    one_of_them = one("alertmanager", {"summary": "Disk full", "labels": {"severity": "critical"}})
    other = one("alertmanager", {"summary": "CPU hot", "labels": {"severity": "critical"}})
    assert one_of_them.dedup_key != other.dedup_key


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (b"", "$"),
        (b"{", "$"),
        (b"\xff\xfe", "$"),
        (b"[" * 100_000, "$"),
        (7, "$"),
        ({}, "$.alerts"),
        ({"alerts": {}}, "$.alerts"),
        (group(member(labels=["a"])), "$.alerts[0].labels"),
        (group(member(), member(startsAt=3)), "$.alerts[1].startsAt"),
        (group(member(labels={"a": {"b": 1}})), "$.alerts[0].labels[...]"),
        (group(member(labels={}, annotations={})), "$.alerts[0].labels"),
        ([member(status=1)], "$[0].status"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_alertmanager_does_not_send_is_refused_with_its_place(content: object, path: str) -> None:
    assert refused("alertmanager", content)[0] == path


# Generic --------------------------------------------------------------------------------------------------------------


def test_a_title_is_enough() -> None:
    alert = one("generic", {"title": " Database \n connection lost "})
    assert (alert.title, alert.status) == ("Database connection lost", AlertStatus.FIRING)
    assert alert.dedup_key


def test_the_derived_key_is_of_title_environment_and_service_and_nothing_else() -> None:
    base = {"title": "Database down", "environment": "prod", "service": "ecotrajet"}
    key = one("generic", base).dedup_key
    assert key == "ca37ce20803d90db", "recorded: a new version must find the alerts of the old one"
    assert one("generic", {**base, "severity": "low", "text": "again", "status": "resolved"}).dedup_key == key
    for name in base:
        assert one("generic", {**base, name: "other"}).dedup_key != key


def test_other_tools_names_for_the_fields_are_understood() -> None:
    alert = one(
        "generic",
        {
            "summary": "Disk is full", "state": "alerting", "alias": "disk-1", "env": "prod", "app": "ecotrajet",
            "priority": "P1", "description": "/var", "link": "https://grafana.example/d/1",
            "timestamp": 1763894520, "tags": ["team:infra", "disk"], "details": {"free": "0"}, "host": "web-1", "n": 3,
        },
    )  # fmt: skip
    assert (alert.title, alert.text, alert.dedup_key) == ("Disk is full", "/var", "disk-1")
    assert (alert.environment, alert.service, alert.severity) == ("prod", "ecotrajet", "P1")
    assert alert.url == "https://grafana.example/d/1"
    assert alert.starts_at == datetime.fromtimestamp(1763894520, UTC)
    assert alert.labels == {"team": "infra", "disk": "", "details": '{"free":"0"}', "host": "web-1", "n": "3"}


@pytest.mark.parametrize(
    ("word", "status"),
    [("firing", "firing"), ("PROBLEM", "firing"), ("en panne", "firing"), ("resolved", "resolved"), ("OK", "resolved"),
     ("Résolu", "resolved"), ("up", "resolved"), ("ack", "acknowledged"), ("info", "info"), ("test", "info")],
)  # fmt: skip
def test_the_usual_words_for_a_status_are_known(word: str, status: str) -> None:
    assert one("generic", {"title": "x", "status": word}).status == status


def test_a_form_is_understood() -> None:
    (alert,) = read(
        "generic", b"title=Disque+plein&env=prod", {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    )
    assert (alert.title, alert.environment) == ("Disque plein", "prod")


@pytest.mark.parametrize(
    ("content", "path", "says"),
    [
        (b"title=x", "$", "not JSON"),
        (b"", "$", "empty"),
        ("text", "$", "an object"),
        ([], "$", "no alert"),
        ([{"title": "x"}, 3], "$[1]", "an object"),
        ({}, "$.title", "missing"),
        ({"title": "  "}, "$.title", "missing"),
        ([{"title": "x"}, {"environment": "prod"}], "$[1].title", "missing"),
        ({"title": {"a": 1}}, "$.title", "must be text"),
        ({"title": "x", "status": "purple"}, "$.status", "“purple” is no status"),
        ({"title": "x", "starts_at": "yesterday"}, "$.starts_at", "must be a time"),
        ({"title": "x", "labels": "a=b"}, "$.labels", "an object"),
        ({"title": "x", "environment": ["prod"]}, "$.environment", "must be text"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_said_with_its_place(content: object, path: str, says: str) -> None:
    where, why = refused("generic", content)
    assert where == path
    assert says in why


# Any source -----------------------------------------------------------------------------------------------------------


def test_nothing_gets_through_that_the_database_could_not_keep() -> None:
    nasty = {
        "title": "a\u0000b" + "x" * 9000,
        "dedup_key": "k" * 100_000,
        "labels": {f"l{n}": "v" * 9000 for n in range(900)},
    }
    alert = one("generic", nasty)
    assert "\x00" not in alert.title
    assert len(alert.title) <= 500
    assert len(alert.dedup_key) <= 500
    assert len(alert.labels) <= 200
    assert one("generic", {**nasty, "dedup_key": "k" * 100_001}).dedup_key != alert.dedup_key
    (broken,) = read("generic", b'{"title": "x", "url": "javascript:alert(1)"}')
    assert broken.url == ""


def test_a_text_without_a_title_is_headed_by_its_first_sentence() -> None:
    body = b'{"text": "Le site est tomb\xc3\xa9. Page blanche pour tous."}'
    (alert,) = SOURCES["generic"].read(body, {"Content-Type": "application/json"})
    assert alert.title == "Le site est tombé."
    assert alert.text == "Le site est tombé. Page blanche pour tous."


@pytest.mark.parametrize("data", ["é", "?", "aGFsbG8=", ""])
def test_what_came_through_pub_sub_and_is_no_message_is_refused(data: str) -> None:
    assert refused("gcp_monitoring", {"message": {"data": data}})[0].startswith("$")
