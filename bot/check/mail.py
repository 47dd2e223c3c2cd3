"""Mail: does the SMTP server take us and the sender; or does SES let this account send?"""

import asyncio
from email.utils import parseaddr
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bot.check.finding import Finding, not_set, ok, problem, warning
from bot.config import MailSettings

WHAT: Final = "mail"
TIMEOUT: Final = 8.0  # seconds
TRIAL_QUOTA: Final = 200  # mails a day, while an SES account is in its sandbox


async def mail(settings: MailSettings | None) -> Finding:
    if settings is None:
        return not_set(WHAT, "neither SMTP_URL nor EMAIL_FROM is set", "set both, to page by mail as well")
    if settings.smtp_url is None:
        return await asyncio.to_thread(_ses, settings)
    return await _smtp(settings.smtp_url.reveal(), parseaddr(settings.sender)[1])


async def _smtp(url: str, sender: str) -> Finding:
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    port = parts.port or (465 if secure else 587 if parts.username else 25)
    server = aiosmtplib.SMTP(
        hostname=parts.hostname,
        port=port,
        use_tls=secure,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        start_tls=True if parts.username and not secure else None,  # a password never goes in the clear
        timeout=TIMEOUT,
    )
    place = f"{parts.hostname}:{port}"
    try:
        async with server:
            encrypted = secure or server.get_transport_info("sslcontext") is not None
            await server.mail(sender)
            await server.rset()
    except aiosmtplib.SMTPAuthenticationError:
        return problem(WHAT, f"{place} refuses the user or the password", "correct them in SMTP_URL")
    except aiosmtplib.SMTPSenderRefused as error:
        return problem(WHAT, f"{place} refuses the sender ({error.code})", "set EMAIL_FROM to an address it accepts")
    except aiosmtplib.SMTPResponseException as error:
        return problem(WHAT, f"{place} refuses: {error.code} {error.message}", "see what its administrator says")
    except (aiosmtplib.SMTPException, OSError) as error:
        mend = "check SMTP_URL's host and port, whether it wants smtps://, and the firewall"
        return problem(WHAT, f"{place} does not answer ({type(error).__name__})", mend)
    return ok(WHAT, f"{place} takes mail from {sender}{', encrypted' if encrypted else ''}")


def _ses(settings: MailSettings) -> Finding:
    """Blocking; runs in a thread."""
    what, sender = "mail (SES)", parseaddr(settings.sender)[1]
    limits = Config(connect_timeout=TIMEOUT / 2, read_timeout=TIMEOUT / 2, retries={"total_max_attempts": 1})
    try:
        client: Any = boto3.client("ses", endpoint_url=settings.endpoint_url, config=limits)
        quota = client.get_send_quota()
        names = [sender, sender.rpartition("@")[2]]
        verified = client.get_identity_verification_attributes(Identities=names)["VerificationAttributes"]
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        mend = "correct the AWS credentials, and allow ses:GetSendQuota, ses:GetIdentityVerificationAttributes"
        return problem(what, f"AWS refuses: {code}", mend)
    except (BotoCoreError, ValueError) as error:
        mend = "set AWS_REGION and AWS credentials (or a role), and check AWS_ENDPOINT_URL"
        return problem(what, f"AWS cannot be asked ({type(error).__name__})", mend)
    if not any(state.get("VerificationStatus") == "Success" for state in verified.values()):
        return problem(what, f"{sender} is not verified", "verify the address or its domain in SES, Identities")
    left = quota["Max24HourSend"] - quota["SentLast24Hours"]
    if 0 <= quota["Max24HourSend"] <= TRIAL_QUOTA:
        mend = "ask AWS for production access: until then only verified addresses are reached"
        return warning(what, "this account is still in SES's sandbox", mend)
    return ok(what, f"sends from {sender}, {left:.0f} mails left today" if left >= 0 else f"sends from {sender}")
