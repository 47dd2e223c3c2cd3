"""The other Slack's Web API: docs.slack.dev/reference/methods.

It answers with no more fields than the documentation promises, takes no argument that the documentation does not list,
and refuses every message and view that Block Kit's reference does (`tests.otherslack.blockkit`).
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from aiohttp import web

from tests.otherslack.blockkit import problems_of_message, problems_of_view

Json = dict[str, Any]
BOT, SECRET = "U0BOT0001", "a-secret-of-the-other-slack"
METHODS: Mapping[str, str] = {  # name -> arguments; `!`: required; `*` first: takes JSON too
    "auth.test": "*",
    "apps.connections.open": "*",
    "bookmarks.add": "*channel_id! title! type! emoji entity_id link parent_id",
    "canvases.access.set": "*canvas_id! access_level! channel_ids user_ids",
    "canvases.create": "*title document_content channel_id",
    "chat.getPermalink": "channel! message_ts!",
    "chat.postEphemeral": "*channel! user! as_user attachments blocks icon_emoji icon_url link_names"
    " markdown_text parse text thread_ts username",
    "chat.postMessage": "*channel! as_user attachments blocks icon_emoji icon_url link_names markdown_text"
    " metadata mrkdwn parse reply_broadcast text thread_ts unfurl_links unfurl_media username",
    "chat.update": "*channel! ts! as_user attachments blocks file_ids link_names markdown_text metadata parse"
    " reply_broadcast text",
    "conversations.archive": "*channel!",
    "conversations.create": "*name! is_private team_id",
    "conversations.history": "channel! cursor include_all_metadata inclusive latest limit oldest",
    "conversations.info": "channel! include_locale include_num_members",
    "conversations.invite": "*channel! users! force",
    "conversations.list": "cursor exclude_archived limit team_id types",
    "conversations.open": "*channel prevent_creation return_im users",
    "conversations.replies": "channel! ts! cursor include_all_metadata inclusive latest limit oldest",
    "conversations.setTopic": "*channel! topic!",
    "files.completeUploadExternal": "*files! channel_id thread_ts channels initial_comment blocks",
    "files.getUploadURLExternal": "filename! length! alt_txt snippet_type",
    "pins.add": "*channel! timestamp",
    "usergroups.users.update": "*usergroup! users! include_count team_id",
    "users.conversations": "cursor exclude_archived limit team_id types user",
    "views.open": "*view! trigger_id interactivity_pointer",
    "views.publish": "*user_id! view! hash",
    "views.push": "*view! trigger_id interactivity_pointer",
}


class Refused(Exception):
    """Slack's word for it."""


