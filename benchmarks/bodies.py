"""The same bodies as intake.lua makes for wrk, for the paced generator: one alert each, all distinct.

60 % P2, 25 % P3, 10 % P1, 5 % information, over 40 services (design, section 8.22).
"""

from collections.abc import Callable
from typing import Final

import msgspec

SERVICES: Final = 40
KINDS: Final = (  # up to this share of a hundred, name, severity, summary, description
    (60, "HighLatency", "warning", "Latency above 2 s on %s", "p95 latency of %s is 2.4 s for 5 minutes."),
    (85, "CacheMisses", "warning", "Cache misses on %s", "The hit ratio of %s is lower than last week."),
    (95, "InstanceDown", "critical", "Instance %s is down", "%s has not answered for 5 minutes."),
    (100, "NightlyReport", "info", "Report of %s is written", "%s has finished."),
)
P1: Final = 2
"""Which of KINDS is a P1."""


def kind_of(number: int) -> int:
    """Which of KINDS the alert of this number is: the mix, spread evenly."""
    return next(index for index, (share, *_) in enumerate(KINDS) if (number * 37) % 100 < share)


def service_of(number: int) -> str:
    return f"service-{number % SERVICES}"


def webhook(number: int, run: str, kind: int, service: str) -> bytes:
    """What Alertmanager posts to a webhook about one alert."""
    _, name, severity, summary, description = KINDS[kind]
    instance = f"node-0-{run}-{number}:9100"
    labels = {"alertname": name, "env": "prod", "instance": instance, "job": "node", "service": service}
    alert = {
        "status": "firing",
        "labels": {**labels, "severity": severity},
        "annotations": {"description": description % instance, "summary": summary % instance},
        "startsAt": "2026-11-23T10:42:00.000Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example:9090/graph?g0.expr=up",
        "fingerprint": f"{run}{number:08x}",
    }
    return msgspec.json.encode({
        "version": "4", "groupKey": f'{{}}:{{instance="{instance}"}}', "truncatedAlerts": 0, "status": "firing",
        "receiver": "ecotrajet", "groupLabels": {"instance": instance}, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093", "alerts": [alert],
    })  # fmt: skip


def requests(path: str, token: str, body: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Whole HTTP requests, by number."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        "User-Agent: Alertmanager/0.25.0\r\nContent-Type: application/json\r\nContent-Length: "
    ).encode()

    def request(number: int) -> bytes:
        content = body(number)
        return b"%s%d\r\n\r\n%s" % (head, len(content), content)

    return request
