"""conversations.* and users.conversations: channels, their members and their history."""

import re
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.people import BOT_USER
from bot.sandbox.record import Json
from bot.sandbox.slack.call import Call, SlackError
from bot.sandbox.slack.chat import conversation_of
from bot.sandbox.slack.workspace import Conversation, Workspace

T = TypeVar("T")
NAME = re.compile(r"[\w-]+")


def page(things: Sequence[T], call: Call, default: int = 100) -> tuple[Sequence[T], Json]:
    """One page of a list and the `response_metadata` that leads to the next."""
    start = call.number("cursor", 0) if call.text("cursor").isdigit() else 0
    end = start + max(1, min(call.number("limit", default), 1000))
    return things[start:end], {"next_cursor": str(end) if end < len(things) else ""}


def as_slack(one: Conversation) -> Json:
    """The conversation object."""
    shown: Json = {
        "id": one.id,
        "created": one.created,
        "is_archived": one.archived,
        "is_im": one.is_dm,
        "is_member": BOT_USER in one.members,
        "num_members": len(one.members),
    }
    if one.is_dm:
        return shown | {"user": next(iter(one.members - {BOT_USER})), "is_open": True}
    shown |= {
        "name": one.name,
        "name_normalized": one.name,
        "creator": one.creator,
        "is_general": one.name == "general",
    }
    shown |= {"is_channel": not one.private, "is_private": one.private, "is_group": one.private, "is_mpim": False}
    return shown | {
        "topic": {"value": one.topic, "creator": one.creator, "last_set": one.created},
        "purpose": {"value": one.purpose, "creator": one.creator, "last_set": one.created},
    }


def kind_of(one: Conversation) -> str:
    """The word that `types` filters by."""
    return "im" if one.is_dm else "private_channel" if one.private else "public_channel"


def listed(workspace: Workspace, call: Call, *, member: str | None = None) -> Json:
    """conversations.list, and users.conversations with `member`."""
    kinds = call.words("types") or ["public_channel"]
    found = [
        one
        for one in workspace.conversations.values()
        if kind_of(one) in kinds
        and not (one.archived and call.flag("exclude_archived"))
        and (member in one.members if member else BOT_USER in one.members or not (one.private or one.is_dm))
    ]
    some, metadata = page(found, call)
    return {"channels": [as_slack(one) for one in some], "response_metadata": metadata}


def users_conversations(workspace: Workspace, call: Call) -> Json:
    """users.conversations: those of the bot unless `user` says otherwise."""
    return listed(workspace, call, member=call.text("user") or BOT_USER)


def open_one(workspace: Workspace, call: Call) -> Json:
    """conversations.open: the direct message with one user."""
    users = call.words("users")
    if not users and call.text("channel"):
        users = list(conversation_of(workspace, call).members - {BOT_USER})[:1]
    if len(users) != 1 or users[0] not in workspace.people:
        raise SlackError("user_not_found" if users else "users_list_not_supplied")
    known = f"D{users[0][1:]}" in workspace.conversations
    opened = workspace.dm(users[0])
    channel = as_slack(opened) if call.flag("return_im") else {"id": opened.id}
    return {"channel": channel, **({"no_op": True, "already_open": True} if known else {})}


def info(workspace: Workspace, call: Call) -> Json:
    """conversations.info"""
    return {"channel": as_slack(conversation_of(workspace, call))}


def join(workspace: Workspace, call: Call) -> Json:
    """conversations.join"""
    found = conversation_of(workspace, call)
    if found.archived:
        raise SlackError("is_archived")
    if found.is_dm or found.private:
        raise SlackError("method_not_supported_for_channel_type")
    found.members.add(BOT_USER)
    workspace.changed()
    return {"channel": as_slack(found)}


def members(workspace: Workspace, call: Call) -> Json:
    """conversations.members"""
    some, metadata = page(sorted(conversation_of(workspace, call).members), call)
    return {"members": list(some), "response_metadata": metadata}


def needs(workspace: Workspace, private: bool, *others: str) -> None:
    """A public channel and a private one need different scopes. SlackError missing_scope, with the one that is."""
    wanted = "groups:write" if private else "channels:manage"
    granted = {wanted, *others} & workspace.manifest.scopes
    if not granted:
        raise SlackError("missing_scope", needed=wanted, provided=",".join(sorted(workspace.manifest.scopes)))
    workspace.scopes_used |= granted


