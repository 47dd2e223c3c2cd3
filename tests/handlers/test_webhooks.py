"""The webhook door over a real socket: who gets in, how much, what is answered, and that nothing taken is lost."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import aiohttp
import hypothesis
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import strategies as st

from bot.alert import Alert
from bot.classification import DEFAULT_RULES, classify
from bot.config import load
from bot.incident import Incident, Priority, Status
from bot.lifecycle import Lifecycle, Received, Unavailable
from bot.metrics import Metrics
from bot.phrase import Phrase
from bot.secret import Secret
from bot.store.database import Database
from bot.target import Environment
from handlers.refused import Delivery, Refused
from handlers.sources import SOURCES
from handlers.webhooks import Webhooks

ROOT: Final = Path(__file__).parent.parent.parent
TOKEN: Final = "a-token-of-the-tests-é"
NOW: Final = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
PRODUCTION: Final = {"prod": Environment("prod", "Production", protected=True)}
AUTHORIZED: Final = {"Authorization": f"Bearer {TOKEN}"}
ALERT: Final = {"title": "Database connection lost", "environment": "prod", "severity": "critical", "dedup_key": "db"}
MEBIBYTE: Final = 1024 * 1024


@dataclass(slots=True)
class Notebook:
    """An intake that writes down what it is asked, and can be away or broken."""

    bodies: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    received: list[Alert] = field(default_factory=list)
    not_read: list[tuple[int, str, Phrase]] = field(default_factory=list)
    unread: list[tuple[int, str, Mapping[str, str], bytes]] = field(default_factory=list)
    away: set[str] = field(default_factory=set)
    broken: bool = False

    async def keep_body(self, source: str, headers: Mapping[str, str], body: bytes) -> int:
        self.reach("keep_body")
        self.bodies.append((source, headers, body))
        return len(self.bodies)

    async def receive(self, alerts: Sequence[Alert], *, source: str, body_id: int | None = None) -> list[Received]:
        self.reach("receive")
        if self.broken:
            raise RuntimeError("a mistake of ours")
        self.received += alerts
        return [self.answer(alert) for alert in alerts]

    async def not_understood(self, body_id: int, source: str, why: Phrase) -> None:
        self.reach("not_understood")
        self.not_read.append((body_id, source, why))

    async def unread_bodies(self, older_than: timedelta) -> Sequence[tuple[int, str, Mapping[str, str], bytes]]:
        found, self.unread = self.unread, []
        return found

    def reach(self, what: str) -> None:
        if what in self.away:
            raise Unavailable("ConnectionRefusedError")

    def answer(self, alert: Alert) -> Received:
        judged = classify(alert, DEFAULT_RULES, PRODUCTION, {}, NOW)
        why = Phrase("Because")
        incident = Incident(42, Status.TRIGGERED, Priority.P1, alert.title, "prod", "", judged.rule, why, NOW, NOW)
        return Received(alert, incident, "opened", judged)


@dataclass(slots=True)
class Door:
    """The door as a sender sees it."""

    url: str
    http: aiohttp.ClientSession
    intake: Notebook
    webhooks: Webhooks
    folder: Path
    metrics: Metrics

    async def post(
        self, source: str = "generic", body: object = ALERT, headers: Mapping[str, str] = AUTHORIZED, query: str = ""
    ) -> tuple[int, Any]:
        status, _, answer = await self.post_all(source, body, headers, query)
        return status, answer

    async def post_all(
        self, source: str, body: object, headers: Mapping[str, str] = AUTHORIZED, query: str = ""
    ) -> tuple[int, Mapping[str, str], Any]:
        plain = body if isinstance(body, bytes) or hasattr(body, "__aiter__") else json.dumps(body).encode()
        data = BytesIO(plain) if isinstance(plain, bytes) else plain
        async with self.http.post(f"{self.url}/webhooks/{source}{query}", data=data, headers=headers) as answer:
            text = await answer.text()
            return answer.status, answer.headers, json.loads(text) if text.startswith("{") else text

    def on_disk(self) -> list[Path]:
        return sorted(self.folder.iterdir()) if self.folder.exists() else []


async def opened(folder: Path, token: Secret | None = None) -> AsyncIterator[Door]:
    intake, metrics = Notebook(), Metrics()
    webhooks = Webhooks(intake, token, Refused(folder), metrics=metrics)
    app = web.Application()
    app.add_routes(webhooks.routes())
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        yield Door(str(server.make_url("")).rstrip("/"), http, intake, webhooks, folder, metrics)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async for each in opened(tmp_path / "refused", Secret(TOKEN)):
        yield each


# Who gets in ----------------------------------------------------------------------------------------------------------


async def test_an_alert_with_the_token_is_stored_and_answered_with_its_incident(door: Door) -> None:
    status, answer = await door.post()
    assert status == 200
    assert answer == {
        "status": "stored",
        "alerts": [
            {
                "dedup_key": "db", "incident": 42, "outcome": "opened", "priority": "P1",
                "why": "The service is unavailable: “connection lost”",
            }
        ],
    }  # fmt: skip
    assert [alert.title for alert in door.intake.received] == ["Database connection lost"]


@pytest.mark.parametrize("query", ["?token=a-token-of-the-tests-%C3%A9", "?x=1&token=a-token-of-the-tests-é"])
async def test_the_token_may_stand_in_the_address(door: Door, query: str) -> None:
    assert (await door.post(headers={}, query=query))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Bearer wrong"},
     {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer é€"}, {"Authorization": f"Bearer {TOKEN}x"}],
    ids=str,
)  # fmt: skip
async def test_without_the_token_nothing_is_read_and_the_sender_is_told_how(
    door: Door, headers: Mapping[str, str]
) -> None:
    status, told, answer = await door.post_all("generic", ALERT, headers)
    assert status == 401
    assert told["WWW-Authenticate"].startswith("Bearer")
    assert "token" in answer["error"]
    assert TOKEN not in json.dumps(answer, ensure_ascii=False)
    assert not door.intake.bodies


async def test_a_desk_without_a_token_refuses_everybody(tmp_path: Path) -> None:
    for token in (None, Secret("")):
        async for door in opened(tmp_path / "refused", token):
            status, answer = await door.post(headers={"Authorization": "Bearer "})
            assert status == 401
            assert "ECOTRAJET_WEBHOOK_TOKEN" in answer["error"]


async def test_an_unknown_source_is_answered_with_the_known_ones(door: Door) -> None:
    status, answer = await door.post("nagios")
    assert status == 404
    assert answer["sources"] == sorted(SOURCES)
    assert "alertmanager" in answer["error"]


# How much -------------------------------------------------------------------------------------------------------------


async def in_pieces(whole: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(whole), 65_536):
        yield whole[start : start + 65_536]


async def test_a_body_of_the_largest_size_is_taken(door: Door) -> None:
    filler = "x" * (MEBIBYTE - len(json.dumps({"title": "t", "text": ""})))
    assert (await door.post(body=json.dumps({"title": "t", "text": filler}).encode()))[0] == 200


async def test_a_larger_body_is_refused_however_it_comes(door: Door) -> None:
    large = json.dumps({"title": "t", "text": "x" * MEBIBYTE}).encode()
    for body in (large, in_pieces(large)):
        status, answer = await door.post(body=body)
        assert status == 413
        assert answer["limit"] == MEBIBYTE
    assert not door.intake.bodies


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_bomb_is_refused_before_it_is_unpacked(door: Door, encoding: str) -> None:
    zeros = b" " * (64 * MEBIBYTE)
    bomb = gzip.compress(zeros) if encoding == "gzip" else zlib.compress(zeros)
    assert len(bomb) < MEBIBYTE
    status, _ = await door.post(body=bomb, headers={**AUTHORIZED, "Content-Encoding": encoding})
    assert status == 413


async def test_a_packed_body_is_unpacked(door: Door) -> None:
    packed = gzip.compress(json.dumps(ALERT).encode())
    assert (await door.post(body=packed, headers={**AUTHORIZED, "Content-Encoding": "gzip"}))[0] == 200
    assert door.intake.bodies[0][2] == json.dumps(ALERT).encode()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_a_body_that_does_not_unpack_is_refused(door: Door, encoding: str) -> None:
    status, _ = await door.post(body=b"this is not packed", headers={**AUTHORIZED, "Content-Encoding": encoding})
    assert 400 <= status < 500
    assert not door.intake.received


async def test_groups_may_be_larger(door: Door) -> None:
    alerts = [
        {"labels": {"alertname": "Many", "instance": str(n)}, "annotations": {"d": "x" * 5000}} for n in range(400)
    ]
    assert (await door.post("alertmanager", {"version": "4", "status": "firing", "alerts": alerts}))[0] == 200
    assert len(door.intake.received) == 400


# What is answered -----------------------------------------------------------------------------------------------------


async def test_the_body_is_kept_word_for_word_without_credentials(door: Door) -> None:
    headers = {**AUTHORIZED, "Cookie": "a=b", "X-Gitlab-Token": "s3cret", "User-Agent": "curl/8", "X-Event": "push"}
    await door.post(body=b' {"title":  "x"} ', headers=headers)
    source, kept, body = door.intake.bodies[0]
    assert (source, body) == ("generic", b' {"title":  "x"} ')
    assert kept["User-Agent"] == "curl/8"
    assert kept["X-Event"] == "push"
    assert not {"Authorization", "Cookie", "X-Gitlab-Token"} & set(kept)


async def test_what_is_not_understood_is_stored_first_and_its_place_is_told(door: Door) -> None:
    status, answer = await door.post(body={"severity": "critical"})
    assert (status, answer["path"]) == (422, "$.title")
    assert "missing" in answer["error"]
    assert len(door.intake.bodies) == 1
    body, source, why = door.intake.not_read[0]
    assert (body, source, why.values["path"]) == (1, "generic", "$.title")


async def test_other_sources_are_told_that_it_is_kept_since_nobody_reads_their_errors(door: Door) -> None:
    status, answer = await door.post("alertmanager", {"version": "4"})
    assert (status, answer["status"], answer["understood"], answer["path"]) == (202, "stored", False, "$.alerts")
    assert len(door.intake.not_read) == 1


async def test_a_mistake_of_ours_is_shown_to_people_and_not_sent_again_for_ever(door: Door) -> None:
    door.intake.broken = True
    status, answer = await door.post()
    assert (status, answer["status"]) == (202, "stored")
    assert len(door.intake.not_read) == 1
    assert "mistake of ours" not in json.dumps(answer)


async def test_requests_are_counted_by_source_and_answer(door: Door) -> None:
    await door.post()
    await door.post("nagios")
    text = door.metrics.text().decode()
    assert 'ecotrajet_webhooks_total{result="200",source="generic"} 1.0' in text
    assert 'ecotrajet_webhooks_total{result="404",source="unknown"} 1.0' in text


@pytest.mark.parametrize("source", SOURCES)
@hypothesis.settings(
    max_examples=60, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@hypothesis.given(body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/plain", "multipart/x"]))
async def test_any_bytes_are_answered_with_2xx_or_4xx(door: Door, source: str, body: bytes, kind: str) -> None:
    status, _ = await door.post(source, body, {**AUTHORIZED, "Content-Type": kind})
    assert 200 <= status < 300 or 400 <= status < 500


# Nothing is lost ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", ["keep_body", "receive"])
async def test_while_the_database_is_away_the_sender_is_told_to_come_again_and_the_body_kept(
    door: Door, away: str
) -> None:
    door.intake.away = {away}
    status, headers, answer = await door.post_all("generic", ALERT)
    assert status == 503
    assert headers["Retry-After"] == "5"
    assert "again" in answer["error"]
    assert len(door.on_disk()) == 1
    assert TOKEN not in door.on_disk()[0].read_text("utf-8")

    door.intake.away = set()
    await door.webhooks.take_in()
    assert [alert.dedup_key for alert in door.intake.received] == ["db"]
    assert len(door.intake.bodies) == 1
    assert not door.on_disk()


async def test_a_sender_that_repeats_itself_is_kept_once(door: Door) -> None:
    door.intake.away = {"keep_body"}
    for _ in range(5):
        assert (await door.post())[0] == 503
    assert len(door.on_disk()) == 1


async def test_what_was_refused_is_taken_in_before_what_comes_next(door: Door) -> None:
    door.intake.away = {"keep_body"}
    await door.post(body={"title": "first"})
    await door.post(body={"title": "second"})
    door.intake.away = set()
    await door.post(body={"title": "third"})
    assert [alert.title for alert in door.intake.received] == ["first", "second", "third"]


async def test_the_last_word_of_a_sender_decides_the_order(door: Door) -> None:
    door.intake.away = {"keep_body"}
    for status in ("firing", "resolved", "firing"):
        await door.post(body={**ALERT, "status": status})
    door.intake.away = set()
    await door.webhooks.take_in()
    assert [alert.status for alert in door.intake.received] == ["resolved", "firing"]


async def test_while_the_database_stays_away_nothing_on_disk_is_given_up(door: Door) -> None:
    door.intake.away = {"keep_body"}
    await door.post()
    for _ in range(3):
        with pytest.raises(Unavailable):
            await door.webhooks.take_in()
    assert len(door.on_disk()) == 1


async def test_a_new_process_takes_in_what_the_old_one_left(door: Door) -> None:
    await Refused(door.folder).keep(Delivery("generic", {}, json.dumps(ALERT).encode()))
    await door.webhooks.take_in()
    assert [alert.dedup_key for alert in door.intake.received] == ["db"]


async def test_a_refused_body_that_is_not_understood_is_shown_and_stops_nobody(door: Door) -> None:
    refused = Refused(door.folder)
    await refused.keep(Delivery("generic", {}, b"not json"))
    await refused.keep(Delivery("a source of an older version", {}, b"{}"))
    (door.folder / "torn.body.json").write_bytes(b"{")
    await refused.keep(Delivery("generic", {}, json.dumps(ALERT).encode()))
    await door.webhooks.take_in()
    assert [source for _, source, _ in door.intake.not_read] == ["generic", "a source of an older version"]
    assert [alert.dedup_key for alert in door.intake.received] == ["db"]
    assert [path.suffix for path in door.on_disk()] == [".broken"]


async def test_a_body_whose_process_died_before_reading_it_is_read_later(door: Door) -> None:
    door.intake.unread = [(7, "generic", {}, json.dumps(ALERT).encode())]
    await door.webhooks.take_in()
    assert [alert.dedup_key for alert in door.intake.received] == ["db"]
    assert not door.intake.bodies, "it has its row already"


async def test_a_full_disk_changes_nothing_for_the_sender(door: Door) -> None:
    door.folder.write_text("a file where the folder should be")
    door.intake.away = {"keep_body"}
    assert (await door.post())[0] == 503


# With the real desk behind it -----------------------------------------------------------------------------------------


@pytest.fixture
async def real(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Callable[..., Awaitable[Any]], Database]]:
    """(post, database): the door before the real lifecycle, with the example configuration."""
    configuration = load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "ECOTRAJET_DATA": str(tmp_path)})
    async with Database.open(database_url) as db:
        app = web.Application()
        webhooks = Webhooks(Lifecycle(db, configuration.desk), Secret(TOKEN), Refused(tmp_path / "refused"))
        app.add_routes(webhooks.routes())
        async with TestServer(app) as server, aiohttp.ClientSession() as http:

            async def post(body: object, source: str = "generic") -> Any:
                url = server.make_url(f"/webhooks/{source}")
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                async with http.post(url, data=data, headers=AUTHORIZED) as answer:
                    return {"http": answer.status, **await answer.json()}

            yield post, db


async def value(db: Database, query: str) -> Any:
    async with db.transaction() as tx:
        return await tx.fetchval(query)


Real = tuple[Callable[..., Awaitable[Any]], Database]


async def test_an_alert_opens_an_incident_repeats_are_counted_and_a_recovery_closes_it(real: Real) -> None:
    post, db = real
    first = (await post(ALERT))["alerts"][0]
    assert (first["outcome"], first["priority"]) == ("opened", "P1")
    again = (await post(ALERT))["alerts"][0]
    assert (again["outcome"], again["incident"]) == ("repeated", first["incident"])
    over = (await post({**ALERT, "status": "resolved"}))["alerts"][0]
    assert (over["outcome"], over["incident"]) == ("resolved", first["incident"])
    assert await value(db, "SELECT status FROM incident") == "resolved"
    assert await value(db, "SELECT count(*) FROM intake_body WHERE state = 'understood'") == 3
    assert await value(db, "SELECT count(*) FROM intake_body WHERE headers::text ILIKE '%token%'") == 0


async def test_twenty_senders_of_the_same_alert_at_once_open_one_incident(real: Real) -> None:
    post, db = real
    answers = await asyncio.gather(*(post(ALERT) for _ in range(20)))
    assert {answer["http"] for answer in answers} == {200}
    assert [answer["alerts"][0]["outcome"] for answer in answers].count("opened") == 1
    assert await value(db, "SELECT count(*) FROM incident") == 1


async def test_information_is_kept_and_opens_nothing(real: Real) -> None:
    post, db = real
    answer = (await post({"title": "Sauvegarde réussie", "environment": "prod", "severity": "info"}))["alerts"][0]
    assert (answer["incident"], answer["outcome"], answer["priority"]) == (None, "recorded", None)
    assert await value(db, "SELECT count(*) FROM incident") == 0


async def test_what_is_not_understood_opens_one_incident_to_classify(real: Real) -> None:
    post, db = real
    for body in (b"{}", b"[]", b"not json"):
        assert (await post(body, "alertmanager"))["http"] == (200 if body == b"[]" else 202)
    assert await value(db, "SELECT count(*) FROM intake_body WHERE state = 'not_understood'") == 2
    assert await value(db, "SELECT count(*) FROM incident") == 1
    assert await value(db, "SELECT priority FROM incident") == "P2"


async def test_the_nastiest_text_is_kept_by_the_real_database(real: Real) -> None:
    post, _ = real
    nasty = "\u0000 é 𝄞 <!channel> '; DROP TABLE alert; -- {braces} %s " + "x" * 5000
    body = {"title": nasty, "dedup_key": nasty, "group_key": nasty, "text": nasty, "environment": nasty,
            "service": nasty, "severity": nasty, "labels": {nasty: nasty}, "url": "http://" + nasty}  # fmt: skip
    answer = await post(body)
    assert answer["http"] == 200, answer
    assert answer["alerts"][0]["outcome"] == "opened"
    assert (await post(b'{"title": "\\ud800"}'))["http"] in (200, 422)


async def test_a_body_left_unread_is_found_by_its_age(real: Real) -> None:
    _, db = real
    async with db.transaction() as tx:
        await tx.execute(
            "INSERT INTO intake_body (source, body, received_at)"
            " VALUES ('generic', 'old', app_now() - interval '1 minute'), ('generic', 'new', app_now())"
        )
    found = await Lifecycle(db, load({}).desk).unread_bodies(timedelta(seconds=30))
    assert [body for _, _, _, body in found] == [b"old"]
