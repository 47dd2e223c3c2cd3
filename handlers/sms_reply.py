"""What a person means by a text message, and what they are told in return. Short: every piece is paid for.

`1a`, `1e`, `1r` (`1 A`, too) answer the page that carried this code. `ack 42`, `ACK`, `ok`, `je prends le 42`, `42`,
`#42 pris`: all take. Giving one up (`résolu 42`) or asking for more people (`escalade 42`) needs the number.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from bot.answers import (
    AcknowledgeAnswer,
    Acknowledged,
    AlreadyAcknowledged,
    AlreadyEscalated,
    AlreadyResolved,
    AlsoOnIt,
    EscalateAnswer,
    Escalated,
    NoSuchIncident,
    NothingLeft,
    Repeated,
    ResolveAnswer,
    Resolved,
    Shared,
    StillOnIt,
    TookOver,
)
from bot.escalation import level_named
from bot.phrase import Phrase, Value
from bot.shortcode import ESCALATE, RESOLVE, TAKE


class Wish(StrEnum):
    TAKE = "take"
    RESOLVE = "resolve"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Reply:
    """`code`: this person's, of one of their pages. Without it, `number` None is what they were paged for last."""

    wish: Wish
    number: int | None = None
    code: int | None = None


VERBS: Final = {
    **dict.fromkeys(("ack", "acknowledge", "acknowledged", "acq", "acquitte", "acquitter"), Wish.TAKE),
    **dict.fromkeys(
        ("ok", "okay", "oui", "yes", "prends", "prend", "prendre", "pris", "prise", "moi", "occupe"), Wish.TAKE
    ),
    **dict.fromkeys(("take", "taken", "taking", "mine", "👍"), Wish.TAKE),
    **dict.fromkeys(("resolu", "resolue", "resous", "resoudre", "resolve", "resolved", "fini", "done"), Wish.RESOLVE),
    **dict.fromkeys(("escalade", "escalader", "escalate"), Wish.ESCALATE),
}
FILLERS: Final = frozenset(
    ("je", "j", "l", "le", "la", "les", "c", "est", "ce", "cet", "il", "en", "m", "suis", "dessus", "pour", "n", "num")
).union(
    ("numero", "incident", "incidents", "alerte", "svp", "stp", "merci", "i", "im", "it", "the", "this", "one", "am"),
    ("is", "please", "thanks"),
)
WORD: Final = re.compile(r"\d+|[^\W\d_]+|👍|[^\w\s#.,;:!?'’°()\"«»“”_-]")
LETTERS: Final = {TAKE: Wish.TAKE, ESCALATE: Wish.ESCALATE, RESOLVE: Wish.RESOLVE}
CODE: Final = re.compile(r"[\W_]*(?P<code>\d{1,2})[\W_]*(?P<letter>[a-z])[\W_]*")
LARGEST: Final = 9  # digits: longer is a phone number, not one of ours


def understand(text: str, about: int | None = None) -> Reply | None:
    """What is wished, or None when it is not certain: a page must not be taken by mistake.

    `about`: the incident that is spoken of anyway, as in the thread of its page; a verb without a number means it.
    """
    coded = CODE.fullmatch(_plain(text))
    if coded is not None:
        wish = LETTERS.get(coded["letter"])
        return Reply(wish, code=int(coded["code"])) if wish is not None and "?" not in text else None
    words = WORD.findall(_plain(text))
    numbers = [int(word) for word in words if is_number(word)]
    wishes = {VERBS[word] for word in words if word in VERBS}
    strange = [word for word in words if not (word in VERBS or word in FILLERS or is_number(word))]
    if strange or "?" in text or len(set(numbers)) > 1 or len(wishes) > 1:
        return None
    number = numbers[0] if numbers else None
    wish = next(iter(wishes), Wish.TAKE if number is not None and about in (None, number) else None)
    if wish is None or (wish is not Wish.TAKE and number is None and about is None):
        return None
    return Reply(wish, about if number is None else number)


def is_number(word: str) -> bool:
    return word.isdigit() and len(word) <= LARGEST


def _plain(text: str) -> str:
    """Case, accents and the digits of other keyboards do not matter; `n°` and "on it" are words of their own."""
    numbered = re.sub(r"\bn[°º]", " ", text[:500], flags=re.IGNORECASE)
    folded = unicodedata.normalize("NFKD", numbered).casefold().replace("on it", "mine")
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def not_understood() -> Phrase:
    return Phrase("I did not understand. Reply with a page's code (1a takes page 1), or “ack 42” to take incident 42.")


def unknown_code(code: int) -> Phrase:
    return Phrase("No page of yours has the code {code}. Reply “ack” and the incident's number.", {"code": code})


def nothing_open() -> Phrase:
    return Phrase("No incident waits for your answer. To take another one, reply with its number.")


def stranger() -> Phrase:
    """To a number that nobody has: it says nothing about what goes on here."""
    return Phrase("This number is not known to us. No reply is needed.")


def out_of_order() -> Phrase:
    return Phrase("Your answer could not be recorded. Try again in a minute.")


def worded(answer: AcknowledgeAnswer | ResolveAnswer | EscalateAnswer) -> Phrase | None:  # noqa: C901 - a case each
    """None for a repeated delivery: it was answered the first time."""
    match answer:
        case Repeated():
            return None
        case NoSuchIncident(number):
            return Phrase("There is no incident #{number}.", {"number": number})
        case Acknowledged(incident):
            return Phrase("#{number} is yours.", {"number": incident.number})
        case Shared() | StillOnIt() | AlsoOnIt() | TookOver():
            return _on_it(answer)
        case AlreadyAcknowledged(incident, by, at):
            return Phrase(
                "#{number} was already taken by {name} at {at}.", {"number": incident.number, "name": by, "at": at}
            )
        case AlreadyResolved(incident, by, at):
            return Phrase(
                "#{number} is already over: resolved by {name} at {at}.",
                {"number": incident.number, "name": by, "at": at},
            )
        case Resolved(incident, _):
            return Phrase("#{number} is resolved.", {"number": incident.number})
        case Escalated(incident, level):
            return Phrase("#{number}: {level} is being told.", {"number": incident.number, "level": level_named(level)})
        case AlreadyEscalated(incident, level):
            return Phrase(
                "#{number}: {level} was told already.", {"number": incident.number, "level": level_named(level)}
            )
        case NothingLeft(incident):
            return Phrase("#{number}: everybody has been told already.", {"number": incident.number})
        case _:
            assert_never(answer)


def _on_it(answer: Shared | StillOnIt | AlsoOnIt | TookOver) -> Phrase:
    match answer:
        case Shared(incident, _, have, wanted):
            facts: dict[str, Value | Phrase] = {"number": incident.number, "have": have, "wanted": wanted}
            return Phrase(
                "#{number}: noted, you are on it. {have} of {wanted} have taken it, others are called.", facts
            )
        case StillOnIt(incident):
            return Phrase("#{number} stays yours.", {"number": incident.number})
        case AlsoOnIt(incident, owner):
            return Phrase("#{number}: noted, you help {name}.", {"number": incident.number, "name": owner})
        case TookOver(incident):
            return Phrase("#{number} is yours.", {"number": incident.number})
        case _:
            assert_never(answer)
