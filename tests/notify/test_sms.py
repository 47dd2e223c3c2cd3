"""Texts, through the real twilio SDK, against the sandbox."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.errors import Permanent, Retryable
from bot.incident import Incident, Priority
from bot.language.gsm import is_gsm, segments, to_gsm
from bot.message import Kind
from bot.notify.blocks import Reader
from bot.notify.channel import Outgoing
from bot.notify.sms import SmsChannel, text_of
from bot.notify.twilio_client import Twilio
from bot.phrase import Phrase
from bot.sandbox import Sandbox
from bot.secret import Secret
from tests.notify.examples import NOW, TITLE, desk, incident, note, outgoing, view

AMINA = "+33600000001"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(smtp=False) as sandbox:
        yield sandbox


@pytest.fixture
async def sms(sandbox: Sandbox) -> AsyncIterator[SmsChannel]:
    channel = SmsChannel(twilio_of(sandbox.environment()), desk())
    yield channel
    await channel.close()


def twilio_of(environment: dict[str, str], public_url: str = "", within: float = 10.0) -> Twilio:
    return Twilio(
        environment["TWILIO_ACCOUNT_SID"],
        Secret(environment["TWILIO_AUTH_TOKEN"]),
        environment["TWILIO_FROM_NUMBER"],
        public_url=public_url,
        api_url=environment["TWILIO_API_URL"],
        within=within,
    )


def paged(to: str = AMINA, **changed: object) -> Outgoing:
    return outgoing(kind=Kind.SMS, to=to, view=view(**changed))  # type: ignore[arg-type]  # reason: incident's fields


async def test_a_page_tells_the_number_the_priority_the_title_and_how_to_answer(
    sandbox: Sandbox, sms: SmsChannel
) -> None:
    sid = await sms.send(paged())
    got = await sandbox.person("amina").phone.gets_sms("P1")
    assert got.body == f'P1 critique #42 {TITLE}. Répondez "ack 42" pour prendre.'
    assert got.sid == sid
    assert segments(got.body) == 1


async def test_english_people_read_english(sandbox: Sandbox, sms: SmsChannel) -> None:
    await sms.send(outgoing(kind=Kind.SMS, to="+33600000004", view=view(), language="en"))
    got = await sandbox.person("david").phone.gets_sms("P1")
    assert got.body == f'P1 critical #42 {TITLE}. Reply "ack 42" to take it.'


@pytest.mark.parametrize("title", ["é" * 500, "Ω" * 500, "日本語" * 200, "[" * 500, "naïve — “x” " * 40, "🔥" * 300])
async def test_however_long_the_title_two_pieces_are_enough_and_the_answer_is_there(title: str) -> None:
    text = text_of(paged(title=title, priority=Priority.P2), Reader.of(desk(), "fr", NOW))
    assert segments(text) <= 2
    assert "ack 42" in text


async def test_a_page_with_a_code_says_what_each_letter_does() -> None:
    text = text_of(replace(paged(), code=7), Reader.of(desk(), "fr", NOW))
    assert text == f"P1 critique #42 {TITLE}. Répondez 7a prendre, 7e escalader, 7r résoudre."
    assert segments(text) == 1


@pytest.mark.parametrize("together", [(), (incident(number=42, title="é" * 500), incident(number=43))])
@pytest.mark.parametrize("manager", [True, False])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("title", ["é" * 500, "[" * 500, "🔥" * 300])
async def test_the_code_is_never_cut_off(
    title: str, language: str, manager: bool, together: tuple[Incident, ...]
) -> None:
    page = replace(paged(title=title), code=99, manager=manager, together=together)
    text = text_of(page, Reader.of(desk(), language, NOW))
    assert segments(text) <= 2
    assert "99a" in text
    assert "99e" in text
    assert is_gsm(text)


async def test_french_punctuation_does_not_double_the_price() -> None:
    said = to_gsm("L’incident « été » : prêt — où ça… cœur, naïf, garçon")
    assert said == 'L\'incident "été" : pret - où ca... coeur, naif, garcon'
    assert is_gsm(said)
    assert to_gsm("🚨 Le bureau ne répond plus") == "Le bureau ne répond plus"


@pytest.mark.parametrize(
    "text, pieces",
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
    ],
)
def test_pieces_are_counted_as_operators_do(text: str, pieces: int) -> None:
    assert segments(text) == pieces


async def test_a_sentence_is_sent_as_it_is(sandbox: Sandbox, sms: SmsChannel) -> None:
    await sms.send(note(AMINA, Phrase("{name} is on it", {"name": "Bruno"}), kind=Kind.SMS))
    got = await sandbox.person("amina").phone.gets_sms("Bruno")
    assert got.body == "Bruno s'en occupe"


@pytest.mark.parametrize(
    "code, word", [(21211, "phone"), (21610, "STOP"), (21614, "mobile"), (21408, "Geo"), (20003, "TOKEN")]
)
async def test_what_twilio_refuses_is_permanent_and_says_what_to_mend(
    sandbox: Sandbox, sms: SmsChannel, code: int, word: str
) -> None:
    sandbox.twilio.faults.arm(error=code)
    with pytest.raises(Permanent, match=str(code)) as refused:
        await sms.send(paged())
    assert word in refused.value.reason


@pytest.mark.parametrize(
    "fault", [{"http_status": 429}, {"http_status": 500}, {"http_status": 503}, {"disconnect": True}]
)
async def test_trouble_at_twilio_is_retried(sandbox: Sandbox, sms: SmsChannel, fault: dict[str, object]) -> None:
    sandbox.twilio.faults.arm(**fault)  # type: ignore[arg-type]  # reason: keyword by keyword
    with pytest.raises(Retryable):
        await sms.send(paged())


async def test_twilio_hanging_is_retried_soon(sandbox: Sandbox) -> None:
    sms = SmsChannel(twilio_of(sandbox.environment(), within=0.2), desk())
    sandbox.twilio.faults.arm(hang=5.0)
    async with asyncio.timeout(2):
        with pytest.raises(Retryable):
            await sms.send(paged())
    await sms.close()


async def test_wrong_credentials_are_permanent_and_not_told(sandbox: Sandbox) -> None:
    environment = sandbox.environment() | {"TWILIO_AUTH_TOKEN": "a-wrong-auth-token"}
    sms = SmsChannel(twilio_of(environment), desk())
    with pytest.raises(Permanent, match="TWILIO_AUTH_TOKEN") as refused:
        await sms.send(paged())
    assert "a-wrong-auth-token" not in str(refused.value)
    await sms.close()
