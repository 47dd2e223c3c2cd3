"""What a run says while it is under way: in its card's thread, at most so often, and whole in a file at its end."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.run import SHOWN_LINES
from bot.sandbox.slack.message import ShownMessage
from bot.sandbox.workload import LABEL, Workload
from bot.store.output import APART
from bot.worker.journal import RunJournal
from tests.scenarios.rundesk import RunDesk, run_desk
from tests.world import World, edited_config, new_world

__all__ = ["run_desk"]
SECRET = "s3cr3t-of-ours"
LINES = 60
TALKS = f"""trap 'exit 0' TERM; i=1
while [ $i -le {LINES} ]; do echo "ligne $i, mot de passe $DB_PASSWORD"; i=$((i+1)); sleep 0.03; done
sleep 600 & wait"""


def talker(workload: Workload) -> str:
    """A container that prints sixty lines in two seconds, its password in each."""
    name = f"{workload.prefix}-talker"
    workload.docker(
        "run", "-d", "--name", name, "--label", f"{LABEL}={workload.prefix}", "--no-healthcheck", "--stop-timeout", "1",
        "-e", f"DB_PASSWORD={SECRET}", workload.image("v2"), "sh", "-c", TALKS,
    )  # fmt: skip
    return name


def on(workload: Workload, container: str, folder: Path) -> Path:
    """The example configuration, with this container as the service of development: nobody has to approve there."""

    def edit(configuration: dict[str, Any]) -> None:
        configuration["services"]["ecotrajet"]["containers"] = {"dev": container}
        configuration["environments"]["dev"]["engine"] = workload.host

    return edited_config(folder, edit)


async def test_who_watches_sees_the_last_lines_live_and_keeps_all_of_them_as_a_file(
    database_url: str, make_workload: Callable[..., Workload], tmp_path: Path
) -> None:
    workload = await asyncio.to_thread(make_workload, versions=("v2",), environments=())
    container = await asyncio.to_thread(talker, workload)
    async with new_world(database_url, config=on(workload, container, tmp_path)) as world:
        world.sandbox.slack.faults.arm("chat.update", "ratelimited", retry_after=1)
        amina = world.person("amina")
        await amina.types("/ecotrajet restart dev")
        live = await amina.sees("Ce que dit l’action 1", within=15)
        card = await amina.sees("Redémarrage")
        assert live.thread == card.ts
        assert "Étape 3 sur 3" in live.text
        file = await uploaded(world, within=20)
        assert file.thread == card.ts
        text = next(iter(world.sandbox.slack.workspace.files.values()))["content"].decode()
        assert "## Attendre qu’il soit en bonne santé" in text
        assert [line for line in text.splitlines() if line.startswith("ligne")] == [
            f"ligne {number}, mot de passe [hidden]" for number in range(1, LINES + 1)
        ]
        last = await amina.sees("Ce qu’a dit l’action 1")
        assert (last.ts, last.edits > 0) == (live.ts, True)
        assert f"ligne {LINES}," in last.text
        assert f"ligne {LINES - SHOWN_LINES}," not in last.text
        await world.eventually_value(0, "SELECT count(*) FROM message WHERE state IN ('waiting', 'sending')")
        sent = [row["sent_at"] for row in await world.rows(
            "SELECT sent_at FROM message WHERE about = 'run_output' AND state = 'sent' ORDER BY id"
        )]  # fmt: skip
        assert len(sent) >= 2
        assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(sent))
        assert SECRET not in str(world.sandbox.slack.workspace.files)


async def uploaded(world: World, within: float) -> ShownMessage:
    """The message with a file, as Bruno sees it."""
    bruno = world.person("bruno")
    found: list[ShownMessage] = []

    async def there() -> bool:
        found[:] = [each for each in bruno.visible("incidents") if each.files]
        return bool(found)

    await world.eventually(there, "a file is in #incidents", within)
    return found[0]


async def test_edits_keep_their_distance_and_only_who_holds_the_run_writes(run_desk: RunDesk) -> None:
    number = await run_desk.approved()
    run = await run_desk.execution.start(number)
    assert run is not None
    ours, theirs = RunJournal(run_desk.execution, run), RunJournal(run_desk.replica().execution, run)
    await theirs.said("not theirs to say")
    await theirs.live.close()
    assert await run_desk.value("SELECT count(*) FROM run_output") == 0
    await ours.before("pin")
    for percent in (10, 50, 90):
        await ours.said(f"{percent} %", instead=True)
    await ours.said("here")
    await ours.live.close()
    kept = [row["said"] for row in await run_desk.rows("SELECT said FROM run_output ORDER BY number")]
    assert kept == [{"line": "90 %"}, {"line": "here"}]
    await run_desk.rows(
        "UPDATE message SET state = 'sent', sent_at = app_now() WHERE about = 'run_output' RETURNING id"
    )
    await ours.said("more")
    await ours.live.close()
    left = await run_desk.value(
        "SELECT due_at - app_now() FROM message WHERE about = 'run_output' AND state = 'waiting'"
    )
    assert isinstance(left, timedelta)
    assert APART - timedelta(seconds=1) < left <= APART
    after_a_crash = RunJournal(run_desk.execution, run)
    await after_a_crash.said("here again")
    await after_a_crash.live.close()
    kept = [row["said"]["line"] for row in await run_desk.rows("SELECT said FROM run_output ORDER BY number")]
    assert kept == ["90 %", "here", "more", "here again"]
