"""A real application, the runbooks that act on it, and a journal that remembers: what these tests play on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from bot.deployment import Deployment
from bot.phrase import Phrase
from bot.runbook import Evidence, Image, Outcome, Plan
from bot.sandbox.workload import LABEL, Workload
from bot.target import EngineAddress, Environment, Service, Target
from runbooks.docker_engine import DockerEngines
from runbooks.restart import Restart
from runbooks.rollback import Rollback

LONG_AGO = timedelta(hours=2)
SECRET = "s3cr3t-of-ours"


@dataclass
class Notes:
    """A journal in memory; `cancel_after` asks to stop once that step is done."""

    steps: list[str] = field(default_factory=list)
    seen: list[Evidence] = field(default_factory=list)
    cancel_after: str = "nothing"
    told: list[str] = field(default_factory=list)
    counting: bool = False

    async def before(self, step: str) -> None:
        self.steps.append(str(step))

    async def after(self, step: str, detail: str) -> None: ...

    async def evidence(self, evidence: Evidence) -> None:
        self.seen.append(evidence)

    async def said(self, what: str | Phrase, *, instead: bool = False) -> None:
        if instead and self.counting:
            self.told.pop()
        self.told.append(str(what))
        self.counting = instead

    async def cancelled(self) -> bool:
        return self.cancel_after in self.steps


@dataclass
class Stage:
    workload: Workload
    engines: DockerEngines
    target: Target
    rollback: Rollback
    restart: Restart

    @classmethod
    def of(cls, workload: Workload, environment: str = "prod", container: str = "") -> "Stage":
        engines = DockerEngines([EngineAddress("default", workload.host)])
        place = Environment(environment, environment.capitalize(), protected=environment == "prod")
        name = container or workload.container(environment)
        service = Service("ecotrajet", {environment: name})
        target = Target(place, service, "default", name)
        return cls(workload, engines, target, Rollback(engines), Restart(engines))

    def another(self, *options: str, command: Sequence[str] = (), version: str = "v2") -> Target:
        """One more container, without a healthcheck unless the options say which."""
        name = f"{self.workload.prefix}-{uuid4().hex[:6]}"
        mine = ("--name", name, "--label", f"{LABEL}={self.workload.prefix}", "-e", f"DB_PASSWORD={SECRET}")
        quiet = () if any(each.startswith("--health") for each in options) else ("--no-healthcheck",)
        self.workload.docker("run", "-d", *mine, *quiet, *options, self.workload.image(version), *command)
        return replace(self.target, container=name)

    def history(self, *versions: str, running: str = "v2") -> list[Deployment]:
        """`versions` ran before `running`, each an hour, healthy."""
        now = datetime.now(UTC)
        rows = []
        for age, version in enumerate([running, *reversed(versions)]):
            began = now - LONG_AGO * (age + 1)
            rows.append(self.row(version, began, began + LONG_AGO))
        return rows[::-1]

    def row(self, version: str, began: datetime, ended: datetime) -> Deployment:
        image = self.workload.docker("image", "inspect", "-f", "{{.Id}}", self.workload.image(version))
        return Deployment(
            environment=self.target.environment.name,
            service="ecotrajet",
            image_id=image,
            reference=self.workload.image(version),
            digests=(),
            version=version,
            container_id="",
            first_seen=began,
            last_seen=ended,
            healthy_since=began,
            healthy_until=ended,
        )

    async def plan_back_to(self, version: str) -> Plan:
        history = self.history(version)
        return await self.rollback.plan(self.target, [version], history, datetime.now(UTC))

    async def roll_back_to(self, version: str, notes: Notes | None = None) -> Outcome:
        return await self.rollback.run(self.target, await self.plan_back_to(version), notes or Notes())

    def names(self) -> list[str]:
        """Every container of this application, marks included."""
        listed = self.workload.docker(
            "ps", "-a", "--format", "{{.Names}}", "--filter", f"name=^/{self.workload.prefix}"
        )
        return sorted(listed.split())

    def running_version(self) -> str:
        """By the image's label; the container must be the only one and bear its plain name."""
        assert self.names() == [self.target.container]
        seen = self.workload.inspect(self.target.container)
        assert seen["State"]["Running"], seen["State"]
        return str(seen["Config"]["Labels"]["org.opencontainers.image.version"])

    def image(self, version: str) -> Image:
        return Image(self.workload.docker("image", "inspect", "-f", "{{.Id}}", self.workload.image(version)))

    async def plan_unseen(self, named: str) -> Plan:
        """To a version that the history knows nothing of."""
        return await self.rollback.plan(self.target, [named], [], datetime.now(UTC))
