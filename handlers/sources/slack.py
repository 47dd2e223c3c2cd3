"""Messages that other apps post in a Slack channel that the desk watches, as Slack's Events API hands them over.

Such a message has no id that outlives it, so its key is the app, the channel, and the link of its title, less what
says when (Datadog's `from_ts`); where the link is the same for everything (Alertmanager's own page) or there is none,
its title less its state (`[FIRING:1]`, "resolved", ✅) besides. What people write, edits and Slack's handshake are
information. The colour of an attachment says how bad it is when no word does.
Source: docs.slack.dev/reference/events/message, …/legacy/legacy-messaging/legacy-secondary-message-attachments.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.alert import Alert, AlertStatus
from bot.phrase import Phrase
from bot.target import fold
from handlers.sources.body import NotUnderstood, decode, stable_hash
from handlers.sources.fields import instant, joined, mapping, said, sequence, text

SOURCE: Final = "slack"
LINK: Final = re.compile(r"<(?P<url>https?://[^|>]+)(?:\|(?P<words>[^>]*))?>")
MENTION: Final = re.compile(r"<[@!#][^|>]*(?:\|(?P<words>[^>]*))?>")
OVER: Final = re.compile(
    r"\b(?:resolved?|recovered|recovery|ok|closed|cleared|up|fixed|back to normal"
    r"|resolue?s?|retablie?s?|retour a la normale)\b|:white_check_mark:"
    r"|:large_green_circle:|✅|🟢"
)
BAD: Final = re.compile(
    r"\b(?:firing|alerting|triggered|alert|down|critical|error|failed|failure|problem|warning|open|incident"
    r"|unavailable|unreachable|indisponibles?|injoignables?|en panne|hors service|ko|erreur|echec|alerte|critique)\b"
    r"|:(?:fire|rotating_light|red_circle|warning|x):|🔥|🚨|🔴"
)
TAKEN: Final = re.compile(r"\backnowledged\b")
STATES: Final = re.compile(
    rf"\[[^\]]*\]|(?:{OVER.pattern})|(?:{BAD.pattern})|(?:{TAKEN.pattern})|\b(?:is|was|has been|now)\b"
)
WHEN: Final = ("from", "to", "time", "timestamp", "ts", "now", "event_id", "date", "end", "start", "link_source")
"""Names of a link's parameters that are others in each message; also those that end in `_ts`."""
ID: Final = re.compile(r"\d+|(?=\D*\d)[\w:.-]{6,}")
EVERYTHING: Final = re.compile(r"/alerts\?")  # in the fragment of Alertmanager's own page
GREEN: Final = ("good", "#2eb886", "#36a64f", "#2eb67d", "#00ff00", "#008000")
RED: Final = {"danger": "critical", "warning": "warning"}


def parse(body: bytes, headers: Mapping[str, str]) -> list[Alert]:
    """One Alert. Raises NotUnderstood."""
    content = decode(body, object)
    if text(content, "type") == "url_verification":
        return [Alert(SOURCE, "url_verification", AlertStatus.INFO, "Slack asks whether this is the right address")]
    event = mapping(content, "event") or (content if isinstance(content, dict) else {})
    if text(event, "type") != "message":
        raise NotUnderstood("$.event.type", Phrase("It is no message."))
    return [_alert(event)]


def words_of(message: dict[str, object]) -> str:
    """What stands in the attachments or blocks of a message, plain: other apps leave its text empty."""
    attachment = mapping(message, "attachments.0")
    said_ = [text(attachment, "pretext"), text(attachment, "title"), *_texts(message)]
    return "\n".join(dict.fromkeys(filter(None, map(plain, said_))))


