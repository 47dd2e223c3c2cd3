"""One line of `/ecotrajet status`: the guide's light for one service, and what stands behind it."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from bot.deployment import short, version_name
from bot.errors import UserError
from bot.phrase import Phrase
from bot.runbook import Light, ServiceStatus
from bot.target import Target
from runbooks.docker_engine import look, page, swarm
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid, Unreachable
from runbooks.docker_engine.look import Seen

LONGEST: Final = 4.0  # seconds: somebody waits for the answer in chat
RECENT: Final = timedelta(minutes=10)


async def of(engine: Engine, target: Target, now: datetime) -> ServiceStatus:
    """Never raises: what cannot be seen is told by the light."""
    where = (target.environment.name, target.service.name)
    try:
        async with asyncio.timeout(LONGEST):
            if target.swarm:
                return await swarm.status(engine, target)
            seen = await look.find(engine, target)
            raw = await look.image(engine, seen.image_id)
            answered_for = await page.answers(engine, seen)
    except TimeoutError:
        return ServiceStatus(*where, Light.UNKNOWN, target.container, problem=Unreachable(engine.name, "slow").phrase)
    except Unreachable as away:
        return ServiceStatus(*where, Light.UNKNOWN, target.container, problem=away.phrase)
    except UserError as error:
        return ServiceStatus(*where, Light.RED, target.container, problem=error.phrase)
    except EngineSaid as said:
        why = Phrase("Docker refused: {why}", {"why": said.why})
        return ServiceStatus(*where, Light.UNKNOWN, target.container, problem=why)
    shown = look.image_words(raw, seen.reference) if raw else None
    light, problem = judge(seen, now)
    if answered_for:
        problem = Phrase("it is isolated: its maintenance page answers")
    return ServiceStatus(
        environment=where[0],
        service=where[1],
        light=light,
        container=seen.name,
        container_id=seen.id,
        version=version_name(shown.version, shown.reference, shown.id) if shown else short(seen.image_id),
        image_id=short(seen.image_id),
        reference=shown.reference if shown else seen.reference,
        state=seen.state,
        health=seen.health,
        since=seen.ended_at or seen.started_at,
        restarts=seen.restarts,
        problem=problem,
    )


def judge(seen: Seen, now: datetime) -> tuple[Light, Phrase | None]:
    """Green: well. Yellow: starting, or fell and got up lately. Red: down, ill, or falling again and again."""
    if seen.state == "restarting":
        return Light.RED, Phrase("it crashes again and again (exit code {code})", {"code": seen.exit_code})
    if seen.state == "paused":
        return Light.RED, Phrase("somebody paused it: `/ecotrajet start` wakes it")
    if not seen.running:
        return Light.RED, Phrase(
            "it is not running ({state}, exit code {code})", {"state": seen.state, "code": seen.exit_code}
        )
    if seen.health == "unhealthy":
        return Light.RED, Phrase("its healthcheck fails")
    if seen.health == "starting":
        return Light.YELLOW, Phrase("it is starting")
    if seen.restarts and seen.started_at and now - seen.started_at < RECENT:
        return Light.YELLOW, Phrase("it crashed and was restarted lately ({count} times)", {"count": seen.restarts})
    return Light.GREEN, None
