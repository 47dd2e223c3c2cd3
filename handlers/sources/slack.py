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
from bot.classification.impact import BAD as BAD_NEWS
from bot.classification.reading import read
from bot.phrase import Phrase
from bot.target import fold
from handlers.sources import uptime_kuma
from handlers.sources.body import NotUnderstood, decode, stable_hash
from handlers.sources.fields import instant, joined, mapping, said, sequence, text

SOURCE: Final = "slack"
LINK: Final = re.compile(r"<(?P<url>https?://[^|>]+)(?:\|(?P<words>[^>]*))?>")
MENTION: Final = re.compile(r"<[@!#][^|>]*(?:\|(?P<words>[^>]*))?>")
OVER: Final = re.compile(
    r"\b(?:resolved|recovered|back (?:to normal|online)|(?:is|are|est) back up|resolue?s?|retablie?s?"
    r"|retour a la normale"
    r"|(?:alert|alerte|incident|issue|monitor|problem|ticket)(?: is| has been)? (?:closed|cleared|over))\b"
    r"|\b(?:is|now|has been) (?:now |back )?(?:up(?! ?(?:by|to|from|for|\d))|ok|fixed|cleared)\b"
    r"|^\W*(?:closed|cleared|ok|up|fixed|recovery)(?= ?[:|\])–—]| - |\W*$)|\[\W*(?:ok|up|closed|cleared)\W*\]"
    r"|:white_check_mark:|:large_green_circle:|✅|🟢"
)
MAYBE_OVER: Final = re.compile(r"\b(?:recovery|ok|closed|cleared|up|fixed|resolved?)\b")
"""Good news unless something bad is said beside it: "sign up is broken", "connection closed unexpectedly"."""
NOT_OVER: Final = re.compile(
    r"\b(?:not|isn't|no|never|cannot|can't|couldn't|failed to|unable to)(?: \w+){0,2}?"
    r" (?:ok|up|resolved?|recover(?:ed)?|cleared|closed|fixed)\b"
)
BAD: Final = re.compile(
    r"\b(?:firing|alerting|triggered|alert|down|critical|errors?|fail(?:s|ed|ing|ure)?|problem|warning|open|incident"
    r"|broken|unavailable|unreachable|indisponibles?|injoignables?|en panne|hors service|ko|erreurs?|echec|alerte"
    r"|critique)\b|:(?:fire|rotating_light|red_circle|warning|x):|🔥|🚨|🔴"
)
TAKEN: Final = re.compile(r"\backnowledged\b")
FIRES: Final = re.compile(r"\b(?:firing|alerting|triggered)\b")
STATES: Final = re.compile(
    rf"(?:{OVER.pattern})|(?:{MAYBE_OVER.pattern})|(?:{BAD.pattern})|(?:{TAKEN.pattern})|\b(?:is|was|has been|now)\b"
)
COUNTED: Final = re.compile(r"\[[\W\d]*\]|[^\w\s]+")
"""What is left of `[FIRING:1]`, and punctuation. `[PROD]` stays: it tells two places apart."""
DETAIL: Final = re.compile(
    r"(?: [-–—] ?(?:reason|cause|raison)\b| - \d{3} - |\. it was down |\b(?:after|for|depuis) \d).*$"
)
"""Why, or how long it lasted: other words in the recovery than in the alert."""
NAMELESS: Final = re.compile(
    r"\W*(?:(?:new|uptime kuma|monitoring|system) )?(?:alert|alerte|notification|alarm)s?\W*", re.IGNORECASE
)
"""A headline that is the same for everything."""
WHEN: Final = ("from", "to", "time", "timestamp", "ts", "now", "event_id", "date", "end", "start", "link_source")
"""Names of a link's parameters that are others in each message; also those that end in `_ts`."""
ID: Final = re.compile(r"\d+|(?=\D*\d)[\w:.-]{6,}")
EVERYTHING: Final = re.compile(r"/alerts\?")  # in the fragment of Alertmanager's own page
GREEN: Final = re.compile(r"good|#?(?P<red>[0-9a-f]{2})(?P<green>[0-9a-f]{2})(?P<blue>[0-9a-f]{2})")
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
    watched = uptime_kuma.IN_MESSAGE.search(title)
    if not title:
        raise NotUnderstood("$.event.text", Phrase("The message says nothing."))
    everything = [text(event, "text"), *(plain(each) for each in _texts(event))]
    by = text(event, "bot_id", "app_id", "bot_profile.app_id")
    status = _status(title, attachment) if by and _posted(event) else AlertStatus.INFO
    link = text(attachment, "title_link", "from_url") or _link(text(event, "text"))
    about = _about(link, fold(watched["name"]) if watched else _stateless(fold(title)))
    colour = text(attachment, "color").lower()
    return Alert(
        source=SOURCE, dedup_key=joined(by, text(event, "channel"), stable_hash(about)), status=status, title=title,
        text="\n".join(dict.fromkeys(filter(None, (plain(each) for each in everything)))),
        severity=RED.get(colour, ""), url=link,
        labels=said(channel=text(event, "channel"), posted_by=text(event, "username", "bot_profile.name"),
                    colour=colour) | _fields(attachment),
        starts_at=instant(event, "ts"),
    )  # fmt: skip


def _stateless(title: str) -> str:
    """What it is about, in the same words while it fires and when it is over."""
    return " ".join(COUNTED.sub(" ", STATES.sub(" ", DETAIL.sub("", title))).split()) or title


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
    """The title's words decide, else the colour: no tool paints bad news green. What says neither fires."""
    folded, colour = fold(title), text(attachment, "color").lower()
    denied, green = NOT_OVER.search(folded) is not None, _is_green(colour)
    if (OVER.search(folded) or (green and not FIRES.search(folded))) and not denied:
        return AlertStatus.RESOLVED
    if TAKEN.search(folded):
        return AlertStatus.ACKNOWLEDGED
    if BAD.search(folded) or denied or colour in RED:
        return AlertStatus.FIRING
    hopeful = MAYBE_OVER.search(folded) is not None and read(title, "").impact not in BAD_NEWS
    return AlertStatus.RESOLVED if hopeful else AlertStatus.FIRING


def _is_green(colour: str) -> bool:
    found = GREEN.fullmatch(colour)
    if found is None or found["red"] is None:
        return found is not None
    red, green, blue = (int(found[each], 16) for each in ("red", "green", "blue"))
    return green > red + 40 and green > blue + 20


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
    """The header of its blocks, if it has one; else the first line of the text that says something of its own."""
    heads = (text(each, "text.text") for each in sequence(event, "blocks") if text(each, "type") == "header")
    texts = (next(heads, ""), text(event, "text"), *_texts(event))
    lines = [line.strip() for each in texts for line in each.splitlines() if line.strip()]
    return next((line for line in lines if not NAMELESS.fullmatch(line)), next(iter(lines), ""))


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
