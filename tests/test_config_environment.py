"""Environment variables: what they mean, what is wrong with them (all at once), and no secret in any of it."""

from pathlib import Path

import pytest

from bot.config import load
from bot.errors import ConfigError
from bot.secret import Secret

SID = "AC" + "0123456789abcdef" * 2
COMPLETE = {
    "DATABASE_URL": "postgresql://desk:p%40ssw0rd-of-database@db.example:5432/desk",
    "ECOTRAJET_DATA": "/var/lib/ecotrajet",
    "ECOTRAJET_LISTEN": "0.0.0.0:9000",
    "ECOTRAJET_PUBLIC_URL": "https://desk.example/",
    "ECOTRAJET_WEBHOOK_TOKEN": "webhook-token-value",
    "SLACK_BOT_TOKEN": "xoxb-bot-token-value",
    "SLACK_APP_TOKEN": "xapp-app-token-value",
    "SLACK_SIGNING_SECRET": "signing-secret-value",
    "SLACK_API_URL": "http://127.0.0.1:1/api",
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": "twilio-token-value",
    "TWILIO_FROM_NUMBER": "+33700000000",
    "TWILIO_API_URL": "http://127.0.0.1:2/",
    "SMTP_URL": "smtps://desk:smtp-password-value@mail.example:465",
    "EMAIL_FROM": "ÉcoTrajet <desk@ecotrajet.example>",
    "BACKUP_BUCKET": "ecotrajet-backups",
    "DOCKER_HOST": "tcp://127.0.0.1:2375",
}
VALUES = ("p%40ssw0rd-of-database", "p@ssw0rd-of-database", "webhook-token-value", "bot-token-value", "app-token-value",
          "signing-secret-value", "twilio-token-value", "smtp-password-value")  # fmt: skip


def problems_of(environ: dict[str, str], folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(environ, folder)
    return list(caught.value.problems)


def test_everything_set_is_everything_understood(tmp_path: Path) -> None:
    settings = load(COMPLETE, tmp_path).settings
    assert settings.database_url == Secret(COMPLETE["DATABASE_URL"])
    assert (settings.host, settings.port) == ("0.0.0.0", 9000)
    assert settings.data == Path("/var/lib/ecotrajet")
    assert settings.public_url == "https://desk.example"
    assert settings.slack is not None
    assert settings.slack.api_url == "http://127.0.0.1:1/api/"
    assert settings.twilio is not None
    assert settings.twilio.api_url == "http://127.0.0.1:2"
    assert settings.mail is not None
    assert settings.mail.sender == "ÉcoTrajet <desk@ecotrajet.example>"
    assert settings.docker_host == "tcp://127.0.0.1:2375"
    assert settings.backup_bucket == "ecotrajet-backups"
    assert load(COMPLETE, tmp_path).desk.engines["default"].url == "tcp://127.0.0.1:2375"


def test_nothing_set_is_the_embedded_database_on_loopback(tmp_path: Path) -> None:
    settings = load({"SLACK_BOT_TOKEN": "", "DOCKER_HOST": "  "}, tmp_path).settings
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 8080, Path("var"))
    assert (settings.database_url, settings.slack, settings.twilio, settings.mail) == (None, None, None, None)
    assert settings.docker_host == "unix:///var/run/docker.sock"


def test_settings_never_show_a_secret_and_list_them_all_for_redaction(tmp_path: Path) -> None:
    settings = load(COMPLETE, tmp_path).settings
    shown = f"{settings!r} {settings} {settings.slack!r} {settings.twilio!r} {settings.mail!r}"
    assert [value for value in VALUES if value in shown] == []
    known = {secret.reveal() for secret in settings.secrets()}
    assert all(any(value in secret for secret in known) for value in VALUES)
    assert {"p@ssw0rd-of-database", "smtp-password-value"} <= known


@pytest.mark.parametrize("name", ["DATABASE_URL", "SLACK_BOT_TOKEN", "TWILIO_AUTH_TOKEN", "SMTP_URL"])
def test_a_secret_may_come_from_a_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{COMPLETE[name]}\n")
    environ = {key: value for key, value in COMPLETE.items() if key != name}
    assert load({**environ, f"{name}_FILE": str(file)}, tmp_path).settings == load(COMPLETE, tmp_path).settings


