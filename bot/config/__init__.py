"""Environment variables and ecotrajet.yaml -> frozen Settings and Desk; every problem of both is told at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bot.config.build import build
from bot.config.document import read
from bot.config.problems import Problems
from bot.config.settings import (
    LOCAL_ENGINE,
    MailSettings,
    Settings,
    SlackSettings,
    TwilioSettings,
    read_settings,
)
from bot.desk import Desk
from bot.secret import Secret

__all__ = [
    "Configuration",
    "MailSettings",
    "Settings",
    "SlackSettings",
    "TwilioSettings",
    "default_desk",
    "load",
    "load_desk",
]

FILE: Final = "ecotrajet.yaml"


@dataclass(frozen=True, slots=True)
class Configuration:
    """`warnings`: what works, but surely not as meant; one English sentence each, for the log and `check`."""

    settings: Settings
    desk: Desk
    warnings: tuple[str, ...] = ()

    def secrets(self) -> tuple[Secret, ...]:
        """Every secret value of both, for redaction."""
        return (*self.settings.secrets(), *self.desk.secrets())


def load(environ: Mapping[str, str], folder: Path = Path()) -> Configuration:
    """The configuration by `environ` (os.environ) and the file it names, else `folder`/ecotrajet.yaml if there is one.

    Raises ConfigError with all the problems of both.
    """
    problems, warnings = Problems(FILE), list[str]()
    settings = read_settings(environ, problems)
    text = _text(settings.config_file, folder, problems, warnings)
    beside = (settings.config_file or folder / FILE).parent
    desk = build(read(text, environ, problems), settings.docker_host, problems, warnings, beside)
    problems.raise_any()
    assert desk is not None
    return Configuration(settings, _with_page(settings, desk), (*warnings, *_unset(settings)))


def load_desk(file: Path, environ: Mapping[str, str] | None = None, docker_host: str = LOCAL_ENGINE) -> Desk:
    """The desk of one file, whatever the environment; raises ConfigError with all its problems."""
    problems, warnings = Problems(file.name), list[str]()
    data = read(file.read_text(encoding="utf-8"), environ or {}, problems)
    desk = build(data, docker_host, problems, warnings, file.parent)
    problems.raise_any()
    assert desk is not None
    return desk


def default_desk(docker_host: str = LOCAL_ENGINE) -> Desk:
    """The desk without any file: French, the guide's environments, its ladder told to #incidents."""
    problems, warnings = Problems(FILE), list[str]()
    desk = build({}, docker_host, problems, warnings)
    assert desk is not None
    return desk


def _with_page(settings: Settings, desk: Desk) -> Desk:
    """Who looks for help is sent to the desk's own status page when the file names no other."""
    if desk.aid.status or not settings.public_url or not desk.status_page.shown:
        return desk
    return replace(desk, aid=replace(desk.aid, status=f"{settings.public_url}/status"))


def _text(given: Path | None, folder: Path, problems: Problems, warnings: list[str]) -> str:
    file = given or folder / FILE
    problems.name = file.name
    if given is None and not file.exists():
        warnings.append(f"no {FILE}: nobody is known and nobody is paged; start from ecotrajet.example.yaml")
        return ""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problems.add(("ECOTRAJET_CONFIG",) if given else (), f"the file cannot be read: {reason}")
        return ""


def _unset(settings: Settings) -> list[str]:
    """What a desk in earnest should have; `serve` works without, as far as it goes."""
    missing = []
    if settings.slack is None:
        missing.append("SLACK_BOT_TOKEN is not set: the desk does not speak in Slack")
    if settings.webhook_token is None:
        missing.append("ECOTRAJET_WEBHOOK_TOKEN is not set: no monitoring tool can send alerts")
    if settings.twilio is None and settings.mail is None:
        missing.append("neither TWILIO_ACCOUNT_SID nor SMTP_URL is set: pages go by Slack alone")
    if settings.twilio and settings.public_url is None:
        missing.append("ECOTRAJET_PUBLIC_URL is not set: Twilio is asked for texts; calls take no keys, mails no links")
    return missing
