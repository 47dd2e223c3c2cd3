"""What somebody's Home tab in Slack is drawn from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.incident import Incident, Priority
from bot.news import News
from bot.oncall import Shift
from bot.person import Person
from bot.runbook import Light, ServiceStatus
from bot.view import TaskRow

AHEAD: Final = timedelta(days=60)  # as far as one's own next turn is looked for
ORDER: Final = (Light.GREEN, Light.UNKNOWN, Light.YELLOW, Light.RED)  # the worst last


@dataclass(frozen=True, slots=True)
class Board:
    """The same for everybody. `incidents`: open, the worst first; `shifts`: (schedule, shift) from `now` on, by time;
    `lights`: one for each service and environment where it runs, empty when no engine has answered yet.
    `news`: the latest, by incident.
    """

    now: datetime
    incidents: tuple[Incident, ...] = ()
    shifts: tuple[tuple[str, Shift], ...] = ()
    lights: tuple[ServiceStatus, ...] = ()
    news: Mapping[int, News] = field(default_factory=dict)

    def on_call(self) -> list[tuple[str, Shift]]:
        """Of each schedule, the shift that holds `now`."""
        return [(name, shift) for name, shift in self.shifts if shift.starts_at <= self.now < shift.ends_at]

    def light(self, environment: str, service: str | None = None) -> Light | None:
        """The worst of what the engines and the open incidents say of this place; None: nothing is known of it."""
        seen = [
            each.light
            for each in self.lights
            if each.environment == environment and (service is None or each.service == service)
        ]
        told = [
            Light.RED if each.priority is Priority.P1 else Light.YELLOW
            for each in self.incidents
            if each.environment == environment and each.priority is not Priority.P3
            and (service is None or each.service == service)
        ]  # fmt: skip
        return max([*seen, *told], key=ORDER.index, default=None)


@dataclass(frozen=True, slots=True)
class Home:
    """`person` None: nobody we know. `to_answer`: a page reached them and waits; `mine`: they are on it.

    `language`: the one that they chose for themselves.
    """

    board: Board
    person: Person | None = None
    manager: bool = False
    to_answer: tuple[Incident, ...] = ()
    mine: tuple[Incident, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    language: str | None = None

    @property
    def others(self) -> tuple[Incident, ...]:
        """Open incidents that are none of theirs."""
        theirs = {each.number for each in (*self.to_answer, *self.mine)}
        return tuple(each.veiled() for each in self.board.incidents if each.number not in theirs)

    def turn_now(self) -> list[tuple[str, Shift]]:
        """Their turns that hold now."""
        return [(name, shift) for name, shift in self.board.on_call() if self._is_theirs(shift)]

    def next_turn(self) -> tuple[str, Shift] | None:
        """The first of theirs that is ahead; None: none within AHEAD."""
        ahead = [pair for pair in self.board.shifts if pair[1].starts_at > self.board.now and self._is_theirs(pair[1])]
        return min(ahead, key=lambda pair: pair[1].starts_at, default=None)

    def _is_theirs(self, shift: Shift) -> bool:
        return self.person is not None and self.person.id in shift.people
