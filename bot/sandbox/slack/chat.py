"""chat.*: saying, editing and deleting messages."""

from bot.sandbox.people import BOT_USER
from bot.sandbox.record import Json
from bot.sandbox.slack.call import Call, SlackError
from bot.sandbox.slack.content import content_of
from bot.sandbox.slack.message import Message
from bot.sandbox.slack.workspace import Conversation, Workspace


def conversation_of(workspace: Workspace, call: Call, name: str = "channel") -> Conversation:
    """The channel that is meant; a user id means the direct message. SlackError channel_not_found."""
    wanted = call.text(name)
    if wanted in workspace.people:
        return workspace.dm(wanted)
    found = workspace.find(wanted)
    if found is None or (found.private and BOT_USER not in found.members):
        raise SlackError("channel_not_found")
    return found


def place_to_speak(workspace: Workspace, call: Call) -> Conversation:
    """The channel, if the bot may write there. SlackError channel_not_found, not_in_channel, is_archived."""
    found = conversation_of(workspace, call)
    if found.archived:
        raise SlackError("is_archived")
    if BOT_USER not in found.members:
        if "chat:write.public" not in workspace.manifest.scopes:
            raise SlackError("not_in_channel")
        workspace.scopes_used.add("chat:write.public")
    return found


def post_message(workspace: Workspace, call: Call) -> Json:
    """chat.postMessage"""
    place, content = place_to_speak(workspace, call), content_of(call)
    thread = call.text("thread_ts") or None
    parent = workspace.message(place.id, thread) if thread else None
    if thread and (parent is None or parent.ephemeral_to):
        raise SlackError("cannot_reply_to_message")
    if (call.text("username") or call.text("icon_emoji")) and "chat:write.customize" not in workspace.manifest.scopes:
        raise SlackError("missing_scope", needed="chat:write.customize", broken_rule=True)
    message = Message(
        channel=place.id,
        ts=workspace.new_ts(),
        user=BOT_USER,
        text=content.text,
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        thread_ts=thread,
        broadcast=call.flag("reply_broadcast"),
        by_bot=True,
        username=call.text("username"),
        icon=call.text("icon_emoji"),
        metadata=call.json("metadata") or {},
    )
    workspace.post(message)
    return {"channel": place.id, "ts": message.ts, "message": message.as_slack()}


def post_ephemeral(workspace: Workspace, call: Call) -> Json:
    """chat.postEphemeral"""
    place, content = place_to_speak(workspace, call), content_of(call)
    user = call.text("user")
    if user not in workspace.people:
        raise SlackError("user_not_found")
    if user not in place.members:
        raise SlackError("user_not_in_channel")
    message = Message(
        channel=place.id,
        ts=workspace.new_ts(),
        user=BOT_USER,
        text=content.text,
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        thread_ts=call.text("thread_ts") or None,
        ephemeral_to=user,
        by_bot=True,
    )
    return {"message_ts": workspace.post(message).ts}


def own_message(workspace: Workspace, call: Call, refusal: str) -> Message:
    """The bot's own message at `ts`. SlackError message_not_found, or `refusal` for somebody else's."""
    place = conversation_of(workspace, call)
    message = workspace.message(place.id, call.text("ts"))
    if message is None or message.ephemeral_to is not None:
        raise SlackError("message_not_found")
    if message.user != BOT_USER:
        raise SlackError(refusal)
    return message


def update(workspace: Workspace, call: Call) -> Json:
    """chat.update: blocks and attachments that are not given stay."""
    message, content = own_message(workspace, call, "cant_update_message"), content_of(call)
    message.text = content.text or message.text
    if content.blocks is not None:
        message.blocks = content.blocks
    if content.attachments is not None:
        message.attachments = content.attachments
    if "metadata" in call.args:
        message.metadata = call.json("metadata") or {}
    message.edits += 1
    message.trouble = ""
    workspace.changed()
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": message.as_slack()}


def delete(workspace: Workspace, call: Call) -> Json:
    """chat.delete"""
    message = own_message(workspace, call, "cant_delete_message")
    workspace.conversations[message.channel].messages.remove(message)
    workspace.changed()
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(workspace: Workspace, call: Call) -> Json:
    """chat.getPermalink: an address of the sandbox's page."""
    place = conversation_of(workspace, call)
    ts = call.text("message_ts")
    if workspace.message(place.id, ts) is None:
        raise SlackError("message_not_found")
    return {"channel": place.id, "permalink": f"{workspace.url}/archives/{place.id}/p{ts.replace('.', '')}"}


CHAT = {
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
}
