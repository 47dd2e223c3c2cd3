"""Whoever reads: their language, zone and present, and how people and places are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from bot.desk import Desk
from bot.language import date_of, duration, moment, say
from bot.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Reader:
    """`people` and `places` map ids to names; an id that they do not hold is shown as it is."""

    language: str
    zone: ZoneInfo
    now: datetime
    people: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, desk: Desk, language: str, now: datetime) -> Self:
        people = {person.id: person.name for person in desk.people.values()} | {"desk": "ÉcoTrajet"}
        places = {name: environment.label or name for name, environment in desk.environments.items()}
        return cls(language, desk.zone, now, people, places)

    def say(self, phrase: Phrase) -> str:
        return say(phrase, self.language, self.zone, self.now)

    def titled(self, title: str, said: str) -> str:
        """`title: said`, in French with the space before the colon."""
        return self.say(Phrase("{title}: {said}", {"title": title, "said": said}))

    def time(self, when: datetime) -> str:
        return moment(when, self.language, self.zone, self.now)

    def clock(self, when: datetime) -> str:
        """For mrkdwn: the time, and beside it how far it is from now, which Slack counts on without an edit."""
        return f"{self.time(when)} · {self.ago(when)}"

    def ago(self, when: datetime) -> str:
        """For mrkdwn: `3 minutes ago`, `in 3 minutes`, in the language of whoever looks; where it cannot be shown, the
        whole date and time, which stay true.

        Source: docs.slack.dev, "Formatting text for app surfaces": date formatting, `{ago}`.
        """
        local = when.astimezone(self.zone)
        written = Phrase("{date} at {time}", {"date": date_of(local.date(), self.language), "time": f"{local:%H:%M}"})
        return f"<!date^{int(when.timestamp())}^{{ago}}|{self.say(written)}>"

    def length(self, length: timedelta) -> str:
        return self.say(duration(length))

    def name(self, person: str | None) -> str:
        return self.people.get(person or "", person or "—")

    def place(self, environment: str, service: str = "") -> str:
        """`Production · ecotrajet`; a dash when neither is known."""
        words = (self.places.get(environment, environment), service)
        return " · ".join(word for word in words if word) or "—"
