"""Environment variables (design section 5) -> frozen Settings whose secrets hide themselves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from bot.config.problems import Problems
from bot.secret import Secret

SLACK_API: Final = "https://slack.com/api/"
LOCAL_ENGINE: Final = "unix:///var/run/docker.sock"
SECRETS: Final = (  # each may also be given as NAME_FILE, the path of a file that holds it
    "DATABASE_URL",
    "ECOTRAJET_WEBHOOK_TOKEN",
    "ECOTRAJET_WATCH_TOKEN",
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "TWILIO_AUTH_TOKEN",
    "SMTP_URL",
)
AWS_SIGNS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL")


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """`app_token` set: Socket Mode; else HTTP on /slack/events with `signing_secret`. `api_url` ends with a slash."""

    bot_token: Secret
    app_token: Secret | None
    signing_secret: Secret | None
    api_url: str


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """`api_url` replaces https://api.twilio.com; None: Twilio's own. `from_number` in E.164."""

    account_sid: str
    auth_token: Secret
    from_number: str
    api_url: str | None


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`smtp_url` None: SES by the standard AWS variables, `endpoint_url` being AWS_ENDPOINT_URL."""

    sender: str
    smtp_url: Secret | None
    endpoint_url: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """`database_url` None: embedded PostgreSQL below `data`. `public_url` without a slash at its end."""

    database_url: Secret | None
    config_file: Path | None
    data: Path
    host: str
    port: int
    public_url: str | None
    webhook_token: Secret | None
    slack: SlackSettings | None
    twilio: TwilioSettings | None
    mail: MailSettings | None
    backup_bucket: str | None
    docker_host: str
    watch_token: Secret | None = None  # of `ecotrajet watch`; without it nobody may ask who is on call

    def secrets(self) -> tuple[Secret, ...]:
        """Every secret value, for redaction: the whole ones, and the passwords inside of URLs."""
        whole = [self.database_url, self.webhook_token, self.watch_token]
        whole += [self.slack.bot_token, self.slack.app_token, self.slack.signing_secret] if self.slack else []
        whole += [self.twilio.auth_token] if self.twilio else []
        whole += [self.mail.smtp_url] if self.mail else []
        known = [secret for secret in whole if secret]
        inner = [Secret(word) for secret in known for word in passwords(secret.reveal())]
        return (*known, *inner)


class Variables:
    """Reads the environment; an empty variable counts as unset, as Docker Compose leaves them."""

    def __init__(self, environ: Mapping[str, str], problems: Problems) -> None:
        self._environ = environ
        self.problems = problems

    def text(self, name: str) -> str | None:
        return self._environ.get(name, "").strip() or None

    def secret(self, name: str) -> Secret | None:
        """`NAME`, or the content of the file named by `NAME_FILE`."""
        given, file = self.text(name), self.text(f"{name}_FILE")
        if given and file:
            self.problem(name, f"set twice: here and as {name}_FILE; keep one of them")
        if given or file is None:
            return Secret(given) if given else None
        try:
            held = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            self.problem(f"{name}_FILE", f"the file cannot be read: {reason}")
            return None
        if not held:
            self.problem(f"{name}_FILE", "the file is empty")
        return Secret(held) if held else None

    def url(self, name: str, schemes: tuple[str, ...]) -> str | None:
        given = self.text(name)
        return given if given is None or self.check_url(name, given, schemes) else None

    def check_url(self, name: str, value: str, schemes: tuple[str, ...]) -> bool:
        parts = split(value)
        good = parts is not None and parts.scheme in schemes and bool(parts.netloc or parts.path.strip("/"))
        if not good:
            self.problem(name, f"must be a URL that starts with {' or '.join(f'{s}://' for s in schemes)}")
        return good

    def secret_url(self, name: str, schemes: tuple[str, ...]) -> Secret | None:
        given = self.secret(name)
        return given if given is None or self.check_url(name, given.reveal(), schemes) else None

    def problem(self, name: str, sentence: str) -> None:
        self.problems.add((name,), sentence)


def read_settings(environ: Mapping[str, str], problems: Problems) -> Settings:
    """The settings; what is wrong goes into `problems` (then the result must not be used)."""
    read = Variables(environ, problems)
    host, port = _listen(read)
    public = read.url("ECOTRAJET_PUBLIC_URL", ("http", "https"))
    config = read.text("ECOTRAJET_CONFIG")
    return Settings(
        database_url=read.secret_url("DATABASE_URL", ("postgresql", "postgres")),
        config_file=Path(config) if config else None,
        data=Path(read.text("ECOTRAJET_DATA") or "./var"),
        host=host,
        port=port,
        public_url=public.rstrip("/") if public else None,
        webhook_token=_token(read, "ECOTRAJET_WEBHOOK_TOKEN"),
        slack=_slack(read),
        twilio=_twilio(read),
        mail=_mail(read),
        backup_bucket=read.text("BACKUP_BUCKET"),
        docker_host=read.url("DOCKER_HOST", ("unix", "tcp", "ssh", "http", "https")) or LOCAL_ENGINE,
        watch_token=_token(read, "ECOTRAJET_WATCH_TOKEN"),
    )


def read_keys(read: Variables) -> tuple[TwilioSettings | None, MailSettings | None, Secret | None]:
    """What `ecotrajet watch` needs of all this: Twilio, mail, and the token by which it asks the desk."""
    return _twilio(read), _mail(read), _token(read, "ECOTRAJET_WATCH_TOKEN")


def _listen(read: Variables) -> tuple[str, int]:
    given = read.text("ECOTRAJET_LISTEN") or "127.0.0.1:8080"
    found = re.fullmatch(r"(?:\[(?P<six>[0-9a-fA-F:]+)\]|(?P<host>[^\s:]+)):(?P<port>\d{1,5})", given)
    if found is None or int(found["port"]) > 65535:
        read.problem("ECOTRAJET_LISTEN", "must be an address and a port, such as 127.0.0.1:8080")
        return "127.0.0.1", 8080
    return found["six"] or found["host"], int(found["port"])


def _token(read: Variables, name: str) -> Secret | None:
    token = read.secret(name)
    if token and len(token.reveal()) < 8:
        read.problem(name, "is too short; make one with: openssl rand -hex 24")
    return token


def _slack(read: Variables) -> SlackSettings | None:
    bot, app, signing = (read.secret(f"SLACK_{name}") for name in ("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET"))
    api = read.url("SLACK_API_URL", ("http", "https")) or SLACK_API
    if bot is None:
        if app or signing:
            read.problem("SLACK_BOT_TOKEN", "is missing (the app's page → OAuth & Permissions → Bot User OAuth Token)")
        return None
    if not bot.reveal().startswith("xoxb-"):
        read.problem("SLACK_BOT_TOKEN", "must be the bot's token, which starts with xoxb-")
    if app and not app.reveal().startswith("xapp-"):
        read.problem("SLACK_APP_TOKEN", "must be an app-level token, which starts with xapp-")
    if app is None and signing is None:
        read.problem("SLACK_APP_TOKEN", "is missing (Socket Mode); or set SLACK_SIGNING_SECRET to be called by HTTP")
    return SlackSettings(bot, app, signing, api.rstrip("/") + "/")


def _twilio(read: Variables) -> TwilioSettings | None:
    sid, token = read.text("TWILIO_ACCOUNT_SID"), read.secret("TWILIO_AUTH_TOKEN")
    number, api = read.text("TWILIO_FROM_NUMBER"), read.url("TWILIO_API_URL", ("http", "https"))
    given = {"TWILIO_ACCOUNT_SID": sid, "TWILIO_AUTH_TOKEN": token, "TWILIO_FROM_NUMBER": number}
    if not any(given.values()):
        return None
    for name in (name for name, value in given.items() if not value):
        read.problem(name, "is missing, while another TWILIO_ variable is set")
    if sid and not re.fullmatch(r"AC[0-9a-f]{32}", sid):
        read.problem("TWILIO_ACCOUNT_SID", "must be the account's SID: AC and 32 hexadecimal digits")
    if number and not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        read.problem("TWILIO_FROM_NUMBER", "must be an international number, such as +33612345678")
    return TwilioSettings(sid or "", token or Secret(""), number or "", api.rstrip("/") if api else None)


def _mail(read: Variables) -> MailSettings | None:
    smtp, sender = read.secret_url("SMTP_URL", ("smtp", "smtps")), read.text("EMAIL_FROM")
    if smtp is None and sender is None:
        return None
    if sender is None:
        read.problem("EMAIL_FROM", "is missing, while SMTP_URL is set")
    elif not re.fullmatch(r"(?:[^<>@]*<[^@\s<>]+@[^@\s<>]+>|[^@\s<>]+@[^@\s<>]+)", sender):
        read.problem("EMAIL_FROM", "must be a mail address, or Name <address>")
    if smtp is None and not any(read.text(name) for name in AWS_SIGNS):
        read.problem("SMTP_URL", "is missing; or set AWS_REGION (and AWS credentials) to send by Amazon SES")
    return MailSettings(sender or "", smtp, read.url("AWS_ENDPOINT_URL", ("http", "https")))


def split(url: str) -> SplitResult | None:
    """The parts of a URL; None if it is none. The library's own errors would repeat the value."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError when it is no number
    except ValueError:
        return None
    return parts


def passwords(url: str) -> set[str]:
    """The password inside a URL, as written there and as it is meant."""
    parts = split(url)
    return {parts.password, unquote(parts.password)} if parts and parts.password else set()
