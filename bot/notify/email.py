"""Mail: the same facts as a card, threaded by incident, through SMTP or Amazon SES (two ways of one method).

SMTP: `smtp://user:password@host:port` (STARTTLS whenever the server offers it, and always before a password is sent) or
`smtps://` (TLS from the start). SES: `boto3` in a thread, with the standard AWS variables, `AWS_ENDPOINT_URL` included.
"""

import re
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final, Protocol

from jinja2 import Environment, PackageLoader, select_autoescape

from bot.access import may_respond
from bot.desk import Desk
from bot.errors import Permanent
from bot.incident import Incident, Priority, Status
from bot.link import Links
from bot.message import About, Kind, Message
from bot.notify.blocks.digest import headline, told
from bot.notify.blocks.marks import severity
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.responding import impact, manager_facts
from bot.notify.blocks.state import state
from bot.notify.channel import Outgoing, because_of, phrase_of
from bot.notify.wording import facts, plain
from bot.phrase import Phrase
from bot.view import DigestView, IncidentView

COLOUR: Final = {Priority.P1: "#ae2e24", Priority.P2: "#a54800", Priority.P3: "#0055cc"}
TITLE: Final = 160
SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ü])")


class Post(Protocol):
    """Whoever carries a mail away."""

    async def carry(self, mail: EmailMessage) -> str:
        """The carrier's id of the mail. Raises Retryable or Permanent."""
        ...


class EmailChannel:
    kind = Kind.EMAIL

    def __init__(self, post: Post, sender: str, desk: Desk, links: Links | None = None) -> None:
        """`sender`: `EMAIL_FROM`, with or without a display name. `links`: a page can be taken from the mail."""
        self.links = links
        self.post = post
        self.sender = sender
        self.desk = desk
        self.pages = Environment(
            loader=PackageLoader("bot.notify", ""), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
        )

    async def close(self) -> None:
        """Nothing is kept open between two mails."""

    async def send(self, outgoing: Outgoing) -> str:
        """The carrier's id of the mail."""
        reader = Reader.of(self.desk, outgoing.language, outgoing.as_of)
        return await self.post.carry(self.mail(outgoing, reader))

    def way_to_take(self, outgoing: Outgoing, reader: Reader) -> tuple[str, str] | None:
        """(label, address) of the link in a page that somebody has to answer."""
        message, view = outgoing.message, outgoing.view
        if self.links is not None and message.about is About.DRILL and message.person is not None:
            drill = message.body.get("drill")
            answer = self.links.to_answer(int(str(drill)), message.person, message.id, outgoing.as_of)
            return reader.say(Phrase("It reached me")), answer
        if self.links is None or view is None or message.about is not About.PAGE or message.person is None:
            return None
        may = may_respond(self.desk.people, self.desk.teams, message.person)
        if not may or not is_asked(message, view.incident):
            return None
        said = reader.say(Phrase("Take incident #{number}", {"number": view.incident.number}))
        return said, self.links.to_acknowledge(view.incident.number, message.person, message.id, outgoing.as_of)

    def mail(self, outgoing: Outgoing, reader: Reader) -> EmailMessage:
        """Headers, text and HTML. Raises Permanent when there is nothing to say or nobody to say it to."""
        message = outgoing.message
        if "@" not in parseaddr(message.to)[1]:
            raise Permanent("not a mail address: correct people.*.email in ecotrajet.yaml")
        about = words_of(outgoing, reader)
        about["take"] = self.way_to_take(outgoing, reader)
        about["footer"] = reader.say(Phrase("Sent by the ÉcoTrajet incident desk."))
        made = EmailMessage()
        made["Subject"] = about["subject"]
        made["From"] = self.sender
        made["To"] = message.to
        made["Date"] = format_datetime(outgoing.as_of)
        made["Auto-Submitted"] = "auto-generated"  # RFC 3834: absence notices do not answer
        _thread(made, message, parseaddr(self.sender)[1].rpartition("@")[2] or "ecotrajet.invalid")
        made.set_content(as_text(about, reader))
        made.add_alternative(self.pages.get_template("email.html").render(about), subtype="html")
        return made


def is_asked(page: Message, incident: Incident) -> bool:
    """Whether an answer changes anything: nobody has taken it, or this very person is asked although another has."""
    if incident.status is Status.ACKNOWLEDGED:
        return because_of(page) is not None and page.person not in incident.on_it
    return incident.status is Status.TRIGGERED


