"""A runbook whose steps act on another host, from Slack: its engine is behind Debian's sshd."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.sandbox.workload import Workload
from tests.scenarios.test_runs_story import running
from tests.sshd import sshd
from tests.world import edited_config, new_world

RELAUNCH = """
title: Relancer
steps:
  - {title: Ce que dit le container, do: logs, with: {tail: 20}}
  - {title: Redémarrer, do: restart}
  - {title: "Tout est vert ?", do: status}
"""


async def test_steps_that_look_and_restart_reach_their_container_over_ssh(
    database_url: str, make_workload: Callable[..., Workload], tmp_path: Path
) -> None:
    workload = await asyncio.to_thread(make_workload, versions=("v2",), environments=("prod",))
    for folder in ("sshd", "ours"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ours" / "relance.yaml").write_text(RELAUNCH, "utf-8")
    with sshd(tmp_path / "sshd") as host:
        key = host.key("ours", f"docker -H {workload.host} system dial-stdio")

        def edit(configuration: dict[str, Any]) -> None:
            configuration["services"]["ecotrajet"]["containers"] = {"prod": workload.container("prod")}
            ssh = {"key": key, "known_hosts": host.known}
            configuration["environments"]["prod"] |= {"engine": host.url, "ssh": ssh}
            configuration["runbooks"] = {"folder": "ours", "library": False}

        began = workload.inspect(workload.container("prod"))["State"]["StartedAt"]
        async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
            amina, bruno = world.person("amina"), world.person("bruno")
            await amina.types("/ecotrajet procédure lance relance prod")
            plan = await bruno.sees("Pour la procédure 1", channel="incidents", within=20)
            await bruno.presses("run.approve", on=plan)
            await world.eventually_value("succeeded", "SELECT state FROM procedure_run", within=40)
            card = await bruno.sees("✅ Relancer", channel="incidents")
            assert "ÉcoTrajet v2" in card.text
    assert await asyncio.to_thread(running, workload) == ("v2", "healthy")
    assert workload.inspect(workload.container("prod"))["State"]["StartedAt"] > began
