"""The frozen plan of what is done to a Swarm service."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.deployment import Deployment
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.postgres import Applied
from bot.runbook import Action, Image, Plan, Step
from bot.target import Target
from runbooks import schemas, warnings
from runbooks.docker_engine.client import Engine
from runbooks.docker_engine.gate import limit_of_check
from runbooks.docker_engine.look import Raw, Seen
from runbooks.docker_engine.swarm import GOING, SwarmService
from runbooks.replace import Choice
from runbooks.replace.plan import facts
from runbooks.swarm.spec import side_by_side

A_TASK: Final = 30.0  # seconds to place, start and stop one, beside its healthcheck
UPDATE: Final = (Step.EVIDENCE, Step.PIN, Step.UPDATE, Step.GATE)
SCALE: Final = (Step.EVIDENCE, Step.SCALE, Step.GATE)


def no_update_going(there: SwarmService) -> None:
    if there.update in GOING:
        raise UserError(Phrase("{container} is being updated already. Wait for its end.", {"container": there.name}))


async def replacing(
    engine: Engine, action: Action, target: Target, there: SwarmService, seen: Seen | None,
    images: tuple[Image, Raw], chosen: Choice, history: Sequence[Deployment], applied: Applied,
) -> Plan:  # fmt: skip
    """`images`: what runs now, and its inspection; `seen`: one of its containers, if one is on this node."""
    now, config_now = images[0], images[1].get("Config") or {}
    config_then = (chosen.there or {}).get("Config") or {}
    shape: Raw = seen.raw if seen is not None else {"Config": {}, "HostConfig": {}, "Mounts": []}
    told = list(chosen.warned)
    if chosen.never_seen:
        told.append(Phrase("{image} has never been seen healthy here.", {"image": chosen.then.name}))
    schema = schemas.judge(config_now, config_then if chosen.there else None, applied)
    told += schema.warnings
    told += [] if chosen.there is None else warnings.of_replacing(shape, config_now, config_then, ())
    changes = warnings.changes(shape, now, chosen.then, config_now, config_then)
    mounts = warnings.bind_mounts(shape, config_then)
    check = warnings.health_of(shape, config_now, config_then)
    return replace(
        await _plan(engine, action, target, there, now), image_then=chosen.then,
        steps=tuple(step.value for step in UPDATE), changes=changes,
        warnings=(*([mounts] if mounts else []), *told), asks=warnings.asked(mounts, schema.asks),
        pull="" if chosen.there else chosen.then.digests[0],
        expected_downtime=_downtime(there), health_limit=limit(there, check),
        facts=(*facts(now, chosen.then, history), *schema.facts, how(there)), schema=schema.has,
    )  # fmt: skip


async def restarting(engine: Engine, target: Target, there: SwarmService, now: Image, check: Raw) -> Plan:
    return replace(
        await _plan(engine, Action.RESTART, target, there, now), steps=tuple(step.value for step in UPDATE),
        expected_downtime=_downtime(there), health_limit=limit(there, check), facts=(how(there),),
    )  # fmt: skip


async def scaling(
    engine: Engine, action: Action, target: Target, there: SwarmService, now: Image, check: Raw, replicas: int
) -> Plan:
    values: dict[str, Value | Phrase] = {"before": there.replicas or 0, "after": replicas}
    return replace(
        await _plan(engine, action, target, there, now), steps=tuple(step.value for step in SCALE),
        health_limit=A_TASK + limit_of(check, max(1, replicas)),
        facts=(Phrase("Tasks: {before} → {after}", values),), subjects=(str(replicas),),
    )  # fmt: skip


def how(there: SwarmService) -> Phrase:
    """What an update does, before it is approved: these are then the service's own settings."""
    if side_by_side(there):
        return Phrase(
            "One task after another, the new one before the old one goes; the swarm takes it back by itself if it "
            "fails."
        )
    return Phrase(
        "One task after another, the old one first (its ports or volumes cannot be shared); the swarm takes it back by "
        "itself if it fails."
    )


def limit(there: SwarmService, check: Raw) -> float:
    """Seconds: every task in its turn, and the same again for the way back."""
    return 2 * (A_TASK + limit_of(check, max(1, there.wanted)))


def limit_of(check: Raw, tasks: int) -> float:
    return tasks * (limit_of_check(check) if check else A_TASK)


def _downtime(there: SwarmService) -> float:
    return 0.0 if side_by_side(there) or there.wanted > 1 else 2.0


async def _plan(engine: Engine, action: Action, target: Target, there: SwarmService, now: Image) -> Plan:
    """What all of them share; `started_at` is the moment of the service's last change."""
    return Plan(
        action=action, environment=target.environment.name, service=target.service.name, engine=target.engine,
        engine_id=await engine.identity(), container=there.name, container_id=there.id, image_now=now, image_then=now,
        steps=(), was_healthy=there.well, started_at=there.changed_at,
    )  # fmt: skip
