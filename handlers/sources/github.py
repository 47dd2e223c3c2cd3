"""GitHub's webhooks: workflows, checks, commit statuses, deployments, leaked secrets; everything else is information.

What a push can mend is known by repository, thing and branch (`ci:…`), so that the next success on the same branch is
the recovery; a deployment by repository and environment. Failures on branches that nobody protects fire with severity
`info`: they are told, but open nothing. Protected are the repository's default branch and `PROTECTED`, or what
`sources.github.branches` lists; a fork's branch of such a name is none. `X-Hub-Signature-256` is
HMAC-SHA256 over the body.
Source: docs.github.com/webhooks/webhook-events-and-payloads, …/validating-webhook-deliveries.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import parse_qs

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.secret import Secret
from handlers.sources.body import NotUnderstood, Parse, decode
from handlers.sources.fields import header, instant, joined, mapping, said, sequence, text

SOURCE: Final = "github"
PROTECTED: Final = ("main", "master", "production", "release/*")
FORM: Final = "application/x-www-form-urlencoded"

FAILED: Final = frozenset({"failure", "timed_out", "startup_failure", "error", "failed"})
RUNS: Final = ("workflow_run", "workflow_job", "check_run", "check_suite")
CI_SEVERITY: Final = "warning"  # nobody's service is down because a build failed
DEPLOYMENT_SEVERITY: Final = "error"


def reader(branches: Sequence[str] = ()) -> Parse:
    """Reads what GitHub sends; `branches`: the patterns of those that are protected."""

    def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
        content = _content(body, headers)
        return [_alert(content, header(headers, "X-GitHub-Event") or _event(content), branches)]

    return parse


def verify(body: bytes, headers: Mapping[str, str], secret: Secret) -> bool:
    """Constant-time; without a signature: no."""
    given = header(headers, "X-Hub-Signature-256")
    wanted = hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(given.encode("utf-8", "replace"), f"sha256={wanted}".encode())


def _content(body: bytes, headers: Mapping[str, str]) -> dict[str, object]:
    """A webhook may be set to send a form whose one field is the JSON."""
    if header(headers, "Content-Type").startswith(FORM) and body.lstrip()[:1] != b"{":
        body = parse_qs(body.decode("utf-8", "replace")).get("payload", [""])[0].encode()
    content = decode(body, object)
    if not isinstance(content, dict):
        raise NotUnderstood("$", Phrase("It must be an object, as GitHub sends it."))
    return content


def _event(content: dict[str, object]) -> str:
    """Without the header (a proxy took it off) the body still shows what it is about."""
    if "zen" in content:
        return "ping"
    names = ("deployment_status", *RUNS, "deployment")
    return next((name for name in names if isinstance(content.get(name), dict)), "status" if "sha" in content else "")


def _alert(content: dict[str, object], event: str, branches: Sequence[str]) -> Alert:
    if event in RUNS and mapping(content, event):
        return _run(content, event, branches)
    if event == "status" and text(content, "state"):
        return _status(content, branches)
    if event == "deployment_status" and mapping(content, "deployment_status"):
        return _deployment(content)
    if event == "secret_scanning_alert" and mapping(content, "alert"):
        return _secret(content)
    return _news(content, event)


def _secret(content: dict[str, object]) -> Alert:
    """A key or a token that stands in the repository: whoever can read it has it."""
    alert, repository, action = mapping(content, "alert"), _repository(content), text(content, "action")
    over = action in ("resolved", "revoked") or text(alert, "state") == "resolved"
    fires = action in ("created", "reopened", "publicly_leaked", "") and not over
    what = text(alert, "secret_type_display_name", "secret_type") or "secret"
    return Alert(
        source=SOURCE, dedup_key=joined("secret", repository, text(alert, "number") or what),
        status=AlertStatus.RESOLVED if over else AlertStatus.FIRING if fires else AlertStatus.INFO,
        title=f"Secret leaked ({what}): {repository}", service=text(content, "repository.name"),
        severity="critical" if fires else "", labels=said(repository=repository, action=action),
        url=text(alert, "html_url"), starts_at=instant(alert, "created_at"),
        ends_at=instant(alert, "resolved_at") if over else None,
    )  # fmt: skip


def _run(content: dict[str, object], event: str, branches: Sequence[str]) -> Alert:
    run, repository = mapping(content, event), _repository(content)
    branch = _branch(run, repository)
    name = text(run, "name", "app.name") or text(content, "workflow.name") or event
    done = text(content, "action") == "completed" or (not text(content, "action") and text(run, "conclusion"))
    status = _outcome(text(run, "conclusion")) if done else AlertStatus.INFO
    which = text(run, "workflow_id") or joined(text(run, "workflow_name", "app.id", "app.slug"), name)
    severity = _severity(status, CI_SEVERITY, content, branch, branches)
    return Alert(
        source=SOURCE, dedup_key=joined("ci", repository, event, which, branch), group_key=_group(repository, branch),
        status=status, title=_titled(name, text(run, "conclusion", "status"), branch, repository),
        text="\n".join(filter(None, (text(run, "display_title", "output.title"), text(run, "output.summary"),
                                     text(run, "head_commit.message")))),
        service=text(content, "repository.name"), severity=severity,
        labels=said(repository=repository, branch=branch, commit=_commit(run), trigger=text(run, "event"),
                    actor=text(content, "sender.login"), workflow=text(content, "workflow.name"),
                    protected=told_only(severity)),
        url=text(run, "html_url", "details_url"), starts_at=instant(run, "run_started_at", "started_at", "created_at"),
        ends_at=instant(run, "completed_at", "updated_at") if status is AlertStatus.RESOLVED else None,
    )  # fmt: skip


def _branch(run: dict[str, object], repository: str) -> str:
    """`owner:branch` of a fork: whoever opens a pull request from his own `main` breaks nothing of ours."""
    branch, home = text(run, "head_branch", "check_suite.head_branch"), text(run, "head_repository.full_name")
    foreign = branch and home and repository and home.casefold() != repository.casefold()
    return f"{home.partition('/')[0]}:{branch}" if foreign else branch


def _status(content: dict[str, object], branches: Sequence[str]) -> Alert:
    """Of a commit, by another tool. It names every branch that holds the commit, in any order: a protected one is
    meant, if there is one."""
    repository, context = _repository(content) or text(content, "name"), text(content, "context") or "default"
    names = sorted(filter(None, (text(each, "name") for each in sequence(content, "branches"))))
    branch = next((name for name in names if protected(name, _patterns(content, branches))), next(iter(names), ""))
    status = AlertStatus.INFO if text(content, "state") == "pending" else _outcome(text(content, "state"))
    severity = _severity(status, CI_SEVERITY, content, branch, branches)
    return Alert(
        source=SOURCE, dedup_key=joined("ci", repository, "status", context, branch),
        group_key=_group(repository, branch), status=status,
        title=_titled(context, text(content, "state"), branch, repository), text=text(content, "description"),
        service=text(content, "repository.name"), severity=severity,
        labels=said(repository=repository, branch=branch, commit=text(content, "sha")[:12],
                    protected=told_only(severity)),
        url=text(content, "target_url", "commit.html_url"), starts_at=instant(content, "created_at"),
    )  # fmt: skip


def _deployment(content: dict[str, object]) -> Alert:
    state, deployment = mapping(content, "deployment_status"), mapping(content, "deployment")
    repository, word = _repository(content), text(state, "state")
    environment = text(state, "environment") or text(deployment, "environment")
    over = word in FAILED or word == "success"
    status = _outcome(word) if over else AlertStatus.INFO
    return Alert(
        source=SOURCE, dedup_key=joined("deployment", repository, environment, text(deployment, "task")),
        group_key=joined("deployment", repository, environment), status=status,
        title=f"Deployment to {environment or '?'} {word}: {repository}", text=text(state, "description"),
        environment=environment, service=text(content, "repository.name"),
        severity=DEPLOYMENT_SEVERITY if status is AlertStatus.FIRING else "",
        labels=said(repository=repository, branch=text(deployment, "ref"), commit=text(deployment, "sha")[:12],
                    actor=text(deployment, "creator.login")),
        url=text(state, "log_url", "target_url", "environment_url") or text(content, "repository.html_url"),
        starts_at=instant(state, "created_at"),
        change=f"{text(deployment, 'ref') or text(deployment, 'sha')[:12]} → {environment or '?'} ({repository})"
        if status is AlertStatus.RESOLVED else "",
    )  # fmt: skip


def _news(content: dict[str, object], event: str) -> Alert:
    """Issues, pushes, pings…: kept, and nothing else."""
    about = text(content, "issue.title", "pull_request.title", "release.name", "release.tag_name", "deployment.ref",
                 "discussion.title", "head_commit.message", "alert.security_advisory.summary",
                 "alert.rule.description", "zen")  # fmt: skip
    event, repository = event or "event", _repository(content) or text(content, "organization.login")
    done = " ".join(filter(None, (event, text(content, "action"))))
    which = text(content, "issue.id", "pull_request.id", "deployment.id", "release.id", "alert.number", "id",
                 "hook_id", "after")  # fmt: skip
    return Alert(
        source=SOURCE, dedup_key=joined(event, repository, which), status=AlertStatus.INFO,
        title=": ".join(filter(None, (done, about, repository))), service=text(content, "repository.name"),
        labels=said(repository=repository, actor=text(content, "sender.login")),
        url=text(content, "issue.html_url", "pull_request.html_url", "repository.html_url"),
    )  # fmt: skip


def _outcome(conclusion: str) -> AlertStatus:
    """`cancelled`, `skipped`, `neutral`, `stale` and `action_required` are neither a failure nor a recovery."""
    if conclusion in FAILED:
        return AlertStatus.FIRING
    return AlertStatus.RESOLVED if conclusion == "success" else AlertStatus.INFO


def _severity(
    status: AlertStatus, usual: str, content: dict[str, object], branch: str, branches: Sequence[str]
) -> str:  # fmt: skip
    if status is not AlertStatus.FIRING:
        return ""
    return usual if protected(branch, _patterns(content, branches)) else "info"


def told_only(severity: str) -> str:
    """The label `protected`: whatever a workflow on such a branch is called ("Deploy production"), it opens nothing."""
    return "no" if severity == "info" else ""


def _patterns(content: dict[str, object], branches: Sequence[str]) -> tuple[str, ...]:
    return tuple(branches) or (*PROTECTED, text(content, "repository.default_branch") or PROTECTED[0])


def protected(branch: str, patterns: Sequence[str]) -> bool:
    """`release/*` means every branch below `release/`; a run that names no branch counts as one that matters."""
    return not branch or any(fnmatchcase(branch, pattern) for pattern in patterns)


def _repository(content: dict[str, object]) -> str:
    return text(content, "repository.full_name", "repository.name")


def _group(repository: str, branch: str) -> str:
    """All that fails on one branch is one trouble."""
    return joined("ci", repository, branch)


def _commit(run: dict[str, object]) -> str:
    return text(run, "head_sha")[:12]


def _titled(name: str, word: str, branch: str, repository: str) -> str:
    where = f" on {branch}" if branch else ""
    return f"{name} {word or 'reported'}{where}: {repository}"
