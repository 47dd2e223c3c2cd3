"""`ecotrajet check`: the second provider of texts, well and ill."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.check import Verdict
from bot.sandbox import Sandbox
from tests.check.parties import environment, findings


@pytest.fixture
async def environ(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, str]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    async with Sandbox(smtp=False) as sandbox:
        made = environment(sandbox, database_url, tmp_path)
        yield {**made, "ECOTRAJET_CONFIG": str(tmp_path / "desk.yaml"), "SMTP_URL": "", "EMAIL_FROM": ""}


def configured(environ: dict[str, str], second: str) -> dict[str, str]:
    Path(environ["ECOTRAJET_CONFIG"]).write_text(f"notifications: {{second_sms: {second}}}")
    return environ


async def test_sns_is_asked_whether_it_takes_texts(environ: dict[str, str], amazon: str) -> None:
    sns = f"{{via: sns, region: eu-west-3, endpoint: '{amazon}'}}"
    found = (await findings(configured(environ, sns)))["second SMS"]
    assert (found.verdict, "takes texts" in found.says) == (Verdict.OK, True), found


async def test_sns_that_does_not_answer_is_a_problem(environ: dict[str, str]) -> None:
    sns = "{via: sns, region: eu-west-3, endpoint: 'http://127.0.0.1:9'}"
    assert (await findings(configured(environ, sns)))["second SMS"].verdict is Verdict.PROBLEM


async def test_another_one_is_named_and_not_tried(environ: dict[str, str]) -> None:
    found = (await findings(configured(environ, "{via: http, url: 'https://sms.example/v1'}")))["second SMS"]
    assert (found.verdict, found.says.startswith("sms.example;")) == (Verdict.OK, True)


async def test_a_second_without_a_first_is_a_problem(environ: dict[str, str]) -> None:
    alone = {name: value for name, value in environ.items() if not name.startswith("TWILIO_")}
    found = (await findings(configured(alone, "{via: sns, region: eu-west-3}")))["second SMS"]
    assert (found.verdict, "TWILIO_ACCOUNT_SID" in found.mend) == (Verdict.PROBLEM, True)


async def test_nothing_is_said_of_one_that_is_not_configured(environ: dict[str, str]) -> None:
    Path(environ["ECOTRAJET_CONFIG"]).write_text("{}")
    assert "second SMS" not in await findings(environ)
