"""The webhook door: who gets in, how much, and what is answered."""

import gzip
import json
import zlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.secret import Secret
from handlers.sources import SOURCES
from tests.handlers.door import ALERT, AUTHORIZED, MEBIBYTE, TOKEN, Door, opened


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
