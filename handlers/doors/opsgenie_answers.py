"""What Opsgenie's clients expect to read: envelopes, headers, errors, and alerts in its words. Pure."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from aiohttp import web

from bot.lifecycle.doors import KnownAlert, RequestAnswer

ERRORS: Final = {
    400: "InvalidInputException", 401: "AuthenticationFailedException", 404: "EntityNotFoundException",
    422: "InvalidInputException", 503: "ServiceUnavailableException",
}  # fmt: skip
PRIORITIES: Final = ("P1", "P2", "P3", "P4", "P5")
USUAL: Final = "P3"


class Exchange:
    """One request: its id, and how long it took."""

    def __init__(self) -> None:
        self.id, self.began = uuid4(), time.perf_counter()

    def answer(self, content: Mapping[str, object], status: int = 200, **headers: str) -> web.Response:
        took = time.perf_counter() - self.began
        usual = {"X-Request-ID": str(self.id), "X-Response-Time": f"{took:.3f}", "X-RateLimit-State": "OK"}
        body = {**content, "took": round(took, 3), "requestId": str(self.id)}
        return web.json_response(body, status=status, headers=usual | headers)

    def accepted(self, result: str = "Request will be processed") -> web.Response:
        return self.answer({"result": result}, 202)

    def refused(self, status: int, message: str, errors: Mapping[str, str] | None = None) -> web.Response:
        content: dict[str, object] = {"message": message} | ({"errors": dict(errors)} if errors else {})
        more = {"X-Opsgenie-Errortype": ERRORS.get(status, "InvalidInputException")}
        if status == 503:
            more["Retry-After"] = "5"
        answer = self.answer(content, status, **more)
        if status in (408, 413):
            answer.force_close()  # the rest of the body is not waited for
        return answer


def shown(alert: KnownAlert) -> dict[str, object]:
    """As a list shows it."""
    tags = [tag for tag in alert.labels.get("tags", "").split(", ") if tag]
    return {
        "id": str(alert.id), "tinyId": str(alert.row), "alias": alert.alias, "message": alert.title,
        "status": "open" if alert.open else "closed", "acknowledged": alert.taken_by is not None,
        "isSeen": alert.taken_by is not None, "tags": tags, "snoozed": False, "count": alert.count,
        "lastOccurredAt": stamp(alert.last_seen), "createdAt": stamp(alert.first_seen),
        "updatedAt": stamp(alert.last_seen), "source": alert.labels.get("source", ""), "owner": alert.taken_by or "",
        "priority": alert.severity if alert.severity in PRIORITIES else USUAL, "responders": [],
        "integration": {"id": str(UUID(int=0)), "name": "EcoTrajet", "type": "API"}, "report": {},
    }  # fmt: skip


def shown_whole(alert: KnownAlert) -> dict[str, object]:
    known = ("tags", "source", "entity", "responders")
    details = {name: value for name, value in alert.labels.items() if name not in known}
    entity = alert.labels.get("entity", "")
    return {**shown(alert), "actions": [], "entity": entity, "description": alert.text, "details": details}


def shown_request(request: RequestAnswer) -> dict[str, object]:
    return {
        "success": request.success, "isSuccess": request.success, "action": request.action,
        "processedAt": stamp(request.at), "integrationId": str(UUID(int=0)), "status": request.status,
        "alertId": str(request.alert) if request.alert else "", "alias": request.alias,
    }  # fmt: skip


def paging(url: str, limit: int, offset: int, found: Sequence[object]) -> dict[str, str]:
    links = {"first": f"{url}?limit={limit}&offset=0"}
    if len(found) == limit:
        links["next"] = f"{url}?limit={limit}&offset={offset + limit}"
    return links


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
