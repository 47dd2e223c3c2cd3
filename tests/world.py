"""A whole desk with people around it: real PostgreSQL, real sockets, Slack, phones and mailboxes played by the sandbox.

Stories speak to a `World`. `world()` runs the desk inside the test; `world(own_process=True)` runs `ecotrajet serve`
as a child, which may be killed at any point and started again.
"""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import yaml

from bot.app import running
from bot.config import load
from bot.sandbox import DEMO_PEOPLE, Sandbox
from bot.sandbox.record import PATIENCE
from bot.store.clock import fast_forward
from tests.killing import PostgresProxy

ROOT = Path(__file__).parent.parent
TOKEN = "a-token-of-the-tests"
STARTS_WITHIN = 20.0


class World:
    """What a story may do and see. Everyone of `DEMO_PEOPLE` is there; Amina or David is on call."""

    def __init__(
        self, sandbox: Sandbox, database_url: str, environment: Mapping[str, str], proxy: PostgresProxy
    ) -> None:
        self.sandbox = sandbox
        self.database_url = database_url
        self.environment = dict(environment)
        self.proxy = proxy
        self.url = f"http://{environment['ECOTRAJET_LISTEN']}"
        self.person = sandbox.person
        self.channel = sandbox.channel
        self.process: asyncio.subprocess.Process | None = None
        self.inside: AsyncExitStack | None = None
        self.http = aiohttp.ClientSession()
        self.watching: asyncpg.Connection | None = None
        self.one_at_a_time = asyncio.Lock()
        self.log_file = Path(environment["ECOTRAJET_DATA"]) / f"serve-{self.url.rpartition(':')[2]}.log"

    # The desk ---------------------------------------------------------------------------------------------------

    async def start(self, *, own_process: bool) -> None:
        if own_process:
            await self.start_process()
        else:
            configuration = load(self.environment)
            self.inside = AsyncExitStack()
            await self.inside.enter_async_context(running(configuration.settings, configuration.desk))
        await self.until_ready()

    async def start_process(self) -> None:
        with self.log_file.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", cwd=ROOT, env={**os.environ, **self.environment},
                stdout=log, stderr=log,
            )  # fmt: skip

    async def until_ready(self) -> None:
        async def ready() -> bool:
            if self.process is not None and self.process.returncode is not None:
                raise AssertionError(f"serve ended with {self.process.returncode}:\n{self.log()}")
            try:
                async with self.http.get(f"{self.url}/readyz") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        await self.eventually(ready, "the desk is ready", STARTS_WITHIN)

    def kill(self) -> None:
        """kill -9, at once."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)

    def freeze(self) -> None:
        """It hangs: nothing moves any more, and nothing is closed."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    async def gone(self, within: float = PATIENCE) -> int:
        """The exit status of the desk's process, once it is over."""
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), within)

    async def crash_and_restart(self) -> None:
        self.kill()
        await self.gone()
        await self.start(own_process=True)

    async def replica(self) -> "World":
        """A second process of the same desk, on the same database and in the same Slack."""
        port = free_port()
        second = World(self.sandbox, self.database_url, {
            **self.environment, "ECOTRAJET_LISTEN": f"127.0.0.1:{port}", "ECOTRAJET_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }, self.proxy)  # fmt: skip
        await second.start(own_process=True)
        return second

    async def close(self) -> None:
        await self.stop()
        await self.http.close()
        if self.watching is not None:
            self.watching.terminate()

    async def stop(self) -> None:
        if self.inside is not None:
            await self.inside.aclose()
            self.inside = None
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.gone()

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")[-6000:] if self.log_file.exists() else ""

    # What happens -----------------------------------------------------------------------------------------------

    async def post(self, path: str, body: object, *, token: str | None = TOKEN) -> tuple[int, Any]:
        """POST JSON to the desk: (status, decoded answer)."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.post(f"{self.url}{path}", json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def alert(self, title: str, *, env: str = "prod", service: str = "ecotrajet", **more: object) -> int:
        """A monitoring tool says so; the number of the incident."""
        alert = {"title": title, "environment": env, "service": service, "severity": "critical", **more}
        status, answer = await self.post("/webhooks/generic", alert)
        assert status == 200, (status, answer)
        return int(answer["alerts"][0]["incident"])

    async def alert_until_taken(self, title: str, within: float = STARTS_WITHIN, **more: object) -> None:
        """As a good sender does: again and again until it is answered with 2xx."""

        async def answered() -> bool:
            try:
                status, _ = await self.post(
                    "/webhooks/generic",
                    {"title": title, "environment": "prod", "service": "ecotrajet", "severity": "critical", **more},
                )
            except (aiohttp.ClientError, TimeoutError):
                return False
            return status == 200

        await self.eventually(answered, "the alert is taken", within)

    async def fast_forward(self, *, minutes: float = 0, hours: float = 0) -> datetime:
        """Let time pass, stopping at each due time until what was due is done."""
        return await fast_forward(self.database_url, timedelta(minutes=minutes, hours=hours))

    # What is so -------------------------------------------------------------------------------------------------

    async def on_call(self) -> Any:
        """The sandbox's person who is on call now, by the desk's own configuration and clock."""
        now = await self.value("SELECT app_now()")
        return self.person(load(self.environment).desk.schedules["astreinte"].on_call(now)[0])

    async def owner(self) -> asyncpg.Connection:
        """A connection that may move the clock."""
        return await asyncpg.connect(self.database_url)

    async def rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Stories look again and again, so their connection is kept; after a restart of PostgreSQL it is a new one."""
        async with self.one_at_a_time:
            try:
                return await self.look(query, *arguments)
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError):
                self.watching = None
                return await self.look(query, *arguments)

    async def look(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        if self.watching is None:
            self.watching = await asyncpg.connect(self.database_url)
        rows: list[asyncpg.Record] = await self.watching.fetch(query, *arguments)
        return rows

    async def value(self, query: str, *arguments: object) -> Any:
        return (await self.rows(query, *arguments))[0][0]

    async def eventually(self, holds: Any, what: str, within: float = PATIENCE) -> None:
        """Wait for `await holds()`; fails with the desk's log when it does not come true."""
        deadline = asyncio.get_running_loop().time() + within
        while not await holds():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"not within {within} s: {what}\n{self.log()}")
            await asyncio.sleep(0.05)  # between two looks; the deadline decides

    async def eventually_value(self, wanted: object, query: str, *arguments: object, within: float = PATIENCE) -> None:
        async def holds() -> bool:
            return bool(await self.value(query, *arguments) == wanted)

        await self.eventually(holds, f"{query} {arguments} = {wanted!r}", within)


@asynccontextmanager
async def new_world(
    database_url: str,
    *,
    own_process: bool = False,
    config: Path | None = None,
    slack_http: bool = False,
    public: bool = True,
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(PostgresProxy.before(database_url))
        sandbox = await stack.enter_async_context(Sandbox(people=DEMO_PEOPLE, manifest=ROOT / "manifest.yml"))
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="ecotrajet-story-"))
        port = free_port()
        environment = {
            **sandbox.environment(),
            "DATABASE_URL": proxy.url,
            "ECOTRAJET_DATA": data,
            "ECOTRAJET_CONFIG": str(config or ROOT / "ecotrajet.example.yaml"),
            "ECOTRAJET_LISTEN": f"127.0.0.1:{port}",
            "ECOTRAJET_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "ECOTRAJET_WEBHOOK_TOKEN": TOKEN,
            **(more or {}),
        }
        if slack_http:
            del environment["SLACK_APP_TOKEN"]
        if public:
            sandbox.bot_at(environment["ECOTRAJET_PUBLIC_URL"], slack_http=slack_http)
        else:  # nobody can call it from outside
            del environment["ECOTRAJET_PUBLIC_URL"]
        world = World(sandbox, database_url, environment, proxy)
        stack.push_async_callback(world.close)
        await world.start(own_process=own_process)
        if environment.get("SLACK_APP_TOKEN") and environment["SLACK_API_URL"].startswith(sandbox.url):
            await sandbox.connected(STARTS_WITHIN)  # the desk is ready without it, but what is typed would be lost
        yield world
        assert not sandbox.violations, sandbox.violations


def edited_config(folder: Path, edit: Callable[[dict[str, Any]], None]) -> Path:
    """The example configuration with something changed, written below `folder`."""
    configuration = yaml.safe_load((ROOT / "ecotrajet.example.yaml").read_text("utf-8"))
    edit(configuration)
    path = folder / "ecotrajet.yaml"
    path.write_text(yaml.safe_dump(configuration, allow_unicode=True), "utf-8")
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
