"""Logs: structured, in context, and without a single secret, whoever writes them."""

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from bot.redaction import looks_secret, redact
from bot.secret import Secret

KNOWN = "correct horse battery staple"
LEAKY = {
    "slack bot": "xoxb-1234567890-abcdefGHIJKL",
    "slack app": "xapp-1-A012-345-deadbeef",
    "slack hook": "https://hooks.slack.com/services/T000/B000/XXXXsecretXXXX",
    "twilio": "AC" + "0123456789abcdef" * 2,
    "aws": "AKIAIOSFODNN7EXAMPLE",
    "bearer": "Authorization: Bearer abc.def-123456",
    "basic": "authorization: Basic dXNlcjpwYXNzd29yZA==",
    "dsn": "postgresql://desk:hunter2hunter@db/desk",
    "dsn with an @": "postgres://desk:hun@ter2hunter@db/desk",
    "password": "password=hunter2hunter",
    "json": '{"api_key": "hunter2hunter"}',
    "env": "SMTP_PASSWORD='hunter2 hunter'",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "pem": "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "query": "GET /webhooks/generic?token=hunter2hunter HTTP/1.1",
}
PARTS = ("abcdefGHIJKL", "deadbeef", "XXXXsecret", "0123456789abcdef", "IOSFODNN7", "abc.def", "dXNlcjpw", "hunter",
         "eyJzdWIi", "MIIEpAIB", KNOWN)  # fmt: skip


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything configured for the time of a test, and put back."""
    root, hook, raising = logging.getLogger(), sys.excepthook, logging.raiseExceptions
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure([Secret(KNOWN)], stream=stream)
    yield stream
    root.handlers[:], sys.excepthook, logging.raiseExceptions = before, hook, raising
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def written(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_time_level_and_context(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(incident=42, run=7, delivery="env-1"):
        structlog.get_logger("deliver").info("page.sent", channel="sms")
    (line,) = written(lines)
    assert {key: line[key] for key in ("event", "level", "logger", "channel", "incident", "run", "delivery")} == {
        "event": "page.sent", "level": "info", "logger": "deliver", "channel": "sms",
        "incident": 42, "run": 7, "delivery": "env-1",
    }  # fmt: skip
    assert str(line["timestamp"]).endswith("Z")


def test_the_standard_library_writes_the_same_lines(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(incident=42):
        logging.getLogger("some.library").warning("retrying %s in %d s", "it", 3)
    logging.getLogger("slack_sdk").info("every step")
    (line,) = written(lines)
    assert (line["event"], line["logger"], line["incident"]) == ("retrying it in 3 s", "some.library", 42)


@pytest.mark.parametrize("secret", [*LEAKY.values(), KNOWN], ids=[*LEAKY, "known by value"])
def test_no_secret_gets_out_however_it_comes(lines: io.StringIO, secret: str) -> None:
    log = structlog.get_logger("x")
    log.info("got " + secret + " here")  # noqa: G003 - as people do
    log.info("positional %s", secret)
    log.info("value", text=secret, deep={"a": [{"b": (secret,)}]}, error=ValueError(secret))
    logging.getLogger("library").warning("args: %s %r", secret, {"k": secret})
    try:
        raise RuntimeError(f"could not log in with {secret}")
    except RuntimeError:
        log.exception("failed", stack_info=True)
        logging.getLogger("library").exception("failed too")
    text = lines.getvalue()
    assert [part for part in PARTS if part in text] == []
    assert text.count("[hidden]") >= 7
    assert all(written(lines))


def test_an_uncaught_exception_leaks_nothing_either(lines: io.StringIO) -> None:
    try:
        raise RuntimeError(f"boom {KNOWN}") from ValueError(LEAKY["dsn"])
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    (line,) = written(lines)
    assert line["level"] == "critical"
    assert "boom [hidden]" in str(line["exception"])
    assert "hunter" not in str(line)


def test_values_under_telling_keys_and_secrets_themselves_are_hidden(lines: io.StringIO) -> None:
    structlog.get_logger("x").info(
        "set", slack_token="plain words", headers={"Authorization": "abc"}, token_set=True, secret=Secret("s3cr3ts"),
        wrapped=[Secret("s3cr3ts")],
    )  # fmt: skip
    (line,) = written(lines)
    assert (line["slack_token"], line["headers"]) == ("[hidden]", {"Authorization": "[hidden]"})
    assert (line["token_set"], line["secret"], line["wrapped"]) == (True, "[hidden]", ["[hidden]"])


def test_a_warning_is_a_line_as_well(lines: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old thing", stacklevel=1)
    assert any("old thing" in str(line["event"]) for line in written(lines))


def test_on_a_terminal_it_is_key_value(lines: io.StringIO) -> None:
    stream = io.StringIO()
    logs.configure([Secret(KNOWN)], stream=stream, json=False)
    structlog.get_logger("x").info("page.sent", channel="sms", text=f"with {KNOWN}")
    assert "level=info event=page.sent" in stream.getvalue()
    assert "channel=sms" in stream.getvalue()
    assert "horse" not in stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "The database does not answer",
        "http://127.0.0.1:8080/readyz?email=me@example.org",
        "see https://docs.slack.dev/x and mail me@example.org",
        "password reset page is slow",
        "42 tokens were counted, basic things",
        "2026-11-23T11:00:00Z incident #42 (P1) [PROD] [CRITICAL] Base indisponible",
    ],
)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert redact(text, ["x"]) == text
    assert redact(redact(text)) == redact(text)


def test_hiding_twice_changes_nothing_and_long_lines_are_quick() -> None:
    for secret in LEAKY.values():
        assert redact(redact(secret)) == redact(secret)
        assert looks_secret(secret)
    for unkind in ("a." * 50_000, "a-" * 50_000, "x://" * 20_000, "token" * 20_000, "eyJ" * 30_000):
        redact(unkind)
