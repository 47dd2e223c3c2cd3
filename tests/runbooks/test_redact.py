"""Secrets in what containers say."""

import time

import pytest

from runbooks.redact import Redactor, by_pattern

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc123def\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("env", "said", "shown"),
    [
        ("DB_PASSWORD=hunter2", "login hunter2 ok", "login [hidden] ok"),
        ("PIN_TOKEN=abc", "token abc", "token [hidden]"),
        ("ID=0b0e7e6e-8f0e-4f0c", "id 0b0e7e6e-8f0e-4f0c", "id [hidden]"),
        ("API_KEY=a b/c=d", "?key=a%20b%2Fc%3Dd", "?key=[hidden]"),
        ('API_KEY=say "hi"', r'{"k": "say \"hi\""}', '{"k": "[hidden]"}'),
        ("DATABASE_URL=postgres://u:pässw0rd@h/d", "auth failed for pässw0rd", "auth failed for [hidden]"),
        ("KEY_FILE=" + PEM, "read MIIEabc123def", "read [hidden]"),
        ("BASE_MDP=bonjour", "connexion bonjour", "connexion [hidden]"),
        ("CLE_API=bonjour", "connexion bonjour", "connexion [hidden]"),
        ("DB_PW=hunter", "login hunter", "login [hidden]"),
        ("SQL=Server=db;User=app;Password=hunter2;", "login hunter2 refused", "login [hidden] refused"),
        ('OAUTH={"client": "web", "client_secret": "s-1"}', "sent s-1 as web", "sent [hidden] as web"),
        ("NODE_ENV=production", "mode production", "mode production"),
        ("PATH=/usr/local/bin", "in /usr/local/bin", "in /usr/local/bin"),
        ("APP_RELEASE=v3-broken", "version v3-broken", "version v3-broken"),
        ("WORKERS=4", "4 workers", "4 workers"),
    ],
)
def test_values_of_the_environment_are_hidden_in_every_form(env: str, said: str, shown: str) -> None:
    assert Redactor([env]).clean(said) == shown


@pytest.mark.parametrize(
    "secret",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
        "xoxb-123456789012-abcdefghijkl",
        "sk_live_4eC39HqLyjWDarjtT1",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "AKIAIOSFODNN7EXAMPLE",
        PEM,
    ],
)
def test_known_tokens_are_hidden_wherever_they_come_from(secret: str) -> None:
    assert secret not in by_pattern(f"before {secret} after")
    assert by_pattern(f"before {secret} after").startswith("before [hidden]")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer [hidden]"),
        ("redis://default:topsecret@cache:6379", "redis://default:[hidden]@cache:6379"),
        ('{"password": "abc123", "user": "bob"}', '{"password": "[hidden]", "user": "bob"}'),
        ("api_key=abcdef&page=2", "api_key=[hidden]&page=2"),
        ("GET /health 200 12ms", "GET /health 200 12ms"),
    ],
)
def test_what_follows_a_telling_name_is_hidden(said: str, shown: str) -> None:
    assert by_pattern(said) == shown


@pytest.mark.parametrize("piece", ["x", "a-", "password", "a://", "eyJ", "Bearer ", "-----BEGIN "])
def test_a_long_line_does_not_take_long(piece: str) -> None:
    began = time.monotonic()
    by_pattern(piece * (60_000 // len(piece)))
    assert time.monotonic() - began < 2


def test_a_redactor_does_not_show_what_it_knows() -> None:
    assert "hunter2" not in repr(Redactor(["PASSWORD=hunter2"]))
