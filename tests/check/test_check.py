"""`ecotrajet check`: each party well and ill; every problem says how to mend it."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import asyncpg
import boto3
import pytest
from aiohttp import web

from bot.check import Verdict, healthy
from bot.check.here import public_url
from bot.config import load
from bot.sandbox import DEMO_PEOPLE, Sandbox
from bot.sandbox.engine import RunningEngine
from bot.store.embedded import EmbeddedPostgres
from bot.target import EngineAddress
from runbooks.docker_engine import DockerEngines
from tests.check.parties import MANIFEST, Engines, environment, findings, server

GONE = "http://127.0.0.1:9"  # discard: nobody listens


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(people=DEMO_PEOPLE, manifest=MANIFEST) as sandbox:
        yield sandbox


@pytest.fixture
def environ(sandbox: Sandbox, database_url: str, tmp_path: Path) -> dict[str, str]:
    return environment(sandbox, database_url, tmp_path)


async def test_where_all_is_well_every_party_says_so(
    environ: dict[str, str], sandbox: Sandbox, engine: RunningEngine
) -> None:
    engines = DockerEngines([EngineAddress("default", engine.host)])
    found = await findings({**environ, "DOCKER_HOST": engine.host}, engines=engines)
    await engines.close()
    assert {what: each.says for what, each in found.items() if each.verdict is not Verdict.OK} == {}
    assert list(found) == [
        "PostgreSQL", "Slack", "Slack permissions", "Slack Socket Mode", "Slack #incidents", "Twilio", "mail",
        "engine default", "clock", "data folder", "public URL",
    ]  # fmt: skip
    assert "tables at" in found["PostgreSQL"].says
    assert "ÉcoTrajet" in found["Slack"].says
    assert sandbox.violations == []


async def test_what_is_not_set_is_no_problem(tmp_path: Path) -> None:
    found = await findings({"ECOTRAJET_DATA": str(tmp_path)})
    assert healthy(found.values())
    for party in ("Slack", "Twilio", "mail", "clock", "public URL"):
        assert found[party].verdict is Verdict.NOT_SET
    assert "first `ecotrajet serve`" in found["PostgreSQL"].says
    assert found["configuration"].verdict is Verdict.WARNING


# PostgreSQL


async def test_a_database_without_tables_wants_migrate(environ: dict[str, str], empty_database_url: str) -> None:
    found = await findings({**environ, "DATABASE_URL": empty_database_url})
    assert found["PostgreSQL"].verdict is Verdict.PROBLEM
    assert "ecotrajet migrate" in found["PostgreSQL"].mend


async def test_tables_of_another_version_want_migrate(environ: dict[str, str], database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    postgres = (await findings(environ))["PostgreSQL"]
    assert postgres.verdict is Verdict.PROBLEM
    assert "are at 9999" in postgres.says


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://desk:hunter2hunter@127.0.0.1:9/desk", "does not answer"),
        ("postgresql://desk:hunter2hunter@nowhere.invalid/desk", "does not answer"),
    ],
)
async def test_a_database_that_is_away_is_a_problem(environ: dict[str, str], url: str, says: str) -> None:
    found = await findings({**environ, "DATABASE_URL": url})
    assert found["PostgreSQL"].verdict is Verdict.PROBLEM
    assert says in found["PostgreSQL"].says
    assert found["Slack"].verdict is Verdict.OK  # the others are asked all the same


async def test_a_wrong_user_and_a_wrong_database_are_told_apart(environ: dict[str, str], database_url: str) -> None:
    stranger = database_url.replace("postgresql://postgres@", "postgresql://stranger@")
    nowhere = database_url.replace("/test_", "/no_such_test_")
    assert "refuses the user" in (await findings({**environ, "DATABASE_URL": stranger}))["PostgreSQL"].says
    assert "no such database" in (await findings({**environ, "DATABASE_URL": nowhere}))["PostgreSQL"].says


# Slack


@pytest.mark.parametrize("word", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_a_refused_token_says_what_to_do(environ: dict[str, str], sandbox: Sandbox, word: str) -> None:
    sandbox.slack.faults.arm("auth.test", word)
    slack = (await findings(environ))["Slack"]
    assert (slack.verdict, slack.says) == (Verdict.PROBLEM, f"it refuses: {word}")
    assert "install" in slack.mend


async def test_missing_permissions_are_named(environ: dict[str, str], tmp_path: Path) -> None:
    wider = tmp_path / "manifest.yml"
    wider.write_text(MANIFEST.read_text().replace("- chat:write", "- users:read\n      - chat:write"))
    permissions = (await findings(environ, manifest=wider))["Slack permissions"]
    assert (permissions.verdict, permissions.says) == (Verdict.PROBLEM, "missing: users:read")
    narrower = tmp_path / "narrow.yml"
    narrower.write_text(MANIFEST.read_text().replace("- im:write", ""))
    assert (await findings(environ, manifest=narrower))["Slack permissions"].verdict is Verdict.WARNING


async def test_each_channel_that_the_bot_is_not_in_is_named(environ: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(
        "workspace: {incidents_channel: random}\nescalation: {policies: {default: {levels: ["
        "{name: one, after: 0, tell: ['channel:#general', channel:nowhere]}]}}}"
    )
    found = await findings({**environ, "ECOTRAJET_CONFIG": str(file)})
    seen = {what: each.verdict for what, each in found.items() if what.startswith("Slack #")}
    assert seen == {
        "Slack #random": Verdict.PROBLEM, "Slack #general": Verdict.OK, "Slack #nowhere": Verdict.PROBLEM,
    }  # fmt: skip
    assert "/invite @ecotrajet" in found["Slack #random"].mend


async def test_a_wrong_app_token_and_http_mode(environ: dict[str, str]) -> None:
    found = await findings({**environ, "SLACK_APP_TOKEN": "xapp-that-of-another-app"})
    assert found["Slack Socket Mode"].verdict is Verdict.PROBLEM
    assert "connections:write" in found["Slack Socket Mode"].mend
    found = await findings({**environ, "SLACK_APP_TOKEN": ""})
    assert "signing secret" in found["Slack requests"].says


async def test_a_slack_that_is_away_or_hangs_holds_nobody_up(environ: dict[str, str], sandbox: Sandbox) -> None:
    away = (await findings({**environ, "SLACK_API_URL": GONE}))["Slack"]
    assert (away.verdict, "does not answer" in away.says) == (Verdict.PROBLEM, True)
    sandbox.slack.faults.arm("*", hang=30.0, times=9)
    started = time.monotonic()
    found = await findings(environ, limit=1.0)
    assert time.monotonic() - started < 5.0
    assert found["Slack"].says == "no answer within 1 s"
    assert found["Twilio"].verdict is Verdict.OK


# Twilio


async def test_wrong_credentials_of_twilio_say_where_to_find_them(environ: dict[str, str]) -> None:
    twilio = (await findings({**environ, "TWILIO_AUTH_TOKEN": "0" * 32}))["Twilio"]
    assert twilio.verdict is Verdict.PROBLEM
    assert "console.twilio.com" in twilio.mend


@pytest.mark.parametrize(
    ("status", "numbers", "verdict", "says"),
    [
        ("suspended", [{"capabilities": {"sms": True}}], Verdict.PROBLEM, "the account is suspended"),
        ("active", [], Verdict.WARNING, "not among its numbers"),
        ("active", [{"capabilities": {"sms": False}}], Verdict.PROBLEM, "cannot send SMS"),
        ("active", [{"capabilities": {"sms": True}}], Verdict.OK, "sends SMS"),
    ],
)
async def test_the_account_and_its_number(
    environ: dict[str, str], status: str, numbers: list[object], verdict: Verdict, says: str
) -> None:
    base = f"/2010-04-01/Accounts/{environ['TWILIO_ACCOUNT_SID']}"

    async def account(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"sid": environ["TWILIO_ACCOUNT_SID"], "status": status})

    async def owned(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"incoming_phone_numbers": numbers, "page": 0, "page_size": 1, "next_page_uri": None})

    async with server([(f"{base}.json", account), (f"{base}/IncomingPhoneNumbers.json", owned)]) as url:
        twilio = (await findings({**environ, "TWILIO_API_URL": url}))["Twilio"]
    assert (twilio.verdict, says in twilio.says) == (verdict, True), twilio


async def test_a_twilio_that_is_away_is_a_problem(environ: dict[str, str]) -> None:
    assert (await findings({**environ, "TWILIO_API_URL": GONE}))["Twilio"].verdict is Verdict.PROBLEM


# Mail


async def smtp(answers: dict[str, str]) -> asyncio.Server:
    """An SMTP server that answers each verb as told, 250 otherwise."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        while line := await reader.readline():
            verb = line.split()[0].decode().upper() if line.split() else ""
            writer.write(f"{answers.get(verb, '250 fine')}\r\n".encode())
            if verb == "QUIT":
                break
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", 0)


