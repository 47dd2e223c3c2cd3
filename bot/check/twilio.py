"""Twilio: is the account alive, are the credentials its own, can the number send SMS?"""

from typing import Final

from bot.check.finding import Finding, not_set, ok, problem, warning
from bot.config import TwilioSettings
from bot.errors import Permanent, Retryable
from bot.notify.twilio_client import Twilio

WHAT: Final = "Twilio"
TIMEOUT: Final = 8.0  # seconds


async def twilio(settings: TwilioSettings | None) -> Finding:
    if settings is None:
        return not_set(
            WHAT, "TWILIO_ACCOUNT_SID is not set", "set the three TWILIO_ variables, to page by SMS and voice"
        )
    account = Twilio(
        settings.account_sid, settings.auth_token, settings.from_number, api_url=settings.api_url, within=TIMEOUT
    )
    try:
        async with account.talking() as client:
            status = (await client.api.accounts(settings.account_sid).fetch_async()).status
        number = await _number(account, settings.from_number)
    except Permanent as error:
        return problem(WHAT, error.reason, "copy the account SID and the auth token from console.twilio.com")
    except Retryable as error:
        mend = "check this machine's way out (proxy, firewall, DNS), TWILIO_API_URL and status.twilio.com"
        return problem(WHAT, error.reason, mend)
    finally:
        await account.close()
    if status != "active":
        return problem(WHAT, f"the account is {status}", "see what console.twilio.com says, usually about payment")
    return number


async def _number(account: Twilio, number: str) -> Finding:
    """Whether the account owns the number, and may send SMS with it. A key of few rights may not ask."""
    try:
        async with account.talking() as client:
            found = await client.incoming_phone_numbers.list_async(phone_number=number, limit=1)
    except (Permanent, Retryable):
        return ok(WHAT, f"the account is active; its number {number} could not be looked up")
    if not found:
        mend = "set TWILIO_FROM_NUMBER to one of the account's numbers (or ignore this for a hosted one)"
        return warning(WHAT, "the account is active; TWILIO_FROM_NUMBER is not among its numbers", mend)
    if not (found[0].capabilities or {}).get("sms", True):
        return problem(WHAT, "TWILIO_FROM_NUMBER cannot send SMS", "buy a number with SMS, and set it")
    return ok(WHAT, f"the account is active, its number {number} sends SMS")