def test_every_wrong_variable_and_every_wrong_line_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("workspace: {language: de}\n")
    (tmp_path / "empty").write_text("\n")
    environ = {
        "DATABASE_URL": "mysql://root:s3cr3t-in-url@db/desk",
        "ECOTRAJET_CONFIG": str(file),
        "ECOTRAJET_LISTEN": "localhost",
        "ECOTRAJET_PUBLIC_URL": "desk.example",
        "ECOTRAJET_WEBHOOK_TOKEN": "short",
        "SLACK_APP_TOKEN": "xoxb-the-wrong-one",
        "SLACK_BOT_TOKEN_FILE": "/nowhere/token",
        "SLACK_SIGNING_SECRET_FILE": str(tmp_path / "empty"),
        "TWILIO_ACCOUNT_SID": "SK123",
        "TWILIO_AUTH_TOKEN": "one-secret",
        "TWILIO_AUTH_TOKEN_FILE": "/nowhere/other",
        "EMAIL_FROM": "nobody",
        "DOCKER_HOST": "/var/run/docker.sock",
    }
    assert sorted(problems_of(environ, tmp_path)) == [
        "DATABASE_URL: must be a URL that starts with postgresql:// or postgres://",
        "DOCKER_HOST: must be a URL that starts with unix:// or tcp:// or ssh:// or http:// or https://",
        "ECOTRAJET_LISTEN: must be an address and a port, such as 127.0.0.1:8080",
        "ECOTRAJET_PUBLIC_URL: must be a URL that starts with http:// or https://",
        "ECOTRAJET_WEBHOOK_TOKEN: is too short; make one with: openssl rand -hex 24",
        "EMAIL_FROM: must be a mail address, or Name <address>",
        "SLACK_BOT_TOKEN: is missing (the app's page → OAuth & Permissions → Bot User OAuth Token)",
        "SLACK_BOT_TOKEN_FILE: the file cannot be read: No such file or directory",
        "SLACK_SIGNING_SECRET_FILE: the file is empty",
        "SMTP_URL: is missing; or set AWS_REGION (and AWS credentials) to send by Amazon SES",
        "TWILIO_ACCOUNT_SID: must be the account's SID: AC and 32 hexadecimal digits",
        "TWILIO_AUTH_TOKEN: set twice: here and as TWILIO_AUTH_TOKEN_FILE; keep one of them",
        "TWILIO_FROM_NUMBER: is missing, while another TWILIO_ variable is set",
        "workspace.language: must be one of 'fr' or 'en' (line 1)",
    ]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (
            {"SLACK_BOT_TOKEN": "xapp-swapped-value"},
            "SLACK_BOT_TOKEN: must be the bot's token, which starts with xoxb-",
        ),
        ({"SLACK_APP_TOKEN": "xoxb-swapped-value"}, "SLACK_APP_TOKEN: must be an app-level token, which starts with"),
        ({"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": ""}, "SLACK_APP_TOKEN: is missing (Socket Mode); or set"),
        ({"EMAIL_FROM": ""}, "EMAIL_FROM: is missing, while SMTP_URL is set"),
        ({"ECOTRAJET_LISTEN": "127.0.0.1:99999"}, "ECOTRAJET_LISTEN: must be an address and a port"),
        ({"DATABASE_URL": "postgresql://u:p4ss-w0rd@h:port/x"}, "DATABASE_URL: must be a URL"),
        ({"ECOTRAJET_CONFIG": "/nowhere.yaml"}, "ECOTRAJET_CONFIG: the file cannot be read: No such file"),
        ({"ECOTRAJET_CONFIG": "/"}, "ECOTRAJET_CONFIG: the file cannot be read: Is a directory"),
    ],
)
def test_each_mistake_has_its_sentence(tmp_path: Path, changed: dict[str, str], problem: str) -> None:
    found = problems_of({**COMPLETE, **changed}, tmp_path)
    assert len(found) == 1
    assert found[0].startswith(problem)
    assert [value for value in (*VALUES, *changed.values()) if len(value) > 10 and value in found[0]] == []


def test_mail_without_smtp_goes_by_ses_when_aws_is_there(tmp_path: Path) -> None:
    settings = load({"EMAIL_FROM": "desk@x.example", "AWS_ENDPOINT_URL": "http://127.0.0.1:3"}, tmp_path).settings
    assert settings.mail is not None
    assert (settings.mail.smtp_url, settings.mail.endpoint_url) == (None, "http://127.0.0.1:3")


@pytest.mark.parametrize("listen", [("[::1]:80", "::1", 80), ("0.0.0.0:0", "0.0.0.0", 0), ("host:1", "host", 1)])
def test_addresses_are_understood(tmp_path: Path, listen: tuple[str, str, int]) -> None:
    settings = load({"ECOTRAJET_LISTEN": listen[0]}, tmp_path).settings
    assert (settings.host, settings.port) == listen[1:]
