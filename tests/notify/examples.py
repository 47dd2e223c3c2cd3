"""The desk and the incident that the tests of this folder speak about: 10:42 in Paris, on a Monday."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.desk import Desk
from bot.escalation import Level, Policy
from bot.incident import Incident, Priority, Status
from bot.message import About, Kind, Message
from bot.notify.channel import Outgoing
from bot.oncall import Rotation, Schedule
from bot.person import Person, Team
from bot.phrase import Phrase
from bot.target import Environment, Service
from bot.view import AlertRow, IncidentView, LevelRow, RunView, TimelineRow

PARIS: Final = ZoneInfo("Europe/Paris")
OPENED: Final = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
NOW: Final = OPENED + timedelta(minutes=2)
TITLE: Final = "[PROD] [CRITICAL] Database connection lost"


def desk() -> Desk:
    people = {
        "amina": Person("amina", "Amina Diallo", "U0AMINA01", "+33600000001", "amina@ecotrajet.example"),
        "bruno": Person("bruno", "Bruno Martin", "U0BRUNO01", "+33600000002", "bruno@ecotrajet.example"),
        "david": Person("david", "David Okafor", "U0DAVID01", "+33600000004", "david@ecotrajet.example", "en"),
        "emma": Person("emma", "Emma Laurent", "U0EMMA001", "+33600000005", "emma@ecotrajet.example"),
    }
    teams = {
        "devops": Team("devops", "DevOps", ("amina", "bruno", "david"), {"*": "deploy"}),
        "management": Team("management", "Direction", ("emma",), {"*": "read"}, responders=False, managers=True),
    }
    rotation = Rotation(("amina", "david"), date(2026, 11, 23), 7, time(9), PARIS)
    return Desk(
        language="fr",
        zone=PARIS,
        incidents_channel="incidents",
        environments={"prod": Environment("prod", "Production", protected=True)},
        services={"ecotrajet": Service("ecotrajet", {"prod": "ecotrajet-prod"})},
        people=people,
        teams=teams,
        schedules={"astreinte": Schedule("astreinte", (rotation,))},
        policies={"default": Policy("default", (Level("Détection", timedelta(0), ("schedule:astreinte",)),))},
        rules=(),
    )


def incident(**changed: object) -> Incident:
    usual: dict[str, object] = {
        "number": 42,
        "status": Status.TRIGGERED,
        "priority": Priority.P1,
        "title": TITLE,
        "environment": "prod",
        "service": "ecotrajet",
        "rule": "production-down",
        "why": Phrase("{name} said so when declaring it", {"name": "Chloé"}),
        "opened_at": OPENED,
        "changed_at": OPENED,
    }
    return Incident(**{**usual, **changed})  # type: ignore[arg-type]  # reason: each value is of its field's type


def view(*, url: str = "https://grafana.ecotrajet.example/d/1", **changed: object) -> IncidentView:
    return IncidentView(
        incident=incident(**changed),
        alerts=(AlertRow(TITLE, "firing", "alertmanager", "critical", 3, OPENED, NOW, url),),
        levels=(
            LevelRow(0, "Détection", OPENED, "fired", OPENED),
            LevelRow(1, "Support", OPENED + timedelta(minutes=15), "pending"),
        ),
        timeline=(TimelineRow(OPENED, "incident.opened", "alertmanager", "webhook", Phrase("critical")),),
    )


def outgoing(
    about: About = About.PAGE,
    kind: Kind = Kind.SLACK,
    to: str = "incidents",
    *,
    view: IncidentView | None = None,
    run: RunView | None = None,
    language: str = "fr",
    existing_ts: str | None = None,
    body: Mapping[str, object] | None = None,
    level_name: str = "Support",
) -> Outgoing:
    message = Message(
        id=7, kind=kind, about=about, to=to, due_at=NOW, incident=42, level_name=level_name, starts=1, body=body or {}
    )
    return Outgoing(message, language, view, run, existing_ts, NOW)


def note(to: str, said: Phrase, *, existing_ts: str | None = None, kind: Kind = Kind.SLACK) -> Outgoing:
    return outgoing(About.NOTE, kind, to, body={"phrase": said.to_json()}, existing_ts=existing_ts)
