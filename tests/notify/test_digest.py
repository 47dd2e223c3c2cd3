"""Managers' digest on each channel: the same few facts, within its limits; no alert's title."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.incident import Priority, Status
from bot.language.gsm import segments
from bot.message import About, Kind
from bot.notify.blocks import Reader, digest_card
from bot.notify.email import words_of
from bot.notify.sms import MAX_SEGMENTS, text_of
from bot.sandbox.devices import spaced
from bot.view import DigestView
from tests.notify.examples import NOW, OPENED, TITLE, desk, incident, outgoing

READER = Reader.of(desk(), "fr", NOW)


def digest(count: int) -> DigestView:
    many = tuple((incident(number=number), NOW + timedelta(minutes=30)) for number in range(1, count + 1))
    over = incident(number=99, status=Status.RESOLVED, priority=Priority.P2, resolved_at=OPENED + timedelta(minutes=35))
    return DigestView(many, (over,))


@pytest.mark.parametrize("count", [0, 1, 3, 60])
def test_it_fits_every_channel_and_names_no_alert(count: int) -> None:
    sent = replace(outgoing(About.DIGEST, Kind.SMS), digest=digest(count))
    text = text_of(sent, READER)
    card = digest_card(digest(count), READER)
    mail = words_of(sent, READER)
    assert segments(text) <= MAX_SEGMENTS
    assert len(card.blocks) <= 50
    for said in (text, str(card.blocks), str(mail["facts"])):
        assert TITLE not in said
        assert ("service indisponible" in spaced(said)) == (count > 0)
    assert "Plus aucun incident" in str(mail["title"]) or count > 0
    assert "résolu après 35 min" in spaced(str(card.blocks))
