"""GitLab's webhooks: pipelines, jobs and deployments; everything else it may send is information.

A pipeline is known by project and branch (or tag), a job by its name besides, a deployment by project and environment:
the next success of the same is the recovery. A job that is allowed to fail, and failures on branches that nobody
protects, fire with severity `info`: told, but they open nothing. Protected are the project's default branch and
`PROTECTED`, or what `sources.gitlab.branches` lists; a merge request's pipeline is of none, whatever it calls its
branch (a fork's is often `main`). GitLab sends the token itself, in `X-Gitlab-Token`.
Source: docs.gitlab.com/user/project/integrations/webhook_events.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from handlers.sources.body import NotUnderstood, Parse, decode
from handlers.sources.fields import at, header, instant, joined, mapping, said, sequence, text
from handlers.sources.github import CI_SEVERITY, DEPLOYMENT_SEVERITY, PROTECTED, protected, told_only

SOURCE: Final = "gitlab"
TOKEN_HEADER: Final = "X-Gitlab-Token"  # noqa: S105 - the header's name, not a token
OUTCOMES: Final = {"failed": AlertStatus.FIRING, "success": AlertStatus.RESOLVED, "passed": AlertStatus.RESOLVED}


def reader(branches: Sequence[str] = ()) -> Parse:
    """Reads what GitLab sends; `branches`: the patterns of those that are protected."""

    def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
        content = decode(body, object)
        if not isinstance(content, dict):
            raise NotUnderstood("$", Phrase("It must be an object, as GitLab sends it."))
        return [_alert(content, headers, branches)]

    return parse


def _alert(content: dict[str, object], headers: Mapping[str, str], branches: Sequence[str]) -> Alert:
    kind = text(content, "object_kind", "event_type", "event_name")
    if kind == "pipeline" and mapping(content, "object_attributes"):
        return _pipeline(content, branches)
    if kind in ("build", "job") and text(content, "build_name"):
        return _job(content, branches)
    if kind == "deployment":
        return _deployment(content)
    return _news(content, kind or header(headers, "X-Gitlab-Event") or "event")


def _pipeline(content: dict[str, object], branches: Sequence[str]) -> Alert:
    run, project = mapping(content, "object_attributes"), _project(content)
    ref, word = _ref(content, run), text(run, "status")
    failed = [text(each, "name") for each in sequence(content, "builds") if _counts(each)]
    status = OUTCOMES.get(word, AlertStatus.INFO)
    severity = _severity(status, content, ref, branches, matters=True)
    return Alert(
        source=SOURCE, dedup_key=joined("pipeline", project, ref), group_key=joined("ci", project, ref), status=status,
        title=f"{text(run, 'name') or 'Pipeline'} {word or 'reported'} on {ref or '?'}: {project}",
        text="\n".join(filter(None, (text(content, "commit.title", "commit.message"), ", ".join(failed)))),
        service=_service(content), severity=severity,
        labels=said(repository=project, branch=ref, pipeline=text(run, "id"), commit=text(run, "sha")[:12],
                    trigger=text(run, "source"), actor=text(content, "user.username", "user.name"),
                    jobs=", ".join(failed), protected=told_only(severity)),
        url=text(run, "url") or _page(content, "pipelines", text(run, "id")), starts_at=instant(run, "created_at"),
        ends_at=instant(run, "finished_at") if status is AlertStatus.RESOLVED else None,
    )  # fmt: skip


def _ref(content: dict[str, object], run: dict[str, object]) -> str:
    ref, request = text(run, "ref"), text(content, "merge_request.iid", "merge_request.id")
    return f"!{request}:{ref}" if request and text(run, "source") == "merge_request_event" else ref


def _counts(build: object) -> bool:
    return text(build, "status") == "failed" and at(build, "allow_failure") is not True


def _job(content: dict[str, object], branches: Sequence[str]) -> Alert:
    project, ref, name = _project(content), text(content, "ref"), text(content, "build_name")
    word = text(content, "build_status")
    status = OUTCOMES.get(word, AlertStatus.INFO)
    matters = at(content, "build_allow_failure") is not True
    severity = _severity(status, content, ref, branches, matters=matters)
    return Alert(
        source=SOURCE, dedup_key=joined("job", project, ref, name), group_key=joined("ci", project, ref), status=status,
        title=f"{name} {word or 'reported'} on {ref or '?'}: {project}", text=text(content, "build_failure_reason"),
        environment=text(content, "environment.name") if status is AlertStatus.FIRING else "",
        service=_service(content), severity=severity,
        labels=said(repository=project, branch=ref, stage_name=text(content, "build_stage"),
                    protected=told_only(severity),
                    commit=text(content, "sha")[:12], actor=text(content, "user.username", "user.name")),
        url=_page(content, "jobs", text(content, "build_id")), starts_at=instant(content, "build_started_at"),
        ends_at=instant(content, "build_finished_at") if status is AlertStatus.RESOLVED else None,
    )  # fmt: skip


def _deployment(content: dict[str, object]) -> Alert:
    project, environment, word = _project(content), text(content, "environment"), text(content, "status")
    status = OUTCOMES.get(word, AlertStatus.INFO)
    return Alert(
        source=SOURCE, dedup_key=joined("deployment", project, environment or text(content, "deployment_id")),
        status=status, title=f"Deployment to {environment or '?'} {word or 'reported'}: {project}",
        text=text(content, "commit_title"), environment=environment, service=_service(content),
        severity=DEPLOYMENT_SEVERITY if status is AlertStatus.FIRING else "",
        labels=said(repository=project, branch=text(content, "ref"), commit=text(content, "short_sha"),
                    tier=text(content, "environment_tier"), actor=text(content, "user.username", "user.name")),
        url=text(content, "deployable_url", "environment_external_url"),
        starts_at=instant(content, "status_changed_at"),
        change=f"{text(content, 'ref', 'short_sha')} → {environment or '?'} ({project})"
        if status is AlertStatus.RESOLVED else "",
    )  # fmt: skip


def _news(content: dict[str, object], kind: str) -> Alert:
    about = text(content, "object_attributes.title", "object_attributes.note", "issue.title", "merge_request.title",
                 "build_name", "name", "checkout_sha")  # fmt: skip
    project = _project(content)
    which = text(content, "object_attributes.id", "checkout_sha", "id")
    return Alert(
        source=SOURCE, dedup_key=joined(kind, project, which), status=AlertStatus.INFO,
        title=": ".join(filter(None, (kind, about, project))), service=_service(content),
        labels=said(repository=project, actor=text(content, "user.username", "user_name", "user.name")),
        url=text(content, "object_attributes.url"),
    )  # fmt: skip


def _severity(
    status: AlertStatus, content: dict[str, object], ref: str, branches: Sequence[str], *, matters: bool
) -> str:  # fmt: skip
    if status is not AlertStatus.FIRING:
        return ""
    patterns = tuple(branches) or (*PROTECTED, text(content, "project.default_branch") or PROTECTED[0])
    return CI_SEVERITY if matters and protected(ref, patterns) else "info"


def _project(content: dict[str, object]) -> str:
    return text(content, "project.path_with_namespace", "project_name", "project.name", "repository.name", "project_id")


def _service(content: dict[str, object]) -> str:
    return text(content, "project.name", "repository.name")


def _page(content: dict[str, object], what: str, id: str) -> str:
    """Older versions do not send the address of the pipeline."""
    page = text(content, "project.web_url", "repository.homepage")
    return f"{page}/-/{what}/{id}" if page and id else ""
