"""Signing: the standard's own example, and secrets of both kinds."""

import base64

from bot.hook import BACK_OFF, Hook, key_of, next_try, signature
from bot.secret import Secret


def test_the_example_of_the_standard_s_own_libraries() -> None:
    secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    said = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_of_ones_own_is_taken_as_it_is() -> None:
    assert key_of(Secret("whsec_" + base64.b64encode(b"key").decode())) == b"key"
    assert key_of(Secret("whsec_!")) == b"whsec_!"
    assert key_of(Secret("é")) == "é".encode()


def test_patterns_match_exactly() -> None:
    hook = Hook("a", Secret("u"), Secret("s"), ("incident.handed_over", "run.*", "*"))
    assert hook.patterns() == [r"incident.handed\_over", "run.%", "%"]


def test_it_is_tried_for_a_day() -> None:
    total = sum((each.total_seconds() for each in BACK_OFF), 0.0)
    assert 23 * 3600 <= total <= 25 * 3600
    assert next_try(1) == BACK_OFF[0]
    assert next_try(len(BACK_OFF)) == BACK_OFF[-1]
    assert next_try(len(BACK_OFF) + 1) is None
