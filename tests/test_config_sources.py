"""The section `sources` of the configuration file."""

from pathlib import Path

import pytest

from bot.alert import AlertStatus
from bot.config import load_desk
from bot.secret import Secret
from bot.source import BUILT_IN, Template, path, template
from handlers.sources import SOURCES
from tests.test_config import EXAMPLE, desk_of, problems_of

TOKEN = {"A_TOKEN": "0123456789abcdef", "B_TOKEN": "fedcba9876543210"}


def test_every_format_that_the_desk_reads_may_be_configured() -> None:
    assert set(SOURCES) == set(BUILT_IN)


def test_tokens_and_secrets_come_from_the_environment_and_hide_themselves(tmp_path: Path) -> None:
    desk = desk_of(
        tmp_path,
        "sources: {sentry: {token: [env:A_TOKEN, env:B_TOKEN], secret: env:A_TOKEN}, zabbix: {token: env:B_TOKEN}}",
        TOKEN,
    )
    assert desk.sources["sentry"].tokens == (Secret("0123456789abcdef"), Secret("fedcba9876543210"))
    assert desk.sources["sentry"].like == "sentry"
    assert set(desk.secrets()) == {Secret(value) for value in TOKEN.values()}
    assert not any(value in repr(desk) for value in TOKEN.values())


def test_a_source_of_ones_own_says_where_things_are(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, """
sources:
  mytool:
    like: paths
    title: "{$.host}: {$['what happened'][0]}"
    status: {path: $.state, firing: [Kaputt], resolved: heile}
    environment: prod
    dedup_key: $.id
""")  # fmt: skip
    paths = desk.sources["mytool"].paths
    assert paths is not None
    assert paths.title == Template((("host",), ": ", ("what happened", 0)))
    assert paths.status == Template((("state",),))
    assert paths.words == {"kaputt": AlertStatus.FIRING, "heile": AlertStatus.RESOLVED}
    assert paths.environment == Template(("prod",))
    assert paths.dedup_key == (Template((("id",),)),)


def test_a_known_format_may_have_a_second_name(tmp_path: Path) -> None:
    entry = desk_of(tmp_path, "sources: {billing: {like: pagerduty, environment: prod, service: x}}").sources["billing"]
    assert (entry.like, entry.environment, entry.service, entry.tokens) == ("pagerduty", "prod", "x", ())


def test_an_empty_variable_is_no_token(tmp_path: Path) -> None:
    assert desk_of(tmp_path, "sources: {sentry: {token: env:A}}", {"A": ""}).sources["sentry"].tokens == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{alertmanagr: {}}", "sources.alertmanagr: there is no source 'alertmanagr'; did you mean 'alertmanager'?"),
        ("{x: {like: pagerdty}}", "sources.x.like: there is no source 'pagerdty'; did you mean 'pagerduty'?"),
        ("{sentry: {token: short}}", "sources.sentry.token[0]: is too short"),
        ("{sentry: {token: 7}}", "sources.sentry.token[0]: must be text"),
        ("{sentry: {tokn: abc}}", "sources.sentry.tokn: unknown key; did you mean `token`?"),
        ("{sentry: {title: $.a}}", "sources.sentry.title: goes with `like: paths` only"),
        ("{sentry: {service: $.a}}", "sources.sentry.service: must be a name here"),
        ("{sentry: {branches: [main]}}", "sources.sentry.branches: goes with github and gitlab only"),
        ("{github: {topics: ['arn:aws:sns:eu-west-3:1:x']}}", "sources.github.topics: goes with cloudwatch only"),
        ("{cloudwatch: {topics: everything}}", "sources.cloudwatch.topics[0]:"),
        ("{x: {like: paths}}", "sources.x.title: is missing"),
        ("{x: {like: paths, title: $.a..b}}", "sources.x.title: must be a path"),
        ("{x: {like: paths, title: '{$a}'}}", "sources.x.title: must be a path"),
        ("{x: {like: paths, title: $.a, each: a}}", "sources.x.each: must be a path"),
        ("{a: {like: sentry, token: 0123456789}, b: {like: sentry, token: 0123456789}}",
         "sources.b.token: is that of 'a' already"),
        ("{'a b': {like: sentry}}", "is no good name"),
        ("[]", "sources: must be a mapping"),
    ],
    ids=lambda value: str(value)[:45],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    (found,) = problems_of(tmp_path, f"sources: {text}")
    assert problem in found
    assert "0123456789" not in found


@pytest.mark.parametrize("said", ["", "a", "$.", "$a", "$[x]", "$.a b", "$..a", "$.a[", "$.a[-1]", "$['']"])
def test_what_is_no_path_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="must be a path"):
        path(said)


def test_a_path_leads_through_names_and_places() -> None:
    assert path("$") == ()
    assert path("$.a-1.b_c[2]['d e']") == ("a-1", "b_c", 2, "d e")
    assert template("as it stands") == Template(("as it stands",))


def test_the_example_shows_a_source_of_ones_own() -> None:
    sources = load_desk(EXAMPLE).sources
    assert sources["github"].branches
    assert sources["moniteur"].paths is not None
