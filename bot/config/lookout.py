"""`ecotrajet-watch.yaml` and its environment: what `ecotrajet watch` needs on its own host. Every problem at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationError

from bot.config.document import read
from bot.config.models import Duration, Language, MailAddress, Phone, Section, Text, WebAddress, Zone
from bot.config.problems import Problems
from bot.config.settings import MailSettings, TwilioSettings, Variables, passwords, read_keys
from bot.person import Person
from bot.secret import Secret

FILE: Final = "ecotrajet-watch.yaml"
OWN: Final = "WATCH_"
NOWHERE: Final = "is missing: the desk's address, such as https://desk.example"


@dataclass(frozen=True, slots=True)
class LookoutSettings:
    """`desks`: addresses without a slash at the end; the desk lives while any one answers. `people`: told when nothing
    else is known. `data`: the folder of what has to be remembered.
    """

    desks: tuple[str, ...]
    token: Secret | None
    every: timedelta
    silent_after: timedelta
    again_every: timedelta
    call_after: timedelta
    oldest_round: timedelta
    refresh: timedelta
    language: str
    zone: ZoneInfo
    people: tuple[Person, ...]
    data: Path
    twilio: TwilioSettings | None
    mail: MailSettings | None
    dead_man_url: Secret | None

    def secrets(self) -> tuple[Secret, ...]:
        """Every secret value, for redaction."""
        known = (
            self.token,
            self.dead_man_url,
            self.twilio and self.twilio.auth_token,
            self.mail and self.mail.smtp_url,
        )
        whole = [secret for secret in known if secret]
        return (*whole, *(Secret(word) for secret in whole for word in passwords(secret.reveal())))


class LookoutPerson(Section):
    name: Text
    phone: Phone = None
    email: MailAddress = None
    language: Language | None = None


def addresses(value: object) -> object:
    """One address, or several."""
    return [value] if isinstance(value, str) else value


class LookoutSection(Section):
    desk: Annotated[list[WebAddress], BeforeValidator(addresses), Field(min_length=1)]
    every: Duration = timedelta(seconds=10)
    silent_after: Duration = timedelta(minutes=2)
    again_every: Duration = timedelta(minutes=15)
    call_after: Duration = timedelta(minutes=2)
    oldest_round: Duration = timedelta(seconds=30)
    refresh: Duration = timedelta(minutes=5)
    language: Language = "fr"
    time_zone: Zone = ZoneInfo("Europe/Paris")
    people: dict[str, LookoutPerson] = Field(default_factory=dict)
    dead_man_url: WebAddress = None


def load_lookout(environ: Mapping[str, str], folder: Path = Path()) -> LookoutSettings:
    """By `environ` (a variable WATCH_X counts before X) and the file that ECOTRAJET_WATCH_CONFIG names, else
    `folder`/ecotrajet-watch.yaml. Raises ConfigError with all the problems of both.
    """
    problems = Problems(FILE)
    own = {name.removeprefix(OWN): value for name, value in environ.items() if name.startswith(OWN) and value.strip()}
    variables = Variables({**environ, **own}, problems)
    twilio, mail, token = read_keys(variables)
    section = _section(variables.text("ECOTRAJET_WATCH_CONFIG"), folder, environ, problems)
    if twilio is None and mail is None:
        problems.add(("TWILIO_ACCOUNT_SID",), "is missing, and so is SMTP_URL: nobody could be told anything")
    if section is not None and token is None and not section.people:
        problems.add(
            ("ECOTRAJET_WATCH_TOKEN",), "is missing: who is on call cannot be asked, and `people` names nobody"
        )
    problems.raise_any()
    assert section is not None
    people = tuple(
        Person(id_, each.name, None, each.phone, each.email, each.language or section.language)
        for id_, each in section.people.items()
    )
    return LookoutSettings(
        tuple(each.rstrip("/") for each in section.desk if each), token, section.every, section.silent_after,
        section.again_every, section.call_after, section.oldest_round, section.refresh, section.language,
        section.time_zone, people, Path(variables.text("ECOTRAJET_DATA") or "./var"), twilio, mail,
        Secret(section.dead_man_url) if section.dead_man_url else None,
    )  # fmt: skip


def _section(given: str | None, folder: Path, environ: Mapping[str, str], problems: Problems) -> LookoutSection | None:
    file = Path(given) if given else folder / FILE
    problems.name = file.name
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problems.add((), f"the file cannot be read: {reason}; start from ecotrajet-watch.example.yaml")
        return None
    try:
        section = LookoutSection.model_validate(read(text, environ, problems))
    except ValidationError as error:
        problems.add_invalid((), error, LookoutSection)
        return None
    if not any(section.desk):
        problems.add(("desk",), NOWHERE)
    if section.every < timedelta(seconds=1):
        problems.add(("every",), "must be at least 1 s")
    return section