def create(workspace: Workspace, call: Call) -> Json:
    """conversations.create"""
    name = call.text("name")
    needs(workspace, call.flag("is_private"))
    if not name:
        raise SlackError("invalid_name_required", broken_rule=True)
    if len(name) > 80:
        raise SlackError("invalid_name_maxlength", broken_rule=True)
    if not NAME.fullmatch(name) or name != name.lower():
        raise SlackError("invalid_name_specials", broken_rule=True)
    if workspace.find(name):
        raise SlackError("name_taken")
    number = len(workspace.conversations) + 1
    made = Conversation(f"C0NEW{number:04d}", name, {BOT_USER}, created=int(workspace.now()))
    made.private = call.flag("is_private")
    workspace.conversations[made.id] = made
    workspace.changed()
    return {"channel": as_slack(made)}


def own_room(workspace: Workspace, call: Call) -> Conversation:
    """A channel that the bot is in. SlackError not_in_channel, is_archived."""
    found = conversation_of(workspace, call)
    if BOT_USER not in found.members:
        raise SlackError("not_in_channel")
    if found.archived:
        raise SlackError("is_archived")
    return found


def invite(workspace: Workspace, call: Call) -> Json:
    """conversations.invite"""
    found, users = own_room(workspace, call), call.words("users")
    needs(workspace, found.private, f"{'groups' if found.private else 'channels'}:write.invites")
    if not users:
        raise SlackError("no_user", broken_rule=True)
    if BOT_USER in users:
        raise SlackError("cant_invite_self")
    if set(users) - set(workspace.people):
        raise SlackError("user_not_found")
    if set(users) <= found.members:
        raise SlackError("already_in_channel")
    found.members |= set(users)
    workspace.changed()
    return {"channel": as_slack(found)}


def set_topic(workspace: Workspace, call: Call) -> Json:
    """conversations.setTopic and conversations.setPurpose"""
    found = own_room(workspace, call)
    needs(workspace, found.private, f"{'groups' if found.private else 'channels'}:write.topic")
    which = "topic" if call.method.endswith("Topic") else "purpose"
    if len(call.text(which)) > 250:
        raise SlackError("too_long", broken_rule=True)
    setattr(found, which, call.text(which))
    workspace.changed()
    return {"channel": as_slack(found)}


def archive(workspace: Workspace, call: Call) -> Json:
    """conversations.archive: by a member, as every change of a channel by a bot."""
    found = conversation_of(workspace, call)
    if found.archived:
        raise SlackError("already_archived")
    if BOT_USER not in found.members:
        raise SlackError("not_in_channel")
    needs(workspace, found.private)
    if found.name == "general":
        raise SlackError("cant_archive_general")
    found.archived = True
    workspace.changed()
    return {}


def history(workspace: Workspace, call: Call) -> Json:
    """conversations.history (newest first) and conversations.replies (oldest first)"""
    place, thread = conversation_of(workspace, call), call.text("ts")
    if BOT_USER not in place.members:
        raise SlackError("not_in_channel")
    oldest, latest = call.text("oldest", "0"), call.text("latest") or "9" * 10
    found = [
        one
        for one in place.messages
        if one.ephemeral_to is None
        and float(oldest) <= float(one.ts) <= float(latest)
        and (thread in (one.ts, one.thread_ts) if thread else not one.in_thread)
    ]
    if thread and not found:
        raise SlackError("thread_not_found")
    some, metadata = page(found if thread else found[::-1], call)
    has_more = bool(metadata["next_cursor"])
    shown = [one.as_slack() for one in some]
    if not call.flag("include_all_metadata"):  # without it only what the manifest declares is told
        shown = [{key: value for key, value in one.items() if key != "metadata"} for one in shown]
    return {"messages": shown, "has_more": has_more, "response_metadata": metadata}


ROOMS = {
    "conversations.archive": archive,
    "conversations.create": create,
    "conversations.history": history,
    "conversations.info": info,
    "conversations.invite": invite,
    "conversations.join": join,
    "conversations.list": listed,
    "conversations.members": members,
    "conversations.open": open_one,
    "conversations.replies": history,
    "conversations.setPurpose": set_topic,
    "conversations.setTopic": set_topic,
    "users.conversations": users_conversations,
}
