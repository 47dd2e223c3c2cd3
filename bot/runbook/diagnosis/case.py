"""What a diagnosis starts from and what it ends with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.phrase import Phrase
from bot.runbook.looks import Findings

RECENT: Final = timedelta(hours=24)  # a deployment this old is still under suspicion
FELL_LATELY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Deployed:
    """What runs now came at `at` in the place of another image; `by` is a person's id or ''."""

    version: str
    before: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to type next (`/ecotrajet …`), and what for."""

    command: str
    what: Phrase


@dataclass(frozen=True, slots=True)
class Verdict:
    """`well`: nothing wrong is to be seen. `advice`: the best first."""

    cause: Phrase
    advice: tuple[Advice, ...]
    well: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule looks at. `now`: by the desk's clock, as `deployed.at`; the engine's times go with the evidence's.

    `elsewhere`: another environment where the service runs, to compare with; '' for none.
    """

    found: Findings
    deployed: Deployed | None
    environment: str
    service: str
    now: datetime
    elsewhere: str = ""

    @property
    def place(self) -> str:
        """`prod ecotrajet`, as it is typed."""
        return f"{self.environment} {self.service}"

    @property
    def recent(self) -> Deployed | None:
        """A deployment that may be what broke it."""
        return self.deployed if self.deployed and self.now - self.deployed.at < RECENT else None

    @property
    def running(self) -> bool:
        return self.found.evidence.state == "running"

    @property
    def well(self) -> bool:
        return self.running and self.found.evidence.health in ("healthy", "none")

    @property
    def exit_code(self) -> int:
        return self.found.evidence.exit_code or 0

    @property
    def fell_lately(self) -> bool:
        started = self.found.started
        return bool(
            self.found.evidence.restart_count and started and self.found.evidence.taken_at - started < FELL_LATELY
        )
