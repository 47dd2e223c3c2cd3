"""What a vendor's own documents say and no sample showed: what belongs together, what does not, what is no trouble."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from bot.alert import Alert, AlertStatus
from handlers.sources import SOURCES

FIRING, RESOLVED, INFO = AlertStatus.FIRING, AlertStatus.RESOLVED, AlertStatus.INFO
REPOSITORY: Final = {"name": "app", "full_name": "eco/app", "default_branch": "main"}


def one(source: str, body: object, headers: Mapping[str, str] | None = None) -> Alert:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    [alert] = SOURCES[source].read(raw, headers or {})
    return alert


def run(conclusion: str, home: str) -> Alert:
    """A workflow that ended on a branch called `main` of the repository `home`."""
    about = {"workflow_id": 5, "name": "CI", "head_branch": "main", "conclusion": conclusion,
             "head_repository": {"full_name": home}}  # fmt: skip
    return one("github", {"action": "completed", "workflow_run": about, "repository": REPOSITORY})


def test_the_main_branch_of_a_fork_is_not_ours() -> None:
    ours, theirs = run("failure", "eco/app"), run("failure", "stranger/app")
    assert (ours.severity, theirs.severity) == ("warning", "info")
    assert run("success", "stranger/app").dedup_key == theirs.dedup_key != ours.dedup_key


def status(state: str, *branches: str) -> Alert:
    body = {"sha": "a" * 40, "state": state, "context": "ci", "branches": [{"name": each} for each in branches],
            "repository": REPOSITORY}  # fmt: skip
    return one("github", body, {"X-GitHub-Event": "status"})


def test_a_commit_status_counts_for_the_protected_branch_wherever_it_is_named() -> None:
    failed, mended = status("failure", "feature/x", "main"), status("success", "main", "feature/x")
    assert failed.severity == "warning"
    assert failed.dedup_key == mended.dedup_key
    assert status("failure", "feature/x").severity == "info"


def pipeline(state: str, trigger: str, **more: object) -> Alert:
    about = {"id": 1, "ref": "main", "status": state, "source": trigger}
    project = {"path_with_namespace": "eco/app", "default_branch": "main"}
    return one("gitlab", {"object_kind": "pipeline", "object_attributes": about, "project": project, **more})


def test_a_merge_request_of_a_forks_main_is_not_our_main() -> None:
    asked = {"merge_request": {"iid": 7, "target_branch": "main"}}
    ours, theirs = pipeline("failed", "push"), pipeline("failed", "merge_request_event", **asked)
    assert (ours.severity, theirs.severity) == ("warning", "info")
    assert pipeline("success", "merge_request_event", **asked).dedup_key == theirs.dedup_key != ours.dedup_key


def test_a_problem_closed_by_hand_in_zabbix_is_over() -> None:
    problem = {"event_value": "1", "trigger_id": "33", "alert_subject": "Problem: Disk full", "host": "db"}
    update = problem | {"event_update_status": "1", "event_update_action": "changed severity from High, closed"}
    assert one("zabbix", problem).status is FIRING
    assert one("zabbix", update).status is RESOLVED
    assert one("zabbix", update).dedup_key == one("zabbix", problem).dedup_key


def cake(form: str) -> Alert:
    return one("statuscake", form.encode(), {"Content-Type": "application/x-www-form-urlencoded"})


def test_a_slow_page_or_a_certificate_is_not_the_site_being_down() -> None:
    site = "Name=www&URL=https%3A%2F%2Fwww.x.fr"
    down, slow, ssl = cake(f"{site}&Status=Down&Method=Website"), cake(f"{site}&Type=Pagespeed&Issue=larger"), cake(
        "Name=www&Domain=www.x.fr&Type=SSL&Expiry=7"
    )  # fmt: skip
    assert len({down.dedup_key, slow.dedup_key, ssl.dedup_key}) == 3
    assert slow.title == "www: pagespeed"
    assert ssl.title == "www: certificate expires in 7 days"


def sns(message: object, subject: str | None = None) -> Alert:
    text = message if isinstance(message, str) else json.dumps(message)
    body = {"Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-3:1:ops", "Subject": subject, "Message": text}
    return one("cloudwatch", body, {"x-amz-sns-message-type": "Notification"})


def stack(state: str, resource: str) -> Alert:
    lines = {"StackId": "arn:aws:cloudformation:x", "LogicalResourceId": resource, "ResourceStatus": state,
             "StackName": "prod"}  # fmt: skip
    return sns("\n".join(f"{name}='{said}'" for name, said in lines.items()) + "\n", "AWS CloudFormation Notification")


@pytest.mark.parametrize(
    ("state", "resource", "means"),
    [
        ("UPDATE_FAILED", "api", FIRING),
        ("UPDATE_ROLLBACK_COMPLETE", "prod", FIRING),
        ("UPDATE_COMPLETE", "prod", RESOLVED),
        ("UPDATE_COMPLETE", "api", INFO),
        ("UPDATE_IN_PROGRESS", "prod", INFO),
    ],
)
def test_a_stack_says_itself_when_it_is_done(state: str, resource: str, means: AlertStatus) -> None:
    assert stack(state, resource).status is means
    assert stack(state, resource).dedup_key == "stack:arn\\:aws\\:cloudformation\\:x"


def test_good_news_through_a_topic_opens_nothing() -> None:
    assert sns({"notificationType": "Delivery", "mail": {}}).status is INFO
    assert sns({"notificationType": "Bounce", "mail": {}}).status is FIRING
    assert sns({"ElastiCache:SnapshotComplete": "cache-1"}, "ElastiCache Notification").status is INFO
    assert sns({"ElastiCache:FailoverComplete": "cache-1"}, "ElastiCache Notification").status is FIRING


def test_a_custom_notification_for_the_chat_is_understood() -> None:
    alert = sns({"version": "1.0", "source": "custom", "content": {"title": "Payments fail", "description": "x"}})
    assert (alert.title, alert.text) == ("Payments fail", "x")


def test_the_labels_of_azures_prometheus_and_what_a_metric_was_split_by_are_kept() -> None:
    def read(context: dict[str, Any]) -> Alert:
        return one("azure_monitor", {"data": {"essentials": {
            "alertId": "/subscriptions/s/providers/Microsoft.AlertsManagement/alerts/1", "alertRule": "KubePodCrash",
            "monitorCondition": "Fired", "severity": "Sev3"}, "alertContext": context}})  # fmt: skip

    prometheus = read({"labels": {"env": "prod", "app": "api"}, "annotations": {"summary": "api does not start"}})
    assert (prometheus.environment, prometheus.service) == ("prod", "api")
    assert prometheus.title == "KubePodCrash: api does not start"
    split = read({"condition": {"allOf": [{"metricName": "x", "dimensions": [{"name": "env", "value": "staging"}]}]}})
    assert split.environment == "staging"


def slack(title: str, link: str = "", **more: object) -> Alert:
    attachment = {"title": title, "title_link": link, **more}
    event = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "channel": "C1", "ts": "1763892000.1",
             "attachments": [attachment]}  # fmt: skip
    return one("slack", {"type": "event_callback", "event": event})


def test_a_link_that_says_when_is_the_same_link() -> None:
    monitor = "https://app.datadoghq.com/monitors/17"
    fires = slack("Triggered: CPU", f"{monitor}?group=host%3Aa&from_ts=1&to_ts=2&event_id=5")
    over = slack("Recovered: CPU", f"{monitor}?group=host%3Aa&from_ts=3&to_ts=4&event_id=6")
    other = slack("Triggered: CPU", f"{monitor}?group=host%3Ab&from_ts=1&to_ts=2&event_id=7")
    assert (fires.status, over.status) == (FIRING, RESOLVED)
    assert fires.dedup_key == over.dedup_key != other.dedup_key


@pytest.mark.parametrize(
    "link", ["http://am:9093/#/alerts?receiver=slack-17", "https://g.x.fr/alerting/list?orgId=1", "https://x.fr/["]
)
def test_a_link_that_is_the_same_for_everything_tells_nothing_apart(link: str) -> None:
    disk, up, over = (slack(each, link) for each in ("[FIRING:1] DiskFull", "[FIRING:1] Lag", "[RESOLVED] DiskFull"))
    assert disk.dedup_key != up.dedup_key
    assert disk.dedup_key == over.dedup_key


def test_a_recovery_in_french_finds_its_alert() -> None:
    fires, over = slack("🔴 Base indisponible en production"), slack("✅ Base rétablie en production")
    assert (fires.status, over.status) == (FIRING, RESOLVED)
    assert fires.dedup_key == over.dedup_key


def test_a_body_made_for_a_chat_says_what_is_down() -> None:
    down, up = (
        one("uptimerobot", {"text": "Site prod is Down: HTTP 503"}),
        one("uptimerobot", {"text": "Site prod is UP"}),
    )
    assert (down.status, up.status) == (FIRING, RESOLVED)
    assert down.title == "Site prod is down"
    assert down.dedup_key == up.dedup_key
