"""The new specification of a Swarm service: pure, on what `docker service inspect` shows.

Every update is ours in the same way: one task after another, the new one first where it can stand beside the old one,
and back by the engine itself when it fails. The mark in the service's own labels tells a repair that it was sent;
such labels restart no task.
"""

import copy
from collections.abc import Mapping
from typing import Any, Final

from runbooks.docker_engine.swarm import SwarmService

MARK: Final = "ecotrajet.run"
REPLICAS: Final = "ecotrajet.replicas"
NANO: Final = 1_000_000_000
LEAST_MONITORED: Final = 5 * NANO


def side_by_side(there: SwarmService) -> bool:
    """May old and new run at once? Not with ports of the host, nor when both would write to the same place."""
    return not there.host_ports and not there.written_mounts


def replaced(there: SwarmService, image: str, mark: str) -> dict[str, Any]:
    """All tasks made anew from `image` (the present one: a restart)."""
    spec = _own(there, mark)
    spec["TaskTemplate"]["ContainerSpec"]["Image"] = image
    # The engine replaces nothing when the words are the same although the tag has moved, or for a restart.
    spec["TaskTemplate"]["ForceUpdate"] = int(spec["TaskTemplate"].get("ForceUpdate") or 0) + 1
    order = "start-first" if side_by_side(there) else "stop-first"
    for key, failed in (("UpdateConfig", "rollback"), ("RollbackConfig", "pause")):
        config = dict(spec.get(key) or {})
        config |= {"Parallelism": 1, "Order": order, "FailureAction": failed}
        config["Monitor"] = max(int(config.get("Monitor") or 0), LEAST_MONITORED)
        spec[key] = config
    return spec


def scaled(there: SwarmService, replicas: int, mark: str) -> dict[str, Any]:
    """So many tasks; how many there were is kept in a label, for the way back."""
    spec = _own(there, mark)
    if there.replicas:
        spec["Labels"][REPLICAS] = str(there.replicas)
    spec["Mode"] = {"Replicated": {"Replicas": replicas}}
    return spec


def before_stop(there: SwarmService) -> int:
    """How many tasks there were before it was scaled to none."""
    kept = str((there.spec.get("Labels") or {}).get(REPLICAS) or "")
    return int(kept) if kept.isdigit() and int(kept) else 1


def sent(there: SwarmService, mark: str) -> bool:
    return (there.spec.get("Labels") or {}).get(MARK) == mark


def _own(there: SwarmService, mark: str) -> dict[str, Any]:
    spec: dict[str, Any] = copy.deepcopy(dict(there.spec))
    labels: Mapping[str, str] = spec.get("Labels") or {}
    spec["Labels"] = {**labels, MARK: mark}
    return spec
