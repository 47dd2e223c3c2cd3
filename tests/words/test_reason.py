"""Why a message was not taken, as somebody reads it at three in the morning."""

import pytest

from bot.carrier import may_help
from bot.language import say
from bot.reason import worded
from tests.notify.examples import NOW, PARIS


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Twilio 21610: this person answered STOP", "Twilio 21610\xa0: cette personne a répondu STOP"),
        ("undelivered 30003", "Twilio 30003\xa0: le téléphone est éteint ou hors de portée"),
        ("Slack: user_disabled (this account)", "Slack user_disabled\xa0: le compte Slack"),
        ("Slack: missing_scope im:write (the app)", "Slack missing_scope im:write\xa0: il manque"),
        ("Twilio did not answer in time", "pas de réponse à temps"),
        ("the mail server cannot be reached: ConnectionRefusedError", "injoignable (ConnectionRefusedError)"),
        ("Slack is unwell: 503", "en difficulté (503)"),
        ("machine_end_beep", "un répondeur a pris l’appel"),
        ("no-answer", "personne n’a décroché"),
        ("no sms is configured", "rien n’est configuré pour cela"),
        ("something that nobody has seen yet", "something that nobody has seen yet"),
    ],
)  # fmt: skip
def test_what_is_known_is_said_in_the_reader_s_language(reason: str, told: str) -> None:
    said = worded(reason)
    assert say(said, "fr", PARIS, NOW).startswith(told)
    assert said.values["reason"] == reason  # whoever decides about it reads what came
    assert may_help(str(said.values["reason"])) == may_help(reason)
