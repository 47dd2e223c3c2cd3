"""Processes that are measured: started, waited for, ended; databases of their own for each."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import asyncpg

ROOT: Final = Path(__file__).resolve().parent.parent
TOKEN: Final = "benchmark"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(
    arguments: list[str], port: int, path: str, log: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A server once it answers at `path`; ended afterwards. Raises RuntimeError with its last words."""
    with log.open("ab") as words:
        started = subprocess.Popen(
            arguments, cwd=ROOT, env={**os.environ, **environment}, stdout=words, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + 30
        while not answers(f"http://127.0.0.1:{port}{path}"):
            if time.monotonic() > deadline or started.poll() is not None:
                raise RuntimeError(f"{arguments[0]} does not answer: {log.read_text(errors='replace')[-1500:]}")
            time.sleep(0.1)
        yield started
    finally:
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return error.code in (404, 405)
    except OSError:
        return False


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """An empty database on the server that `server` is a database of; dropped afterwards, and the disk left quiet."""
    asyncio.run(_do(server, f"CREATE DATABASE {name}"))
    try:
        head, _, options = server.partition("?")
        yield f"{head.rpartition('/')[0]}/{name}?{options}"
    finally:
        asyncio.run(_do(server, f"DROP DATABASE {name} WITH (FORCE)"))
        asyncio.run(_do(server, "CHECKPOINT"))


@contextmanager
def desk(
    url: str, folder: Path, configuration: str = "workspace: {language: en}\n", port: int = 0, **more: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`ecotrajet serve` as in production on the database `url`: its port and process. It speaks by what `more` sets."""
    folder.mkdir(exist_ok=True)
    file, port = folder / "ecotrajet.yaml", port or free_port()
    file.write_text(configuration, "utf-8")
    environment = {
        "DATABASE_URL": url, "ECOTRAJET_DATA": str(folder), "ECOTRAJET_LISTEN": f"127.0.0.1:{port}",
        "ECOTRAJET_WEBHOOK_TOKEN": TOKEN, "ECOTRAJET_CONFIG": str(file), **more,
    }  # fmt: skip
    arguments = [sys.executable, "-m", "bot", "serve"]
    with process(arguments, port, "/readyz", folder / "serve.log", environment) as started:
        yield port, started


def resident(pid: int) -> float:
    """MiB of memory that a process holds; proc(5), VmRSS."""
    text = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmRSS"))) / 1024


def ask(url: str, query: str) -> object:
    """The first value of a query's answer."""
    return asyncio.run(_ask(url, query))


async def _ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def _do(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
