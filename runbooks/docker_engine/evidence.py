"""What is kept of a container before it is touched, or of one that failed: for the card and the post-mortem."""

from datetime import UTC, datetime
from typing import Any, Final

from bot.deployment import short
from bot.errors import UserError
from bot.runbook import Evidence
from runbooks.docker_engine import logs
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.failures import EngineSaid, Unreachable
from runbooks.docker_engine.look import Seen, base_name
from runbooks.redact import Redactor

LOG_LINES: Final = 200
LOG_BYTES: Final = 60_000
HEALTH_CHECKS: Final = 3
QUICK: Final = 3.0  # seconds: an action must not wait for figures


async def of(engine: Engine, seen: Seen) -> Evidence:
    """Never raises for what cannot be had: a figure missing is None, a log missing is empty."""
    redactor = Redactor(seen.env)
    state = seen.raw["State"]
    usage, limit = await _memory(engine, seen)
    return Evidence(
        about=f"{base_name(seen.name)} · {seen.reference} ({short(seen.image_id)})",
        taken_at=datetime.now(UTC),
        state=seen.state,
        log_tail=await _log_tail(engine, seen),
        exit_code=None if seen.running else seen.exit_code,
        oom_killed=bool(state.get("OOMKilled")),
        restart_count=seen.restarts,
        started_at=str(state.get("StartedAt") or ""),
        finished_at=str(state.get("FinishedAt") or ""),
        health=seen.health,
        health_log=tuple(redactor.clean(line) for line in health_log(seen)),
        memory=usage,
        memory_limit=limit,
        disk=await _disk(engine, seen),
    )


def health_log(seen: Seen) -> list[str]:
    """The last healthchecks, `exit 1: what it printed`, not yet redacted."""
    checks: list[dict[str, Any]] = (seen.raw["State"].get("Health") or {}).get("Log") or []
    return [
        f"exit {check.get('ExitCode')}: {str(check.get('Output') or '').strip()[:400]}".removesuffix(": ")
        for check in checks[-HEALTH_CHECKS:]
    ]


async def _log_tail(engine: Engine, seen: Seen) -> str:
    try:
        return await logs.tail_of(engine, seen, tail=LOG_LINES, max_bytes=LOG_BYTES)
    except (UserError, EngineSaid):
        return ""


async def _memory(engine: Engine, seen: Seen) -> tuple[int | None, int | None]:
    if not seen.running:
        return None, None
    try:
        stats = await engine.call(lambda api: api.stats(seen.id, stream=False, one_shot=True), limit=QUICK)
    except (Unreachable, EngineSaid):
        return None, None
    memory = dict(stats).get("memory_stats") or {}
    return memory.get("usage"), memory.get("limit")


async def _disk(engine: Engine, seen: Seen) -> int | None:
    """Bytes written in the container's own layer."""
    try:
        found = await engine.call(lambda api: api.containers(all=True, size=True, filters={"id": seen.id}), limit=QUICK)
    except (Unreachable, EngineSaid):
        return None
    return int(found[0].get("SizeRw") or 0) if found else None
