"""Slack's requests by HTTP, let in before bolt reads them: the signature first, then only what has Slack's shape.

Bolt 1.30 parses a body before it checks who signed it, and raises at what is no JSON or no object: anybody could make
it answer 500. Here that is 401, 413 or 400, and nothing of it is read. It also takes any form with the word “payload”
in it, a command's text too, for an interaction, and then finds nothing in it: such a command is read here.
Source: docs.slack.dev, “Verifying requests from Slack”, “Implementing slash commands” (ssl_check).
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_bolt_request
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.secret import Secret

LARGEST: Final = 1024 * 1024  # bytes; Slack's own are far smaller
OBJECTS: Final = ("event", "view", "message", "container", "state", "bot_profile")
LISTS: Final = ("actions", "authorizations", "response_urls")
EITHER: Final = ("user", "team", "channel", "enterprise", "text")  # an id or an object; words or a text object
TEXTS: Final = ("type", "command", "trigger_id", "callback_id", "response_url", "challenge", "ts", "subtype",
                "thread_ts", "channel_type", "event_id", "bot_id", "channel_id", "user_id", "team_id",
                "enterprise_id")  # fmt: skip


async def let_in(request: web.Request, secret: Secret) -> AsyncBoltRequest:
    """For bolt, which checks the signature once more. Raises HTTPException: 400, 401, 413; 200 for Slack's own test of
    our certificate, which nobody signs and which does nothing."""
    if (request.content_length or 0) > LARGEST:
        raise web.HTTPRequestEntityTooLarge(LARGEST, request.content_length or 0)
    body = await request.read()
    if len(body) > LARGEST:
        raise web.HTTPRequestEntityTooLarge(LARGEST, len(body))
    if is_ssl_check(body):
        raise web.HTTPOk(text="")
    if not _signed(body, request.headers, secret):
        raise web.HTTPUnauthorized(text='{"error": "invalid request"}', content_type="application/json")
    try:
        found = with_form(await to_bolt_request(request))
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ):  # all of them for bodies of other shapes
        found = None
    if found is None or not fits(found.body):
        raise web.HTTPBadRequest(text='{"error": "not what Slack sends"}', content_type="application/json")
    return found


def is_ssl_check(body: bytes) -> bool:
    """`ssl_check=1`, with a token or without, and nothing else."""
    if len(body) > 500 or not body.isascii():
        return False
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return form.get("ssl_check") == "1" and set(form) <= {"ssl_check", "token"}


def with_form(found: AsyncBoltRequest) -> AsyncBoltRequest:
    """The fields of a form that bolt overlooked."""
    if found.body == {} and found.raw_body[:1] not in ("", "{", "["):
        form = dict(parse_qsl(found.raw_body, keep_blank_values=True))
        if form and "payload" not in form:
            found.body, found.context = form, build_async_context(AsyncBoltContext({}), form)
    return found


def _signed(body: bytes, headers: Mapping[str, str], secret: Secret) -> bool:
    try:
        return SignatureVerifier(secret.reveal()).is_valid_request(body, headers)
    except (ValueError, OverflowError):  # a time that is no number or none of ours, a body that is no text
        return False


def fits(content: object, depth: int = 2) -> bool:
    """Whether every field that we or bolt look into is of the type that Slack gives it, where it is there at all."""
    if not isinstance(content, dict):
        return False
    kinds = ((OBJECTS, (dict,)), (LISTS, (list,)), (EITHER, (str, dict)), (TEXTS, (str,)))
    right = all(content.get(name) is None or isinstance(content[name], kind) for names, kind in kinds for name in names)
    inner = [content.get(name) for name in (*OBJECTS, *EITHER)]
    lists = [each for name in LISTS for each in content.get(name) or []] if right else []
    return right and (
        depth == 0
        or (
            all(fits(each, depth - 1) for each in inner if isinstance(each, dict))
            and all(fits(each, depth - 1) for each in lists)
        )
    )
