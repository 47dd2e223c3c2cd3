"""Why a provider did not take a message, as people read it. The reason itself stays as it came, in English.

Codes: https://www.twilio.com/docs/api/errors; Slack's words: docs.slack.dev, chat.postMessage and conversations.open.
"""

import re
from collections.abc import Mapping
from typing import Final

from bot.phrase import Phrase, Value

NO_NUMBER: Final = Phrase("the number does not exist: correct people.*.phone in ecotrajet.yaml")
TWILIO: Final[Mapping[int, Phrase]] = {
    20003: Phrase("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN do not fit together"),
    20404: Phrase("TWILIO_ACCOUNT_SID is not an account"),
    21211: NO_NUMBER,
    21214: Phrase("the number cannot be called: correct people.*.phone in ecotrajet.yaml"),
    21217: NO_NUMBER,
    21408: Phrase("this country is not allowed: enable it in Twilio, Messaging, Geo permissions"),
    21215: Phrase("calls to this country are not allowed: enable it in Twilio, Voice, Geo permissions"),
    21606: Phrase("TWILIO_FROM_NUMBER cannot send SMS"),
    21608: Phrase("a trial account may only reach verified numbers: upgrade it"),
    21610: Phrase("this person answered STOP: they have to send START to the desk's number"),
    21612: Phrase("Twilio cannot reach this number from TWILIO_FROM_NUMBER"),
    21614: Phrase("the number is not a mobile: correct people.*.phone in ecotrajet.yaml"),
    21659: Phrase("TWILIO_FROM_NUMBER does not belong to this account"),
    30003: Phrase("the phone is switched off or out of reach"),
    30004: Phrase("the operator refused the message"),
    30005: NO_NUMBER,
    30006: Phrase("the number is a landline: correct people.*.phone in ecotrajet.yaml"),
    30007: Phrase("the operator took the message for spam"),
}
SLACK: Final[Mapping[str, Phrase]] = {
    "invalid_auth": Phrase("SLACK_BOT_TOKEN is not valid: install the app again and copy the token"),
    "not_authed": Phrase("SLACK_BOT_TOKEN is empty"),
    "token_revoked": Phrase("the token was revoked: install the app again"),
    "token_expired": Phrase("the token has expired: install the app again"),
    "account_inactive": Phrase("the app was removed from the workspace: install it again"),
    "missing_scope": Phrase("the app lacks a permission: update it from manifest.yml and install it again"),
    "not_in_channel": Phrase("the bot is not in the channel: type /invite @ecotrajet there"),
    "channel_not_found": Phrase("there is no such channel, or it is private: check its name and invite the bot"),
    "is_archived": Phrase("the channel is archived: choose another one in ecotrajet.yaml"),
    "user_not_found": Phrase("nobody has this Slack id: correct people.*.slack in ecotrajet.yaml"),
    "user_not_visible": Phrase("the bot may not see this person (guest or other workspace)"),
    "user_disabled": Phrase("this person's Slack account is deactivated"),
    "cannot_dm_bot": Phrase("this Slack id is a bot's: correct people.*.slack in ecotrajet.yaml"),
    "restricted_action": Phrase("the workspace does not let the bot post there: ask an administrator"),
    "team_access_not_granted": Phrase("the app is not approved for this workspace: ask an administrator"),
}
CODE: Final = re.compile(r"\b\d{5}\b")
OF_SLACK: Final = re.compile(r"Slack: (?P<word>\w+)(?P<more> [\w:,.]+)? \(")
LIKE: Final = (
    (re.compile(r"no answer in time|did not answer in time"), Phrase("no answer in time")),
    (re.compile(r"^no \w+ is configured$"), Phrase("nothing is configured for it")),
    (
        re.compile(r"asks us to (?:slow down|come back)(?: \((?P<word>\d+)\))?"),
        Phrase("we are asked to come back later"),
    ),
    (re.compile(r"cannot be reached: (?P<word>.+)"), Phrase("it cannot be reached ({word})")),
    (re.compile(r"is unwell: (?P<word>.+)"), Phrase("it is unwell ({word})")),
    (re.compile(r"the server refuses it \((?P<word>\d+)\)"), Phrase("the mail server refuses it ({word})")),
    (re.compile(r"^(?:machine_\w+|fax)$"), Phrase("an answering machine took the call")),
    (re.compile(r"^busy\b"), Phrase("the line was busy")),
    (re.compile(r"^no-answer\b"), Phrase("nobody answered the call")),
    (re.compile(r"^not a mail address"), Phrase("not a mail address: correct people.*.email in ecotrajet.yaml")),
)


def worded(reason: str) -> Phrase:
    """What is known of it in the reader's language, with the provider's own word; else the reason as it came. It holds
    the reason itself in any case, as `reason`.
    """
    code, facts = CODE.search(reason), dict[str, Value | Phrase]()
    if code is not None and int(code[0]) in TWILIO:
        facts = {"word": f"Twilio {code[0]}", "told": TWILIO[int(code[0])], "reason": reason}
        return Phrase("{word}: {told}", facts)
    slack = OF_SLACK.match(reason)
    if slack is not None and slack["word"] in SLACK:
        word = f"Slack {slack['word']}{slack['more'] or ''}"
        return Phrase("{word}: {told}", {"word": word, "told": SLACK[slack["word"]], "reason": reason})
    for like, told in LIKE:
        if (found := like.search(reason)) is not None:
            return Phrase(told.msgid, {"word": found.groupdict().get("word") or "", "reason": reason})
    return Phrase("{reason}", {"reason": reason})
