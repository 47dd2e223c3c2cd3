"""How an incident ended, in the words of whoever closed it, and what is still to be done. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.task import NewTask

LONGEST: Final = 1000  # characters of each answer
MOST_TASKS: Final = 10
LONGEST_TASK: Final = 200


@dataclass(frozen=True, slots=True)
class Resolution:
    """Each may be empty. `follow_ups` become tasks."""

    cause: str = ""
    fix: str = ""
    impact: str = ""
    follow_ups: tuple[NewTask, ...] = ()

    @classmethod
    def of(cls, said: Mapping[str, str]) -> "Resolution":
        """From the fields of the form: `follow_ups` has one on each line, with or without a bullet."""
        lines = (" ".join(line.split()).lstrip("-•*– ") for line in said.get("follow_ups", "").splitlines())
        tasks = tuple(dict.fromkeys(line[:LONGEST_TASK] for line in lines if line))[:MOST_TASKS]
        cause, fix, impact = (said.get(name, "").strip()[:LONGEST] for name in ("cause", "fix", "impact"))
        return cls(cause, fix, impact, tuple(map(NewTask, tasks)))

    @property
    def note(self) -> str:
        """For the audit line."""
        return " · ".join(each for each in (self.cause, self.fix, self.impact) if each)
