"""How a mail leaves: SMTP by aiosmtplib, or Amazon SES by boto3 in a thread."""

import asyncio
import ssl
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import boto3
from aiosmtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from bot.errors import ConfigError, Permanent, Retryable
from bot.secret import Secret

WITHIN: Final = 10.0
PASSING: Final = frozenset(
    {"Throttling", "ThrottlingException", "TooManyRequestsException", "LimitExceededException", "ServiceUnavailable"}
    | {"InternalFailure", "InternalServiceErrorException", "RequestTimeout", "RequestTimeoutException", "SlowDown"}
)


class Smtp:
    """One connection per mail: they are few, and a kept one dies unseen."""

    def __init__(self, url: Secret, *, within: float = WITHIN) -> None:
        """Raises ConfigError, without the address, when `url` is not smtp:// or smtps:// with a host."""
        parts = urlsplit(url.reveal())
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ConfigError(["SMTP_URL: smtp://user:password@host:port or smtps://… is expected"])
        self.host = parts.hostname
        self.port = parts.port or (465 if parts.scheme == "smtps" else 587 if parts.username else 25)
        self.user = unquote(parts.username) if parts.username else None
        self.password = Secret(unquote(parts.password or ""))
        self.tls = parts.scheme == "smtps"
        self.within = within

    async def carry(self, mail: EmailMessage) -> str:
        """The mail's Message-ID."""
        try:
            async with asyncio.timeout(self.within):
                await self._carry(mail)
        except SMTPRecipientsRefused as refused:
            raise judged(refused.recipients[0].code if refused.recipients else 550) from None
        except SMTPResponseException as refused:
            raise judged(refused.code) from None
        except ssl.SSLError as error:
            raise Permanent(f"mail: the server's certificate is not accepted ({error.reason})") from None
        except (SMTPException, OSError, TimeoutError) as error:
            raise Retryable(f"the mail server cannot be reached: {type(error).__name__}") from None
        return str(mail["Message-ID"])

    async def _carry(self, mail: EmailMessage) -> None:
        await aiosmtplib.send(
            mail,
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password.reveal() if self.user else None,
            use_tls=self.tls,
            # None: encrypted when the server can; True: refused when it cannot, so that no password leaves in clear
            start_tls=None if self.tls or not self.user else True,
            timeout=self.within,
        )


class Ses:
    """Amazon SES, API version 2, raw mails; credentials and region come from the standard AWS variables."""

    def __init__(self, *, endpoint_url: str | None = None, region: str | None = None, within: float = WITHIN) -> None:
        settings = Config(connect_timeout=within / 2, read_timeout=within, retries={"max_attempts": 0})
        self.client: Any = boto3.client("sesv2", endpoint_url=endpoint_url, region_name=region, config=settings)

    async def carry(self, mail: EmailMessage) -> str:
        """SES's MessageId."""
        try:
            sent = await asyncio.to_thread(self.client.send_email, Content={"Raw": {"Data": mail.as_bytes()}})
        except ClientError as error:
            raise judged_ses(error) from None
        except (NoCredentialsError, PartialCredentialsError):
            raise Permanent("SES: no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") from None
        except (BotoCoreError, OSError) as error:
            raise Retryable(f"SES cannot be reached: {type(error).__name__}") from None
        return str(sent["MessageId"])


def judged(code: int) -> Retryable | Permanent:
    """RFC 5321, section 4.2.1: 4yz may work later, 5yz will not."""
    if code in {530, 534, 535, 538}:
        return Permanent(f"mail: the server refuses our name or password ({code}): correct SMTP_URL")
    if 500 <= code < 600:
        return Permanent(f"mail: the server refuses it ({code}): is the address right?")
    return Retryable(f"mail: the server asks us to come back ({code})")


def judged_ses(error: ClientError) -> Retryable | Permanent:
    word = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if status == 429 or status >= 500 or word in PASSING:
        return Retryable(f"SES is unwell: {word}")
    return Permanent(f"SES refuses it: {word}")
