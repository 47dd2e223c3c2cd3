"""The second provider of texts: Amazon SNS (moto's server), and any other by HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web
from botocore.exceptions import ClientError
from moto.sns.models import sns_backends

from bot.carrier import VIA, SecondSms, may_help
from bot.errors import Permanent, Retryable
from bot.language.gsm import segments
from bot.message import Kind
from bot.notify.blocks import Reader
from bot.notify.sms import text_of
from bot.notify.sms_second import HttpSms, Sns, filled, judged
from bot.secret import Secret
from tests.notify.examples import NOW, TITLE, desk, outgoing, view

AMINA = "+33600000001"


async def test_sns_carries_the_text(amazon: str) -> None:
    carrier = Sns(SecondSms("sns", sender="ECOTRAJET", region="eu-west-3", endpoint=amazon))
    sent = await carrier.carry(AMINA, "P1 critique #42")
    assert sns_backends["123456789012"]["eu-west-3"].sms_messages[sent] == (AMINA, "P1 critique #42")
    await carrier.close()


async def test_sns_out_of_reach_is_tried_again() -> None:
    carrier = Sns(SecondSms("sns", region="eu-west-3", endpoint="http://127.0.0.1:9"), within=1.0)
    with pytest.raises((Retryable, Permanent)):
        await carrier.carry(AMINA, "P1")
    await carrier.close()


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("InvalidParameter", 400, Permanent),
        ("AuthorizationError", 403, Permanent),
        ("Throttled", 400, Retryable),
        ("InternalError", 500, Retryable),
    ],
)
def test_what_sns_answers_is_judged(code: str, status: int, kind: type[Exception]) -> None:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert isinstance(judged(ClientError(answer, "Publish")), kind)  # type: ignore[arg-type]  # reason: cut short


@dataclass
class Provider:
    url: str = ""
    status: int = 200
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((await request.json(), request.headers.get("Authorization", "")))
        return web.json_response({"message_id": "m-1"}, status=self.status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def provider(unused_tcp_port: int) -> AsyncIterator[Provider]:
    made = Provider(f"http://127.0.0.1:{unused_tcp_port}/v1/messages")
    app = web.Application()
    app.add_routes([web.post("/v1/messages", made.take)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    yield made
    await runner.cleanup()


def by_http(provider: Provider) -> HttpSms:
    body = {"recipient": "{to}", "content": "{text}", "from": "desk"}
    return HttpSms(SecondSms("http", url=provider.url, headers={"Authorization": Secret("Bearer key")}, body=body))


async def test_any_provider_gets_its_own_fields_and_key(provider: Provider) -> None:
    assert await by_http(provider).carry(AMINA, "P1 {to} critique") == "m-1"
    body = {"recipient": AMINA, "content": "P1 {to} critique", "from": "desk"}
    assert provider.got == [(body, "Bearer key")]


@pytest.mark.parametrize(("status", "kind"), [(400, Permanent), (302, Permanent), (429, Retryable), (503, Retryable)])
async def test_what_it_answers_is_judged_and_its_key_goes_nowhere_else(
    provider: Provider, status: int, kind: type[Exception]
) -> None:
    provider.status = status
    with pytest.raises(kind) as refused:
        await by_http(provider).carry(AMINA, "P1")
    assert "Bearer key" not in str(refused.value)
    assert len(provider.got) == 1


def test_both_fields_may_stand_in_one_value() -> None:
    assert filled("{to}: {text}", {"{to}": "+33", "{text}": "{to} {text}"}) == "+33: {to} {text}"


def test_another_provider_does_not_help_against_a_wrong_number_or_a_stop() -> None:
    assert may_help("Twilio 21606: TWILIO_FROM_NUMBER cannot send SMS")
    assert may_help("Twilio is unwell: 503")
    assert may_help("undelivered 30008")
    assert not may_help("Twilio 21610: this person answered STOP")
    assert not may_help("undelivered 30006")


async def test_the_text_says_which_number_to_write_to_since_nobody_reads_answers_to_it() -> None:
    page = outgoing(kind=Kind.SMS, to=AMINA, view=view(), body={VIA: "sns"})
    text = text_of(replace(page, code=3), Reader.of(desk(), "fr", NOW), answer_to="+33755500100")
    assert text == f"P1 critique #42 {TITLE}. Envoyez 3a (prendre), 3e (escalader) ou 3r (résoudre) au +33755500100."
    assert segments(text) == 1
