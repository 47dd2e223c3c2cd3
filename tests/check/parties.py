"""Outside parties for the checks: the sandbox for Slack, Twilio and mail, and small servers that misbehave."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bot.check import Finding, KnowsEngines, check
from bot.config import Configuration, load
from bot.errors import UserError
from bot.phrase import Phrase
from bot.sandbox import Sandbox

ROOT = Path(__file__).parent.parent.parent
MANIFEST = ROOT / "manifest.yml"
SECRETS = ("DATABASE_URL", "ECOTRAJET_WEBHOOK_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET",
           "TWILIO_AUTH_TOKEN", "SMTP_URL")  # fmt: skip


class Engines:
    """Who answers for the container engines: those in `away` do not. They hold `images`."""

    def __init__(self, *away: str, images: Iterable[str] = ()) -> None:
        self.away, self.images = away, frozenset(images)

    async def identity(self, engine: str) -> str:
        if engine in self.away:
            raise UserError(Phrase("The engine does not answer."))
        return f"ID-OF-{engine.upper()}"

    async def has(self, engine: str, image: str) -> bool:
        await self.identity(engine)
        return image in self.images


def environment(sandbox: Sandbox, database_url: str, data: Path) -> dict[str, str]:
    """A complete one, in which all is well."""
    return {
        **sandbox.environment(),
        "DATABASE_URL": database_url,
        "ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"),
        "ECOTRAJET_DATA": str(data),
        "ECOTRAJET_PUBLIC_URL": "https://desk.ecotrajet.example",
        "ECOTRAJET_WEBHOOK_TOKEN": "a-webhook-token-of-the-tests",
    }


async def findings(
    environ: Mapping[str, str],
    *,
    engines: KnowsEngines | None = None,
    manifest: Path | None = MANIFEST,
    limit: float = 10.0,
) -> dict[str, Finding]:
    """By what they are about."""
    configuration: Configuration = load(environ, Path("/nowhere"))
    found = await check(configuration, asked=engines or Engines(), manifest=manifest, limit=limit)
    told = " ".join(f"{each.says} {each.mend}" for each in found)
    hidden = [environ[name] for name in SECRETS if environ.get(name)]
    assert [secret for secret in hidden if secret in told] == []
    return {each.what: each for each in found}


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def server(answers: Iterable[tuple[str, Answer]]) -> AsyncIterator[str]:
    """An HTTP server on a free port that answers these paths, by any method."""
    app = web.Application()
    app.add_routes([web.route("*", path, answer) for path, answer in answers])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
