"""reactions.*, pins.*, bookmarks.* and files.*: what is attached to messages and channels."""

import secrets
from mimetypes import guess_type

from bot.sandbox.people import BOT_USER
from bot.sandbox.record import Json
from bot.sandbox.slack.call import Call, SlackError
from bot.sandbox.slack.chat import conversation_of, place_to_speak
from bot.sandbox.slack.emoji import EMOJI
from bot.sandbox.slack.message import Message
from bot.sandbox.slack.workspace import Workspace

PNG = b"\x89PNG\r\n\x1a\n"


def marked_message(workspace: Workspace, call: Call) -> Message:
    """The message a mark is for. SlackError message_not_found."""
    message = workspace.message(conversation_of(workspace, call).id, call.text("timestamp"))
    if message is None or message.ephemeral_to is not None:
        raise SlackError("message_not_found")
    return message


def add_reaction(workspace: Workspace, call: Call) -> Json:
    """reactions.add"""
    name, message = call.text("name").strip(":"), marked_message(workspace, call)
    if name not in EMOJI:
        raise SlackError("invalid_name", broken_rule=True)
    if BOT_USER in message.reactions.get(name, []):
        raise SlackError("already_reacted")
    message.reactions.setdefault(name, []).append(BOT_USER)
    workspace.changed()
    return {}


def remove_reaction(workspace: Workspace, call: Call) -> Json:
    """reactions.remove"""
    name, message = call.text("name").strip(":"), marked_message(workspace, call)
    if BOT_USER not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    message.reactions[name].remove(BOT_USER)
    message.reactions = {key: users for key, users in message.reactions.items() if users}
    workspace.changed()
    return {}


def add_pin(workspace: Workspace, call: Call) -> Json:
    """pins.add: where the bot is a member."""
    place, message = conversation_of(workspace, call), marked_message(workspace, call)
    if BOT_USER not in place.members:
        raise SlackError("not_in_channel")
    if place.archived:
        raise SlackError("is_archived")
    if message.pinned:
        raise SlackError("already_pinned")
    message.pinned = True
    workspace.changed()
    return {}


def add_bookmark(workspace: Workspace, call: Call) -> Json:
    """bookmarks.add"""
    place = conversation_of(workspace, call, "channel_id")
    if call.text("type") == "link" and not call.text("link"):
        raise SlackError("invalid_link", broken_rule=True)
    bookmark: Json = {"id": f"Bk{secrets.token_hex(4).upper()}", "channel_id": place.id, **call.args}
    place.bookmarks.append(bookmark)
    workspace.changed()
    return {"bookmark": bookmark}


def get_upload_url(workspace: Workspace, call: Call) -> Json:
    """files.getUploadURLExternal"""
    if call.number("length", 0) <= 0:
        raise SlackError("invalid_arguments", "[ERROR] length must be more than 0", broken_rule=True)
    file_id = f"F0{secrets.token_hex(5).upper()}"
    workspace.files[file_id] = {
        "id": file_id,
        "name": call.text("filename"),
        "title": call.text("filename"),
        "size": call.number("length", 0),
        "alt_txt": call.text("alt_txt"),
        "permalink": f"{workspace.url}/upload/{file_id}",
        "mimetype": guess_type(call.text("filename"))[0] or "text/plain",
    }
    return {"file_id": file_id, "upload_url": f"{workspace.url}/upload/{file_id}"}


def complete_upload(workspace: Workspace, call: Call) -> Json:
    """files.completeUploadExternal: shares what was uploaded in a channel."""
    shared: list[Json] = []
    for one in call.objects("files") or []:
        known = workspace.files.get(str(one.get("id")))
        if known is None or "content" not in known:
            raise SlackError("file_not_found")
        known["mimetype"] = "image/png" if known["content"].startswith(PNG) else "text/plain"
        known["title"] = one.get("title") or known["title"]
        shared.append({key: value for key, value in known.items() if key != "content"})
    if call.text("channel_id") or call.text("channels"):
        name = "channel_id" if call.text("channel_id") else "channels"
        place = place_to_speak(workspace, Call(call.method, {"channel": call.text(name)}))
        thread, comment = call.text("thread_ts") or None, call.text("initial_comment")
        message = Message(place.id, workspace.new_ts(), BOT_USER, comment, thread_ts=thread, by_bot=True, files=shared)
        workspace.post(message)
    return {"files": shared}


def create_canvas(workspace: Workspace, call: Call) -> Json:
    """canvases.create: of its own; its markdown is bounded (docs.slack.dev)."""
    content = call.args.get("document_content") or {}
    text = str(content.get("markdown") or "") if isinstance(content, dict) else ""
    if not isinstance(content, dict) or (content and content.get("type") != "markdown") or len(text) > 1_048_576:
        raise SlackError("invalid_arguments", "[ERROR] document_content", broken_rule=True)
    canvas = f"F0{secrets.token_hex(5).upper()}"
    title = call.text("title")
    workspace.files[canvas] = {"id": canvas, "name": title, "title": title, "content": text.encode(), "canvas": True}
    return {"canvas_id": canvas}


def share_canvas(workspace: Workspace, call: Call) -> Json:
    """canvases.access.set: with channels that were shown its link."""
    canvas = call.text("canvas_id")
    channels = call.words("channel_ids")
    if not workspace.files.get(canvas, {}).get("canvas"):
        raise SlackError("canvas_not_found")
    if call.text("access_level") not in {"read", "write"} or not channels:
        raise SlackError("invalid_parameters", broken_rule=True)
    for channel in channels:
        place = workspace.conversations.get(channel)
        if place is None or not any(canvas in one.text for one in place.messages):
            raise SlackError("channel_not_found", broken_rule=True)
    workspace.files[canvas]["shared"] = list(channels)
    return {}


EXTRAS = {
    "canvases.access.set": share_canvas,
    "canvases.create": create_canvas,
    "bookmarks.add": add_bookmark,
    "files.completeUploadExternal": complete_upload,
    "files.getUploadURLExternal": get_upload_url,
    "pins.add": add_pin,
    "reactions.add": add_reaction,
    "reactions.remove": remove_reaction,
}
