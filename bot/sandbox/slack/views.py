"""views.*: modals and home tabs."""

import secrets

from bot.sandbox.people import APP_ID, BOT_ID, TEAM_ID
from bot.sandbox.record import Json
from bot.sandbox.slack.call import Call, SlackError
from bot.sandbox.slack.content import with_ids
from bot.sandbox.slack.limits import view_problems
from bot.sandbox.slack.workspace import View, Workspace

MOST_STACKED = 3


def checked_view(view: object, kind: str) -> Json:
    """The view, if Slack would take it. SlackError invalid_arguments with what is wrong."""
    problems = view_problems(view)
    if not isinstance(view, dict) or problems:
        raise SlackError("invalid_arguments", *problems, broken_rule=True)
    if view["type"] != kind:
        raise SlackError("invalid_arguments", f"[ERROR] view.type must be {kind}", broken_rule=True)
    return view | {"blocks": with_ids(view["blocks"])}


def as_slack(view: View) -> Json:
    """The view object of payloads and answers."""
    empty: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
    defaults: Json = {"clear_on_close": False, "notify_on_close": False, "submit_disabled": False}
    return empty | defaults | view.body | {
        "id": view.id,
        "team_id": TEAM_ID,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
        "hash": view.hash,
        "state": {"values": view.state},
        "root_view_id": view.root,
        "previous_view_id": view.previous,
    }  # fmt: skip


def new_hash(workspace: Workspace) -> str:
    """What changes at every change of a view."""
    return f"{int(workspace.now())}.{secrets.token_hex(4)}"


def put(workspace: Workspace, user: str, body: Json) -> View:
    """Lay a modal on top of this person's stack."""
    stack = workspace.stacks.setdefault(user, [])
    view_id = f"V0{secrets.token_hex(5).upper()}"
    root, previous = (stack[0], stack[-1]) if stack else (view_id, None)
    view = View(view_id, user, body, new_hash(workspace), root, previous)
    workspace.views[view_id] = view
    stack.append(view_id)
    workspace.changed()
    return view


def replace(workspace: Workspace, view: View, body: Json) -> View:
    """Change a view in place; what was typed into blocks that remain is kept."""
    view.body, view.hash, view.errors = body, new_hash(workspace), {}
    workspace.changed()
    return view


def user_of_trigger(workspace: Workspace, call: Call) -> str:
    """Who pressed. SlackError invalid_trigger_id, exchanged_trigger_id, expired_trigger_id."""
    try:
        return workspace.triggers.take(call.text("trigger_id"))
    except LookupError as refused:
        raise SlackError(str(refused.args[0])) from None


def open_view(workspace: Workspace, call: Call) -> Json:
    """views.open: closes what this person had open."""
    body, user = checked_view(call.json("view"), "modal"), user_of_trigger(workspace, call)
    workspace.stacks[user] = []
    return {"view": as_slack(put(workspace, user, body))}


def push_view(workspace: Workspace, call: Call) -> Json:
    """views.push"""
    body, user = checked_view(call.json("view"), "modal"), user_of_trigger(workspace, call)
    if len(workspace.stacks.get(user, [])) >= MOST_STACKED:
        raise SlackError("push_limit_reached")
    return {"view": as_slack(put(workspace, user, body))}


def update_view(workspace: Workspace, call: Call) -> Json:
    """views.update"""
    view = workspace.views.get(call.text("view_id")) or next(
        (v for v in workspace.views.values() if call.text("external_id", "-") == v.body.get("external_id")), None
    )
    if view is None or view.id not in workspace.stacks.get(view.user, []):
        raise SlackError("not_found")
    if call.text("hash") not in ("", view.hash):
        raise SlackError("hash_conflict")
    return {"view": as_slack(replace(workspace, view, checked_view(call.json("view"), "modal")))}


def publish_view(workspace: Workspace, call: Call) -> Json:
    """views.publish: the home tab of one person. SlackError not_enabled: the app has none."""
    if not workspace.manifest.home_tab:
        raise SlackError("not_enabled", broken_rule=True)
    user, body = call.text("user_id"), checked_view(call.json("view"), "home")
    if user not in workspace.people:
        raise SlackError("user_not_found")
    known = workspace.homes.get(user)
    if known and call.text("hash") not in ("", known.hash):
        raise SlackError("hash_conflict")
    if known is None:
        known = View(f"V0HOME{user[2:]}", user, body, "", f"V0HOME{user[2:]}")
        workspace.homes[user] = workspace.views[known.id] = known
    return {"view": as_slack(replace(workspace, known, body))}


VIEWS = {
    "views.open": open_view,
    "views.publish": publish_view,
    "views.push": push_view,
    "views.update": update_view,
}
