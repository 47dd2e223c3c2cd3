"""The second provider of texts: Amazon SNS by boto3 in a thread, or any that takes JSON by HTTP. Texts go out only."""

import asyncio
import json
from typing import Any, Final, Protocol

import aiohttp
import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from bot.carrier import SecondSms
from bot.errors import Permanent, Retryable

WITHIN: Final = 10.0
PASSING: Final = frozenset({"Throttled", "Throttling", "ThrottledException", "ThrottlingException", "InternalError"})
LONGEST_ANSWER: Final = 64 * 1024
IDS: Final = ("id", "message_id", "messageId", "message-id", "sid", "uuid")


class Carrier(Protocol):
    @property
    def name(self) -> str: ...

    async def carry(self, to: str, text: str) -> str:
        """The provider's id. Raises Retryable or Permanent."""
        ...

    async def close(self) -> None: ...


class Sns:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""

    name = "sns"

    def __init__(self, entry: SecondSms, within: float = WITHIN) -> None:
        settings = Config(connect_timeout=within / 2, read_timeout=within, retries={"max_attempts": 0})
        self.client: Any = boto3.client(
            "sns", region_name=entry.region, endpoint_url=entry.endpoint, config=settings
        )  # fmt: skip
        self.attributes = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
        if entry.sender:
            self.attributes["AWS.SNS.SMS.SenderID"] = {"DataType": "String", "StringValue": entry.sender}

    async def carry(self, to: str, text: str) -> str:
        try:
            sent = await asyncio.to_thread(
                self.client.publish, PhoneNumber=to, Message=text, MessageAttributes=self.attributes
            )
        except ClientError as error:
            raise judged(error) from None
        except (NoCredentialsError, PartialCredentialsError):
            raise Permanent("SNS: no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") from None
        except (BotoCoreError, OSError) as error:
            raise Retryable(f"SNS cannot be reached: {type(error).__name__}") from None
        return str(sent["MessageId"])

    async def close(self) -> None:
        await asyncio.to_thread(self.client.close)


class HttpSms:
    """One POST for each text; 2xx is taken for sent, 429 and 5xx for later."""

    name = "http"

    def __init__(self, entry: SecondSms, within: float = WITHIN) -> None:
        self.entry, self.within = entry, within

    async def carry(self, to: str, text: str) -> str:
        values = {"{to}": to, "{text}": text}
        body = {name: filled(value, values) for name, value in self.entry.body.items()}
        headers = {name: value.reveal() for name, value in self.entry.headers.items()}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.within)) as http,
                http.post(self.entry.url, json=body, headers=headers, allow_redirects=False) as answer,
            ):
                read = await answer.content.read(LONGEST_ANSWER)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Retryable(f"the second SMS provider cannot be reached: {type(error).__name__}") from None
        if answer.status == 429 or answer.status >= 500:
            raise Retryable(f"the second SMS provider is unwell: {answer.status}")
        if answer.status >= 300:
            raise Permanent(f"the second SMS provider refuses it: {answer.status}")
        return id_in(read)

    async def close(self) -> None:
        """Nothing is kept open."""


def filled(template: str, values: dict[str, str]) -> str:
    """The number first: a text that holds `{to}` is not filled in again."""
    return values["{text}"].join(part.replace("{to}", values["{to}"]) for part in template.split("{text}"))


def id_in(body: bytes) -> str:
    """The provider's id, where its answer gives one under a usual name; else ''."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    found = [answer[name] for name in IDS if name in answer] if isinstance(answer, dict) else []
    return str(found[0])[:100] if found else ""


def judged(error: ClientError) -> Retryable | Permanent:
    word = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if status == 429 or status >= 500 or word in PASSING:
        return Retryable(f"SNS is unwell: {word}")
    return Permanent(f"SNS refuses it: {word}")


def carrier_of(entry: SecondSms) -> Carrier:
    return Sns(entry) if entry.via == "sns" else HttpSms(entry)
