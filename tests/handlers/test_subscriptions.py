"""Amazon SNS at the door: signatures by a certificate of the tests' own, handshakes, and whom the desk never calls."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from bot.secret import Secret
from bot.source import SourceEntry
from handlers.sources import sns
from handlers.subscriptions import Subscriptions
from tests.certificates import Identity, identity
from tests.handlers.door import AUTHORIZED, TOKEN, Door, opened

TOPIC: Final = "arn:aws:sns:eu-west-3:123456789012:alarms"
HOST: Final = "https://sns.eu-west-3.amazonaws.com"
CERTIFICATE: Final = f"{HOST}/SimpleNotificationService-0123456789abcdef.pem"
CONFIRM: Final = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t0k3n"
ALARM: Final = {"AlarmName": "prod-db", "NewStateValue": "ALARM", "AlarmArn": "arn:aws:cloudwatch:x:1:alarm:prod-db"}
CHOICE: Final = {"1": hashes.SHA1(), "2": hashes.SHA256()}


@dataclass(slots=True)
class Amazon:
    """Signs as Amazon does, and answers what the desk fetches."""

    identity: Identity = field(default_factory=lambda: identity("sns.amazonaws.com"))
    fetched: list[str] = field(default_factory=list)
    away: bool = False

    async def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        if self.away:
            raise OSError("ConnectionRefusedError")
        return self.identity.pem() if url.endswith(".pem") else b"<ConfirmSubscriptionResponse/>"

    def signed(self, version: str = "2", **more: Any) -> dict[str, Any]:
        message = {
            "Type": "Notification", "MessageId": "m1", "TopicArn": TOPIC, "Message": json.dumps(ALARM),
            "Timestamp": "2026-11-23T09:42:00.000Z", "SignatureVersion": version, "SigningCertURL": CERTIFICATE, **more,
        }  # fmt: skip
        names = sns.SIGNED[message["Type"]]
        text = "".join(f"{name}\n{message[name]}\n" for name in names if message.get(name) is not None)
        signature = self.identity.key.sign(text.encode(), padding.PKCS1v15(), CHOICE[version])
        return {**message, "Signature": base64.b64encode(signature).decode()}

    def handshake(self, **more: Any) -> dict[str, Any]:
        return self.signed(Type="SubscriptionConfirmation", SubscribeURL=CONFIRM, Token="t0k3n", **more)


@pytest.fixture
def amazon() -> Amazon:
    return Amazon()


@pytest.fixture
async def door(tmp_path: Path, amazon: Amazon) -> AsyncIterator[Door]:
    entries = {"cloudwatch": SourceEntry("cloudwatch", "cloudwatch", topics=(TOPIC,))}
    async for each in opened(tmp_path / "refused", Secret(TOKEN), entries, Subscriptions(amazon.fetch)):
        yield each


async def post(door: Door, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
    plain = {"Content-Type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": body.get("Type", "")}
    return await door.post("cloudwatch", json.dumps(body).encode(), {**plain, **(headers or {})})


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", [{}, {"Subject": 'ALARM: "prod-db"'}, {"Subject": None}])
async def test_amazons_signature_lets_in_without_a_token(
    door: Door, amazon: Amazon, version: str, subject: dict[str, Any]
) -> None:
    status, answer = await post(door, amazon.signed(version, **subject))
    assert (status, answer["alerts"][0]["dedup_key"]) == (200, ALARM["AlarmArn"])
    await post(door, amazon.signed(version, MessageId="m2"))
    assert amazon.fetched == [CERTIFICATE], "the certificate is fetched once"


@pytest.mark.parametrize(
    "change",
    [{"Message": "{}"}, {"Signature": "AAAA"}, {"Signature": "?"}, {"Signature": ""}, {"Timestamp": "later"},
     {"SignatureVersion": "1"}, {"SignatureVersion": "3"}, {"MessageId": "m2"}, {"Subject": "added"}],
    ids=str,
)  # fmt: skip
async def test_a_message_that_was_changed_is_refused(door: Door, amazon: Amazon, change: dict[str, Any]) -> None:
    status, answer = await post(door, {**amazon.signed(), **change}, AUTHORIZED)
    assert status == 401
    assert answer["error"]
    assert not door.intake.bodies


@pytest.mark.parametrize(
    "url",
    ["http://sns.eu-west-3.amazonaws.com/SimpleNotificationService-0.pem", "https://evil.example/x.pem",
     "https://sns.eu-west-3.amazonaws.com.evil.example/SimpleNotificationService-0.pem",
     "https://sns.eu-west-3.amazonaws.com@evil.example/SimpleNotificationService-0.pem",
     "https://evil.example/sns.eu-west-3.amazonaws.com/SimpleNotificationService-0.pem",
     "https://sns.eu-west-3.amazonaws.com:8443/SimpleNotificationService-0.pem", f"{HOST}/other.pem",
     "https://bucket.s3.amazonaws.com/SimpleNotificationService-0.pem", "https://127.0.0.1/SimpleNotificationService-0.pem",
     "https://[::1/x", "", "file:///etc/passwd", f"{HOST}\\@evil.example/SimpleNotificationService-0.pem"],
)  # fmt: skip
async def test_a_certificate_of_another_host_is_neither_fetched_nor_believed(
    door: Door, amazon: Amazon, url: str
) -> None:
    status, _ = await post(door, {**amazon.signed(), "SigningCertURL": url})
    assert status == 401
    assert not amazon.fetched


async def test_china_has_hosts_of_its_own(tmp_path: Path, amazon: Amazon) -> None:
    topic = "arn:aws-cn:sns:cn-north-1:123456789012:alarms"
    entries = {"cloudwatch": SourceEntry("cloudwatch", "cloudwatch", topics=(topic,))}
    url = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0123456789abcdef.pem"
    async for door in opened(tmp_path / "refused", Secret(TOKEN), entries, Subscriptions(amazon.fetch)):
        assert (await post(door, amazon.signed(TopicArn=topic, SigningCertURL=url)))[0] == 200


async def test_a_topic_that_is_not_listed_is_refused(door: Door, amazon: Amazon) -> None:
    status, answer = await post(door, amazon.signed(TopicArn=f"{TOPIC}-of-somebody-else"), AUTHORIZED)
    assert (status, "sources.cloudwatch.topics" in answer["error"]) == (403, True)
    assert not amazon.fetched


async def test_a_certificate_that_has_expired_is_refused(tmp_path: Path, amazon: Amazon) -> None:
    later = Subscriptions(amazon.fetch, lambda: datetime.now(UTC) + timedelta(days=60))
    entries = {"cloudwatch": SourceEntry("cloudwatch", "cloudwatch", topics=(TOPIC,))}
    async for door in opened(tmp_path / "refused", Secret(TOKEN), entries, later):
        assert (await post(door, amazon.signed()))[0] == 401


async def test_while_the_certificate_cannot_be_fetched_amazon_is_told_to_come_again(door: Door, amazon: Amazon) -> None:
    amazon.away = True
    assert (await post(door, amazon.signed()))[0] == 503
    amazon.away = False
    assert (await post(door, amazon.signed()))[0] == 200


async def test_a_subscription_to_a_listed_topic_is_confirmed(door: Door, amazon: Amazon) -> None:
    assert (await post(door, amazon.handshake()))[0] == 200
    assert amazon.fetched == [CERTIFICATE, CONFIRM]
    assert [alert.status for alert in door.intake.received] == ["info"]


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/?Action=ConfirmSubscription", f"{HOST}/?Action=Unsubscribe&TopicArn={TOPIC}",
     f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}-other", "http://169.254.169.254/latest/meta-data",
     CONFIRM.replace("eu-west-3.amazonaws", "us-east-1.amazonaws")],
)  # fmt: skip
async def test_an_address_that_does_anything_else_is_never_called(door: Door, amazon: Amazon, url: str) -> None:
    assert (await post(door, amazon.handshake() | amazon.signed(
        Type="SubscriptionConfirmation", SubscribeURL=url, Token="t0k3n")))[0] == 403  # fmt: skip
    assert amazon.fetched == [CERTIFICATE]


async def test_without_a_list_of_topics_nothing_is_confirmed_and_the_token_is_asked_for(
    tmp_path: Path, amazon: Amazon
) -> None:
    async for door in opened(tmp_path / "refused", Secret(TOKEN), {}, Subscriptions(amazon.fetch)):
        assert (await post(door, amazon.handshake()))[0] == 401
        assert (await post(door, amazon.handshake(), AUTHORIZED))[0] == 200
        assert not amazon.fetched


async def test_a_raw_delivery_bears_no_signature_so_it_needs_the_token(door: Door) -> None:
    assert (await post(door, ALARM))[0] == 401
    assert (await post(door, ALARM, AUTHORIZED))[0] == 200
    assert (await post(door, {"Type": "Notification", "Message": 3}))[0] == 401


async def test_unsubscribing_is_written_down_and_not_undone(door: Door, amazon: Amazon) -> None:
    """Its SubscribeURL would subscribe again."""
    message = amazon.signed(Type="UnsubscribeConfirmation", SubscribeURL=CONFIRM, Token="t0k3n")
    assert (await post(door, message))[0] == 200
    assert amazon.fetched == [CERTIFICATE]
