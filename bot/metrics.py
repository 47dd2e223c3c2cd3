"""What Prometheus is told at /metrics. `app` makes one `Metrics` and passes it around: no global registry."""

import platform
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
LATENESS: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)  # seconds; the promise is 2
HANDLING: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds


class Metrics:
    """Counters count as things happen; gauges are set from the database by the worker's round."""

    def __init__(self, version: str = "") -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self.incidents_open = Gauge(
            "ecotrajet_incidents_open", "Open incidents.", ["priority", "status"], registry=registry
        )
        self.pages = Counter(
            "ecotrajet_pages", "Pages by channel, and what became of them.", ["channel", "result"], registry=registry
        )
        self.page_lateness = Histogram(
            "ecotrajet_page_lateness_seconds",
            "From the time a page was due to the provider's acceptance.",
            buckets=LATENESS,
            registry=registry,
        )
        self.webhooks = Counter(
            "ecotrajet_webhooks",
            "Webhook requests by answer.",
            ["source", "result"],
            registry=registry,
        )
        self.webhook_seconds = Histogram(
            "ecotrajet_webhook_seconds",
            "From a webhook's arrival to its answer.",
            ["source"],
            buckets=HANDLING,
            registry=registry,
        )
        self.bodies_waiting = Gauge(
            "ecotrajet_bodies_waiting", "Stored in a flood, and not yet acted upon.", registry=registry
        )
        self._webhooks: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self.runs = Counter("ecotrajet_runs", "Finished runs.", ["action", "result"], registry=registry)
        self.worker_round_age = Gauge(
            "ecotrajet_worker_round_age_seconds", "Since the worker's last complete round.", registry=registry
        )
        self.overdue_levels = Gauge(
            "ecotrajet_overdue_levels", "Escalation levels that should have fired already.", registry=registry
        )
        of_probe = ["probe", "environment", "service"]
        self.probe_up = Gauge("ecotrajet_probe_up", "0: the probe fails.", of_probe, registry=registry)
        self.probe_slow = Gauge("ecotrajet_probe_slow", "1: slower than it may be.", of_probe, registry=registry)
        self.probe_seconds = Gauge(
            "ecotrajet_probe_seconds", "How long the last good answer took.", of_probe, registry=registry
        )
        self.probe_certificate = Gauge(
            "ecotrajet_probe_certificate_expiry_timestamp_seconds", "When the certificate ends.", of_probe,
            registry=registry,
        )  # fmt: skip
        build = Gauge("ecotrajet_build_info", "Always 1.", ["version", "python"], registry=registry)
        build.labels(version, platform.python_version()).set(1)
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)

    def webhook(self, source: str, status: int, seconds: float) -> None:
        """One answered. The children are looked up once each: at full load `labels` costs a twentieth of the rest."""
        known = self._webhooks.get((source, status))
        if known is None:
            known = self.webhooks.labels(source, str(status)), self.webhook_seconds.labels(source)
            self._webhooks[source, status] = known
        known[0].inc()
        known[1].observe(seconds)

    def text(self) -> bytes:
        """The exposition format, as `CONTENT_TYPE`."""
        return generate_latest(self.registry)
