"""Each vendor's own ways: who signs what, what is a test, what goes with its recovery, what pages nobody."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from bot.alert import AlertStatus
from bot.config import load
from bot.desk import Desk
from bot.secret import Secret
from bot.source import BUILT_IN
from handlers.classify import Line, lines
from handlers.sources import SOURCES, checkly, sentry, statuscake
from handlers.sources.fields import header
from tests.handlers.test_sources import OWN, PAYLOADS, one, read

EXAMPLE: Final = Path(__file__).parent.parent.parent / "ecotrajet.example.yaml"
NOW: Final = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
SECRET: Final = Secret("correct horse battery staple")


def sample(name: str) -> tuple[bytes, dict[str, str]]:
    content = json.loads((OWN / f"{name}.json").read_text("utf-8"))
    return content.get("raw_body", "").encode() or json.dumps(content["body"]).encode(), content.get("headers", {})


def changed(name: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample(name)[0])
    return found | more


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return load({"ECOTRAJET_CONFIG": str(EXAMPLE), "ECOTRAJET_DATA": str(tmp_path_factory.mktemp("data"))}).desk


def classified(path: Path, desk: Desk) -> list[Line]:
    content = json.loads(path.read_text("utf-8"))
    body = content.get("raw_body", "").encode() or json.dumps(content["body"]).encode()
    return lines(path.stem.partition("__")[0], content.get("headers", {}), body, desk, NOW)


UNDERSTOOD: Final = [path for path in PAYLOADS if json.loads(path.read_text("utf-8"))["expect"]]
TESTS: Final = [
    path
    for path in UNDERSTOOD
    if {"test", "demo"} & set(json.loads(path.read_text("utf-8"))["expect"]) or "test_button" in path.stem
]


@pytest.mark.parametrize("path", UNDERSTOOD, ids=lambda path: path.stem)
def test_only_what_fires_gets_a_priority(path: Path, desk: Desk) -> None:
    for line in classified(path, desk):
        assert line["priority"] is None or line["status"] == AlertStatus.FIRING


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_a_test_button_pages_nobody(path: Path, desk: Desk) -> None:
    assert [line["priority"] for line in classified(path, desk)] == [None]


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_source_has_samples_of_its_own(name: str) -> None:
    assert list(OWN.glob(f"{name}__*.json"))


@pytest.mark.parametrize(
    ("fires", "is_over"),
    [
        ("grafana_legacy__alerting", "grafana_legacy__ok"),
        ("sentry__event_alert", "sentry__issue_resolved"),
        ("sentry__issue_back", "sentry__issue_resolved"),
        ("sentry__metric_critical", "sentry__metric_resolved"),
        ("uptime_kuma__down", "uptime_kuma__up_as_text"),
        ("zabbix__problem", "zabbix__recovery"),
        ("zabbix__quotes_and_tags", "zabbix__recovery"),
        ("datadog__triggered", "datadog__recovered"),
        ("datadog__triggered", "datadog__no_more_no_data"),
        ("newrelic__issue_activated", "newrelic__issue_closed"),
        ("newrelic__incident_open", "newrelic__incident_closed"),
        ("elastalert__named", "elastalert__recovery_rule"),
        ("kapacitor__critical", "kapacitor__ok"),
        ("netdata__critical", "netdata__clear"),
        ("netdata__unreachable", "netdata__reachable"),
        ("checkly__failure", "checkly__recovery"),
        ("checkly__failing_then_degraded", "checkly__degraded_recovery"),
        ("healthchecks__down", "healthchecks__form"),
        ("pingdom__down", "pingdom__beepmanager"),
        ("statuscake__down", "statuscake__up_as_json"),
        ("uptimerobot__down", "uptimerobot__form"),
    ],
)
def test_a_recovery_closes_what_its_alert_opened(fires: str, is_over: str) -> None:
    source = fires.partition("__")[0]
    (first,), (last,) = SOURCES[source].read(*sample(fires)), SOURCES[source].read(*sample(is_over))
    assert (first.status, last.status) == (AlertStatus.FIRING, AlertStatus.RESOLVED)
    assert first.dedup_key == last.dedup_key


def signed(body: bytes) -> str:
    return hmac.new(SECRET.reveal().encode(), body, hashlib.sha256).hexdigest()


def test_sentry_signs_the_body() -> None:
    body = sample("sentry__event_alert")[0]
    assert sentry.verify(body, {"sentry-hook-signature": signed(body)}, SECRET)
    assert not sentry.verify(body + b" ", {"sentry-hook-signature": signed(body)}, SECRET)
    assert not sentry.verify(body, {"Sentry-Hook-Signature": "é"}, SECRET)
    assert not sentry.verify(body, {}, SECRET)


def test_checkly_may_sign_the_body() -> None:
    body = sample("checkly__failure")[0]
    assert checkly.verify(body, {"X-Checkly-Signature": signed(body)}, SECRET)
    assert not checkly.verify(body, {"X-Checkly-Signature": signed(b"")}, SECRET)
    assert not checkly.verify(body, {}, SECRET)


def test_statuscake_sends_a_token_that_is_checked_and_not_shown() -> None:
    body, headers = sample("statuscake__down")
    token = "0123456789abcdef0123456789abcdef"
    assert statuscake.verify(body, headers, Secret(token))
    assert not statuscake.verify(body, headers, SECRET)
    assert not statuscake.verify(b"Status=Down&Name=x", headers, SECRET)
    assert not statuscake.verify(b"", headers, SECRET)
    made = hashlib.md5(SECRET.reveal().encode(), usedforsecurity=False).hexdigest()
    assert statuscake.verify(f"Token={made}&Status=Up".encode(), headers, SECRET)
    (alert,) = SOURCES["statuscake"].read(body, headers)
    assert token not in repr(alert)


@pytest.mark.parametrize("header_name", ["Sentry-Hook-Resource", "sentry-hook-resource"])
def test_sentrys_resource_is_read_from_the_header_in_any_case(header_name: str) -> None:
    body = json.dumps({"action": "created", "data": {"comment": "seen"}}).encode()
    (alert,) = SOURCES["sentry"].read(body, {header_name: "comment"})
    assert alert.status == AlertStatus.INFO
    assert header({header_name: "x"}, "Sentry-Hook-Resource") == "x"


def test_an_issue_that_sentry_escalates_fires_again() -> None:
    content = changed("sentry__issue_back")
    content["data"]["issue"]["substatus"] = "escalating"
    assert one("sentry", content).labels["substatus"] == "escalating"


@pytest.mark.parametrize(
    ("word", "status"),
    [("Triggered", "firing"), ("Re-Triggered", "firing"), ("Re-Renotify", "firing"), ("Renotify", "firing"),
     ("No Data", "firing"), ("Warn", "firing"), ("Recovered", "resolved"), ("Warn Recovered", "resolved"),
     ("No Data Recovered", "resolved"), ("Re-No Data", "firing")],
)  # fmt: skip
def test_datadogs_transitions(word: str, status: str) -> None:
    content = changed("datadog__triggered", alert_transition=word, title="x", alert_type="$ALERT_TYPE")
    assert one("datadog", content).status == status


@pytest.mark.parametrize(
    ("word", "status"),
    [("ALERT_FAILURE", "firing"), ("ALERT_FAILURE_REMAIN", "firing"), ("ALERT_FAILURE_DEGRADED", "firing"),
     ("ALERT_DEGRADED", "firing"), ("ALERT_DEGRADED_REMAIN", "firing"), ("ALERT_DEGRADED_FAILURE", "firing"),
     ("ALERT_RECOVERY", "resolved"), ("ALERT_DEGRADED_RECOVERY", "resolved"), ("ALERT_SSL", "firing"),
     ("NO_ALERT", "info"), ("", "firing")],
)  # fmt: skip
def test_checklys_kinds_of_alert(word: str, status: str) -> None:
    assert one("checkly", changed("checkly__failure", alert_type=word)).status == status


@pytest.mark.parametrize(
    ("state", "status"),
    [("DOWN", "firing"), ("UP", "resolved"), ("FAILING", "firing"), ("SUCCESS", "resolved"),
     ("UNCONFIRMED_DOWN", "info"), ("PAUSED", "info"), ("UNKNOWN", "firing"), (None, "firing")],
)  # fmt: skip
def test_pingdoms_states(state: str | None, status: str) -> None:
    assert one("pingdom", changed("pingdom__down", current_state=state, description=None)).status == status


@pytest.mark.parametrize("severity", ["0", 0, "3", 5, "Désastre", "{EVENT.NSEVERITY}", None])
def test_a_number_is_read_on_zabbixs_own_scale(severity: object) -> None:
    content = {"event_id": 1, "name": "x", "severity": severity}
    names = {"0": "Not classified", "3": "Average", "5": "Disaster", "Désastre": "Désastre"}
    assert one("zabbix", content).severity == names.get(str(severity), "")


def test_an_items_value_is_no_status() -> None:
    assert one("zabbix", {"event_id": 1, "name": "no nodes left", "value": "0"}).status == AlertStatus.FIRING


def test_a_document_with_a_status_of_its_own_still_fires() -> None:
    assert one("elastalert", {"rule_name": "x", "status": "ok"}).status == AlertStatus.FIRING


def test_a_rules_own_settings_are_kept_out_of_labels() -> None:
    assert "secret" not in repr(read("elastalert", changed("elastalert__document")))


def test_zero_dates_are_no_dates() -> None:
    assert one("kapacitor", changed("kapacitor__critical", time="1970-01-01T00:00:00Z")).starts_at is None
    assert one("kapacitor", changed("kapacitor__critical", time="0001-01-01T00:00:00Z")).starts_at is None
    assert one("newrelic", changed("newrelic__incident_open", timestamp="0")).starts_at is None


def test_a_list_of_objects_is_as_good_as_one() -> None:
    both = read("uptimerobot", [changed("uptimerobot__down"), changed("uptimerobot__paused", monitor_id="2")])
    assert [alert.dedup_key for alert in both] == ["7788", "2"]


def test_grafana_and_its_elder_are_told_apart_at_either_address() -> None:
    old, new = changed("grafana_legacy__alerting"), changed("grafana__firing")
    assert one("grafana", old).dedup_key == one("grafana_legacy", old).dedup_key
    assert one("grafana", new).dedup_key == one("grafana_legacy", new).dedup_key
    assert {one("grafana", each).source for each in (old, new)} == {"grafana"}


def test_a_template_of_ones_own_is_read_as_a_generic_alert() -> None:
    content = {"title": "Disk is full", "status": "firing", "dedup_key": "disk-1", "severity": "high"}
    for source in ("grafana", "uptime_kuma"):
        alert = one(source, content)
        assert (alert.title, alert.dedup_key, alert.severity) == ("Disk is full", "disk-1", "high")


def test_an_expiring_certificate_keeps_its_key_from_day_to_day() -> None:
    notice = "[app prod][https://app.example] server certificate app.example will expire in {} days"
    keys = {one("uptime_kuma", {"heartbeat": None, "monitor": None, "msg": notice.format(n)}).dedup_key for n in (7, 3)}
    assert len(keys) == 1


def priority(name: str, desk: Desk) -> str | None:
    (line,) = classified(OWN / f"{name}.json", desk)
    return line["priority"]


def test_what_a_cloud_tells_is_worth_what_it_says(desk: Desk) -> None:
    """A key that anybody can read is data exposed; money spent is nobody's outage; a task that runs is no news."""
    assert priority("github__secret_leaked", desk) == "P1"
    assert priority("github__secret_revoked", desk) is None
    assert priority("azure_monitor__budget", desk) == "P3"
    assert priority("cloudwatch__ecs_task_running", desk) is None
    assert priority("cloudwatch__rds_event", desk) in ("P1", "P2")
    assert one("cloudwatch", changed("cloudwatch__pipeline_started")).dedup_key == one(
        "cloudwatch", changed("cloudwatch__pipeline_succeeded")
    ).dedup_key  # fmt: skip


def test_a_workflow_of_a_branch_that_nobody_protects_opens_nothing_whatever_its_name(desk: Desk) -> None:
    run = {"name": "Deploy production", "head_branch": "fix/map", "conclusion": "failure", "workflow_id": 7}
    body = {"action": "completed", "workflow_run": run, "repository": {"full_name": "eco/app", "name": "app"}}
    (line,) = lines("github", {"X-GitHub-Event": "workflow_run"}, json.dumps(body).encode(), desk, NOW)
    assert (line["status"], line["priority"], line["rule"]) == ("firing", None, "unprotected-branch")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("datadog", {"title": "[Triggered] API down", "body": "$EVENT_MSG", "alert_transition": "$ALERT_TRANSITION"}),
        ("newrelic", {"title": "API down", "state": "{{ json state }}", "id": "{{ json issueId }}"}),
    ],
)  # fmt: skip
def test_a_template_filled_in_in_part_is_no_test(source: str, said: dict[str, str]) -> None:
    assert one(source, said).status is AlertStatus.FIRING
