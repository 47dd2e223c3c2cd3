"""The frozen plan of a replacement: steps, differences, warnings, and how long it may take."""

from collections.abc import Sequence
from typing import Final

from bot.deployment import Deployment, Source
from bot.phrase import Phrase, Value
from bot.postgres import Applied
from bot.runbook import Action, Image, Plan, Step
from bot.target import Target
from runbooks import schemas, warnings
from runbooks.docker_engine import hands
from runbooks.docker_engine.gate import MARGIN, SETTLE, limit_of_check
from runbooks.docker_engine.look import Raw
from runbooks.docker_engine.marks import Was, was
from runbooks.docker_engine.survey import Survey

SWITCH: Final = 1.0  # seconds measured from the stop to the new one's start, rounded up (docker.md section 5)
FORWARD: Final = (
    *(Step.EVIDENCE, Step.PIN, Step.CREATE, Step.CONNECT, Step.NO_RESTART, Step.STOP),
    *(Step.RENAME_OLD, Step.RENAME_NEW, Step.START, Step.GATE, Step.COMMIT, Step.REMOVE_OLD),
)


def frozen(
    action: Action, target: Target, found: Survey, now: Image, then: Image, there: Raw | None,
    history: Sequence[Deployment], applied: Applied, *, never_seen: bool = False, warned: Sequence[Phrase] = (),
) -> Plan:  # fmt: skip
    """`there`: the inspected new image, None when it is still to be fetched; `history` tells who deployed what,
    `applied` what the database has.
    """
    raw, config_then = found.seen.raw, (there or {}).get("Config") or {}
    health = warnings.health_of(raw, found.config, config_then)
    mounts = warnings.bind_mounts(raw, config_then)
    schema = schemas.judge(found.config, config_then if there else None, applied)
    told = warnings.of_replacing(raw, found.config, config_then, found.written) if there else [_not_here(then)]
    told = [*schema.warnings, *told]
    told += found.beside
    if found.seen.state not in hands.UP:
        told.insert(0, Phrase("It is not running now: this starts it."))
    if never_seen:
        told.insert(0, Phrase("{image} has never been seen healthy here.", {"image": then.name}))
    return Plan(
        action=action,
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
        warnings=(*warned, *([mounts] if mounts else []), *told),
        asks=warnings.asked(mounts, schema.asks),
        was_healthy=was(found.seen) is Was.WELL,
        pull="" if there else then.digests[0],
        expected_downtime=SWITCH,
        stop_limit=float(found.seen.stop_timeout) if found.seen.running else 0.0,
        health_limit=limit_of_check(health) if health else SETTLE + MARGIN,
        facts=(*facts(now, then, history), *schema.facts),
        schema=schema.has,
    )


def facts(now: Image, then: Image, history: Sequence[Deployment]) -> tuple[Phrase, ...]:
    """What the image really is, and who put what there before."""
    told = [Phrase("New image: {digest}", {"digest": then.digests[0] if then.digests else then.id})]
    told.append(Phrase("Present image: {digest}", {"digest": now.digests[0] if now.digests else now.id}))
    newest = sorted(history, key=lambda each: each.first_seen, reverse=True)
    running = next((each for each in newest if each.image_id == now.id), None)
    if running is not None:
        told.append(_put_there(running))
    before = next((each for each in newest if each.image_id == then.id), None)
    if before is not None:
        at: dict[str, Value | Phrase] = {"image": then.name, "at": before.first_seen, "until": before.last_seen}
        told.append(Phrase("{image} ran here before, from {at} to {until}.", at))
    return tuple(told)


def _put_there(row: Deployment) -> Phrase:
    values: dict[str, Value | Phrase] = {"image": row.name, "at": row.first_seen, "name": row.actor}
    if not row.actor:
        return Phrase("{image} runs since {at}, put there without the desk.", values)
    if row.source == Source.ROLLBACK:
        return Phrase("{image} runs since {at}, rolled back to by {name}.", values)
    return Phrase("{image} runs since {at}, deployed by {name}.", values)


def _not_here(then: Image) -> Phrase:
    return Phrase("{image} is no longer on the engine: it is fetched from its registry first.", {"image": then.name})