class WebApi:
    """People are known by their ids; `violations` is what a correct app never does."""

    def __init__(self) -> None:
        self.url = self.bot_url = ""
        self.numbers = count(1)
        self.channels: dict[str, Json] = {}
        self.messages: list[Json] = []
        self.views: list[Json] = []
        self.homes: dict[str, Json] = {}
        self.files: dict[str, Json] = {}
        self.calls: list[tuple[str, Json]] = []
        self.violations: list[str] = []
        self.triggers: set[str] = set()
        self.answers: dict[str, Json] = {}
        self.sockets: list[web.WebSocketResponse] = []
        self.acks: dict[str, asyncio.Future[Json]] = {}
        self.faults: dict[str, list[Any]] = {}
        for name in ("incidents", "general"):
            self.add_channel(name)

    def add_channel(self, name: str, *, private: bool = False) -> str:
        found = f"C0{next(self.numbers):07}"
        self.channels[found] = {
            "id": found, "name": name, "is_private": private, "creator": BOT, "created": int(time.time()),
            "is_archived": False, "topic": "", "members": {BOT}, "pins": [], "bookmarks": [],
        }  # fmt: skip
        return found

    def ts(self) -> str:
        return f"{int(time.time())}.{next(self.numbers):06}"

    # The Web API ------------------------------------------------------------------------------------------------

    async def api(self, request: web.Request) -> web.StreamResponse:
        name, is_json = request.match_info["method"], request.content_type == "application/json"
        args: Json = dict(request.query)
        if is_json:
            args |= await request.json()
        else:
            args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        args = {key: value for key, value in args.items() if key not in {"token", "app_token"} and value is not None}
        self.calls.append((name, args))
        if armed := self.faults.get(name):
            fault = armed.pop(0)
            return fault if isinstance(fault, web.StreamResponse) else web.json_response({"ok": False, "error": fault})
        try:
            self.check(name, args, is_json and request.can_read_body)
            handler: Callable[[Json], Json] = getattr(self, name.replace(".", "_").lower())
            done = handler(args)
        except Refused as refused:
            return web.json_response({"ok": False, "error": str(refused)})
        more = {"warning": "missing_charset", "response_metadata": {"warnings": ["missing_charset"]}} if is_json else {}
        return web.json_response({"ok": True, **more, **done})

    def check(self, name: str, args: Json, is_json: bool) -> None:
        if name not in METHODS:
            self.wrong(name, "unknown_method")
        spec = METHODS[name]
        if is_json and args and not spec.startswith("*"):
            self.wrong(name, "takes no JSON")
        words = spec.lstrip("*").split()
        if unknown := set(args) - {word.rstrip("!") for word in words}:
            self.wrong(name, f"unknown arguments {sorted(unknown)}")
        if missing := {word[:-1] for word in words if word.endswith("!")} - set(args):
            self.wrong(name, f"missing arguments {sorted(missing)}")

    def wrong(self, name: str, *why: str) -> None:
        self.violations += [f"{name}: {each}" for each in why]
        raise Refused("invalid_arguments")

    def place(self, given: str, *, by_name: bool = False, bot: bool = True) -> Json:
        """A channel by id; only chat.postMessage takes a name, too."""
        found = self.channels.get(given)
        if found is None and by_name:
            found = next((each for each in self.channels.values() if each["name"] == given.removeprefix("#")), None)
        if found is None:
            raise Refused("channel_not_found")
        if bot and BOT not in found["members"]:
            raise Refused("not_in_channel")
        return found

    def auth_test(self, _: Json) -> Json:
        return {
            "url": "https://other.slack.com/", "team": "Other", "user": "ecotrajet", "team_id": "T0OTHER01",
            "user_id": BOT, "bot_id": "B0BOT0001",
        }  # fmt: skip

    def apps_connections_open(self, _: Json) -> Json:
        return {"url": f"{self.url.replace('http', 'ws')}/link/?ticket={next(self.numbers)}"}

    def chat_postmessage(self, args: Json) -> Json:
        if found := list(problems_of_message(args)):
            self.wrong("chat.postMessage", *found)
        room = self.place(args["channel"], by_name=True)
        if room["is_archived"]:
            raise Refused("is_archived")
        message = {**args, "ts": self.ts(), "channel": room["id"], "user": BOT, "bot_id": "B0BOT0001"}
        self.messages.append(message)
        return {"channel": room["id"], "ts": message["ts"], "message": {"text": args.get("text", "")}}

    def chat_update(self, args: Json) -> Json:
        if found := list(problems_of_message(args)):
            self.wrong("chat.update", *found)
        for message in self.messages:
            if message["channel"] == args["channel"] and message["ts"] == args["ts"]:
                message |= args
                return {"channel": args["channel"], "ts": args["ts"], "text": args.get("text", "")}
        self.place(args["channel"])
        raise Refused("message_not_found")

    def chat_postephemeral(self, args: Json) -> Json:
        if found := list(problems_of_message(args)):
            self.wrong("chat.postEphemeral", *found)
        self.messages.append(
            {**args, "ts": self.ts(), "only": args["user"], "channel": self.place(args["channel"])["id"]}
        )
        return {"message_ts": self.messages[-1]["ts"]}

    def chat_getpermalink(self, args: Json) -> Json:
        self.place(args["channel"])
        link = f"https://other.slack.com/archives/{args['channel']}/p{args['message_ts'].replace('.', '')}"
        return {"channel": args["channel"], "permalink": link}

    def conversations_open(self, args: Json) -> Json:
        user = str(args["users"])
        if not user.startswith(("U", "W")):
            raise Refused("user_not_found")
        known = next((each for each in self.channels.values() if each["name"] == f"@{user}"), None)
        return {"channel": {"id": known["id"] if known else self.add_channel(f"@{user}", private=True)}}

    def conversations_create(self, args: Json) -> Json:
        name = str(args["name"])
        if any(each["name"] == name for each in self.channels.values()):
            raise Refused("name_taken")
        if len(name) > 80 or name != name.lower() or not all(each.isalnum() or each in "-_" for each in name):
            self.wrong("conversations.create", f"name {name!r}")
        made = self.add_channel(name, private=str(args.get("is_private", "")).lower() in {"true", "1"})
        return {"channel": {"id": made, "name": name}}

    def conversations_invite(self, args: Json) -> Json:
        room = self.place(args["channel"])
        users = args["users"].split(",")
        if set(users) <= room["members"]:
            raise Refused("already_in_channel")
        room["members"] |= set(users)
        return {"channel": {"id": room["id"]}}

    def conversations_settopic(self, args: Json) -> Json:
        if len(args["topic"]) > 250:
            self.wrong("conversations.setTopic", "too_long")
        self.place(args["channel"])["topic"] = args["topic"]
        return {}

    def conversations_archive(self, args: Json) -> Json:
        self.place(args["channel"])["is_archived"] = True
        return {}

    def conversations_list(self, _: Json) -> Json:
        return {"channels": [self.shown(each) for each in self.channels.values()]}  # one page: no response_metadata

    users_conversations = conversations_list

    def conversations_info(self, args: Json) -> Json:
        return {"channel": self.shown(self.place(args["channel"]))}

    @staticmethod
    def shown(room: Json) -> Json:
        return {key: room[key] for key in ("id", "name", "creator", "created", "is_private", "is_archived")}

    def conversations_history(self, args: Json) -> Json:
        self.place(args["channel"])
        return {"messages": self.between(args, lambda each: "thread_ts" not in each)[::-1], "has_more": False}

    def conversations_replies(self, args: Json) -> Json:
        """The thread's parent comes first, whatever the bounds are."""
        self.place(args["channel"])
        asked = next((each for each in self.messages if each["ts"] == args["ts"]), None)
        if asked is None:
            raise Refused("thread_not_found")
        parent = asked.get("thread_ts", asked["ts"])
        found = self.between(args, lambda each: each.get("thread_ts") == parent and each["ts"] != parent)
        first = [each for each in self.messages if each["ts"] == parent]
        return {"messages": [*first, *found][: int(args.get("limit", 1000))], "has_more": False}

    def between(self, args: Json, wanted: Callable[[Json], bool]) -> list[Json]:
        oldest, latest = float(args.get("oldest", 0)), float(args.get("latest", "9999999999"))
        return [
            each for each in self.messages
            if each["channel"] == args["channel"] and oldest <= float(each["ts"]) <= latest and wanted(each)
        ]  # fmt: skip

    def pins_add(self, args: Json) -> Json:
        self.place(args["channel"])["pins"].append(args["timestamp"])
        return {}

    def bookmarks_add(self, args: Json) -> Json:
        self.place(args["channel_id"])["bookmarks"].append((args["title"], args["link"]))
        return {"bookmark": {"id": "Bk1"}}

    def usergroups_users_update(self, args: Json) -> Json:
        return {"usergroup": {"id": args["usergroup"]}}

    def canvases_create(self, args: Json) -> Json:
        if set(args["document_content"]) != {"type", "markdown"}:
            self.wrong("canvases.create", "document_content")
        return {"canvas_id": f"F0CANVAS{next(self.numbers)}"}

    def canvases_access_set(self, _: Json) -> Json:
        return {}

    def files_getuploadurlexternal(self, args: Json) -> Json:
        if not str(args["length"]).isdigit() or not int(args["length"]):
            self.wrong("files.getUploadURLExternal", "length")
        found = f"F0{next(self.numbers):07}"
        self.files[found] = {"name": args["filename"], "length": int(args["length"]), "alt": args.get("alt_txt", "")}
        return {"upload_url": f"{self.url}/upload/{found}", "file_id": found}

    async def upload(self, request: web.Request) -> web.Response:
        file = self.files[request.match_info["file"]]
        file["content"] = await request.read()
        if len(file["content"]) != file["length"]:
            self.violations.append(f"upload: {len(file['content'])} bytes, {file['length']} were announced")
        return web.Response(text=f"OK - {file['length']}")

    def files_completeuploadexternal(self, args: Json) -> Json:
        files = json.loads(args["files"]) if isinstance(args["files"], str) else args["files"]
        if "channel_id" in args and args["channel_id"] not in self.channels:
            self.wrong("files.completeUploadExternal", f"channel_id {args['channel_id']}")
        for each in files:
            self.files[each["id"]] |= {"channel": args.get("channel_id"), "title": each.get("title", "")}
        if comment := args.get("initial_comment"):
            self.messages.append({
                "channel": args["channel_id"], "text": comment, "ts": self.ts(), "thread_ts": args.get("thread_ts"),
            })  # fmt: skip
        return {"files": [{"id": each["id"], "title": each.get("title", "")} for each in files]}

    def views_open(self, args: Json) -> Json:
        return self.shown_view(args, "views.open")

    def views_push(self, args: Json) -> Json:
        return self.shown_view(args, "views.push")

    def shown_view(self, args: Json, name: str) -> Json:
        view = json.loads(args["view"]) if isinstance(args["view"], str) else args["view"]
        self.check_view(view, name)
        if args["trigger_id"] not in self.triggers:
            raise Refused("exchanged_trigger_id")
        self.triggers.discard(args["trigger_id"])
        made = {**view, "id": f"V0{next(self.numbers):07}", "hash": "1.a", "above": name == "views.push"}
        self.views.append(made)
        return {"view": {"id": made["id"], "hash": "1.a"}}

    def check_view(self, view: Json, name: str) -> None:
        if found := list(problems_of_view(view)):
            self.wrong(name, *found)

    def views_publish(self, args: Json) -> Json:
        view = json.loads(args["view"]) if isinstance(args["view"], str) else args["view"]
        self.check_view(view, "views.publish")
        self.homes[args["user_id"]] = {**view, "id": f"V0HOME{args['user_id']}"}
        return {"view": {"id": f"V0HOME{args['user_id']}"}}

    async def respond(self, request: web.Request) -> web.Response:
        about, message = self.answers[request.match_info["token"]], await request.json()
        about["used"] += 1
        if about["used"] > 5:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        self.violations += [f"response_url: {each}" for each in problems_of_message(message)]
        self.messages.append({**message, "ts": self.ts(), "only": about["user"], "channel": about["channel"]})
        return web.Response(text="ok")