@pytest.mark.parametrize(
    ("answers", "user", "says"),
    [
        ({"MAIL": "553 not from you"}, "", "refuses the sender (553)"),
        ({"EHLO": "554 go away", "HELO": "554 go away"}, "", "refuses: 554"),
        ({}, "desk:hunter2hunter@", "does not answer"),  # it offers no STARTTLS: the password stays here
    ],
)
async def test_a_mail_server_that_refuses_us_is_a_problem(
    environ: dict[str, str], answers: dict[str, str], user: str, says: str
) -> None:
    async with await smtp(answers) as listening:
        port = listening.sockets[0].getsockname()[1]
        mail = (await findings({**environ, "SMTP_URL": f"smtp://{user}127.0.0.1:{port}"}))["mail"]
        assert (mail.verdict, says in mail.says) == (Verdict.PROBLEM, True), mail


async def test_a_mail_server_that_is_away_is_a_problem(environ: dict[str, str]) -> None:
    mail = (await findings({**environ, "SMTP_URL": "smtp://127.0.0.1:9"}))["mail"]
    assert (mail.verdict, "127.0.0.1:9 does not answer" in mail.says) == (Verdict.PROBLEM, True)


async def test_ses_sends_from_verified_addresses_only(
    environ: dict[str, str], amazon: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-west-3")
    environ = {**environ, "SMTP_URL": "", "AWS_ENDPOINT_URL": amazon}
    before = (await findings(environ))["mail (SES)"]
    assert (before.verdict, "is not verified" in before.says) == (Verdict.PROBLEM, True)
    client = boto3.client("ses", endpoint_url=amazon)
    await asyncio.to_thread(client.verify_email_identity, EmailAddress=environ["EMAIL_FROM"])
    after = (await findings(environ))["mail (SES)"]
    assert after.verdict is not Verdict.PROBLEM
    gone = (await findings({**environ, "AWS_ENDPOINT_URL": GONE}))["mail (SES)"]
    assert (gone.verdict, "cannot be asked" in gone.says) == (Verdict.PROBLEM, True)


# Engines, clock, this machine


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # docker's UnixHTTPConnection, when none answers
async def test_a_dead_engine_beside_a_living_one(
    environ: dict[str, str], tmp_path: Path, engine: RunningEngine
) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(
        f"environments: {{prod: {{engine: 'unix://{tmp_path}/dead.sock'}}, staging: {{}}, lab: {{engine: 'tcp://127.0.0.1:9'}}}}\n"
        "services: {shop: {containers: {prod: shop, staging: shop}}}"
    )
    environ = {**environ, "ECOTRAJET_CONFIG": str(file), "DOCKER_HOST": engine.host}
    engines = DockerEngines(load(environ).desk.engines.values(), limit=3.0)
    found = await findings(environ, engines=engines)
    await engines.close()
    gc.collect()
    assert found["engine prod"].verdict is Verdict.PROBLEM
    assert "systemctl start docker" in found["engine prod"].mend
    assert found["engine default"].verdict is Verdict.OK
    assert found["engine lab"].verdict is Verdict.NOT_SET  # no service runs there


async def test_an_engine_is_asked_by_its_name(environ: dict[str, str]) -> None:
    found = await findings(environ, engines=Engines("default"))
    assert found["engine default"].verdict is Verdict.PROBLEM


async def test_a_maintenance_page_that_is_not_on_its_engine_is_told_before_it_is_needed(
    environ: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(
        "environments: {prod: {}, staging: {engine: 'unix:///other.sock'}, dev: {engine: 'unix:///third.sock'}}\n"
        "services:\n"
        "  shop: {containers: {prod: shop, staging: shop, dev: shop}, maintenance_image: 'closed:1'}\n"
        "  api: {containers: {prod: api}, maintenance_image: 'closed:2'}\n"
        "  plain: {containers: {prod: plain}}\n"
    )
    found = await findings({**environ, "ECOTRAJET_CONFIG": str(file)}, engines=Engines("dev", images=["closed:1"]))
    pages = {what: each for what, each in found.items() if what.startswith("maintenance page")}
    assert {what: each.verdict for what, each in pages.items()} == {
        "maintenance page shop on default": Verdict.OK,
        "maintenance page shop on staging": Verdict.OK,
        "maintenance page api on default": Verdict.WARNING,
    }
    assert pages["maintenance page api on default"].mend == "fetch it there: docker pull closed:2"


@pytest.mark.parametrize(("off", "verdict"), [(0, Verdict.OK), (-3600, Verdict.PROBLEM), (7, Verdict.PROBLEM)])
async def test_a_clock_that_is_off_is_a_problem(environ: dict[str, str], off: int, verdict: Verdict) -> None:
    async def api(_request: web.Request) -> web.StreamResponse:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=off), usegmt=True)
        return web.json_response({"ok": True}, headers={"Date": date})

    async with server([("/api/{method}", api)]) as url:
        clock = (await findings({**environ, "SLACK_API_URL": f"{url}/api/"}))["clock"]
    assert clock.verdict is verdict, clock
    if off:
        assert "Slack's" in clock.says
        assert "NTP" in clock.mend


