"""What one person sees at one moment: pieces of HTML with keys, so that the browser changes only what differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.mail import PostOffice
from bot.sandbox.page.look import Look, day_of, time_of
from bot.sandbox.people import Person
from bot.sandbox.record import Json
from bot.sandbox.slack.message import Message
from bot.sandbox.slack.mrkdwn import ZONE
from bot.sandbox.slack.workspace import Conversation, Workspace
from bot.sandbox.telephone.exchange import Exchange

CLOSE = timedelta(minutes=5)
HOME = "home"
MOST_SHOWN = 200
Piece = tuple[str, str]  # key, HTML


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks, at which place and thread, and whose phone lies on the table."""

    me: Person
    place: str
    thread: str
    owner: Person


class Stage:
    """Draws scenes and remembers what each person has already seen."""

    def __init__(
        self, workspace: Workspace, exchange: Exchange, office: PostOffice, suggestions: tuple[str, ...]
    ) -> None:
        self.workspace = workspace
        self.exchange = exchange
        self.office = office
        self.suggestions = suggestions
        self.look = Look(workspace, workspace.people)
        self.read: dict[tuple[str, str], int] = {}
        self.handled: dict[str, int] = {}

    def scene(self, eyes: Eyes, *, clock: bool) -> Json:
        """All pieces for one browser."""
        place = self.workspace.find(eyes.place)
        self._mark_read(eyes, place)
        return {
            "side": self.look.html("side.html", **self._side(eyes)),
            "people": self.look.html("people.html", me=eyes.me),
            "clock": self.look.html("clock.html", now=self._now(), able=clock),
            "head": self.look.html("head.html", place=place, home=eyes.place == HOME, eyes=eyes),
            "messages": list(self._messages(eyes, place)) if place else list(self._home(eyes)),
            "thread": list(self._thread(eyes, place)) if place and eyes.thread else None,
            "modal": self._modal(eyes.me),
            "owners": self.look.html("owners.html", owners=self._owners(), owner=eyes.owner),
            "phone": list(self._phone(eyes.owner)),
            "call": self._call(eyes.owner),
            "mails": list(self._mails(eyes.owner)),
            "may_text": eyes.owner.phone is not None,
            "may_write": place is not None and not place.archived,
            "empty": [] if place and self.workspace.visible(eyes.me.slack_id, place) else list(self.suggestions),
            "news": sum(one["new"] for one in self._owners()),
            "unread": sum(room["unread"] for room in self._rooms(eyes)),
        }

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.workspace.now(), ZONE)

    def _mark_read(self, eyes: Eyes, place: Conversation | None) -> None:
        if place is not None:
            self.read[eyes.me.slack_id, place.id] = len(self.workspace.visible(eyes.me.slack_id, place))
        self.handled[eyes.owner.key] = self._arrived(eyes.owner)

    def _arrived(self, person: Person) -> int:
        calls = sum(call.to == person.phone for call in self.exchange.calls)
        texts = sum(not one.inbound for one in self.exchange.of(person.phone or "-"))
        return calls + texts + sum(1 for _ in self.office.of(person.email or "-"))

    def _rooms(self, eyes: Eyes) -> list[Json]:
        me = eyes.me.slack_id
        rooms = [room for room in self.workspace.conversations.values() if me in room.members and not room.is_dm]
        rooms.append(self.workspace.dm(me))
        return [
            {
                "room": room,
                "here": room.id == eyes.place,
                "unread": len(self.workspace.visible(me, room)) - self.read.get((me, room.id), 0),
            }
            for room in rooms
        ]

    def _side(self, eyes: Eyes) -> Json:
        return {
            "rooms": self._rooms(eyes),
            "eyes": eyes,
            "home": eyes.place == HOME,
            "shortcuts": self._shortcuts("global"),
        }

    def _shortcuts(self, kind: str) -> list[Json]:
        found = (one for one in self.workspace.manifest.shortcuts if one.kind == kind)
        return [{"name": one.name, "id": one.callback_id} for one in found]

    def _messages(self, eyes: Eyes, place: Conversation) -> Iterator[Piece]:
        seen = self.workspace.visible(eyes.me.slack_id, place)
        top = [one for one in seen if not one.in_thread or one.broadcast or one.ephemeral_to]
        replies: dict[str, list[Message]] = {}
        for one in seen:
            if one.in_thread and not one.ephemeral_to:
                replies.setdefault(str(one.thread_ts), []).append(one)
        if len(top) <= MOST_SHOWN:
            yield "welcome", self.look.html("welcome.html", place=place)
        before: Message | None = None
        for one in top[-MOST_SHOWN:]:
            if before is None or time_of(before.ts).date() != time_of(one.ts).date():
                day = day_of(time_of(one.ts), self._now())
                yield f"day-{time_of(one.ts):%Y%m%d}", self.look.html("day.html", day=day)
                before = None
            yield one.ts, self._message(one, before, replies.get(one.ts, []))
            before = one

    def _message(self, one: Message, before: Message | None, replies: list[Message], *, in_thread: bool = False) -> str:
        follows = (
            before is not None
            and before.user == one.user
            and not one.ephemeral_to
            and not before.ephemeral_to
            and not one.by_bot
            and time_of(one.ts) - time_of(before.ts) < CLOSE
        )
        shortcuts = self._shortcuts("message")
        return self.look.html(
            "message.html", m=one, follows=follows, replies=replies, shortcuts=shortcuts, in_thread=in_thread
        )

    def _thread(self, eyes: Eyes, place: Conversation) -> Iterator[Piece]:
        before: Message | None = None
        for one in self.workspace.visible(eyes.me.slack_id, place):
            if eyes.thread in (one.ts, one.thread_ts):
                yield one.ts, self._message(one, before, [], in_thread=True)
                before = one

    def _home(self, eyes: Eyes) -> Iterator[Piece]:
        view = self.workspace.homes.get(eyes.me.slack_id)
        yield view.hash if view else "none", self.look.html("home.html", view=view)

    def _modal(self, me: Person) -> Piece | None:
        view = self.workspace.top_view(me.slack_id)
        if view is None:
            return None
        return f"{view.id}-{view.hash}-{hash(tuple(view.errors.items()))}", self.look.html("modal.html", view=view)

    def _owners(self) -> list[Json]:
        people = self.workspace.people.values()
        ringing = {call.to for call in self.exchange.calls if call.status in {"queued", "ringing"}}
        return [
            {"person": p, "new": self._arrived(p) - self.handled.get(p.key, 0), "rings": p.phone in ringing}
            for p in people
        ]

    def _phone(self, owner: Person) -> Iterator[Piece]:
        for one in self.exchange.of(owner.phone or "-"):
            yield one.sid, self.look.html("sms.html", sms=one)

    def _call(self, owner: Person) -> Piece | None:
        calls = [one for one in self.exchange.calls if one.to == owner.phone and not one.over]
        if not calls:
            return None
        call = calls[-1]
        return f"{call.sid}-{call.status}-{len(call.said)}", self.look.html("call.html", call=call)

    def _mails(self, owner: Person) -> Iterator[Piece]:
        for number, mail in reversed(list(enumerate(self.office.of(owner.email or "-")))):
            yield str(number), self.look.html("mail.html", mail=mail, number=number)
