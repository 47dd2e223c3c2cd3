"""The Web API's door: token, faults, arguments, scopes, limits; then the method itself; then Slack's kind of answer."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from aiohttp import web

from bot.sandbox.faults import Fault
from bot.sandbox.record import Json
from bot.sandbox.slack.call import Call, SlackError
from bot.sandbox.slack.chat import CHAT
from bot.sandbox.slack.extras import EXTRAS
from bot.sandbox.slack.methods import METHODS, Method
from bot.sandbox.slack.pace import Pace
from bot.sandbox.slack.rooms import ROOMS
from bot.sandbox.slack.socket_mode import Sockets
from bot.sandbox.slack.team import TEAM
from bot.sandbox.slack.views import VIEWS
from bot.sandbox.slack.workspace import Workspace

Handler = Callable[[Workspace, Call], Json]
HANDLERS: Mapping[str, Handler] = MappingProxyType({**CHAT, **EXTRAS, **ROOMS, **TEAM, **VIEWS})
EVERYWHERE = frozenset({"team_id"})  # bolt's clients add it to every call
SECRET_ARGS = frozenset({"token", "app_token"})


class WebApi:
    """`POST|GET /api/{method}`, and the two doors for the content of files."""

    def __init__(self, workspace: Workspace, sockets: Sockets, pace: Pace) -> None:
        self.workspace = workspace
        self.sockets = sockets
        self.pace = pace

    def routes(self) -> list[web.RouteDef]:
        """What the sandbox's server serves for it."""
        return [
            web.post("/api/{method}", self.answer),
            web.get("/api/{method}", self.answer),
            web.post("/upload/{file_id}", self.upload),
            web.get("/upload/{file_id}", self.download),
        ]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call, from the socket to the answer."""
        name, args = request.match_info["method"], await arguments(request)
        token = bearer(request) or str(args.get("token", ""))
        args = {key: value for key, value in args.items() if key not in SECRET_ARGS}
        self.workspace.record.add("slack", name, args)
        fault = self.workspace.faults.strike(name, args)
        if fault is None:
            return self.reply(name, *self.run(name, args, token))
        result = self.run(name, args, token) if fault.applied else None
        await fault.hold()
        lost = struck(fault, request)
        if lost is not None:
            return lost
        return self.reply(name, *(result or self.run(name, args, token)))

    def run(self, name: str, args: Json, token: str) -> tuple[int, Json]:
        """HTTP status and body of the answer."""
        try:
            self.pace.check(name, str(args.get("channel", "")))
            body = {"ok": True, **self.called(name, args, token)}
        except SlackError as refused:
            return self.refusal(name, args, refused)
        return 200, body

    def called(self, name: str, args: Json, token: str) -> Json:
        """Do it, if the token may and the arguments are ones that the method has."""
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", broken_rule=True)
        self.check_token(name, token)
        if name == "apps.connections.open":
            return {"url": self.sockets.new_address()}
        check_arguments(method, args)
        self.check_scopes(method)
        return HANDLERS[name](self.workspace, Call(name, args))

    def check_token(self, name: str, token: str) -> None:
        """SlackError not_authed, invalid_auth, not_allowed_token_type."""
        tokens = self.workspace.tokens
        if name == "api.test":
            return
        if not token:
            raise SlackError("not_authed")
        if token not in (tokens.bot, tokens.app):
            raise SlackError("invalid_auth")
        if token != (tokens.app if name == "apps.connections.open" else tokens.bot):
            raise SlackError("not_allowed_token_type", broken_rule=True)

    def check_scopes(self, method: Method) -> None:
        """SlackError missing_scope; what was needed is remembered, to compare it with the manifest."""
        granted = self.workspace.manifest.scopes
        if method.scopes and not method.scopes & granted:
            needed, provided = ",".join(sorted(method.scopes)), ",".join(sorted(granted))
            raise SlackError("missing_scope", broken_rule=True, needed=needed, provided=provided)
        self.workspace.scopes_used |= method.scopes & granted

    def refusal(self, name: str, args: Json, refused: SlackError) -> tuple[int, Json]:
        """The body with `ok: false`; a broken rule is also noted."""
        if refused.broken_rule:
            details = "; ".join(refused.messages) or ", ".join(sorted(args))
            self.workspace.record.violation(f"{name}: {refused.error}: {details}")
        body: Json = {"ok": False, "error": refused.error, **refused.more}
        if refused.messages:
            body["response_metadata"] = {"messages": list(refused.messages)}
        return (429 if refused.error == "ratelimited" else 200), body

    def reply(self, name: str, status: int, body: Json) -> web.Response:
        """The answer with the headers that clients look at."""
        headers = {"x-slack-req-id": str(self.workspace.record.changes.count)}
        if status == 429:
            headers["Retry-After"] = str(self.pace.retry_after)
        if name == "auth.test":
            granted = self.workspace.manifest.scopes - {"connections:write"}
            headers |= {"x-oauth-scopes": ",".join(sorted(granted)), "x-accepted-oauth-scopes": ""}
        return web.json_response(body, status=status, headers=headers)

    async def upload(self, request: web.Request) -> web.Response:
        """The content of a file, sent as it is or as a form."""
        known = self.workspace.files.get(request.match_info["file_id"])
        if known is None:
            return web.Response(status=404, text="not found")
        if request.content_type.startswith("multipart/"):
            fields = [field for field in (await request.post()).values() if isinstance(field, web.FileField)]
            known["content"] = fields[0].file.read() if fields else b""
        else:
            known["content"] = await request.read()
        return web.Response(text=f"OK - {len(known['content'])}")

    async def download(self, request: web.Request) -> web.Response:
        """What the page shows or links to: a picture, or else plain text, whatever was uploaded."""
        known = self.workspace.files.get(request.match_info["file_id"], {})
        if known.get("mimetype") == "image/png":
            return web.Response(body=known["content"], content_type="image/png")
        return web.Response(body=known.get("content", b""), content_type="text/plain", charset="utf-8")


def struck(fault: Fault, request: web.Request) -> web.Response | None:
    """What an armed fault answers; None when it only made the call late, and the caller still waits."""
    gone = request.transport is None or request.transport.is_closing()
    if fault.disconnect or gone:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    if fault.http_status is not None and fault.error is None:
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        return web.Response(status=fault.http_status, text="upstream error", headers=headers)
    if fault.error is None:
        return None
    status = fault.http_status or (429 if fault.error == "ratelimited" else 200)
    headers = {"Retry-After": str(fault.retry_after or 1)} if status == 429 else {}
    return web.json_response({"ok": False, "error": fault.error}, status=status, headers=headers)


def bearer(request: web.Request) -> str:
    """The token of the Authorization header, or ""."""
    return request.headers.get("Authorization", "").removeprefix("Bearer").strip()


async def arguments(request: web.Request) -> dict[str, Any]:
    """Arguments of the query, of a form or of a JSON body."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = json.loads(await request.text() or "{}")
        return args | (body if isinstance(body, dict) else {})
    return args | {key: value for key, value in (await request.post()).items() if isinstance(value, str)}


def check_arguments(method: Method, args: Json) -> None:
    """SlackError invalid_arguments for what is missing or unknown."""
    given = {key for key, value in args.items() if value is not None}
    problems = [f"[ERROR] missing required field: {name}" for name in sorted(method.required - given)]
    problems += [f"[ERROR] unknown argument: {name}" for name in sorted(given - method.allowed - EVERYWHERE)]
    if problems:
        raise SlackError("invalid_arguments", *problems, broken_rule=True)
