"""Calls, through the real twilio SDK, against the sandbox."""

from xml.etree import ElementTree

import pytest

from bot.errors import Permanent
from bot.message import Kind
from bot.notify.blocks import Reader
from bot.notify.voice import VoiceChannel, spoken
from bot.sandbox import Sandbox
from tests.notify.examples import NOW, desk, incident, outgoing, view
from tests.notify.test_sms import AMINA, twilio_of


async def test_a_call_says_the_page_and_offers_a_key() -> None:
    async with Sandbox(smtp=False) as sandbox:
        voice = VoiceChannel(twilio_of(sandbox.environment(), "http://127.0.0.1:9"), desk())
        sid = await voice.send(outgoing(kind=Kind.VOICE, to=AMINA, view=view()))
        call = await sandbox.person("amina").phone.gets_call()
        await voice.close()
    assert call.sid == sid
    assert "Alerte ÉcoTrajet, critique, incident 42. PROD CRITICAL Database connection lost." in call.said[0]
    assert "Tapez 4 pour prendre l’incident, 5 pour" in call.said[0]


def test_the_key_comes_back_for_this_incident_in_the_persons_voice() -> None:
    root = ElementTree.fromstring(spoken(incident(), Reader.of(desk(), "en", NOW), "https://desk.example"))
    gather = root.find("Gather")
    assert gather is not None
    assert (
        gather.get("action")
        == f"https://desk.example/twilio/voice?incident=42&as_of={int(NOW.timestamp() * 1_000_000)}"
    )
    assert {say.get("language") for say in root.iter("Say")} == {"en-GB"}


def test_without_a_public_address_no_key_is_offered() -> None:
    said = spoken(incident(title="<Hangup/> & more"), Reader.of(desk(), "fr", NOW), "")
    assert "Gather" not in said
    assert "Tapez" not in said
    assert ElementTree.fromstring(said).find("Hangup") is None


async def test_a_call_about_nothing_is_permanent() -> None:
    async with Sandbox(smtp=False) as sandbox:
        voice = VoiceChannel(twilio_of(sandbox.environment()), desk())
        with pytest.raises(Permanent):
            await voice.send(outgoing(kind=Kind.VOICE, to=AMINA))
        await voice.close()
