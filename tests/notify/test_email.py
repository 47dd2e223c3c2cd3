"""Mails, over real SMTP to the sandbox's mailboxes, and over HTTP to moto's SES."""

import asyncio
from collections.abc import AsyncIterator

import boto3
import pytest
from botocore.exceptions import ClientError

from bot.errors import ConfigError, Permanent, Retryable
from bot.message import Kind
from bot.notify.channel import Outgoing
from bot.notify.email import EmailChannel
from bot.notify.post import Ses, Smtp, judged_ses
from bot.phrase import Phrase
from bot.sandbox import Sandbox
from bot.secret import Secret
from tests.notify.examples import TITLE, desk, note, outgoing, view

AMINA = "amina@ecotrajet.example"
SENDER = "ÉcoTrajet <desk@ecotrajet.example>"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def email(sandbox: Sandbox) -> EmailChannel:
    return EmailChannel(Smtp(Secret(sandbox.environment()["SMTP_URL"]), within=10.0), SENDER, desk())


def paged(to: str = AMINA, **changed: object) -> Outgoing:
    return outgoing(kind=Kind.EMAIL, to=to, view=view(**changed))  # type: ignore[arg-type]  # reason: incident's fields


async def test_a_page_has_the_facts_as_text_and_as_html(sandbox: Sandbox, email: EmailChannel) -> None:
    await email.send(paged())
    mail = await sandbox.person("amina").mailbox.gets(TITLE)
    assert mail.subject == f"[P1] {TITLE} #42"
    for part in (mail.text, mail.html):
        for wanted in ("P1 critique", "Production · ecotrajet", "10:42", "/ecotrajet incident ack 42", "Ouvrir dans"):
            assert wanted in part


async def test_all_mails_of_an_incident_are_one_conversation(sandbox: Sandbox, email: EmailChannel) -> None:
    await email.send(paged())
    await email.send(note(AMINA, Phrase("{name} is on it", {"name": "Bruno"}), kind=Kind.EMAIL))
    first, second = sandbox.person("amina").mailbox.mails
    assert first.header("References") == second.header("References") == "<ecotrajet-incident-42@ecotrajet.example>"
    assert second.subject == "ÉcoTrajet, incident #42\u00a0: Bruno s’en occupe"


async def test_a_long_message_is_headed_by_its_first_sentence(sandbox: Sandbox, email: EmailChannel) -> None:
    said = "Exercice, aucun incident. Votre astreinte commence : 30 nov. à 09:00. " + "Ouvrez le lien. " * 9
    await email.send(note(AMINA, Phrase("{reason}", {"reason": said.strip()}), kind=Kind.EMAIL))
    (mail,) = sandbox.person("amina").mailbox.mails
    assert mail.subject == "ÉcoTrajet, incident #42\u00a0: Exercice, aucun incident."
    assert mail.text.count("aucun incident") == 1
    assert "commence : 30 nov. à 09:00. Ouvrez" in mail.text


async def test_foreign_text_is_no_html_and_no_header(sandbox: Sandbox, email: EmailChannel) -> None:
    await email.send(paged(title="<script>x</script>\r\nBcc: eve@evil.example", url="javascript:alert(1)"))
    (mail,) = sandbox.person("amina").mailbox.mails
    assert "<script>" not in mail.html
    assert mail.header("Bcc") == ""
    assert "javascript:" not in mail.html


@pytest.mark.parametrize(
    "command, code, kind",
    [("RCPT", 550, Permanent), ("RCPT", 450, Retryable), ("DATA", 451, Retryable), ("DATA", 554, Permanent)],
)
async def test_refusals_are_judged_by_their_first_digit(
    sandbox: Sandbox, email: EmailChannel, command: str, code: int, kind: type[Exception]
) -> None:
    sandbox.mail.faults.arm(command, error=code)
    with pytest.raises(kind):
        await email.send(paged())


async def test_no_server_is_retried() -> None:
    email = EmailChannel(Smtp(Secret("smtp://127.0.0.1:9"), within=1.0), SENDER, desk())
    with pytest.raises(Retryable):
        await email.send(paged())


async def test_a_server_that_says_nothing_is_retried_soon() -> None:
    gone = asyncio.Event()

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    email = EmailChannel(Smtp(Secret(f"smtp://127.0.0.1:{port}"), within=0.3), SENDER, desk())
    with pytest.raises(Retryable):
        await email.send(paged())
    server.close()
    async with asyncio.timeout(5):
        await gone.wait()


async def test_no_password_leaves_in_clear(sandbox: Sandbox) -> None:
    url = sandbox.environment()["SMTP_URL"].replace("smtp://", "smtp://desk:a-secret-password@")
    email = EmailChannel(Smtp(Secret(url), within=10.0), SENDER, desk())
    with pytest.raises((Permanent, Retryable)) as refused:
        await email.send(paged())
    assert "a-secret-password" not in str(refused.value)
    assert sandbox.person("amina").mailbox.mails == []


async def test_a_wrong_address_is_permanent(email: EmailChannel) -> None:
    with pytest.raises(Permanent, match=r"people\.\*\.email"):
        await email.send(paged(to="nobody"))


def test_a_wrong_url_is_told_without_its_password() -> None:
    with pytest.raises(ConfigError) as wrong:
        Smtp(Secret("http://desk:a-secret-password@host"))
    assert "a-secret-password" not in str(wrong.value)


async def test_ses_sends_the_same_mail(amazon: str) -> None:
    client = boto3.client("sesv2", endpoint_url=amazon, region_name="eu-west-3")
    client.create_email_identity(EmailIdentity="desk@ecotrajet.example")
    email = EmailChannel(Ses(endpoint_url=amazon, region="eu-west-3"), SENDER, desk())
    assert await email.send(paged())


@pytest.mark.parametrize(
    "code, status, kind",
    [
        ("MessageRejected", 400, Permanent),
        ("AccessDeniedException", 403, Permanent),
        ("TooManyRequestsException", 429, Retryable),
        ("Throttling", 400, Retryable),
        ("InternalFailure", 500, Retryable),
    ],
)
def test_ses_errors_are_judged(code: str, status: int, kind: type[Exception]) -> None:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert isinstance(judged_ses(ClientError(answer, "SendEmail")), kind)  # type: ignore[arg-type]  # reason: cut short


async def test_ses_out_of_reach_is_retried(amazon: str) -> None:
    email = EmailChannel(Ses(endpoint_url="http://127.0.0.1:9", region="eu-west-3", within=1.0), SENDER, desk())
    with pytest.raises(Retryable):
        await email.send(paged())
