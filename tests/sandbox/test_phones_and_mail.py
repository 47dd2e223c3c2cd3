"""Text messages and calls through the real Twilio client; mail through the real aiosmtplib."""

import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import pytest
from aiohttp import encode_basic_auth, web
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.sandbox import Sandbox
from bot.sandbox.telephone.sms import segments
from bot.sandbox.telephone.twiml import read

AMINA = "+33600000001"


class Redirected(AsyncTwilioHttpClient):  # type: ignore[misc]  # twilio ships no types
    """The real client with another host, as the bot's own."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    async def request(self, method: str, url: str, *args: Any, **more: Any) -> Response:
        """Send it to the sandbox; the header is written here since aiohttp deprecates the client's BasicAuth."""
        login, password = more.pop("auth")
        more["headers"] = {**more["headers"], "Authorization": encode_basic_auth(login, password)}
        with warnings.catch_warnings():
            return await super().request(method, url.replace("https://api.twilio.com", self.base), *args, **more)


@pytest.fixture
async def twilio(sandbox: Sandbox) -> AsyncIterator[Client]:
    """The real Twilio client for this sandbox."""
    env = sandbox.environment()
    async with Redirected(env["TWILIO_API_URL"]) as http:
        yield Client(env["TWILIO_ACCOUNT_SID"], env["TWILIO_AUTH_TOKEN"], http_client=http)


@dataclass
class Desk:
    """A small bot's HTTP side: what Twilio posted, and what is answered."""

    url: str = ""
    forms: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)