def _thread(mail: EmailMessage, message: Message, domain: str) -> None:
    """All mails of an incident refer to the same, never sent, first one: mail programs then show one conversation."""
    mail["Message-ID"] = f"<ecotrajet-m{message.id}-{message.starts}@{domain}>"
    if message.incident is not None:
        root = f"<ecotrajet-incident-{message.incident}@{domain}>"
        mail["In-Reply-To"] = root
        mail["References"] = root


def words_of(outgoing: Outgoing, reader: Reader) -> dict[str, object]:
    message, view = outgoing.message, outgoing.view
    if outgoing.digest is not None:
        return digest_words(outgoing.digest, reader)
    if view is None or message.about in (About.REMINDER, About.TELL):
        return sentence_words(message, reader)
    if outgoing.manager or message.about is About.UPDATE:
        return manager_words(view, reader)
    words = incident_words(view, reader)
    if (because := because_of(message)) is not None:
        words["grade"] = f"{reader.say(because)} · {words['grade']}"
    return words


def digest_words(digest: DigestView, reader: Reader) -> dict[str, object]:
    """What is open, and what is over: a line each."""
    title = reader.say(headline(digest))
    worst = digest.open[0][0].priority if digest.open else Priority.P3
    return {"language": reader.language, "subject": title, "colour": COLOUR[worst], "grade": "", "title": title,
            "text": "", "facts": told(digest, reader), "links": [], "hint": ""}  # fmt: skip


def manager_words(view: IncidentView, reader: Reader) -> dict[str, object]:
    """Impact, since when, who is on it, when more will be known; nothing technical."""
    incident = view.incident
    title = plain(reader.say(impact(incident, reader)), TITLE)
    told = manager_facts(view, reader, reader.say(state(incident, reader)))
    return {
        "language": reader.language, "subject": f"{title} #{incident.number}", "colour": COLOUR[incident.priority],
        "grade": f"{incident.priority} · #{incident.number}", "title": title, "text": "",
        "facts": [(reader.say(label), value) for label, value in told], "links": [], "hint": "",
    }  # fmt: skip


def incident_words(view: IncidentView, reader: Reader) -> dict[str, object]:
    """What the template and the text show of an incident."""
    incident = view.incident
    title = plain(incident.title, TITLE)
    command = f"/ecotrajet incident ack {incident.number}"
    links = {row.url: row.source for row in view.alerts if row.url.startswith(("https://", "http://"))}
    return {
        "language": reader.language,
        "subject": f"[{incident.priority}] {title} #{incident.number}",
        "colour": COLOUR[incident.priority],
        "grade": f"{incident.priority} {reader.say(severity(incident.priority))} · #{incident.number}",
        "title": title,
        "text": plain(incident.summary, 2000),
        "facts": facts(incident, reader),
        "links": [(reader.say(Phrase("Open in {source}", {"source": s})), url) for url, s in list(links.items())[:3]],
        "hint": reader.say(Phrase("To take it, in Slack: {command}", {"command": command})),
    }


def sentence_words(message: Message, reader: Reader) -> dict[str, object]:
    try:
        said = reader.say(phrase_of(message))
    except ValueError as broken:
        raise Permanent(str(broken)) from None
    head, rest = first_sentence(said)
    title = plain(head, TITLE)
    name = Phrase("ÉcoTrajet, incident #{number}", {"number": message.incident}) if message.incident else "ÉcoTrajet"
    subject = reader.say(Phrase("{label}: {value}", {"label": name, "value": title}))
    return {"language": reader.language, "subject": subject, "colour": "#44546f", "title": title,
            "text": rest if head == title else said, "facts": [], "links": [], "hint": "", "grade": ""}  # fmt: skip


def first_sentence(said: str) -> tuple[str, str]:
    """What a mail is headed by, and what follows. All of it, when that is short."""
    end = SENTENCE.search(said) if len(said) > TITLE else None
    return (said[: end.start()], said[end.end() :]) if end else (said, "")


def as_text(words: dict[str, object], reader: Reader) -> str:
    """The same, for programs and people who read plain text."""
    rows, links = words["facts"], words["links"]
    assert isinstance(rows, list)
    assert isinstance(links, list)
    take = words.get("take")
    lines = [
        words["grade"],
        words["title"],
        "",
        *([_labelled(take[0], take[1], reader), ""] if isinstance(take, tuple) else []),
        words["text"],
        *(_labelled(label, value, reader) for label, value in [*rows, *links]),
    ]
    lines += ["", words["hint"], "", "--", words["footer"]]
    kept = [str(line) for before, line in zip(["x", *lines], lines, strict=False) if line or before]
    return "\n".join(kept).strip() + "\n"


def _labelled(label: str, value: str, reader: Reader) -> str:
    return reader.say(Phrase("{label}: {value}", {"label": label, "value": value}))
