"""`ecotrajet demo`: the whole product on one machine, in the browser. Everything it starts it stops again."""

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
import yaml
from rich.console import Console
from rich.text import Text

from bot import logs
from bot.app import running
from bot.config import Configuration, load
from bot.sandbox import DEMO_PEOPLE, Sandbox, databases, engine, workload
from bot.sandbox.bucket import BUCKET, bucket
from bot.sandbox.engine import NoEngine, RunningEngine
from bot.sandbox.workload import Workload, WorkloadError
from bot.store.clock import fast_forward
from bot.store.embedded import EmbeddedPostgres

ROOT: Final = Path(__file__).resolve().parent.parent
USUAL_PORT: Final = 8080  # the guide's application has it, too: then any free one
SANDBOX_PORT: Final = 8181
PREFIX: Final = workload.PREFIX


async def run(data: Path, console: Console) -> None:
    """Until Ctrl-C or SIGTERM."""
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    async with AsyncExitStack() as stop:
        console.print("Starting the demo…")
        app = await stop.enter_async_context(application(data, console))
        url, of_app = await stop.enter_async_context(fresh_database(data))
        sandbox = await stop.enter_async_context(sandbox_on(url))
        config = example_for(data, app, of_app, await stop.enter_async_context(bucket()))
        configuration = configured(data, config, url, sandbox, app)
        logs.configure(configuration.secrets(), quiet=True)
        await stop.enter_async_context(running(configuration.settings, configuration.desk))
        console.print(welcome(configuration, sandbox, app), soft_wrap=True)
        await asked_to_stop.wait()
        console.print("\nStopping: the desk, the sandbox, the demo's containers…")
    console.print("Everything that the demo started has ended.")


@asynccontextmanager
async def application(data: Path, console: Console) -> AsyncIterator[Workload | None]:
    """ÉcoTrajet itself, in prod and staging, on a real engine; None, saying so, where there is no engine."""
    found: RunningEngine | None = None
    try:
        found = await asyncio.to_thread(engine.ensure_engine, data)
        if found.started:
            console.print(f"Docker engine started for the demo: {found.host}")
        app = await asyncio.to_thread(workload.start, PREFIX, host=found.host)
        await asyncio.to_thread(app.make_image, workload.MAINTENANCE, health=False)
    except (NoEngine, WorkloadError) as without:
        console.print(f"[yellow]Going on without containers: {without}[/]")
        yield None
    else:
        try:
            yield app
        finally:
            await asyncio.to_thread(workload.stop, PREFIX, host=found.host)
    finally:
        if found is not None and found.started:
            await asyncio.to_thread(engine.stop, data)


@asynccontextmanager
async def fresh_database(data: Path) -> AsyncIterator[tuple[str, Mapping[str, str]]]:
    """The desk's, and those of the application by environment. Empty at each start: Slack and the phones of the last
    demo are gone, so its incidents would page nobody.
    """
    server = EmbeddedPostgres(data)
    async with server as url:
        admin = await asyncpg.connect(server.url_of("postgres"))
        try:
            await admin.execute("DROP DATABASE IF EXISTS ecotrajet WITH (FORCE)")
            await admin.execute("CREATE DATABASE ecotrajet")
        finally:
            await admin.close()
        yield url, await databases.fresh(server)


@asynccontextmanager
async def sandbox_on(url: str) -> AsyncIterator[Sandbox]:
    """`url`: the desk's database, whose clock the page may push."""

    async def pass_time(minutes: int) -> None:
        await fast_forward(url, timedelta(minutes=minutes))

    manifest = ROOT / "manifest.yml"
    async with Sandbox(DEMO_PEOPLE, manifest, port=free_port(SANDBOX_PORT), fast_forward=pass_time) as sandbox:
        yield sandbox


def configured(data: Path, config: Path, database: str, sandbox: Sandbox, app: Workload | None) -> Configuration:
    """The example configuration, aimed at the demo's containers, and the environment that the sandbox gives."""
    port = free_port(USUAL_PORT)
    url = f"http://127.0.0.1:{port}"
    sandbox.bot_at(url)
    environment = {
        **{name: value for name, value in os.environ.items() if name.startswith(("PATH", "HOME", "LANG"))},
        **sandbox.environment(),
        "DATABASE_URL": database,
        "ECOTRAJET_DATA": str(data),
        "ECOTRAJET_CONFIG": str(config),
        "ECOTRAJET_LISTEN": f"127.0.0.1:{port}",
        "ECOTRAJET_PUBLIC_URL": url,
        "ECOTRAJET_WEBHOOK_TOKEN": secrets.token_urlsafe(12),
        **({"DOCKER_HOST": app.host} if app else {}),
    }
    return load(environment)


