"""What comes while the database is away is kept on disk and taken in later: nothing is lost, and nothing acts twice."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.lifecycle import Unavailable
from bot.secret import Secret
from handlers.refused import Delivery, Refused
from tests.handlers.door import ALERT, TOKEN, Door, opened


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async for each in opened(tmp_path / "refused", Secret(TOKEN)):
        yield each


@pytest.mark.parametrize("away", ["take"])
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
    door.intake.away = {"take"}
    for _ in range(5):
        assert (await door.post())[0] == 503
    assert len(door.on_disk()) == 1


async def test_what_was_refused_is_taken_in_before_what_comes_next(door: Door) -> None:
    door.intake.away = {"take"}
    await door.post(body={"title": "first"})
    await door.post(body={"title": "second"})
    door.intake.away = set()
    await door.post(body={"title": "third"})
    assert [alert.title for alert in door.intake.received] == ["first", "second", "third"]


async def test_the_last_word_of_a_sender_decides_the_order(door: Door) -> None:
    door.intake.away = {"take"}
    for status in ("firing", "resolved", "firing"):
        await door.post(body={**ALERT, "status": status})
    door.intake.away = set()
    await door.webhooks.take_in()
    assert [alert.status for alert in door.intake.received] == ["resolved", "firing"]


async def test_while_the_database_stays_away_nothing_on_disk_is_given_up(door: Door) -> None:
    door.intake.away = {"take"}
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
    door.intake.away = {"take"}
    assert (await door.post())[0] == 503
