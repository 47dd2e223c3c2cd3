"""Words to people about their turns, in the transaction of what they tell."""

from bot.desk import Desk
from bot.message import About, Ask, Kind
from bot.phrase import Phrase
from bot.store import messages
from bot.store.database import Tx


def named(desk: Desk, person: str) -> str:
    known = desk.people.get(person)
    return known.name if known else person


def all_named(desk: Desk, people: tuple[str, ...]) -> str | Phrase:
    return ", ".join(named(desk, each) for each in people) or Phrase("nobody")


async def direct(tx: Tx, desk: Desk, person: str, said: Phrase, ask: Ask | None = None, request: int = 0) -> bool:
    """In their Slack messages, else by mail (a button then reads as what to type). False: neither reaches them."""
    to = desk.people.get(person)
    if to is None or not (to.slack or to.email):
        return False
    kind = Kind.SLACK if to.slack else Kind.EMAIL
    body: dict[str, object] = {"phrase": said.to_json()}
    about = About.TELL
    if ask is not None and kind is Kind.SLACK:
        about, body = About.ASK, {**body, "button": ask.to_json(), "request": request}
    await messages.queue(tx, kind=kind, about=about, to=str(to.address(kind)), person=person, body=body)
    return True


async def answered(tx: Tx, to: str, person: str, at: str, said: Phrase) -> None:
    """The question that stands at `at` in somebody's Slack now reads `said`, without a button."""
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.ASK, to=to, person=person, body={"phrase": said.to_json(), "at": at}
    )
