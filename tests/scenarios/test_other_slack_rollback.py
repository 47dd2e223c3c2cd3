"""Production is rolled back before the Slack read out of the documentation: asked for, approved, done, told."""

import asyncio
import json
from copy import deepcopy
from pathlib import Path

import pytest

from bot.sandbox.workload import Workload
from tests.scenarios.test_other_slack import AMINA, BRUNO, other_world
from tests.scenarios.test_runs_story import on, running, seen, workload_v2

__all__ = ["workload_v2"]


@pytest.mark.parametrize("http", [False, True], ids=["socket", "HTTP"])
async def test_a_rollback_asked_for_by_one_is_approved_by_another(
    database_url: str, workload_v2: Workload, tmp_path: Path, http: bool
) -> None:
    async with other_world(database_url, on(workload_v2, tmp_path), http=http) as (world, slack):
        await seen(world, "v2")
        await slack.types(AMINA, "retour-arrière prod v1")
        await slack.sees("attend une approbation", only=AMINA)
        plan = deepcopy(await slack.sees("run.approve", channel="incidents"))  # as it is on their screens now
        await slack.presses(AMINA, "run.approve", plan)
        await slack.sees("deuxième personne", only=AMINA)
        assert await world.value("SELECT status FROM run") == "requested"
        await slack.presses(BRUNO, "run.approve", plan)
        await slack.sees("approuvée", only=BRUNO)
        await world.eventually_value("succeeded", "SELECT status FROM run", within=40)
        done = await slack.sees("Approuvé par Bruno Martin", channel="incidents")
        assert done["ts"] == plan["ts"], "the plan's own message tells how it ended"
        assert "run.approve" not in json.dumps(done)
        assert await asyncio.to_thread(running, workload_v2) == ("v1", "healthy")

        await slack.presses(BRUNO, "run.approve", plan)  # from a screen that lags behind
        await world.eventually_value(1, "SELECT count(*) FROM run")
        await slack.types(AMINA, "logs prod")
        await slack.sees("écoute sur le port", only=AMINA)
