"""/healthz: the process lives. /readyz: it can do its work. /metrics: for Prometheus.

Only the database and the worker make it unready (design §8.8): a Slack outage must not remove the pager.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
from aiohttp import web

from bot.metrics import CONTENT_TYPE, Metrics

Probe = Callable[[], Awaitable[object]]
"""Returns when the thing answers, raises when it does not; the text of what it raises is logged, never shown."""

OLDEST_ROUND: Final = 10.0  # seconds
PROBE_LIMIT: Final = 3.0  # seconds

log = structlog.get_logger(__name__)


def routes(
    *,
    database: Probe,
    round_age: Callable[[], float | None],
    metrics: Metrics,
    others: Mapping[str, Probe] | None = None,
    probe_limit: float = PROBE_LIMIT,
) -> list[web.RouteDef]:
    """`round_age`: seconds since the worker's last complete round; None: none yet. `others`: what may be degraded."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        probes = {"database": database, **(others or {})}
        words = await asyncio.gather(*(_ask(name, probe, probe_limit) for name, probe in probes.items()))
        found = dict(zip(probes, words, strict=True))
        age = round_age()
        worker = age is not None and age <= OLDEST_ROUND
        ready = worker and found["database"] == "ok"
        degraded = [name for name in (others or {}) if found[name] != "ok"]
        body = {
            "status": ("degraded" if degraded else "ok") if ready else "unavailable",
            "checks": {**found, "worker": "ok" if worker else "no round yet" if age is None else "too old"},
            "worker_round_age_seconds": None if age is None else round(age, 3),
            "degraded": degraded,
        }
        return web.json_response(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})

    async def prometheus(_request: web.Request) -> web.Response:
        age = round_age()
        metrics.worker_round_age.set(float("inf") if age is None else age)
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", prometheus)]


async def _ask(name: str, probe: Probe, limit: float) -> str:
    try:
        async with asyncio.timeout(limit):
            await probe()
    except TimeoutError:
        return "no answer"
    except Exception as error:  # noqa: BLE001 - whatever a probe raises means the same here
        log.info("readyz.failed", probe=name, error=repr(error))
        return "failed"
    return "ok"
