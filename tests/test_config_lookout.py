"""`ecotrajet-watch.yaml`: the example is true, and every problem of file and environment is told at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.lookout import load_lookout
from bot.errors import ConfigError
from tests.world import ROOT

KEYS = {
    "ECOTRAJET_WATCH_TOKEN": "a-token-of-the-lookout", "WATCH_SMTP_URL": "smtps://u:hunter2@mail.example",
    "SMTP_URL": "smtp://the-desk-s-own", "EMAIL_FROM": "watch@desk.example",
}  # fmt: skip


def test_the_example_is_loaded_and_keys_of_its_own_count_first() -> None:
    settings = load_lookout({**KEYS, "ECOTRAJET_WATCH_CONFIG": str(ROOT / "ecotrajet-watch.example.yaml")})
    assert settings.desks == ("https://desk.example",)
    assert (settings.silent_after, settings.again_every) == (timedelta(minutes=2), timedelta(minutes=15))
    assert [person.phone for person in settings.people] == ["+33600000001"]
    assert settings.mail is not None
    assert settings.mail.smtp_url is not None
    assert settings.mail.smtp_url.reveal() == "smtps://u:hunter2@mail.example"
    assert {"a-token-of-the-lookout", "smtps://u:hunter2@mail.example", "hunter2"} <= {
        each.reveal() for each in settings.secrets()
    }


def test_every_problem_is_told_at_once_and_no_value_is(tmp_path: Path) -> None:
    (tmp_path / "ecotrajet-watch.yaml").write_text("desk: ftp://x\nsilent_aftr: 1 min\nevery: fast\n", "utf-8")
    with pytest.raises(ConfigError) as told:
        load_lookout({"TWILIO_AUTH_TOKEN": "hunter2-hunter2"}, tmp_path)
    said = "\n".join(told.value.problems)
    for each in ("TWILIO_ACCOUNT_SID", "TWILIO_FROM_NUMBER", "desk[0]", "did you mean `silent_after`", "every"):
        assert each in said
    assert "hunter2" not in said


def test_nobody_to_tell_and_nothing_to_tell_it_by_are_problems(tmp_path: Path) -> None:
    (tmp_path / "ecotrajet-watch.yaml").write_text("desk: https://desk.example\n", "utf-8")
    with pytest.raises(ConfigError) as told:
        load_lookout({}, tmp_path)
    said = "\n".join(told.value.problems)
    assert "nobody could be told anything" in said
    assert "ECOTRAJET_WATCH_TOKEN" in said
    with pytest.raises(ConfigError, match="cannot be read"):
        load_lookout(KEYS, tmp_path / "nowhere")
