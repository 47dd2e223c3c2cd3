"""Services of Docker Swarm, by the same verbs as containers: the swarm replaces the tasks, we plan, follow and tell.

A desk that dies in the middle finds its own mark on the service and follows on.
"""

from runbooks.swarm.kinds import ByKind
from runbooks.swarm.scale import Scale, SwarmStart, SwarmStop
from runbooks.swarm.update import SwarmReplacement, SwarmRestart

__all__ = ["ByKind", "Scale", "SwarmReplacement", "SwarmRestart", "SwarmStart", "SwarmStop"]
