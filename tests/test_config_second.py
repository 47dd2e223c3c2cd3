"""The section `notifications.second_sms`: which provider is asked when Twilio cannot send a text."""

from pathlib import Path

import pytest

from bot.carrier import SecondSms
from bot.secret import Secret
from tests.test_config import desk_of, problems_of


def test_nobody_is_asked_unless_it_is_said(tmp_path: Path) -> None:
    assert desk_of(tmp_path, "notifications: {P1: [sms]}").second_sms is None


def test_sns_needs_nothing_more(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "notifications: {second_sms: {via: sns, sender: ECOTRAJET}}")
    assert desk.second_sms == SecondSms("sns", sender="ECOTRAJET")


def test_any_other_is_told_by_its_address_and_fields_and_its_key_is_hidden(tmp_path: Path) -> None:
    text = """
notifications:
  second_sms:
    via: http
    url: https://sms.example/v1
    headers: {Authorization: env:SMS_KEY}
    body: {a: "{to}", b: "{text}"}
"""
    desk = desk_of(tmp_path, text, {"SMS_KEY": "Bearer a-long-key"})
    assert desk.second_sms is not None
    assert desk.second_sms.body == {"a": "{to}", "b": "{text}"}
    assert Secret("Bearer a-long-key") in desk.secrets()
    assert "a-long-key" not in repr(desk.second_sms)


@pytest.mark.parametrize(
    ("second", "path"),
    [
        ("{via: pigeon}", "notifications.second_sms"),
        ("{via: http}", "notifications.second_sms"),
        ("{via: http, url: 'ftp://x'}", "notifications.second_sms"),
        ("{via: http, url: 'https://sms.example', body: {to: '{to}'}}", "notifications.second_sms"),
        ("{via: sns, sender: 'far too long a name'}", "notifications.second_sms"),
    ],
)
def test_what_cannot_work_is_told_with_its_place(tmp_path: Path, second: str, path: str) -> None:
    problems = problems_of(tmp_path, f"notifications: {{second_sms: {second}}}")
    assert len(problems) == 1
    assert problems[0].startswith(path)
