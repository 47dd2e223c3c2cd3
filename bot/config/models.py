"""The shapes of ecotrajet.yaml, section by section. Unknown keys are refused; references are followed in `build`."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, time, timedelta
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bot.desk import DECLARE_EMOJI
from bot.incident import Priority
from bot.oncall import Holidays
from bot.runbook import ActionClass
from bot.target import fold

DURATION: Final = re.compile(
    r"(?:(?P<days>\d+)\s*(?:d|j|days?|jours?))?\s*(?:(?P<hours>\d+)\s*(?:h|hours?|heures?))?\s*"
    r"(?:(?P<minutes>\d+)\s*(?:m|mn|min|minutes?)|(?P<bare>\d+)(?!\s*[\ds]))?\s*(?:(?P<seconds>\d+)\s*s)?",
    re.IGNORECASE,
)
DAYS: Final = {
    word: day for words in ("mon tue wed thu fri sat sun", "lun mar mer jeu ven sam dim") for day, word in
    enumerate(words.split())
}  # fmt: skip
IMAGE: Final = re.compile(  # host, path, tag, digest (distribution/reference)
    r"(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?/)?[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*"
    r"(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
NO_ZONES: Final = frozenset({"posix", "right", "localtime", "posixrules", "Factory"})
"""In the folder of zones, and none."""
TURN: Final = re.compile(r"(?:(\d+)\s*)?(day|jour|week|semaine)s?", re.IGNORECASE)


def duration(value: object) -> timedelta:
    """`0`, `30 s`, `15 min`, `1 h`, `1 h 30`, `2 days`."""
    text = str(value).strip()
    found = DURATION.fullmatch(text)
    bare = text.isdigit() and text != "0"
    if isinstance(value, bool) or not text or found is None or bare:
        raise ValueError("must be a duration, such as 15 min or 1 h 30")
    amounts = {unit: int(amount) for unit, amount in found.groupdict().items() if amount}
    return timedelta(minutes=amounts.pop("bare", 0)) + timedelta(**amounts)


def turn(value: object) -> int:
    """`day`, `week`, `2 weeks`, `3 days`, in days."""
    found = TURN.fullmatch(str(value).strip())
    days = int(found[1] or 1) * (7 if found[2].lower() in ("week", "semaine") else 1) if found else 0
    if not 1 <= days <= 366:
        raise ValueError("must be a turn, such as week, 2 weeks or 3 days")
    return days


def zone(value: object) -> ZoneInfo:
    """Not by `available_timezones`, which opens every file that there is."""
    name = str(value)
    with suppress(ValueError, KeyError, OSError):
        if name.partition("/")[0] not in NO_ZONES:
            return ZoneInfo(name)
    raise ValueError("must be a time zone's name, such as Europe/Paris")


def day_of(value: object) -> date:
    """Not pydantic's own: it takes a number for seconds since 1970."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("must be a date, such as 2026-01-05") from None


def holiday(value: object) -> date | Literal["france"]:
    return "france" if str(value).strip().lower() == "france" else day_of(value)


def time_of_day(value: object) -> time:
    found = re.fullmatch(r"([01]?\d|2[0-3])[:hH]([0-5]\d)?", str(value).strip())
    if found is None:
        raise ValueError("must be a time of day, such as 09:00")
    return time(int(found[1]), int(found[2] or 0))


def day(value: object) -> int:
    known = DAYS.get(fold(str(value))[:3])
    if known is None:
        raise ValueError("must be a day of the week, such as monday or lundi")
    return known


def phone(value: object) -> object:
    if value is None:
        return None
    number = re.sub(r"[\s.\-()]", "", str(value))
    if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        raise ValueError("must be an international number, such as +33612345678")
    return number


def mail_address(value: object) -> object:
    if value is not None and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", str(value)):
        raise ValueError("must be a mail address")
    return value


def web_address(value: object) -> object:
    """An empty variable of the environment counts as not given."""
    if not value:
        return None
    if not re.fullmatch(r"https?://[^\s<>\"]+", str(value)):
        raise ValueError("must be an address, such as https://hc-ping.com/…")
    return value


def page_address(value: object) -> str:
    """`{environment}` in it becomes the incident's."""
    address = web_address(value)
    if address is None or re.search(r"[{}|]", str(address).replace("{environment}", "")):
        raise ValueError("must be an address, such as https://grafana.example/d/app?var-env={environment}")
    return str(address)


def slack_user(value: object) -> object:
    if value is not None and not re.fullmatch(r"[UW][A-Z0-9]{4,}", str(value)):
        raise ValueError("must be a Slack member id, such as U012AB3CD (profile → ⋮ → Copy member ID)")
    return value


def channel_name(value: object) -> str:
    name = str(value).removeprefix("#")
    if not re.fullmatch(r"[^\sA-Z#,.@]{1,80}", name):
        raise ValueError("must be a Slack channel's name, such as incidents")
    return name


def target(value: object) -> str:
    text = str(value)
    if not re.fullmatch(r"(?:person|team|schedule|channel):\S+", text):
        raise ValueError("must be person:ID, team:ID, schedule:ID or channel:NAME")
    return f"channel:{channel_name(text.partition(':')[2])}" if text.startswith("channel:") else text


