"""The frozen plan of a rollback: steps, differences, warnings, and how long it may take."""

from typing import Final

from bot.phrase import Phrase
from bot.runbook import Action, Image, Plan, Step
from bot.target import Target
from runbooks import warnings
from runbooks.docker_engine.gate import MARGIN, SETTLE, limit_of_check
from runbooks.docker_engine.look import Raw
from runbooks.docker_engine.marks import Was, was
from runbooks.docker_engine.survey import Survey

SWITCH: Final = 1.0  # seconds measured from the stop to the new one's start, rounded up (docker.md section 5)
FORWARD: Final = (
    *(Step.EVIDENCE, Step.PIN, Step.CREATE, Step.CONNECT, Step.NO_RESTART, Step.STOP),
    *(Step.RENAME_OLD, Step.RENAME_NEW, Step.START, Step.GATE, Step.COMMIT, Step.REMOVE_OLD),
)


def frozen(target: Target, found: Survey, now: Image, then: Image, there: Raw | None, never_seen: bool) -> Plan:
    raw, config_then = found.seen.raw, (there or {}).get("Config") or {}
    health = warnings.health_of(raw, found.config, config_then)
    mounts = warnings.bind_mounts(raw, config_then)
    told = warnings.of_replacing(raw, found.config, config_then, found.written) if there else [_not_here(then)]
    if never_seen:
        told.insert(0, Phrase("{image} has never been seen healthy here.", {"image": then.name}))
    return Plan(
        action=Action.ROLLBACK,
        environment=target.environment.name,
        service=target.service.name,
        engine=target.engine,
        engine_id=found.engine_id,
        container=found.seen.name,
        container_id=found.seen.id,
        image_now=now,
        image_then=then,
        steps=tuple(step.value for step in FORWARD),
        changes=warnings.changes(raw, now, then, found.config, config_then),
        warnings=(*([mounts] if mounts else []), *told),
        asks=mounts,
        was_healthy=was(found.seen) is Was.WELL,
        pull="" if there else then.digests[0],
        expected_downtime=SWITCH,
        health_limit=limit_of_check(health) if health else SETTLE + MARGIN,
    )


def _not_here(then: Image) -> Phrase:
    return Phrase("{image} is no longer on the engine: it is fetched from its registry first.", {"image": then.name})
