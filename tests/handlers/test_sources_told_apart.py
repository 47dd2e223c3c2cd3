"""What a vendor's own documents say and no sample showed: what belongs together, what does not, what is no trouble."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

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


def kuma(name: str, word: str, said: str) -> Alert:
    """As Uptime Kuma posts into Slack: the same headline whatever happened."""
    message = f"[{name}] [{word}] {said}"
    block = {"type": "header", "text": {"type": "plain_text", "text": "Uptime Kuma Alert"}}
    event = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "channel": "C1", "ts": "1763892000.1",
             "text": f"Uptime Kuma Alert\n{message}",
             "attachments": [{"color": "#e01e5a", "blocks": [block]}]}  # fmt: skip
    return one("slack", {"type": "event_callback", "event": event})


def test_monitors_are_told_apart_below_a_headline_that_is_always_the_same() -> None:
    down, up = kuma("API prod", "🔴 Down", "connect ETIMEDOUT"), kuma("API prod", "✅ Up", "200 - OK")
    assert (down.status, up.status) == (FIRING, RESOLVED)
    assert down.dedup_key == up.dedup_key != kuma("Base prod", "🔴 Down", "connect ETIMEDOUT").dedup_key
    assert "API prod" in down.title


def test_a_place_in_brackets_is_part_of_what_it_is_about() -> None:
    prod, staging = slack("🔴 [PROD] Database down"), slack("🔴 [STAGING] Database down")
    assert prod.dedup_key != staging.dedup_key == slack("✅ [STAGING] Database up").dedup_key


@pytest.mark.parametrize(
    "title",
    [
        "Sign up is broken in production", "Could not resolve host db.internal, API down", "Fixed IP unreachable",
        "Server closed the connection unexpectedly", "Start up of the API failed", "Alert is not cleared: disk full",
        "Error rate is up by 40 %", "Disaster recovery failed", "Back up of the database failed",
    ],
)  # fmt: skip
def test_bad_news_with_a_word_of_good_news_in_it_fires(title: str) -> None:
    assert slack(title).status is FIRING


@pytest.mark.parametrize(
    "title",
    [
        "Resolved: API down in production", "ecotrajet.com is back up", "“Sign up” is UP.", "[OK] Disk full",
        "Alert closed: CPU high", "UP: API", "✅ Site rétabli",
    ],
)  # fmt: skip
def test_good_news_in_every_wording_is_over(title: str) -> None:
    assert slack(title).status is RESOLVED


def test_no_tool_paints_bad_news_green() -> None:
    begun, over = (slack("Incident with the API", "https://status.x.fr/incidents/q1w2e3", color=each)
                   for each in ("warning", "#25c151"))  # fmt: skip
    assert (begun.status, over.status) == (FIRING, RESOLVED)
    assert begun.dedup_key == over.dedup_key
    assert slack("[FIRING:1] Disk", color="#36a64f").status is FIRING


def test_the_app_that_posts_is_not_the_service_it_speaks_of() -> None:
    event = {"type": "message", "bot_id": "B1", "channel": "C1", "ts": "1.1", "text": "Disk", "username": "Grafana"}
    labels = one("slack", {"type": "event_callback", "event": event}).labels
    assert "app" not in labels
    assert labels["posted_by"] == "Grafana"


def test_how_long_it_lasted_and_why_are_not_what_it_is_about() -> None:
    down = slack("Monitor is DOWN: API prod - Reason: Connection Timeout")
    up = slack("Monitor is UP: API prod. It was down for 4 minutes.")
    assert (down.status, up.status) == (FIRING, RESOLVED)
    assert down.dedup_key == up.dedup_key


def test_uptimerobots_own_sentence_names_the_monitor_after_the_state() -> None:
    said = "Monitor is {}: API prod ( https://api.x.fr ){}"
    down = one("uptimerobot", {"text": said.format("DOWN", " - Reason: Connection Timeout")})
    up = one("uptimerobot", {"text": said.format("UP", ". It was down for 4 minutes and 2 seconds.")})
    assert (down.title, down.status, up.status) == ("API prod is down", FIRING, RESOLVED)
    assert down.dedup_key == up.dedup_key
    assert down.url == "https://api.x.fr"


def test_new_relics_oldest_webhooks_are_forms_that_hold_json() -> None:
    def form(name: str, **said: str) -> Alert:
        raw = urlencode({name: json.dumps(said)}).encode()
        return one("newrelic", raw, {"Content-Type": "application/x-www-form-urlencoded"})

    alert = form("alert", application_name="Ecotrajet", severity="critical", short_description="Alert opened: Apdex")
    assert (alert.title, alert.status, alert.severity) == ("Alert opened: Apdex", FIRING, "critical")
    assert form("deployment", application_name="Ecotrajet", revision="1242").status is INFO


def test_an_error_that_google_has_not_seen_before_is_known_by_its_page() -> None:
    body = {"version": "1.0", "subject": "[eco-prod] New error in web", "exception_info": {"type": "TypeError"},
            "group_info": {"project_id": "eco-prod", "detail_link": "https://console.cloud.google.com/errors/CN1"},
            "event_info": {"service": "web", "response_status": "500"}}  # fmt: skip
    alert = one("gcp_monitoring", body)
    assert (alert.status, alert.service, alert.url) == (FIRING, "web", "https://console.cloud.google.com/errors/CN1")
    assert alert.dedup_key == one("gcp_monitoring", body | {"subject": "Error is back"}).dedup_key


def test_a_member_that_says_nothing_does_not_cost_the_others() -> None:
    full = {"status": "firing", "labels": {"alertname": "Site down", "env": "prod"}}
    body = {"status": "firing", "groupKey": "{}", "title": "[FIRING:2]", "message": "**Firing**"}
    assert one("grafana", body | {"alerts": [{"status": "firing"}, full]}).title == "Site down"
    assert one("grafana", body | {"alerts": [{"status": "firing"}], "message": "Webhook test message."}).title == (
        "Webhook test message."
    )


@pytest.mark.parametrize(
    ("word", "means"),
    [("degraded", FIRING), ("Hors ligne", FIRING), ("timed out", FIRING), ("online", RESOLVED), ("success", RESOLVED),
     ("opérationnel", RESOLVED), ("in progress", INFO)],
)  # fmt: skip
def test_a_script_may_call_its_state_as_it_likes(word: str, means: AlertStatus) -> None:
    assert one("generic", {"title": "Borne 12", "status": word}).status is means


def bridge(kind: str, resource: str, **detail: object) -> Alert:
    body = {"detail-type": kind, "source": "aws.x", "account": "1", "region": "eu-west-3", "resources": [resource]}
    return one("cloudwatch", body | {"detail": detail})


def test_a_build_is_known_by_its_project_and_not_by_its_number() -> None:
    def build(state: str, number: int) -> Alert:
        arn = f"arn:aws:codebuild:eu-west-3:1:build/eco:{number}"
        return bridge("CodeBuild Build State Change", arn, **{"build-status": state, "project-name": "eco"})

    failed, mended = build("FAILED", 1), build("SUCCEEDED", 2)
    assert (failed.status, mended.status) == (FIRING, RESOLVED)
    assert failed.dedup_key == mended.dedup_key
    assert failed.title == "CodeBuild Build State Change: eco FAILED"


def test_a_machine_that_runs_again_is_no_longer_stopped() -> None:
    def machine(state: str) -> Alert:
        arn = "arn:aws:ec2:eu-west-3:1:instance/i-0ab"
        return bridge("EC2 Instance State-change Notification", arn, **{"instance-id": "i-0ab", "state": state})

    stopped, stopping, runs = machine("stopped"), machine("stopping"), machine("running")
    assert (stopped.status, stopping.status, runs.status) == (FIRING, INFO, RESOLVED)
    assert stopped.dedup_key == runs.dedup_key
    assert stopped.title == "EC2 Instance State-change Notification: i-0ab stopped"


def test_a_french_subject_of_zabbix_is_read_like_an_english_one() -> None:
    about = {"message": "Hôte : srv-prod-db\nSévérité : Average"}
    problem = one("zabbix", about | {"subject": "Problème : l'agent Zabbix ne répond plus"})
    over = one("zabbix", about | {"subject": "Résolu : l'agent Zabbix ne répond plus"})
    assert problem.title == "l'agent Zabbix ne répond plus on srv-prod-db"
    assert (problem.status, over.status) == (FIRING, RESOLVED)
    assert problem.dedup_key == over.dedup_key


def test_a_component_of_supabase_says_how_bad_it_is() -> None:
    body = {"component_update": {"new_status": "major_outage"}, "component": {"id": "c1", "name": "Auth",
            "status": "major_outage"}}  # fmt: skip
    alert = one("supabase", body)
    assert (alert.title, alert.severity) == ("Supabase: Auth (major outage)", "critical")


def test_a_slow_page_of_pingdom_is_slow_and_a_synthetic_check_of_datadog_a_check() -> None:
    slow = one("pingdom", {"check_id": 4, "check_name": "Home", "check_type": "PAGE_SPEED", "current_state": "DOWN"})
    assert slow.title == "Home is slow"
    synthetic = one("datadog", {"title": "[Triggered] [Synthetics] Booking", "alert_id": "9", "body": "no button"})
    assert synthetic.text == "The synthetic check fails\nno button"


def test_a_monitor_without_an_address_has_no_link() -> None:
    beat = {"monitor": {"id": 6, "name": "Base", "type": "postgres", "url": "https://"}, "heartbeat": {"status": 0}}
    assert one("uptime_kuma", beat).url == ""


def test_a_fields_name_may_be_spelt_otherwise() -> None:
    """As GoAlert, .NET and Java programs write them."""
    alert = one("generic", {"Summary": "Disk full", "Details": "/var", "dedupKey": "d1", "Severity": "High", "Labels":
                            {"team": "ops"}, "AlertID": 7})  # fmt: skip
    assert (alert.title, alert.text, alert.dedup_key, alert.severity) == ("Disk full", "/var", "d1", "High")
    assert alert.labels == {"team": "ops", "AlertID": "7"}


@pytest.mark.parametrize("tag", ["RESOLVED: ", "[OK] ", "✅ Résolu : ", "(Recovered) "])
def test_a_title_that_says_that_it_is_over_ends_the_one_without(tag: str) -> None:
    fires, over = (one("generic", {"title": title, "env": "prod"}) for title in ("Disk full", f"{tag}Disk full"))
    assert (fires.status, over.status) == (FIRING, RESOLVED)
    assert fires.dedup_key == over.dedup_key
    assert one("generic", {"title": f"{tag}Disk full", "status": "firing"}).status is FIRING
