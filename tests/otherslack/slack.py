"""What the other Slack sends to an app, over a socket or by HTTP, and what people see and do there.

Payloads hold what docs.slack.dev calls required, and little else.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.otherslack.blockkit import problems_of_view
from tests.otherslack.web_api import SECRET, Json, WebApi


class OtherSlack(WebApi):
    """People are known by their ids; `violations` is what a correct app never does."""

    # Deliveries -------------------------------------------------------------------------------------------------

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({
            "type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0OTHER01"},
            "debug_info": {"host": "applink-1", "approximate_connection_time": 18060},
        })  # fmt: skip
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                said = json.loads(message.data)
                if (waiting := self.acks.get(said["envelope_id"])) and not waiting.done():
                    waiting.set_result(said.get("payload") or {})
        self.sockets.remove(socket)
        return socket

    async def deliver(
        self, kind: str, payload: Json, *, envelope: str = "", retry: int = 0, within: float = 3.0
    ) -> Json:
        """The ack's payload. Fails when it does not come within Slack's three seconds."""
        if self.bot_url:
            return await self._by_http(kind, payload, retry, within)
        envelope = envelope or f"e{next(self.numbers)}"
        self.acks[envelope] = asyncio.get_running_loop().create_future()
        sent = {
            "envelope_id": envelope,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            sent |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        await self.sockets[-1].send_json(sent)
        return await asyncio.wait_for(self.acks[envelope], within)

    async def _by_http(self, kind: str, payload: Json, retry: int, within: float) -> Json:
        if kind == "events_api":
            body, headers = json.dumps(payload), {"Content-Type": "application/json"}
        else:
            body = urlencode(payload if kind == "slash_commands" else {"payload": json.dumps(payload)})
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
        headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=within)) as session,
            session.post(f"{self.bot_url}/slack/events", data=body, headers=headers | signed(body)) as answer,
        ):
            assert answer.status == 200, (answer.status, await answer.text())
            said = await answer.text()
            return dict(json.loads(said)) if said.startswith("{") else {}

    def gesture(self, user: str, channel: str) -> Json:
        """A trigger and a place to answer, as most payloads carry them."""
        token, trigger = str(next(self.numbers)), f"{next(self.numbers)}.7890.abcdef"
        self.answers[token] = {"user": user, "channel": channel, "used": 0}
        self.triggers.add(trigger)
        return {"trigger_id": trigger, "response_url": f"{self.url}/respond/{token}"}

    async def types(self, user: str, text: str, channel: str = "incidents", **more: Any) -> Json:
        room = next(each for each in self.channels.values() if each["name"] == channel)
        payload = {
            "token": "t", "team_id": "T0OTHER01", "team_domain": "other", "channel_id": room["id"],
            "channel_name": channel, "user_id": user, "command": "/ecotrajet", "text": text,
            "api_app_id": "A0OTHER01", **self.gesture(user, room["id"]), **more,
        }  # fmt: skip
        payload = {key: value for key, value in payload.items() if value is not None}
        await self.deliver("slash_commands", payload)
        return payload

    def interaction(self, kind: str, user: str, channel: str = "") -> Json:
        """No `username`, no `name`: Slack calls neither required."""
        place = {"channel": {"id": channel, "name": self.channels[channel]["name"]}} if channel in self.channels else {}
        return {
            "type": kind, "user": {"id": user, "team_id": "T0OTHER01"}, "api_app_id": "A0OTHER01", "token": "t",
            "team": {"id": "T0OTHER01", "domain": "other"}, **place, **self.gesture(user, channel),
        }  # fmt: skip

    async def presses(self, user: str, action: str, on: Json, option: str = "") -> Json:
        """A button, or an option of a menu by a part of its text, of a message, a Home tab or a modal."""
        element, block = next(
            (each, block) for block in on["blocks"]
            for each in [*block.get("elements", []), block.get("accessory") or {}]
            if each.get("action_id") == action
        )  # fmt: skip
        done = {
            "action_id": action,
            "block_id": block.get("block_id", "b1"),
            "type": element["type"],
            "action_ts": self.ts(),
        }
        if option:
            done["selected_option"] = next(each for each in element["options"] if option in each["text"]["text"])
        elif "value" in element:
            done["value"] = element["value"]
        payload = {**self.interaction("block_actions", user, on.get("channel", "")), "actions": [done]}
        if "ts" in on:
            payload["container"] = {
                "type": "message", "message_ts": on["ts"], "channel_id": on["channel"], "is_ephemeral": "only" in on,
            }  # fmt: skip
            if "only" not in on:  # of an ephemeral one Slack shows nothing
                payload["message"] = {"ts": on["ts"], "text": on["text"], "blocks": on["blocks"]}
        else:
            payload["container"], payload["view"] = {"type": "view", "view_id": on["id"]}, self.as_payload(on, {})
            del payload["response_url"]
        await self.deliver("interactive", payload)
        return payload

    def as_payload(self, view: Json, values: Json) -> Json:
        return {**{key: view[key] for key in view if key != "above"}, "state": {"values": values}}

    async def submits(self, user: str, view: Json, answers: Mapping[str, str]) -> Json:
        """Every input is in `state`, those left empty with null. Follows what the ack says; the ack."""
        values = {
            block["block_id"]: {block["element"]["action_id"]: filled(block["element"], answers.get(block["block_id"]))}
            for block in view["blocks"] if block["type"] == "input"
        }  # fmt: skip
        if unknown := set(answers) - set(values):
            raise AssertionError(f"no such inputs: {unknown}, there are {set(values)}")
        payload = {
            **self.interaction("view_submission", user),
            "view": self.as_payload(view, values),
            "response_urls": [],
        }
        del payload["response_url"]
        ack = await self.deliver("interactive", payload)
        if ack.get("response_action") == "errors" and (unknown := set(ack["errors"]) - set(values)):
            self.violations.append(f"errors for {unknown}")
        if ack.get("response_action") in {"update", "push"}:
            self.violations += [f"ack: {each}" for each in problems_of_view(ack["view"])]
            self.views.append({**ack["view"], "id": view["id"], "hash": "2.b"})
        return ack

    async def event(self, event: Json, *, event_id: str = "", retry: int = 0, **more: Any) -> None:
        """Without `authorizations` and other things that are there most of the time."""
        await self.deliver("events_api", {
            "type": "event_callback", "team_id": "T0OTHER01", "api_app_id": "A0OTHER01",
            "event_id": event_id or f"Ev{next(self.numbers)}", "event_time": int(time.time()),
            "event": {"event_ts": self.ts(), **event}, **more,
        }, retry=retry)  # fmt: skip

    # What people see --------------------------------------------------------------------------------------------

    async def sees(self, text: str, *, only: str = "", channel: str = "", within: float = 20.0) -> Json:
        """The newest message with these words; `only`: that this person alone sees, `channel`: a name."""

        def found() -> Json | None:
            return next(
                (each for each in reversed(self.messages) if text in words(each) and self.fits(each, only, channel)),
                None,
            )

        return await eventually(
            found, lambda: f"{text!r} among {[words(each)[:300] for each in self.messages[-6:]]}", within
        )

    def fits(self, message: Json, only: str, channel: str) -> bool:
        named = self.channels[message["channel"]]["name"]
        return message.get("only", "") == only and (not channel or named == channel)

    async def gets_view(self, text: str, within: float = 20.0) -> Json:
        return await eventually(
            lambda: next((each for each in reversed(self.views) if text in json.dumps(each, ensure_ascii=False)), None),
            lambda: f"a view with {text!r} among {[each['title']['text'] for each in self.views]}", within,
        )  # fmt: skip


def words(message: Json) -> str:
    return json.dumps([message.get("text"), message.get("blocks")], ensure_ascii=False)


def filled(element: Json, answer: str | None) -> Json:
    """How Slack words an answer; null is an input left empty."""
    names = {"datepicker": "selected_date", "timepicker": "selected_time", "users_select": "selected_user"}
    kind = element["type"]
    if kind in {"static_select", "radio_buttons"}:
        first = element.get("initial_option")
        chosen = first if answer is None else next(each for each in element["options"] if each["value"] == answer)
        return {"type": kind, "selected_option": chosen}
    start = element.get("initial_value") or element.get("initial_time")
    return {"type": kind, names.get(kind, "value"): answer if answer is not None else start}


def signed(body: str, at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


async def eventually(look: Callable[[], Json | None], missing: Callable[[], str], within: float) -> Json:
    deadline = asyncio.get_running_loop().time() + within
    while (found := look()) is None:
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {within} s: {missing()}")
        await asyncio.sleep(0.03)  # between two looks; the deadline decides
    return found


@asynccontextmanager
async def other_slack() -> AsyncIterator[OtherSlack]:
    slack = OtherSlack()
    app = web.Application(client_max_size=64 * 2**20)
    app.add_routes([
        web.route("*", "/api/{method}", slack.api), web.post("/upload/{file}", slack.upload),
        web.post("/respond/{token}", slack.respond), web.get("/link/", slack.link),
    ])  # fmt: skip
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield slack
    finally:
        for socket in list(slack.sockets):
            await socket.close()
        await runner.cleanup()
