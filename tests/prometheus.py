"""Debian's real Prometheus and Alertmanager as child processes, watching a small exporter whose figure a test sets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.world import free_port

STARTS_WITHIN: Final = 20.0
STOPS_WITHIN: Final = 5.0
LOOK_EVERY: Final = 0.1


@dataclass(slots=True)
class Exporter:
    """What Prometheus scrapes: one figure for each instance; 0 means that it does not answer."""

    up: dict[str, int] = field(default_factory=lambda: {"web-1": 1})

    async def metrics(self, _request: web.Request) -> web.Response:
        lines = [f'trip_service_up{{host="{host}"}} {figure}' for host, figure in self.up.items()]
        return web.Response(text="\n".join(["# TYPE trip_service_up gauge", *lines, ""]))


@dataclass(slots=True)
class Monitoring:
    """The two of them, running. Alerts go to the desk; `exporter.up["web-1"] = 0` makes the rule fire."""

    exporter: Exporter
    prometheus: str
    alertmanager: str
    http: aiohttp.ClientSession
    integration: str = "webhook"

    async def alerts(self) -> list[dict[str, Any]]:
        """What Alertmanager holds, with its own fingerprints."""
        async with self.http.get(f"{self.alertmanager}/api/v2/alerts") as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    async def counted(self, name: str) -> float:
        """The sum of one of Alertmanager's own counters for its way to the desk."""
        async with self.http.get(f"{self.alertmanager}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return sum(
            float(line.split()[-1]) for line in lines if line.startswith(f'{name}{{integration="{self.integration}"')
        )


@asynccontextmanager
async def monitoring(folder: Path, desk: str, token: str, integration: str = "webhook") -> AsyncIterator[Monitoring]:
    """Everything up and ready; scraping, evaluating and sending as fast as they can.

    `integration`: by which of Alertmanager's own ways, `webhook`, `pagerduty` or `opsgenie`.
    """
    exporter = Exporter()
    app = web.Application()
    app.add_routes([web.get("/metrics", exporter.metrics)])
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(app))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        alertmanager, prometheus = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        write(folder / "alertmanager.yml", alertmanager_settings(desk, token, integration))
        write(folder / "rules.yml", RULES)
        write(folder / "prometheus.yml", prometheus_settings(f"127.0.0.1:{server.port}", alertmanager))
        for command, address in (
            (alertmanager_command(folder, alertmanager), alertmanager),
            (prometheus_command(folder, prometheus), prometheus),
        ):
            log = folder / f"{command[0]}.log"
            child = await stack.enter_async_context(child_process(command, log))
            await eventually(ready(http, address, child, log), f"{command[0]} is ready", STARTS_WITHIN)
        yield Monitoring(exporter, f"http://{prometheus}", f"http://{alertmanager}", http, integration)


RULES: Final = {
    "groups": [
        {
            "name": "trip",
            "interval": "500ms",
            "rules": [
                {
                    "alert": "TripServiceDown",
                    "expr": "trip_service_up == 0",
                    "labels": {"severity": "critical", "env": "production", "service": "ecotrajet"},
                    "annotations": {
                        "summary": "ÉcoTrajet does not answer on {{ $labels.host }}",
                        "description": "The health probe of {{ $labels.host }} fails.",
                    },
                }
            ],
        }
    ]
}


def prometheus_settings(exporter: str, alertmanager: str) -> dict[str, object]:
    return {
        "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
        "scrape_configs": [{"job_name": "trip", "static_configs": [{"targets": [exporter]}]}],
    }


def alertmanager_settings(desk: str, token: str, integration: str) -> dict[str, object]:
    ways: dict[str, dict[str, object]] = {
        "webhook": {
            "url": f"{desk}/webhooks/alertmanager",
            "http_config": {"authorization": {"type": "Bearer", "credentials": token}},
        },
        "pagerduty": {
            "url": f"{desk}/v2/enqueue", "routing_key": token, "severity": "{{ .CommonLabels.severity }}",
            "details": {"environment": "{{ .CommonLabels.env }}", "service": "{{ .CommonLabels.service }}"},
        },
        "opsgenie": {
            "api_url": f"{desk}/", "api_key": token, "update_alerts": True, "priority": "P1",
            "details": {"environment": "{{ .CommonLabels.env }}", "service": "{{ .CommonLabels.service }}"},
        },
    }  # fmt: skip
    way = {"send_resolved": True, **ways[integration]}
    route = {"receiver": "desk", "group_by": ["alertname"], "group_wait": "0s", "group_interval": "1s"}
    return {
        "route": {**route, "repeat_interval": "4h"},
        "receivers": [{"name": "desk", f"{integration}_configs": [way]}],
    }


def prometheus_command(folder: Path, address: str) -> list[str]:
    return [
        "prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address={address}", "--rules.alert.resend-delay=1s", "--log.level=warn",
    ]  # fmt: skip


def alertmanager_command(folder: Path, address: str) -> list[str]:
    return [
        "prometheus-alertmanager", f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}", f"--web.listen-address={address}", "--cluster.listen-address=",
        "--log.level=warn",
    ]  # fmt: skip


def write(path: Path, settings: object) -> None:
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")


@asynccontextmanager
async def child_process(command: Sequence[str], log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Stopped at the end of the block; should the tests be killed, the kernel takes the child along."""
    with log.open("wb") as output:
        child = await asyncio.create_subprocess_exec(
            "setpriv", "--pdeathsig", "KILL", *command, stdout=output, stderr=output
        )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
            try:
                await asyncio.wait_for(child.wait(), STOPS_WITHIN)
            except TimeoutError:
                child.kill()
                await child.wait()


def ready(
    http: aiohttp.ClientSession, address: str, child: asyncio.subprocess.Process, log: Path
) -> Callable[[], Awaitable[bool]]:
    async def answers() -> bool:
        if child.returncode is not None:
            raise AssertionError(f"ended with {child.returncode}: {log.read_text(errors='replace')[-2000:]}")
        try:
            async with http.get(f"http://{address}/-/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    return answers


async def eventually(holds: Callable[[], Awaitable[bool]], what: str, within: float) -> None:
    deadline = asyncio.get_running_loop().time() + within
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {within} s: {what}")
        await asyncio.sleep(LOOK_EVERY)  # between two looks; the deadline decides
