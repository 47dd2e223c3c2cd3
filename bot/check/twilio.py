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
            numbers = await client.incoming_phone_numbers.list_async(phone_number=settings.from_number, limit=1)
    except Permanent as error:
        return problem(WHAT, error.reason, "copy the account SID and the auth token from console.twilio.com")
    except Retryable as error:
        mend = "check this machine's way out (proxy, firewall, DNS), TWILIO_API_URL and status.twilio.com"
        return problem(WHAT, error.reason, mend)
    finally:
        await account.close()
    if status != "active":
        return problem(WHAT, f"the account is {status}", "see what console.twilio.com says, usually about payment")
    if not numbers:
        mend = "set TWILIO_FROM_NUMBER to one of the account's numbers (or ignore this for a verified or hosted one)"
        return warning(WHAT, "TWILIO_FROM_NUMBER is not among the account's numbers", mend)
    if not (numbers[0].capabilities or {}).get("sms", True):
        return problem(WHAT, "TWILIO_FROM_NUMBER cannot send SMS", "buy a number with SMS, and set it")
    return ok(WHAT, f"the account is active, its number {settings.from_number} sends SMS")