def image_name(value: object) -> str:
    text = str(value)
    if not IMAGE.fullmatch(text):
        raise ValueError("must be an image's name, such as registry.example/maintenance:1")
    return text


def engine_url(value: object) -> str:
    text = str(value)
    if text not in ("default", "none") and not re.fullmatch(r"(?:unix:///|tcp://[^/\s]|ssh://[^/\s])\S*", text):
        raise ValueError("must be default, none, unix:///path, tcp://host:port or ssh://user@host")
    return text


Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=120)]
ImageName = Annotated[str, BeforeValidator(image_name)]
UrlPath = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9_./~-]*$", max_length=200)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(min_length=1)]
Zone = Annotated[ZoneInfo, BeforeValidator(zone)]
Duration = Annotated[timedelta, BeforeValidator(duration)]
Target = Annotated[str, BeforeValidator(target)]
Language = Literal["fr", "en"]
SlackUser = Annotated[str | None, BeforeValidator(slack_user)]
Phone = Annotated[str | None, BeforeValidator(phone)]
WebAddress = Annotated[str | None, BeforeValidator(web_address)]
MailAddress = Annotated[str | None, BeforeValidator(mail_address)]
ChannelName = Annotated[str, BeforeValidator(channel_name)]
EngineUrl = Annotated[str, BeforeValidator(engine_url)]
Date = Annotated[date, BeforeValidator(day_of)]
TimeOfDay = Annotated[time, BeforeValidator(time_of_day)]
Day = Annotated[int, BeforeValidator(day)]
Turn = Annotated[int, BeforeValidator(turn)]
Holiday = Annotated[date | Literal["france"], BeforeValidator(holiday)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def holidays_of(given: Iterable[date | str]) -> Holidays:
    days = list(given)
    return Holidays(frozenset(day for day in days if isinstance(day, date)), "france" in days)


class BusinessHoursSection(Section):
    """Monday to Friday, 9 to 18, when left out; holidays are no business days."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)] = tuple(range(5))
    start: TimeOfDay = time(9, 0)
    end: TimeOfDay = time(18, 0)
    holidays: tuple[Holiday, ...] = ()


class HelpSection(Section):
    """For those who do not handle incidents. `status` left out: the desk's own page, where it has an address."""

    faq: WebAddress = None
    status: WebAddress = None
    support: str = Field(default="", max_length=200)


class WorkspaceSection(Section):
    language: Language = "fr"
    time_zone: Zone = ZoneInfo("Europe/Paris")
    business_hours: BusinessHoursSection = BusinessHoursSection()
    incidents_channel: ChannelName = "incidents"
    dead_man_url: WebAddress = None
    help: HelpSection = HelpSection()
    declare_emoji: str = Field(default=DECLARE_EMOJI, pattern=r"^[a-z0-9_+'-]{0,100}$")


class TlsSection(Section):
    certificate: Text
    key: Text
    authority: Text


class SshSection(Section):
    """Files of ~/.ssh when left out."""

    key: Text | None = None
    known_hosts: Text | None = None


class EnvironmentSection(Section):
    """`protected` and `confirm` left out: by the environment's name (production is protected, development is free)."""

    label: Text | None = None
    aliases: list[Name] = []
    engine: EngineUrl = "default"
    tls: TlsSection | None = None
    ssh: SshSection | None = None
    protected: bool | None = None
    confirm: bool | None = None


def policies(value: object) -> object:
    """One name for all priorities, or one for each that is given."""
    if value is None or isinstance(value, dict):
        return value or {}
    return dict.fromkeys(Priority, value)


class ServiceSection(Section):
    label: str = ""
    aliases: list[Name] = []
    containers: dict[str, Text] = {}
    policy: Annotated[dict[Priority, Name], BeforeValidator(policies)] = {}
    required: list[Variable] = []
    reaches: dict[Variable, UrlPath] = {}
    confidential: bool = False
    runbook: WebAddress = None
    links: Annotated[dict[Text, Annotated[str, BeforeValidator(page_address)]], Field(max_length=8)] = {}
    maintenance_image: ImageName | None = None


class PersonSection(Section):
    name: Text
    slack: SlackUser = None
    phone: Phone = None
    email: MailAddress = None
    language: Language | None = None
    time_zone: Zone | None = None


class TeamSection(Section):
    name: str = ""
    members: Annotated[list[Name], Field(min_length=1)]
    rights: dict[str, ActionClass] = {"*": ActionClass.READ}
    responders: bool = True
    managers: bool = False


class LevelSection(Section):
    name: Text
    after: Duration
    tell: Annotated[list[Target], Field(min_length=1)]
    acknowledgements: Annotated[int, Field(ge=1, le=20, strict=True)] = 1


class PolicySection(Section):
    levels: Annotated[list[LevelSection], Field(min_length=1)]
    stops_at: dict[Priority, str] = {}
    fallback: list[Target] = []
    repeat: Annotated[int, Field(ge=0, le=20)] = 0
    repeat_after: Duration = timedelta(minutes=30)


class FlappingSection(Section):
    changes: Annotated[int, Field(ge=2, le=100)] = 5
    within: Duration = timedelta(minutes=10)


class IntakeSection(Section):
    correlate_within: Duration = timedelta(minutes=5)
    storm_after: Annotated[int, Field(ge=1, le=1000)] = 30
    flapping: FlappingSection = FlappingSection()
