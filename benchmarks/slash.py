"""How soon is a slash command acknowledged, beside a bare bolt app that only echoes it? In both delivery modes.

    python -m benchmarks.slash [--commands 1000]

The desk is whole: `serve` as in production on an embedded PostgreSQL that flushes to disk, its worker at work, and
what it answers goes to Slack afterwards. The echo is what bolt's own documentation begins with. Each is a process of
its own with a sandbox of its own; commands are typed in turn, one here and one there, so that whatever else the machine
does meets both. The clock starts before the sandbox writes the request, or the envelope, and stops when the ack has
been read.
"""

import argparse
import asyncio
import os
import statistics
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.machine import ROOTS, Watched
from benchmarks.paced import percentile
from benchmarks.servers import ROOT, desk, free_port, process
from bot.sandbox import DEMO_PEOPLE, Sandbox
from bot.store.embedded import EmbeddedPostgres

WANTED: Final = 1.5
WARM: Final = 50
EVERY: Final = 0.05  # seconds between two commands: ten people a second who type at once
COMMANDS: Final = ("aide", "incidents", "astreinte", "tâches", "show 1", "timeline 1", "why 1", "nonsense")
DESK, ECHO = "the desk", "bare bolt echo"


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds to each ack; `missed`: commands without one in three seconds."""

    acks: tuple[float, ...]
    missed: int

    def at(self, share: float) -> float:
        return percentile(self.acks, share)


@dataclass(frozen=True, slots=True)
class Mode:
    name: str
    found: Mapping[str, Measured]

    @property
    def ratio(self) -> float:
        """Of the p99s."""
        return self.found[DESK].at(0.99) / self.found[ECHO].at(0.99)


async def measured(http: bool, commands: int, folder: Path, url: str) -> Mode:
    async with AsyncExitStack() as stack:
        doors = {
            DESK: await stack.enter_async_context(speaking(folder / "desk", http, url)),
            ECHO: await stack.enter_async_context(speaking(folder / "echo", http, None)),
        }
        found: dict[str, list[float]] = {name: [] for name in doors}
        missed = dict.fromkeys(doors, 0)
        for number in range(commands + WARM):
            for name in (DESK, ECHO) if number % 2 else (ECHO, DESK):
                person = doors[name].person("bruno")
                delivery = await person.types(f"/ecotrajet {COMMANDS[number % len(COMMANDS)]}", channel="incidents")
                if number >= WARM:
                    found[name] += [delivery.ack_ms] if delivery.ack_ms is not None else []
                    missed[name] += delivery.ack_ms is None
                await asyncio.sleep(EVERY)
        return Mode(
            "HTTP" if http else "Socket Mode",
            {name: Measured(tuple(sorted(acks)), missed[name]) for name, acks in found.items()},
        )


@asynccontextmanager
async def speaking(folder: Path, http: bool, url: str | None) -> AsyncIterator[Sandbox]:
    """The sandbox of a desk on the database `url`, or of the echo when there is none, once it listens."""
    port = free_port()
    async with Sandbox(people=DEMO_PEOPLE, manifest=ROOT / "manifest.yml") as sandbox:
        public = f"http://127.0.0.1:{port}"
        sandbox.bot_at(public, slack_http=http)
        environment = {**sandbox.environment(), "ECOTRAJET_PUBLIC_URL": public}
        if http:
            environment["SLACK_APP_TOKEN"] = ""
        stop = ExitStack()
        try:
            if url is None:
                arguments = [sys.executable, "-m", "benchmarks.slash", "--echo", str(port)]
                started: Any = process(arguments, port, "/healthz", folder.with_suffix(".log"), environment)
            else:
                text = (ROOT / "ecotrajet.example.yaml").read_text("utf-8")
                started = desk(url, folder, text, port=port, **environment)
            await asyncio.to_thread(stop.enter_context, started)
            if not http:
                await sandbox.connected()
            yield sandbox
        finally:
            await asyncio.to_thread(stop.close)


def echo_app() -> AsyncApp:
    """As bolt's documentation has it, with the address of the sandbox."""
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=os.environ.get("SLACK_SIGNING_SECRET", ""))

    @app.command("/ecotrajet")
    async def echo(ack: Any, command: dict[str, Any]) -> None:
        await ack(command["text"])

    return app


async def serve_echo(port: int) -> None:
    """Until it is ended. `/healthz` answers once it listens."""
    app = echo_app()

    async def slack(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async def well(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    server = web.Application()
    server.add_routes([web.post("/slack/events", slack), web.get("/healthz", well)])
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    if os.environ.get("SLACK_APP_TOKEN"):
        await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect_async()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped
    await asyncio.Event().wait()


def report(modes: Sequence[Mode], doubt: str) -> list[str]:
    lines = [f"{'milliseconds to the ack':<28}{'p50':>8}{'p90':>8}{'p99':>8}{'worst':>8}{'missed':>8}"]
    for mode in modes:
        for name, found in mode.found.items():
            shown = "".join(f"{value:>8.2f}" for value in (*map(found.at, (0.5, 0.9, 0.99)), found.acks[-1]))
            lines.append(f"{mode.name + ': ' + name:<28}{shown}{found.missed:>8}")
        reached = "reached" if kept(mode) else "NOT REACHED"
        lines.append(f"   p99 of the desk ÷ echo: {mode.ratio:.2f}, wanted < {WANTED}: {reached} {doubt}".rstrip())
    return lines


def kept(mode: Mode) -> bool:
    return mode.ratio < WANTED and not mode.found[DESK].missed


async def run(commands: int) -> int:
    watched = Watched()
    with TemporaryDirectory(prefix="ecotrajet-slash-") as place:
        own, modes = EmbeddedPostgres(Path(place)), []
        async with own as url:
            ROOTS.add(int((own.cluster.data / "postmaster.pid").read_text("ascii").split()[0]))
            for http in (True, False):
                with watched.during("HTTP" if http else "Socket Mode"):
                    modes.append(await measured(http, commands, Path(place), url))
    doubt = "(in doubt: not a quiet machine)" if watched.noisy else ""
    print("\n".join(report(modes, doubt)))
    for what, shares in watched.others.items():
        print(f"   {what}: others used {statistics.mean(shares):.0%} of the processors")
    return 0 if all(map(kept, modes)) and not watched.noisy else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commands", type=int, default=1000)
    parser.add_argument("--echo", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.echo:
        asyncio.run(serve_echo(chosen.echo))
        return 0
    return asyncio.run(run(chosen.commands))


if __name__ == "__main__":
    sys.exit(main())