@pytest.fixture
async def desk(sandbox: Sandbox) -> AsyncIterator[Desk]:
    """Serves /twilio/… and checks signatures with Twilio's own validator."""
    desk = Desk()
    validator = RequestValidator(sandbox.environment()["TWILIO_AUTH_TOKEN"])

    async def hear(request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        desk.forms.append((request.path, form))
        desk.signed.append(validator.validate(str(request.url), form, request.headers["X-Twilio-Signature"]))
        answer = desk.answers.get(f"{request.path} {form.get('Digits', '')}".strip(), "<Response/>")
        return web.Response(text=answer, content_type="text/xml")

    app = web.Application()
    app.router.add_post("/twilio/{what}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    sandbox.bot_at(desk.url)
    yield desk
    await runner.cleanup()


async def send(twilio: Client, sandbox: Sandbox, to: str = AMINA, **more: Any) -> Any:
    """Send a text message."""
    number = sandbox.environment()["TWILIO_FROM_NUMBER"]
    return await twilio.messages.create_async(**{"to": to, "from_": number, "body": "P1 n° 42", **more})


async def test_an_sms_arrives_and_its_status_is_told_and_can_be_asked(
    sandbox: Sandbox, twilio: Client, desk: Desk
) -> None:
    sent = await send(twilio, sandbox, status_callback=f"{desk.url}/twilio/status")
    assert sent.status == "queued"
    sms = await sandbox.person("amina").phone.gets_sms("42")
    assert sms.sid == sent.sid
    await sandbox.changes.until(lambda: True if len(desk.forms) == 2 else None, 5, lambda: str(desk.forms))
    assert [form["MessageStatus"] for _path, form in desk.forms] == ["sent", "delivered"]
    assert desk.signed == [True, True]
    assert (await twilio.messages(sent.sid).fetch_async()).status == "delivered"
    assert [one.sid for one in await twilio.messages.list_async(to=AMINA, limit=5)] == [sent.sid]


async def test_a_reply_reaches_the_bot_signed_and_its_answer_the_phone(sandbox: Sandbox, desk: Desk) -> None:
    desk.answers["/twilio/sms"] = "<Response><Message>#42 est à vous.</Message></Response>"
    phone = sandbox.person("amina").phone
    assert await phone.sends("ack 42") == "#42 est à vous."
    await phone.gets_sms("est à vous")
    first = sandbox.twilio.messages[0]
    await phone.sends_again(first)
    sids = [form["MessageSid"] for _path, form in desk.forms]
    assert sids == [first.sid] * 2
    assert desk.signed == [True, True]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"to": "0600000001"}, 21211),
        ({"to": ""}, 21604),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"from_": "+15005550000"}, 21606),
    ],
)
async def test_messages_that_twilio_refuses(sandbox: Sandbox, twilio: Client, more: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await send(twilio, sandbox, **more)
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert len(sandbox.violations) == 1


async def test_who_said_stop_gets_nothing_until_start(sandbox: Sandbox, twilio: Client, desk: Desk) -> None:
    phone = sandbox.person("amina").phone
    await phone.sends("STOP")
    with pytest.raises(TwilioRestException) as refused:
        await send(twilio, sandbox)
    assert refused.value.code == 21610
    await phone.sends("START")
    await send(twilio, sandbox)
    await phone.gets_sms("42")


async def test_armed_faults_of_the_telephone(sandbox: Sandbox, twilio: Client, desk: Desk) -> None:
    faults = sandbox.twilio.faults
    for arm, status, code in (({"error": 21211, "number": AMINA}, 400, 21211), ({"http_status": 429}, 429, 20429)):
        faults.arm("Messages.create", **arm)
        with pytest.raises(TwilioRestException) as refused:
            await send(twilio, sandbox)
        assert (refused.value.status, refused.value.code) == (status, code)
    faults.arm(http_status=500)
    with pytest.raises((TwilioRestException, ValueError)):
        await send(twilio, sandbox)
    faults.arm(error=30003)
    await send(twilio, sandbox, status_callback=f"{desk.url}/twilio/status")
    await sandbox.changes.until(lambda: True if len(desk.forms) == 2 else None, 5, lambda: str(desk.forms))
    assert desk.forms[-1][1]["ErrorCode"] == "30003"
    with pytest.raises(AssertionError, match="there is nothing"):
        await sandbox.person("amina").phone.gets_sms(within=0.05)


async def test_wrong_credentials_are_refused(sandbox: Sandbox) -> None:
    env = sandbox.environment()
    async with Redirected(env["TWILIO_API_URL"]) as http:
        stranger = Client(env["TWILIO_ACCOUNT_SID"], "wrong", http_client=http)
        with pytest.raises(TwilioRestException) as refused:
            await send(stranger, sandbox)
    assert (refused.value.status, refused.value.code) == (401, 20003)


async def test_a_call_is_answered_heard_and_acknowledged_by_a_key(sandbox: Sandbox, twilio: Client, desk: Desk) -> None:
    desk.answers["/twilio/voice"] = (
        '<Response><Gather numDigits="1" action="/twilio/keys">'
        "<Say>Incident 42.</Say><Say>Tapez 4.</Say></Gather></Response>"
    )
    desk.answers["/twilio/keys 4"] = "<Response><Say>42 est à vous.</Say><Hangup/></Response>"
    number = sandbox.environment()["TWILIO_FROM_NUMBER"]
    await twilio.calls.create_async(
        to=AMINA,
        from_=number,
        url=f"{desk.url}/twilio/voice",
        status_callback=f"{desk.url}/twilio/status",
        status_callback_event=["answered", "completed"],
    )
    call = await sandbox.person("amina").phone.gets_call()
    assert call.said == ["Incident 42.", "Tapez 4."]
    assert await call.presses("4") == ["42 est à vous."]
    await sandbox.changes.until(lambda: call.over or None, 5, lambda: call.status)
    told = [form["CallStatus"] for path, form in desk.forms if path == "/twilio/status"]
    await sandbox.changes.until(lambda: True if len(desk.forms) == 4 else None, 5, lambda: str(desk.forms))
    assert told[0] == "in-progress"
    assert all(desk.signed)


async def test_a_call_nobody_takes_ends_as_no_answer(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.twilio.ring_seconds = 0.1
    number = sandbox.environment()["TWILIO_FROM_NUMBER"]
    made = await twilio.calls.create_async(to=AMINA, from_=number, twiml="<Response><Say>x</Say></Response>")
    call = sandbox.twilio.calls[0]
    await sandbox.changes.until(lambda: call.over or None, 5, lambda: call.status)
    assert (await twilio.calls(made.sid).fetch_async()).status == "no-answer"


def test_segments_are_counted_as_one_pays_for_them() -> None:
    assert [segments("x" * n) for n in (160, 161, 307)] == [1, 2, 3]
    assert [segments("ê" * n) for n in (70, 71)] == [1, 2]  # ê is not in GSM-7


def test_what_is_not_twiml_is_refused_with_twilios_code() -> None:
    for wrong, code in (
        ("<Response><Say>", "12100"),
        ("<Answer/>", "12200"),
        ("<Response><Sing/></Response>", "12200"),
    ):
        with pytest.raises(ValueError, match=code):
            read(wrong)


def letter(to: str = "amina@ecotrajet.example") -> EmailMessage:
    """A mail with both parts."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "astreinte@ecotrajet.example", to, "P1 · Données perdues"
    message.set_content("L’incident 42 est ouvert.")
    message.add_alternative("<p>L’incident <b>42</b> est ouvert.</p>", subtype="html")
    return message


async def post(sandbox: Sandbox, message: EmailMessage) -> None:
    """Send a mail with the real client."""
    port = int(sandbox.environment()["SMTP_URL"].rpartition(":")[2])
    await aiosmtplib.send(message, hostname="127.0.0.1", port=port, use_tls=False, start_tls=False)


async def test_a_mail_arrives_in_its_mailbox_only(sandbox: Sandbox) -> None:
    await post(sandbox, letter())
    mail = await sandbox.person("amina").mailbox.gets("Données perdues")
    assert (mail.text.strip(), "<b>42</b>" in mail.html) == ("L’incident 42 est ouvert.", True)
    assert sandbox.person("bruno").mailbox.mails == []
    with pytest.raises(AssertionError, match="no mailbox"):
        _ = sandbox.person("victor").mailbox


async def test_the_mail_server_refuses_and_puts_off_when_told(sandbox: Sandbox) -> None:
    sandbox.mail.faults.arm("RCPT", error=550, to="amina@ecotrajet.example")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await post(sandbox, letter())
    sandbox.mail.faults.arm("DATA", error=451)
    with pytest.raises(aiosmtplib.SMTPDataError) as later:
        await post(sandbox, letter())
    assert later.value.code == 451
    await post(sandbox, letter())
    assert len(sandbox.person("amina").mailbox.mails) == 1
