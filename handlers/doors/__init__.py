"""Doors that look like other tools': their senders change an address and nothing else.

Each body goes through the same reception as `/webhooks/…`: stored first, answered 503 when the database is away.
"""

from collections.abc import Callable

from aiohttp import web

from bot.lifecycle import Lifecycle
from bot.lifecycle.doors import Doors
from handlers.doors.entrance import Entrance, Ping
from handlers.doors.incidentio import IncidentIo
from handlers.doors.oncall import OnCall
from handlers.doors.opsgenie import Opsgenie
from handlers.doors.pagerduty import PagerDuty
from handlers.webhooks import Webhooks

__all__ = ["routes"]


def routes(webhooks: Webhooks, lifecycle: Lifecycle, doors: Doors, ping: Ping) -> list[web.RouteDef]:
    """The one visible list of drop-in doors. `ping`: a sign of life; False when no heartbeat has this name."""
    entrance = Entrance(webhooks.reception, webhooks.keys, webhooks.tell, webhooks.metrics)
    every: list[Callable[[], list[web.RouteDef]]] = [
        PagerDuty(entrance, doors).routes,
        Opsgenie(entrance, doors, lifecycle, ping).routes,
        OnCall(entrance, webhooks.subscriptions, ping).routes,
        IncidentIo(entrance).routes,
    ]
    return [route for door in every for route in door()]