def example_for(data: Path, app: Workload | None, of_app: Mapping[str, str], s3: str | None) -> Path:
    example: dict[str, Any] = yaml.safe_load((ROOT / "ecotrajet.example.yaml").read_text("utf-8"))
    if app is not None:
        names = {environment: app.container(environment) for environment in ("staging", "prod")}
        example["services"]["ecotrajet"] |= {"containers": names, "required": ["APP_RELEASE"]}
        example["services"]["ecotrajet"]["maintenance_image"] = app.image(workload.MAINTENANCE)
        example["probes"] = {"application": probe_of(app)}
    example["databases"] = {
        place: {"database": url, "environment": place, "service": "ecotrajet"} for place, url in of_app.items()
    }
    if s3 is not None:
        example["backups"] = {"prod": backup_of(of_app["prod"], s3)}
    changed = (datetime.now(UTC) - timedelta(days=80)).date().isoformat()  # the reminder of the first morning
    example["secrets"] = {"supabase-service-role": {"rotated": changed, "environment": "prod"}}
    data.mkdir(parents=True, exist_ok=True)
    path = data / "demo.yaml"
    path.write_text(yaml.safe_dump(example, allow_unicode=True), "utf-8")
    return path


def probe_of(app: Workload) -> dict[str, Any]:
    """The desk looks at production itself: break it by hand, and an incident opens within a minute and a half."""
    url = f"{app.url('prod')}/health"
    return {"environment": "prod", "service": "ecotrajet", "url": url, "slow_after": "2 s", "private": True}


def backup_of(database: str, s3: str) -> dict[str, Any]:
    """Each night's dump, and what brings one back: `/ecotrajet runbook run recuperation prod`."""
    return {
        "database": database, "restore_with": database, "bucket": BUCKET, "endpoint": s3, "environment": "prod",
        "service": "ecotrajet",
    }  # fmt: skip


def welcome(configuration: Configuration, sandbox: Sandbox, app: Workload | None) -> Text:
    """Where to look, what to type first, and a line that raises a P1."""
    settings = configuration.settings
    token = settings.webhook_token.reveal() if settings.webhook_token else ""
    shown = Text()
    shown.append("\nThe demo is ready.\n\n", "bold green")
    shown.append("Slack, phones and mailboxes  ", "bold").append(f"{sandbox.url}/\n", "cyan")
    shown.append("The desk (webhooks, health)  ", "bold").append(f"{settings.public_url}/readyz\n", "cyan")
    if app is not None:
        for name in ("prod", "staging"):
            shown.append(f"{'ÉcoTrajet, ' + name:<29}", "bold").append(f"{app.url(name)}/\n", "cyan")
    shown.append("\n1. Type this in Slack (as Amina):\n", "bold").append("   /ecotrajet status\n", "green")
    shown.append("2. Raise a P1 from another terminal:\n", "bold").append(
        f"   {curl(settings.public_url, token)}\n", "green"
    )
    shown.append("3. Answer the SMS on the page: ").append("ack\n", "green")
    if app is not None:
        shown.append("4. Break production by hand, then roll it back:\n", "bold")
        shown.append(f"   {break_it(app)}\n", "green").append("   /ecotrajet rollback prod", "green")
        shown.append("   then approve it as Bruno\n")
        shown.append("5. Take it away behind its maintenance page: ")
        shown.append("/ecotrajet stop prod --confirm prod", "green").append(", then bring it back: ")
        shown.append("/ecotrajet start prod\n", "green")
    if configuration.desk.backups:
        shown.append("6. Bring the last backup of production's database back, in ten steps and by two people:\n")
        shown.append("   /ecotrajet runbook run recuperation prod --confirm prod\n", "green")
    shown.append("\nCtrl-C stops everything and leaves no container behind.", "dim")
    return shown


def curl(url: str | None, token: str) -> str:
    body = (
        '{"title": "Database connection lost", "environment": "prod", "service": "ecotrajet", "severity": "critical"}'
    )
    return f"curl -H 'Authorization: Bearer {token}' -d '{body}' {url}/webhooks/generic"


def break_it(app: Workload) -> str:
    name = app.container("prod")
    return (
        f"docker -H {app.host} rm -f {name} && docker -H {app.host} run -d --name {name} --network {app.network}"
        f" --label {workload.LABEL}={app.prefix} --restart unless-stopped"
        f" -p 127.0.0.1:{app.ports['prod']}:{workload.PORT} {app.image('v3-broken')}"
    )


def free_port(wanted: int) -> int:
    """`wanted` if nobody has it, else any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server will: a moment ago is free
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
