"""The Web API methods that exist here: arguments, and the scopes of which a token needs one.

Source: docs.slack.dev/reference/methods.
"""

from dataclasses import dataclass
from types import MappingProxyType

READ_ROOMS = "channels:read|groups:read|im:read|mpim:read"
OWN_ROOMS = "channels:manage|groups:write"  # of these, the one for the kind of channel: see rooms.py
MANAGE_ROOMS = "channels:manage|groups:write|im:write|mpim:write"
READ_HISTORY = "channels:history|groups:history|im:history|mpim:history"
LOOK = "as_user icon_emoji icon_url link_names username parse markdown_text mrkdwn unfurl_links unfurl_media"


@dataclass(frozen=True, slots=True)
class Method:
    """What one may pass, what one must, and any one of `scopes` (none: a valid token is enough)."""

    required: frozenset[str]
    allowed: frozenset[str]
    scopes: frozenset[str]


def _method(required: str = "", optional: str = "", scopes: str = "") -> Method:
    needed = frozenset(required.split())
    return Method(needed, needed | frozenset(optional.split()), frozenset(filter(None, scopes.split("|"))))


METHODS = MappingProxyType(
    {
        "api.test": _method("", "error foo"),
        "auth.test": _method(),
        "apps.connections.open": _method("", "app_token", "connections:write"),
        "bookmarks.add": _method("channel_id title type", "emoji entity_id link parent_id", "bookmarks:write"),
        "canvases.access.set": _method("canvas_id access_level", "channel_ids user_ids", "canvases:write"),
        "canvases.create": _method("", "title document_content channel_id", "canvases:write"),
        "chat.delete": _method("channel ts", "as_user", "chat:write"),
        "chat.getPermalink": _method("channel message_ts"),
        "chat.postEphemeral": _method("channel user", f"text attachments blocks thread_ts {LOOK}", "chat:write"),
        "chat.postMessage": _method(
            "channel", f"text attachments blocks thread_ts reply_broadcast container_id metadata {LOOK}", "chat:write"
        ),
        "chat.update": _method(
            "channel ts",
            "text attachments blocks as_user file_ids link_names parse reply_broadcast metadata markdown_text",
            "chat:write",
        ),
        "conversations.archive": _method("channel", "", OWN_ROOMS),
        "conversations.create": _method("name", "is_private team_id", OWN_ROOMS),
        "conversations.history": _method(
            "channel", "cursor inclusive include_all_metadata latest limit oldest", READ_HISTORY
        ),
        "conversations.info": _method("channel", "include_locale include_num_members", READ_ROOMS),
        "conversations.invite": _method(
            "channel users", "force", f"{OWN_ROOMS}|channels:write.invites|groups:write.invites"
        ),
        "conversations.join": _method("channel", "", "channels:join"),
        "conversations.list": _method("", "cursor exclude_archived limit team_id types", READ_ROOMS),
        "conversations.members": _method("channel", "cursor limit", READ_ROOMS),
        "conversations.open": _method("", "channel return_im users prevent_creation", MANAGE_ROOMS),
        "conversations.replies": _method(
            "channel ts", "cursor inclusive include_all_metadata latest limit oldest", READ_HISTORY
        ),
        "conversations.setPurpose": _method("channel purpose", "", f"{OWN_ROOMS}|channels:write.topic"),
        "conversations.setTopic": _method("channel topic", "", f"{OWN_ROOMS}|channels:write.topic"),
        "files.completeUploadExternal": _method(
            "files", "channel_id channels initial_comment thread_ts blocks", "files:write"
        ),
        "files.getUploadURLExternal": _method("filename length", "alt_txt alt_text snippet_type", "files:write"),
        "pins.add": _method("channel", "timestamp", "pins:write"),
        "reactions.add": _method("channel name timestamp", "", "reactions:write"),
        "reactions.remove": _method("name", "channel timestamp file file_comment", "reactions:write"),
        "team.info": _method("", "team domain include_slackbot_availability", "team:read"),
        "usergroups.list": _method("", "include_count include_disabled include_users team_id", "usergroups:read"),
        "usergroups.users.list": _method("usergroup", "include_disabled team_id", "usergroups:read"),
        "usergroups.users.update": _method("usergroup users", "include_count team_id", "usergroups:write"),
        "users.conversations": _method("", "cursor exclude_archived limit team_id types user", READ_ROOMS),
        "users.info": _method("user", "include_locale", "users:read"),
        "users.list": _method("", "cursor include_locale limit team_id", "users:read"),
        "users.lookupByEmail": _method("email", "", "users:read.email"),
        "views.open": _method("view", "trigger_id interactivity_pointer"),
        "views.publish": _method("user_id view", "hash"),
        "views.push": _method("view", "trigger_id interactivity_pointer"),
        "views.update": _method("view", "external_id view_id hash"),
    }
)
EVERY_SCOPE = frozenset(scope for method in METHODS.values() for scope in method.scopes) | {
    "commands", "app_mentions:read", "chat:write.public", "chat:write.customize", "reactions:read", "pins:read",
    "channels:history", "groups:history", "im:history",
}  # fmt: skip

# The event types that the sandbox sends, and the scope without which Slack would not.
EVENT_SCOPES = MappingProxyType(
    {
        "message.im": "im:history",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "app_mention": "app_mentions:read",
        "app_home_opened": "",
        "reaction_added": "reactions:read",
        "reaction_removed": "reactions:read",
        "pin_added": "pins:read",
        "pin_removed": "pins:read",
        "member_joined_channel": "channels:read",
    }
)
