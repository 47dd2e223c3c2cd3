"""users.*, team.*, usergroups.*, auth.* and the socket's address: who is who."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.sandbox.people import APP_ID, BOT_ID, BOT_NAME, BOT_USER, TEAM_DOMAIN, TEAM_ID, TEAM_NAME, Person
from bot.sandbox.record import Json
from bot.sandbox.slack.call import Call, SlackError
from bot.sandbox.slack.rooms import page
from bot.sandbox.slack.workspace import Workspace

LOCALES: Mapping[str, str] = MappingProxyType({"fr": "fr-FR", "en": "en-GB"})


def person_as_slack(workspace: Workspace, person: Person, call: Call) -> Json:
    """The user object; its email only with users:read.email."""
    profile: Json = {"real_name": person.name, "display_name": person.name, "team": TEAM_ID}
    if person.email and "users:read.email" in workspace.manifest.scopes:
        profile["email"] = person.email
    shown: Json = {
        "id": person.slack_id,
        "team_id": TEAM_ID,
        "name": person.key,
        "real_name": person.name,
        "deleted": False,
        "is_bot": False,
        "is_admin": False,
        "tz": "Europe/Paris",
        "tz_label": "Central European Time",
        "tz_offset": 3600,
        "profile": profile,
        "updated": 0,
    }
    return shown | ({"locale": LOCALES[person.language]} if call.flag("include_locale") else {})


def bot_as_slack() -> Json:
    """The bot's own user object."""
    profile = {"real_name": BOT_NAME, "display_name": BOT_NAME, "bot_id": BOT_ID, "api_app_id": APP_ID}
    return {
        "id": BOT_USER,
        "team_id": TEAM_ID,
        "name": "ecotrajet",
        "is_bot": True,
        "deleted": False,
        "profile": profile,
    }


def user_info(workspace: Workspace, call: Call) -> Json:
    """users.info"""
    wanted = call.text("user")
    if wanted == BOT_USER:
        return {"user": bot_as_slack()}
    if wanted not in workspace.people:
        raise SlackError("user_not_found")
    return {"user": person_as_slack(workspace, workspace.people[wanted], call)}


def user_list(workspace: Workspace, call: Call) -> Json:
    """users.list"""
    everybody = [*(person_as_slack(workspace, one, call) for one in workspace.people.values()), bot_as_slack()]
    some, metadata = page(everybody, call)
    return {"members": list(some), "cache_ts": int(workspace.now()), "response_metadata": metadata}


def look_up_by_email(workspace: Workspace, call: Call) -> Json:
    """users.lookupByEmail"""
    for person in workspace.people.values():
        if person.email and person.email.lower() == call.text("email").lower():
            return {"user": person_as_slack(workspace, person, call)}
    raise SlackError("users_not_found")


def auth_test(workspace: Workspace, _call: Call) -> Json:
    """auth.test"""
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": TEAM_NAME,
        "user": "ecotrajet",
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def api_test(_workspace: Workspace, call: Call) -> Json:
    """api.test: answers with what it was given, and with an error when asked for one."""
    if call.text("error"):
        raise SlackError(call.text("error"))
    return {"args": dict(call.args)}


def team_info(_workspace: Workspace, _call: Call) -> Json:
    """team.info"""
    return {"team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "email_domain": "ecotrajet.example"}}


def usergroups(_workspace: Workspace, _call: Call) -> Json:
    """usergroups.list: this workspace is on the free plan and has none."""
    return {"usergroups": []}


def usergroup_users(workspace: Workspace, call: Call) -> Json:
    """usergroups.users.list"""
    if call.text("usergroup") not in workspace.user_groups:
        raise SlackError("no_such_subteam")
    return {"users": list(workspace.user_groups[call.text("usergroup")])}


def update_usergroup_users(workspace: Workspace, call: Call) -> Json:
    """usergroups.users.update: the whole list, which must not be empty."""
    group, users = call.text("usergroup"), [each for each in call.text("users").split(",") if each]
    if group not in workspace.user_groups:
        raise SlackError("no_such_subteam")
    if not users or any(each not in workspace.people for each in users):
        raise SlackError("invalid_users")
    workspace.user_groups[group] = tuple(users)
    return {"usergroup": {"id": group, "team_id": TEAM_ID, "is_usergroup": True, "users": users}}


TEAM = {
    "api.test": api_test,
    "auth.test": auth_test,
    "team.info": team_info,
    "usergroups.list": usergroups,
    "usergroups.users.list": usergroup_users,
    "usergroups.users.update": update_usergroup_users,
    "users.info": user_info,
    "users.list": user_list,
    "users.lookupByEmail": look_up_by_email,
}
