"""`make demo`: it says where to look and what to type, works, and leaves nothing behind."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.engine import RunningEngine
from bot.sandbox.workload import PREFIX, Workload

pytestmark = [pytest.mark.prove, pytest.mark.timeout(300)]
READY_WITHIN = 120


async def told(program: asyncio.subprocess.Process, last: str) -> str:
    """All that it printed until `last` was there."""
    assert program.stdout is not None
    text = ""
    async with asyncio.timeout(READY_WITHIN):
        while last not in text:
            line = await program.stdout.readline()
            assert line, text
            text += line.decode()
    return text


async def test_it_shows_where_to_look_takes_an_alert_and_leaves_nothing(engine: RunningEngine, tmp_path: Path) -> None:
    environment = {**os.environ, "ECOTRAJET_DATA": str(tmp_path), "DOCKER_HOST": engine.host}
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", env=environment, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        welcome = await told(program, "Ctrl-C stops everything")
        for wanted in ("/ecotrajet status", "/ecotrajet rollback prod", "runbook run recuperation prod", "stop prod"):
            assert wanted in welcome
        token, body, url = re.findall(r"curl -H 'Authorization: Bearer (\S+)' -d '(.*)' (\S+)", welcome)[0]
        async with aiohttp.ClientSession() as http:
            async with http.post(url, data=body, headers={"Authorization": f"Bearer {token}"}) as answer:
                assert (await answer.json())["alerts"][0]["priority"] == "P1"
            for place in re.findall(r"(http://127\.0\.0\.1:\d+)/(?:readyz)?\n", welcome):
                async with http.get(f"{place}/") as page:
                    assert page.status < 500, place
    finally:
        program.send_signal(signal.SIGINT)
        said, _ = await program.communicate()
    assert b"has ended" in said
    assert b"Traceback" not in said
    assert program.returncode == 0
    app = Workload(engine.host, PREFIX)
    assert app.docker("ps", "-aq", "--filter", f"name={PREFIX}") == ""
    assert app.docker("images", "-q", app.image("v2")) == ""
