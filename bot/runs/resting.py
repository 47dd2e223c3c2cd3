"""A service that its people stop: its probes open no incident about that."""

from dataclasses import replace

from bot.desk import Desk
from bot.phrase import Phrase
from bot.probe import RESTS
from bot.runbook import Action, Plan


def told(desk: Desk, plan: Plan) -> Plan:
    """The plan of a stop says so, where there are probes, to whoever approves it."""
    place = (plan.environment, plan.service)
    if plan.action is not Action.STOP or all(
        (each.environment, each.service) != place for each in desk.probes.values()
    ):
        return plan
    said = Phrase("Its probes open no incident meanwhile, for {length} at most.", {"length": RESTS})
    return replace(plan, warnings=(*plan.warnings, said))
