"""What a person says is wrong: the guide's four questions, and the Slack message that it came from. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from bot.incident import Incident
from bot.target import fold

LONGEST: Final[Mapping[str, int]] = {"what": 1000, "since": 120, "who": 120, "where": 120, "link": 200}
"""Characters. Together, and were each of them escaped in JSON, they fit the 3000 that a Slack modal carries along."""
LONGEST_TITLE: Final = 200
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
TELLING: Final = 4  # letters; shorter words are articles and the like
COMMON: Final = frozenset(
    {"avec", "cette", "dans", "depuis", "elle", "encore", "leur", "mais", "nous", "plus", "pour", "sont", "tous"}
    | {"tout", "toute", "toutes", "tres", "vous", "does", "from", "have", "that", "their", "there", "they", "this"}
    | {"when", "with", "your", "prod", "production", "staging", "critical", "major", "minor", "error", "erreur"}
)


@dataclass(frozen=True, slots=True)
class Report:
    """`what` in full; `since` (when), `who` and `where` may be empty; `link`: the Slack message it was said in."""

    what: str
    since: str = ""
    who: str = ""
    where: str = ""
    link: str = ""

    @classmethod
    def of(cls, said: Mapping[str, object]) -> "Report":
        """Each cut to what it may be; what is missing is ''."""
        return cls(
            **{name: CONTROL.sub("", str(said.get(name) or "")).strip()[:most] for name, most in LONGEST.items()}
        )

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    @property
    def title(self) -> str:
        """The first line of what is wrong."""
        return " ".join(self.what.split("\n", 1)[0].split())[:LONGEST_TITLE]

    @property
    def text(self) -> str:
        """All that was said, for whoever judges how bad it is."""
        return "\n".join(each for each in (self.what, self.who, self.where) if each)

    @property
    def more(self) -> str:
        """What the title leaves out; '' when it says it all."""
        return "" if " ".join(self.what.split()) == self.title else self.what


def similar(report: Report, environment: str, service: str, incidents: Iterable[Incident]) -> list[Incident]:
    """Open incidents that this may already be, the likeliest first: they share telling words, or the place."""
    said = telling(report.text)
    scored = [(_likeness(said, environment, service, each), each) for each in incidents]
    return [each for score, each in sorted(scored, key=lambda pair: (-pair[0], pair[1].number)) if score >= 2]


def telling(text: str) -> frozenset[str]:
    """The words that say what it is about, without case, accents and a plural's s."""
    words = (fold(word).rstrip("s") for word in re.findall(r"\w+", text))
    return frozenset(word for word in words if len(word) >= TELLING and word not in COMMON)


def _likeness(said: frozenset[str], environment: str, service: str, incident: Incident) -> int:
    """In words: the same service in the same environment counts for two, the same environment alone for none."""
    if environment and incident.environment and environment != incident.environment:
        return 0
    same_place = bool(service) and service == incident.service and environment == incident.environment
    return len(said & telling(f"{incident.title} {incident.summary}")) + (2 if same_place else 0)