def _alert(event: dict[str, object]) -> Alert:
    attachment = mapping(event, "attachments.0")
    title = plain(text(attachment, "title", "pretext", "fallback") or _first_line(event))
    if not title:
        raise NotUnderstood("$.event.text", Phrase("The message says nothing."))
    everything = [text(event, "text"), *(plain(each) for each in _texts(event))]
    by = text(event, "bot_id", "app_id", "bot_profile.app_id")
    status = _status(title, attachment) if by and _posted(event) else AlertStatus.INFO
    link = text(attachment, "title_link", "from_url") or _link(text(event, "text"))
    about = _about(link, " ".join(STATES.sub(" ", fold(title)).split()) or fold(title))
    colour = text(attachment, "color").lower()
    return Alert(
        source=SOURCE, dedup_key=joined(by, text(event, "channel"), stable_hash(about)), status=status, title=title,
        text="\n".join(dict.fromkeys(filter(None, (plain(each) for each in everything)))),
        severity=RED.get(colour, ""), url=link,
        labels=said(channel=text(event, "channel"), app=text(event, "username", "bot_profile.name"),
                    colour=colour) | _fields(attachment),
        starts_at=instant(event, "ts"),
    )  # fmt: skip


def _about(link: str, title: str) -> str:
    """The link alone where it leads to one thing, which has an id or a number there."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return title
    query = [(name, said_) for name, said_ in parse_qsl(parts.query) if name not in WHEN and not name.endswith("_ts")]
    plain = urlunsplit(parts._replace(query=urlencode(query)))
    places = [*parts.path.split("/"), *parts.fragment.split("/"), *(said_ for name, said_ in query if name != "orgId")]
    one = any(ID.fullmatch(place) for place in places) and not EVERYTHING.search(parts.fragment)
    return plain if one else f"{plain} {title}".strip()


def _posted(event: dict[str, object]) -> bool:
    """Not an edit, a deletion or a reply in a thread."""
    return text(event, "subtype") in ("", "bot_message") and text(event, "thread_ts") in ("", text(event, "ts"))


def _status(title: str, attachment: dict[str, object]) -> AlertStatus:
    """The title's words decide, else the colour; a message of a watched app that says neither fires."""
    folded = fold(title)
    if OVER.search(folded) and not re.search(r"\b(?:not|isn't|no) (?:\w+ )?(?:ok|up|resolved|recovered)\b", folded):
        return AlertStatus.RESOLVED
    if TAKEN.search(folded):
        return AlertStatus.ACKNOWLEDGED
    if not BAD.search(folded) and text(attachment, "color").lower() in GREEN:
        return AlertStatus.RESOLVED
    return AlertStatus.FIRING


def _texts(event: dict[str, object]) -> Iterable[str]:
    for attachment in sequence(event, "attachments"):
        yield text(attachment, "text", "fallback")
        yield from _of_blocks(sequence(attachment, "blocks"))
    yield from _of_blocks(sequence(event, "blocks"))


def _of_blocks(blocks: Iterable[object]) -> Iterable[str]:
    for block in blocks:
        yield text(block, "text.text")
        for field in sequence(block, "fields"):
            yield text(field, "text")


def _first_line(event: dict[str, object]) -> str:
    """The header of its blocks, if it has one; else the first line of the text."""
    heads = (text(each, "text.text") for each in sequence(event, "blocks") if text(each, "type") == "header")
    texts = (next(heads, ""), text(event, "text"), *_texts(event))
    return next((each.strip().partition("\n")[0] for each in texts if each.strip()), "")


def _fields(attachment: dict[str, object]) -> dict[str, str]:
    fields = sequence(attachment, "fields")
    return {text(each, "title"): plain(text(each, "value")) for each in fields if text(each, "title")}


def _link(message: str) -> str:
    found = LINK.search(message)
    return found["url"].replace("&amp;", "&") if found else ""


def plain(mrkdwn: str) -> str:
    """Links by their words, mentions by their names, without Slack's escapes and stars."""
    bare = LINK.sub(lambda found: found["words"] or found["url"], mrkdwn)
    bare = MENTION.sub(lambda found: found["words"] or "", bare)
    bare = re.sub(r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)", "", bare)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()
