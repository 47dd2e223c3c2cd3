"""The second SMS provider: does Amazon SNS know us? Another one cannot be asked without sending a text."""

import asyncio
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bot.carrier import SecondSms
from bot.check.finding import Finding, ok, problem, warning

WHAT: Final = "second SMS"
TIMEOUT: Final = 8.0  # seconds


async def second_sms(entry: SecondSms | None, *, first: bool) -> list[Finding]:
    """Nothing when none is configured. `first`: Twilio is."""
    if entry is None:
        return []
    if not first:
        mend = "set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER, or take second_sms out"
        return [problem(WHAT, "without Twilio no text leaves: the second provider is asked when the first fails", mend)]
    if entry.via == "http":
        host = urlsplit(entry.url).hostname
        return [ok(WHAT, f"{host}; not tried: that would send a text (/ecotrajet me test sends one by Twilio)")]
    return [await asyncio.to_thread(_sns, entry)]


def _sns(entry: SecondSms) -> Finding:
    """Blocking; runs in a thread."""
    limits = Config(connect_timeout=TIMEOUT / 2, read_timeout=TIMEOUT / 2, retries={"total_max_attempts": 1})
    try:
        client: Any = boto3.client("sns", region_name=entry.region, endpoint_url=entry.endpoint, config=limits)
        spend = client.get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"].get("MonthlySpendLimit")
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        return problem(WHAT, f"AWS refuses: {code}", "allow sns:Publish and sns:GetSMSAttributes to these credentials")
    except (BotoCoreError, ValueError) as error:
        mend = "set AWS_REGION and AWS credentials (or a role), or notifications.second_sms.region"
        return problem(WHAT, f"SNS cannot be asked ({type(error).__name__})", mend)
    if spend == "1":
        mend = "ask AWS for a higher limit (SNS, Text messaging): one dollar is soon spent in a storm"
        return warning(WHAT, "SNS may spend one US dollar a month", mend)
    return ok(WHAT, f"SNS takes texts{f', up to {spend} US dollars a month' if spend else ''}")