async def test_a_data_folder_that_cannot_be_written_is_a_problem(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = (await findings({**environ, "ECOTRAJET_DATA": str(tmp_path / "file" / "data")}))["data folder"]
    assert (folder.verdict, "cannot be written to" in folder.says) == (Verdict.PROBLEM, True)


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("https://desk.ecotrajet.example", Verdict.OK),
        ("http://desk.ecotrajet.example", Verdict.WARNING),
        ("https://localhost:8080", Verdict.WARNING),
        ("https://192.168.1.4", Verdict.WARNING),
        ("https://desk.internal", Verdict.WARNING),
        ("https://desk.ecotrajet.example/?a=b", Verdict.PROBLEM),
        ("", Verdict.WARNING),
    ],
)
def test_the_public_url_is_one_that_twilio_can_call(url: str, verdict: Verdict) -> None:
    environ = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM_NUMBER": "+33700000000"}
    settings = load({**environ, "ECOTRAJET_PUBLIC_URL": url}, Path("/nowhere")).settings
    assert public_url(settings).verdict is verdict


async def test_an_embedded_server_that_cannot_start_is_a_finding(environ: dict[str, str], tmp_path: Path) -> None:
    cluster = EmbeddedPostgres(tmp_path).cluster.data
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("9\n")
    found = await findings({**environ, "DATABASE_URL": ""})
    assert found["PostgreSQL"].verdict is Verdict.PROBLEM
    assert "does not start" in found["PostgreSQL"].says
