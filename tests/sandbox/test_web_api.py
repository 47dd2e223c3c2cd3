"""Each limit of Slack's Web API that bites, through the real client."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from bot.sandbox.slack.limits import BLOCKS
from bot.sandbox.slack.shapes import Check
from tests.sandbox.conftest import actions, button, section, web_client

HERE = "C0INCIDEN"


async def refused(client: AsyncWebClient, method: str, **args: Any) -> str:
    """The error word of a call that must fail."""
    with pytest.raises(SlackApiError) as failed:
        await client.api_call(method, json=args)
    return str(failed.value.response["error"])


LONG_ROW = [button(f"a{n}") for n in range(26)]
OPTIONS = [{"text": {"type": "plain_text", "text": "o"}, "value": str(n)} for n in range(101)]
SELECT: dict[str, object] = {"type": "static_select", "action_id": "s", "options": OPTIONS}
WRONG_BLOCKS: dict[str, list[dict[str, Any]]] = {
    "51 blocks": [section("x")] * 51,
    "an empty section": [{"type": "section"}],
    "3001 characters in a section": [section("x" * 3001)],
    "2001 characters in a field": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
    "11 fields": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}],
    "a header of 151": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    "a header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "a label of 76": [actions(button(label="x" * 76))],
    "a value of 2001": [actions(button(value="x" * 2001))],
    "a style of its own": [actions(button(style="blue"))],
    "an action_id of 256": [actions(button("x" * 256))],
    "a block_id of 256": [actions(button(), block_id="x" * 256)],
    "26 buttons": [actions(*LONG_ROW)],
    "101 options": [actions(SELECT)],
    "11 elements of context": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
    "the same action_id twice": [actions(button(), button())],
    "the same block_id twice": [actions(button()), actions(button())],
    "a block of no known type": [{"type": "sektion", "text": "x"}],
    "a field of no known name": [section("x", colour="red")],
    "a button in a context": [{"type": "context", "elements": [button()]}],
    "a text input in actions": [actions({"type": "plain_text_input", "action_id": "t"})],
    "an empty text": [section("")],
    "an image without a source": [{"type": "image", "alt_text": "x"}],
}


@pytest.mark.parametrize("wrong", WRONG_BLOCKS)
async def test_wrong_blocks_are_refused_and_noted(sandbox: Sandbox, client: AsyncWebClient, wrong: str) -> None:
    assert (
        await refused(client, "chat.postMessage", channel=HERE, text="x", blocks=WRONG_BLOCKS[wrong])
        == "invalid_blocks"
    )
    assert len(sandbox.violations) == 1
    assert "invalid_blocks: [ERROR]" in sandbox.violations[0]
    assert sandbox.channel("incidents").messages == []


async def test_what_is_just_within_the_limits_is_taken(sandbox: Sandbox, client: AsyncWebClient) -> None:
    row = actions(*LONG_ROW[:25], block_id="row")
    await client.chat_postMessage(
        channel=HERE, text="x" * 40_000, blocks=[section("x" * 3000), row, *[section("x")] * 48]
    )
    assert sandbox.violations == []


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": HERE}, "no_text"),
        ({"channel": HERE, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": HERE, "text": "x", "blocks": [section("x" * 3000)] * 5}, "msg_blocks_too_long"),
        ({"channel": HERE, "text": "x", "blocks": "{not json"}, "invalid_blocks_format"),
        ({"channel": HERE, "attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "#random", "text": "x"}, "not_in_channel"),
        ({"channel": HERE, "text": "x", "thread_ts": "1.000001"}, "cannot_reply_to_message"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": HERE, "text": "x", "colour": "red"}, "invalid_arguments"),
    ],
)
async def test_messages_that_slack_refuses(args: dict[str, Any], error: str) -> None:
    granted = frozenset({"chat:write"})
    async with Sandbox() as sandbox:
        workspace = sandbox.slack.workspace
        workspace.manifest = type(workspace.manifest)(scopes=granted)
        assert await refused(web_client(sandbox), "chat.postMessage", **args) == error


async def test_only_the_bots_own_messages_can_be_edited(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await sandbox.person("amina").types("bonjour", channel="incidents")
    theirs = sandbox.channel("incidents").messages[0]
    assert await refused(client, "chat.update", channel=HERE, ts=theirs.ts, text="x") == "cant_update_message"
    assert await refused(client, "chat.update", channel=HERE, ts="1.000001", text="x") == "message_not_found"
    assert await refused(client, "chat.delete", channel=HERE, ts=theirs.ts) == "cant_delete_message"
    own = await client.chat_postMessage(channel=HERE, text="un", blocks=[section("un")])
    await client.chat_update(channel=HERE, ts=own["ts"], text="deux")
    shown = sandbox.channel("incidents").messages[-1]
    assert (shown.text, shown.notification, shown.edits) == ("un", "deux", 1)  # blocks that are not given stay
    await client.chat_delete(channel=HERE, ts=own["ts"])
    assert len(sandbox.channel("incidents").messages) == 1


async def test_an_ephemeral_message_needs_a_member_and_is_seen_by_nobody_else(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    await client.chat_postEphemeral(channel=HERE, user="U0AMINA01", text="pour vous")
    assert (await sandbox.person("amina").sees("pour vous")).ephemeral
    assert sandbox.channel("incidents").messages == []
    assert await refused(client, "chat.postEphemeral", channel=HERE, user="U0NOBODY1", text="x") == "user_not_found"


async def test_tokens_and_scopes_are_checked(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.yml"
    manifest.write_text("oauth_config: {scopes: {bot: [chat:write]}}\nfeatures: {}\n")
    async with Sandbox(manifest=manifest) as sandbox:
        env, good = sandbox.environment(), web_client(sandbox)
        wrong = AsyncWebClient(token="xoxb-wrong", base_url=env["SLACK_API_URL"])
        none = AsyncWebClient(base_url=env["SLACK_API_URL"])
        mixed = AsyncWebClient(token=env["SLACK_APP_TOKEN"], base_url=env["SLACK_API_URL"])
        assert await refused(wrong, "auth.test") == "invalid_auth"
        assert await refused(none, "auth.test") == "not_authed"
        assert await refused(mixed, "auth.test") == "not_allowed_token_type"
        assert await refused(good, "users.list") == "missing_scope"
        assert (await good.auth_test()).headers["x-oauth-scopes"] == "chat:write"
        await good.chat_postMessage(channel=HERE, text="x")
        assert sandbox.slack.scopes_used == {"chat:write"}
        delivery = await sandbox.person("amina").types("/ecotrajet status")
        assert delivery.status == "invalid_command"


async def test_an_unknown_method_fails_the_test_that_called_it(sandbox: Sandbox, client: AsyncWebClient) -> None:
    assert await refused(client, "chat.shout") == "unknown_method"
    assert sandbox.violations == ["chat.shout: unknown_method: "]


async def test_armed_faults_strike_as_often_as_told(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.slack.faults.arm("chat.postMessage", "ratelimited", retry_after=7, times=2, channel=HERE)
    for _ in range(2):
        with pytest.raises(SlackApiError) as limited:
            await client.chat_postMessage(channel=HERE, text="x")
        assert (limited.value.response.status_code, limited.value.response.headers["Retry-After"]) == (429, "7")
    await client.chat_postMessage(channel=HERE, text="x")
    sandbox.slack.faults.arm("*", "token_revoked")
    assert await refused(client, "auth.test") == "token_revoked"
    assert sandbox.violations == []


async def test_a_lost_answer_may_hide_a_message_that_was_posted(sandbox: Sandbox) -> None:
    client = web_client(sandbox)
    client.retry_handlers.clear()  # by default the client sends again what was lost: a message too many
    sandbox.slack.faults.arm("chat.postMessage", disconnect=True, applied=True)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=HERE, text="x")
    sandbox.slack.faults.arm("chat.postMessage", disconnect=True)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=HERE, text="x")
    assert len(sandbox.channel("incidents").messages) == 1


async def test_a_call_that_hangs_is_not_done_once_the_caller_gave_up(sandbox: Sandbox) -> None:
    env = sandbox.environment()
    hasty = AsyncWebClient(token=env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"], timeout=1)
    sandbox.slack.faults.arm("chat.postMessage", hang=1.2)
    with pytest.raises((TimeoutError, asyncio.TimeoutError)):
        await hasty.chat_postMessage(channel=HERE, text="x")
    await client_settles(sandbox)
    assert sandbox.channel("incidents").messages == []


async def client_settles(sandbox: Sandbox) -> None:
    """A later call has been answered, so that the earlier one is over."""
    sandbox.slack.faults.arm("api.test", hang=0.5)
    await web_client(sandbox).api_test()


async def test_slacks_own_pace_can_be_enforced() -> None:
    async with Sandbox(paced=True) as sandbox:
        client = web_client(sandbox)
        for _ in range(5):
            await client.chat_postMessage(channel=HERE, text="x")
        assert await refused(client, "chat.postMessage", channel=HERE, text="x") == "ratelimited"
        await client.chat_postMessage(channel="C0GENERAL", text="x")


async def test_channels_can_be_made_joined_named_and_closed(sandbox: Sandbox, client: AsyncWebClient) -> None:
    made = (await client.conversations_create(name="inc-42"))["channel"]["id"]
    await client.conversations_invite(channel=made, users=["U0AMINA01", "U0BRUNO01"])
    await client.conversations_setTopic(channel=made, topic="P1")
    assert (await client.conversations_info(channel=made))["channel"]["topic"]["value"] == "P1"
    assert set((await client.conversations_members(channel=made))["members"]) >= {"U0AMINA01", "U0BRUNO01"}
    assert await refused(client, "conversations.create", name="inc-42") == "name_taken"
    assert await refused(client, "conversations.create", name="Inc 42") == "invalid_name_specials"
    assert await refused(client, "conversations.create", name="x" * 81) == "invalid_name_maxlength"
    assert await refused(client, "conversations.setTopic", channel=made, topic="x" * 251) == "too_long"
    await client.conversations_archive(channel=made)
    assert await refused(client, "chat.postMessage", channel=made, text="x") == "is_archived"
    await client.conversations_join(channel="C0RANDOM1")
    mine = {one["name"] for one in (await client.users_conversations())["channels"]}
    assert mine == {"incidents", "general", "random", "inc-42"}


async def test_lists_come_in_pages(sandbox: Sandbox, client: AsyncWebClient) -> None:
    names = [user["name"] async for part in await client.users_list(limit=2) for user in part["members"]]
    assert names == ["amina", "bruno", "chloe", "david", "emma", "victor", "ecotrajet"]
    assert (await client.users_lookupByEmail(email="emma@ecotrajet.example"))["user"]["id"] == "U0EMMA001"
    assert await refused(client, "users.lookupByEmail", email="who@example.org") == "users_not_found"
    assert await refused(client, "users.info", user="U0NOBODY1") == "user_not_found"


async def test_direct_messages_threads_reactions_pins_and_files(sandbox: Sandbox, client: AsyncWebClient) -> None:
    opened = (await client.conversations_open(users="U0EMMA001"))["channel"]["id"]
    await client.chat_postMessage(channel=opened, text="bonjour")
    assert (await sandbox.person("emma").dm()).text == "bonjour"
    parent = (await client.chat_postMessage(channel=HERE, text="P1"))["ts"]
    await client.chat_postMessage(channel=HERE, text="suite", thread_ts=parent)
    await client.reactions_add(channel=HERE, name="eyes", timestamp=parent)
    assert await refused(client, "reactions.add", channel=HERE, name="eyes", timestamp=parent) == "already_reacted"
    await client.pins_add(channel=HERE, timestamp=parent)
    await client.files_upload_v2(channel=HERE, filename="journal.txt", content="ligne 1\n", thread_ts=parent)
    first, second, third = sandbox.channel("incidents").messages
    assert first.reactions == ("eyes",)
    assert (second.thread, third.thread, third.files) == (parent, parent, ("journal.txt",))
    link = (await client.chat_getPermalink(channel=HERE, message_ts=parent))["permalink"]
    assert link.startswith(sandbox.url)
    assert sandbox.violations == []


def test_a_check_says_where_in_the_blocks_the_mistake_is() -> None:
    check: Check = BLOCKS["section"]
    [said] = list(check({"type": "section", "text": {"type": "mrkdwn", "text": 3}}, "/blocks/0"))
    assert said == "[ERROR] must be a string [json-pointer:/blocks/0/text/text]"
