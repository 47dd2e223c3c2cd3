"""manifest.yml is the app's real manifest: exactly what the code registers, and the scopes of the methods it calls."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from handlers import slack_app
from handlers.commands import COMMANDS
from handlers.slack_app import COMMAND

ROOT = Path(__file__).parent.parent.parent
OURS = ("bot/notify", "bot/check", "bot/worker", "handlers")
SCOPES = {  # docs.slack.dev/reference/methods, as bot
    "api_test": set(),
    "auth_test": set(),
    "apps_connections_open": set(),  # the app-level token's connections:write
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_getPermalink": set(),
    "chat_update": {"chat:write"},
    "chat_delete": {"chat:write"},
    "conversations_open": {"im:write"},
    "conversations_join": {"channels:join"},
    "conversations_create": {"channels:manage", "groups:write"},  # a public channel needs the one, a private the other
    "conversations_invite": {"channels:manage", "groups:write"},
    "conversations_setTopic": {"channels:manage", "groups:write"},
    "conversations_archive": {"channels:manage", "groups:write"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_replies": {"channels:history", "groups:history"},
    "users_conversations": {"channels:read", "groups:read"},
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "users_lookupByEmail": {"users:read.email"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_update": {"usergroups:write"},
    "reactions_add": {"reactions:write"},
    "pins_add": {"pins:write"},
    "bookmarks_add": {"bookmarks:write"},
    "files_upload_v2": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "files_completeUploadExternal": {"files:write"},
    "canvases_create": {"canvases:write"},
    "canvases_access_set": {"canvases:write"},
    "views_open": set(),
    "views_update": set(),
    "views_push": set(),
    "views_publish": set(),
}
EVENTS = {  # docs.slack.dev/reference/events
    "app_mention": {"app_mentions:read"},
    "app_home_opened": set(),
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "pin_added": {"pins:read"},
    "pin_removed": {"pins:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    return loaded


def calls() -> Iterator[ast.Call]:
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))


def registered(kind: str) -> set[str]:
    """The names that the door gives to bolt: `app.event("app_mention")`, `app.shortcut(DECLARE)`."""
    given = [
        call.args[0]
        for call in calls()
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == f"app.{kind}"
    ]
    return {
        str(node.value) if isinstance(node, ast.Constant) else getattr(slack_app, ast.unparse(node)) for node in given
    }


def listened_to() -> set[str]:
    """Subscriptions: what bolt calls a message is one kind for each kind of channel."""
    events = registered("event")
    return events - {"message"} | (
        {"message.channels", "message.groups", "message.im"} if "message" in events else set()
    )


def called_methods() -> set[str]:
    """Every Web API method of the SDK that our code calls by name."""
    methods = {name for name in dir(AsyncWebClient) if "_" in name.strip("_") and not name.startswith("_")}
    called = {call.func.attr for call in calls() if isinstance(call.func, ast.Attribute)}
    return {name for name in called & methods if name != "api_call"}


def test_the_scopes_are_those_of_the_methods_that_are_called(manifest: dict[str, Any]) -> None:
    methods = called_methods()
    assert methods >= {"chat_postMessage", "chat_update", "conversations_open"}
    assert methods <= set(SCOPES), "add the new method's scope here and in manifest.yml"
    needed = set().union(*(SCOPES[method] for method in methods), *(EVENTS[event] for event in listened_to()))
    needed |= {"commands"}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed
    assert "user" not in manifest["oauth_config"]["scopes"]


def test_no_method_is_called_by_its_bare_name() -> None:
    """`client.api_call("users.list")` would escape the table above."""
    assert not [ast.unparse(c) for c in calls() if isinstance(c.func, ast.Attribute) and c.func.attr == "api_call"]


def test_the_command_is_the_one_that_is_registered(manifest: dict[str, Any]) -> None:
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == COMMAND
    assert command["should_escape"] is True  # so that mentions arrive as ids
    assert "url" not in command  # Socket Mode


def test_the_hint_names_commands_that_exist(manifest: dict[str, Any]) -> None:
    names = {name for command in COMMANDS for name in (*command.names, *command.french)}
    hints = manifest["features"]["slash_commands"][0]["usage_hint"].split("|")
    assert {hint.split()[0] for hint in hints} <= names


def test_only_what_is_used_is_switched_on(manifest: dict[str, Any]) -> None:
    """Buttons and modals need interactivity; the events and shortcuts are those that are listened to."""
    settings = manifest["settings"]
    assert settings["interactivity"] == {"is_enabled": True}
    assert settings["socket_mode_enabled"] is True
    assert settings["event_subscriptions"] == {"bot_events": sorted(listened_to())}
    assert {each["callback_id"] for each in manifest["features"]["shortcuts"]} == registered("shortcut")


def test_the_home_tab_is_there_exactly_when_it_is_published(manifest: dict[str, Any]) -> None:
    """docs.slack.dev/reference/app-manifest, features.app_home."""
    tabs = manifest["features"]["app_home"]
    assert tabs["home_tab_enabled"] is ("views_publish" in called_methods())
    assert tabs["home_tab_enabled"] is ("app_home_opened" in listened_to())
    assert tabs["messages_tab_enabled"] is True  # that is where pages arrive
    assert tabs["messages_tab_read_only_enabled"] is False  # a command may be typed there


def test_slacks_own_limits_are_kept(manifest: dict[str, Any]) -> None:
    """docs.slack.dev/reference/app-manifest."""
    about = manifest["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 174 < len(about["long_description"]) <= 4000
    for shortcut in manifest["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    (command,) = manifest["features"]["slash_commands"]
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000
    assert len(manifest["features"]["bot_user"]["display_name"]) <= 80
