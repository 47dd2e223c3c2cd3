"""The desk dies, hangs, or cannot work: from a second host whoever is on call is told, by a list of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config.lookout import load_lookout
from bot.lookout import Lookout, check, running
from bot.lookout.view import trouble_of
from bot.sandbox.devices import spaced
from tests.world import ROOT, World, new_world

KEY = "a-token-of-the-lookout"
SILENT = ("ne donne plus signe de vie", "has been silent")
BACK = ("est de retour", "is back")
TOKEN_OF_DESK = {"ECOTRAJET_WATCH_TOKEN": KEY}


def environment(world: World, folder: Path, more: str = "", **changed: str) -> dict[str, str]:
    """Of the second host: its keys are in it under their own names, or under WATCH_…"""
    file = folder / "watch.yaml"
    file.write_text(f"desk: {world.url}\n{more}", "utf-8")
    keys = {name: value for name, value in world.sandbox.environment().items() if name.startswith("TWILIO_")}
    mail = {f"WATCH_{name}": world.sandbox.environment()[name] for name in ("SMTP_URL", "EMAIL_FROM")}
    at = {"ECOTRAJET_WATCH_CONFIG": str(file), "ECOTRAJET_DATA": str(folder / "data")}
    return {**keys, **mail, **at, "ECOTRAJET_WATCH_TOKEN": KEY, **changed}


class Host:
    """The second host: one lookout after the other, by a clock that the story moves."""

    def __init__(self, environ: Mapping[str, str], stop: AsyncExitStack) -> None:
        self.settings = load_lookout(environ)
        self.stop = stop
        self.now = datetime.now(UTC)
        self.memory = self.settings.data / "watch.json"
        self.lookout: Lookout

    async def starts(self) -> "Host":
        self.lookout, view = await self.stop.enter_async_context(running(self.settings))
        self.lookout.now = lambda: self.now
        view.within = 1.0
        return self

    async def looks(self, **later: float) -> None:
        self.now += timedelta(**later)
        await self.lookout.look()


@pytest.fixture
async def stop() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as made:
        yield made


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[World]:
    async with new_world(database_url, own_process=True, more=TOKEN_OF_DESK) as made:
        yield made


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[World]:
    async with new_world(database_url, more=TOKEN_OF_DESK) as made:
        yield made


def texts(world: World, person: str, words: tuple[str, str] = SILENT) -> list[str]:
    inbox = (spaced(sms.body) for sms in world.person(person).phone.inbox)
    return [body for body in inbox if any(word in body for word in words)]


async def test_a_desk_that_was_killed_is_told_by_text_and_mail_then_by_a_call_again_and_once_when_it_is_back(
    served: World, tmp_path: Path, stop: AsyncExitStack
) -> None:
    on_call = await served.on_call()
    who = on_call.person.key
    host = await Host(environment(served, tmp_path), stop).starts()
    await host.looks()
    assert host.memory.stat().st_mode & 0o777 == 0o600
    served.kill()
    await served.gone()
    await host.looks(seconds=10)
    await host.looks(seconds=110)
    assert texts(served, who) == []  # a restart of the desk wakes nobody
    await host.looks(seconds=15)
    assert len(texts(served, who)) == 1
    await on_call.mailbox.gets(SILENT[on_call.person.language == "en"])
    assert on_call.phone.calls == []
    await host.looks(minutes=1)
    assert on_call.phone.calls == []
    ringing = asyncio.create_task(host.looks(minutes=1))  # a text is slept through
    call = await on_call.phone.gets_call()
    await ringing
    assert any(word in spaced(said) for said in call.said for word in SILENT)
    await host.starts()  # restarted in the middle
    await host.looks(minutes=12)
    assert (len(texts(served, who)), len(on_call.phone.calls)) == (1, 1)
    await host.looks(minutes=2)
    assert len(texts(served, who)) == 2
    await served.start(own_process=True)
    await host.looks(seconds=10)
    await host.looks(seconds=10)
    assert len(texts(served, who, BACK)) == 1
    others = {"amina", "bruno", "chloe", "david", "emma"} - {who}
    assert not [one for one in others if texts(served, one)]


async def test_a_desk_that_hangs_is_silent_too(served: World, tmp_path: Path, stop: AsyncExitStack) -> None:
    who = (await served.on_call()).person.key
    host = await Host(environment(served, tmp_path), stop).starts()
    await host.looks()
    served.freeze()
    try:
        await host.looks(seconds=10)
        await host.looks(minutes=2)
    finally:
        served.thaw()
    assert len(texts(served, who)) == 1


async def test_who_replaces_whom_and_whose_turn_comes_next_is_known_from_the_desk_s_own_list(
    desk: World, tmp_path: Path, stop: AsyncExitStack
) -> None:
    on_call = await desk.on_call()
    planned = on_call.person.key
    await on_call.types("/ecotrajet oncall override @bruno 3h", channel="incidents")
    await desk.eventually_value(1, "SELECT count(*) FROM oncall_override")
    host = await Host(environment(desk, tmp_path), stop).starts()
    await host.looks()
    await desk.stop()
    await host.looks(seconds=10)
    await host.looks(minutes=2)
    assert len(texts(desk, "bruno")) == 1
    assert texts(desk, planned) == []
    await host.looks(days=7)  # the desk is still down, and the week is another's
    assert len(texts(desk, "david" if planned == "amina" else "amina")) == 1
    assert len(texts(desk, "bruno")) == 1


async def test_a_desk_that_answers_and_cannot_work_is_told_with_what_it_lacks(
    desk: World, tmp_path: Path, stop: AsyncExitStack
) -> None:
    who = (await desk.on_call()).person.key
    host = await Host(environment(desk, tmp_path), stop).starts()
    await host.looks()
    desk.proxy.cable(pulled=True)

    async def says_so() -> bool:
        async with desk.http.get(f"{desk.url}/readyz") as answer:
            return answer.status == 503

    await desk.eventually(says_so, "the desk says that it cannot work")
    await host.looks(seconds=10)
    await host.looks(minutes=2)
    desk.proxy.cable(pulled=False)
    assert "database" in texts(desk, who)[0]


async def test_while_nothing_goes_through_it_tries_each_minute_and_then_tells_nobody_that_all_is_well(
    desk: World, tmp_path: Path, stop: AsyncExitStack
) -> None:
    on_call = await desk.on_call()
    who = on_call.person.key
    host = await Host(environment(desk, tmp_path), stop).starts()
    await host.looks()
    await desk.stop()
    host.lookout.direct.channels = {}  # we are cut off ourselves
    await host.looks(seconds=10)
    await host.looks(minutes=2)
    fresh = await Host(environment(desk, tmp_path), stop).starts()
    fresh.now = host.now
    await fresh.looks(seconds=50)
    assert texts(desk, who) == []
    await fresh.looks(seconds=15)
    assert len(texts(desk, who)) == 1
    await desk.start(own_process=False)
    await host.looks(seconds=10)  # the one whom nobody heard
    assert texts(desk, who, BACK) == []


async def test_without_the_right_token_nobody_learns_who_is_on_call_and_our_own_people_are_told(
    desk: World, tmp_path: Path, stop: AsyncExitStack
) -> None:
    for headers, status in (({}, 401), ({"Authorization": "Bearer x"}, 401), ({"Authorization": f"Bearer {KEY}"}, 200)):
        async with desk.http.get(f"{desk.url}/api/v1/on-call", headers=headers) as answer:
            assert answer.status == status
            assert ("+336" in await answer.text()) == (status == 200)
    async with desk.http.get(f"{desk.url}/api/v1/on-call?token={KEY}") as answer:
        assert answer.status == 401  # addresses are logged on their way
    own = 'people:\n  emma: {name: Emma, phone: "+33600000005"}\n'
    host = await Host(environment(desk, tmp_path, own, ECOTRAJET_WATCH_TOKEN="another-token"), stop).starts()
    await host.looks()
    await desk.stop()
    await host.looks(seconds=10)
    await host.looks(minutes=2)
    assert len(texts(desk, "emma")) == 1


async def test_a_desk_without_the_token_tells_nobody(world: World) -> None:
    async with world.http.get(f"{world.url}/api/v1/on-call", headers={"Authorization": "Bearer "}) as answer:
        assert answer.status == 404


async def test_the_program_itself_says_what_it_sees_and_pages_when_the_desk_is_gone(
    desk: World, tmp_path: Path
) -> None:
    who = await desk.on_call()
    environ = environment(desk, tmp_path, "every: 1 s\nsilent_after: 1 s\n")
    well, told = await check(load_lookout(environ))
    assert (well, "it works" in told[0], told[1]) == (True, True, f"✓ {who.person.name}: sms, voice, email")
    watching = await spawned(environ)
    try:
        await desk.eventually(lambda: there(tmp_path / "data" / "watch.json"), "it knows who is on call")
        await desk.stop()
        await who.phone.gets_sms(SILENT[who.person.language == "en"], within=20)
    finally:
        watching.terminate()
        assert await asyncio.wait_for(watching.wait(), 10) == 0
    well, told = await check(load_lookout(environ))
    assert (well, "does not answer" in told[0], "cannot be reached" in told[1]) == (False, True, True)
    assert told[2] == f"✓ {who.person.name}: sms, voice, email"  # by what it remembers


async def there(file: Path) -> bool:
    return file.exists()


async def spawned(environ: Mapping[str, str]) -> asyncio.subprocess.Process:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "watch", env={**kept, **environ}, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body", "well"),
    [
        (200, b'{"worker_round_age_seconds": 0.4}', True),
        (200, b'{"worker_round_age_seconds": 31}', False),
        (200, b'{"worker_round_age_seconds": null}', False),
        (503, b'{"worker_round_age_seconds": 0.4, "checks": {"database": "failed"}}', False),
        (200, b"<html>Welcome to nginx!</html>", False),
        (200, b"[1]", False),
        (502, b"Bad Gateway", False),
    ],
)
def test_only_the_desk_s_own_word_that_it_works_counts(status: int, body: bytes, well: bool) -> None:
    assert (trouble_of(status, body, timedelta(seconds=30)) is None) is well


async def test_one_of_two_replicas_that_works_is_enough(desk: World, tmp_path: Path, stop: AsyncExitStack) -> None:
    environ = environment(desk, tmp_path)
    (tmp_path / "watch.yaml").write_text(f"desk: ['http://127.0.0.1:1', '{desk.url}']\n", "utf-8")
    host = await Host(environ, stop).starts()
    await host.looks()
    assert host.lookout.memory.silent_since is None
    assert host.lookout.on_call(host.now)
