"""`/ecotrajet logs … -f`: the last lines live in one's own messages, for a few minutes, and over by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.phrase import Phrase
from bot.sandbox.workload import LABEL, Workload
from bot.store.tails import APART
from bot.tail import EVERY, FOR, LINES, Tail
from bot.target import Target, resolve
from bot.worker.tailer import Tailer
from tests.handlers.slackdesk import PlayedEngines
from tests.scenarios.rundesk import RunDesk, run_desk
from tests.scenarios.test_deploying import later
from tests.scenarios.test_live import SECRET, on
from tests.world import new_world

__all__ = ["run_desk"]
TALKS = (
    'trap "exit 0" TERM; i=1; while true; do echo "ligne $i, mot de passe $DB_PASSWORD"; i=$((i+1)); sleep 0.2; done'
)


async def test_who_follows_a_log_sees_its_last_lines_change_and_ends_it_by_a_button(
    database_url: str, make_workload: Callable[..., Workload], tmp_path: Path
) -> None:
    workload = await asyncio.to_thread(make_workload, versions=("v2",), environments=())
    name = f"{workload.prefix}-talker"
    await asyncio.to_thread(
        workload.docker, "run", "-d", "--name", name, "--label", f"{LABEL}={workload.prefix}", "--no-healthcheck",
        "--stop-timeout", "1", "-e", f"DB_PASSWORD={SECRET}", workload.image("v2"), "sh", "-c", TALKS,
    )  # fmt: skip
    async with new_world(database_url, config=on(workload, name, tmp_path)) as world:
        amina, bruno = world.person("amina"), world.person("bruno")
        await amina.types("/ecotrajet journaux dev suivre")
        await amina.sees("est dans vos messages")
        live = await amina.sees("Journal de dev · ecotrajet, en direct", within=20)
        assert "mot de passe [hidden]" in live.text
        assert SECRET not in live.text

        async def moved() -> bool:
            return (await amina.sees("Journal de dev · ecotrajet, en direct")).edits >= 2

        await world.eventually(moved, "it is edited, not posted again", within=20)
        await amina.presses("Arrêter")
        ended = await amina.sees("Arrêté à", within=20)
        assert ended.ts == live.ts
        assert not ended.buttons
        assert not any("en direct" in message.text for message in bruno.visible())
        await world.eventually_value(0, "SELECT count(*) FROM message WHERE state IN ('waiting', 'sending')", within=20)


@pytest.fixture
async def tailer(run_desk: RunDesk) -> AsyncIterator[Tailer]:
    made = Tailer(run_desk.runs.tails, run_desk.desk, run_desk.engines)
    yield made
    await made.stop()


async def follow(desk: RunDesk, person: str = "amina") -> Tail:
    target = target_of(desk)
    begun = await desk.runs.tails.begin(target, "pay", desk.desk.people[person], desk.by(person))
    assert isinstance(begun, Tail)
    return begun


def target_of(desk: RunDesk) -> Target:
    return resolve(("prod",), tuple(desk.desk.environments.values()), tuple(desk.desk.services.values()))[0]


async def looked(tailer: Tailer) -> None:
    await tailer.round()
    await asyncio.gather(*tailer.reading.values())


async def edits(desk: RunDesk) -> int:
    """Those that leave now, all of them; they are as good as sent."""
    sent = await desk.rows(
        "UPDATE message SET state = 'sent', sent_at = app_now() WHERE about = 'tail' AND state = 'waiting' RETURNING id"
    )
    return len(sent)


async def test_only_what_is_new_is_shown_and_edits_keep_their_distance(run_desk: RunDesk, tailer: Tailer) -> None:
    tail = await follow(run_desk)
    await looked(tailer)
    assert run_desk.played.asked == [("prod/ecotrajet", LINES, None, "pay")]
    assert await edits(run_desk) == 1
    await looked(tailer)
    assert len(run_desk.played.asked) == 1, "two seconds have not passed"
    await later(run_desk, timedelta(seconds=2))
    await looked(tailer)
    assert await edits(run_desk) == 0, "nothing new"
    run_desk.played.lines += "\nGET /pay 200"
    for _ in range(3):
        await run_desk.rows("UPDATE log_tail SET look_at = app_now() RETURNING id")
        await asyncio.gather(looked(tailer), looked(Tailer(run_desk.runs.tails, run_desk.desk, run_desk.engines)))
    waits = await run_desk.rows("SELECT due_at - sent.at AS wait FROM message, (SELECT max(sent_at) AS at FROM message"
                                " WHERE about = 'tail') sent WHERE state = 'waiting' AND about = 'tail'")  # fmt: skip
    assert [row["wait"] >= APART for row in waits] == [True], "one edit, not at once"
    assert await run_desk.value("SELECT shown FROM log_tail WHERE id = $1", tail.id) == run_desk.played.lines


async def test_it_ends_by_itself_is_stopped_by_its_owner_alone_and_gives_way_to_the_next(
    run_desk: RunDesk, tailer: Tailer
) -> None:
    first = await follow(run_desk)
    second = await follow(run_desk)
    assert await edits(run_desk) == 1, "the first one's card loses its button"
    assert [row["stopped"] for row in await run_desk.rows("SELECT stopped FROM log_tail ORDER BY id")] == [True, False]
    with pytest.raises(UserError, match="Only whoever follows"):
        await run_desk.runs.tails.stop(second.id, run_desk.by("bruno"))
    assert await run_desk.runs.tails.stop(first.id, run_desk.by("amina")) is False
    await later(run_desk, FOR)
    await looked(tailer)
    assert await edits(run_desk) == 1
    ended = (await run_desk.rows("SELECT * FROM log_tail WHERE id = $1", second.id))[0]
    assert ended["ended_at"] is not None
    assert ended["shown"] == run_desk.played.lines
    await later(run_desk, FOR)
    await looked(tailer)
    assert await edits(run_desk) == 0


async def test_the_more_follow_a_log_the_seldomer_each_is_edited(run_desk: RunDesk, tailer: Tailer) -> None:
    for person in ("amina", "bruno", "david"):
        await follow(run_desk, person)
    await looked(tailer)
    await later(run_desk, 2 * EVERY)
    await looked(tailer)
    assert len(run_desk.played.asked) == 3
    await later(run_desk, EVERY)
    await looked(tailer)
    assert len(run_desk.played.asked) == 6


class Silent(PlayedEngines):
    async def logs(self, target: Target, **_options: object) -> str:
        raise UserError(Phrase("The engine {name} does not answer.", {"name": target.engine}))


async def test_an_engine_that_is_away_is_said_once_and_the_lines_stay(run_desk: RunDesk, tailer: Tailer) -> None:
    await follow(run_desk)
    await looked(tailer)
    assert await edits(run_desk) == 1
    tailer.engines = Silent()
    for expected in (1, 0):
        await later(run_desk, timedelta(seconds=2))
        await looked(tailer)
        assert await edits(run_desk) == expected
    kept = (await run_desk.rows("SELECT shown, problem FROM log_tail"))[0]
    assert kept["shown"] == run_desk.played.lines
    assert "does not answer" in str(Phrase.from_json(kept["problem"]))
