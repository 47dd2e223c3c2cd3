"""`ecotrajet check` looks whether the services' databases let us in, and as whom."""

from uuid import uuid4

from bot.check.databases import all_databases
from bot.check.finding import Verdict
from tests.databases.stage import ServiceDatabases, service_databases
from tests.world import free_port

__all__ = ["service_databases"]


async def test_each_is_asked_and_a_role_that_may_too_much_or_too_little_is_told(
    service_databases: ServiceDatabases,
) -> None:
    role, url = f"look_{uuid4().hex[:12]}", service_databases.prod
    await service_databases.do(url, f"CREATE ROLE {role} LOGIN")
    looking = url.replace("//postgres@", f"//{role}@", 1)
    gone = f"postgresql://u:hunter2hunter2@127.0.0.1:{free_port()}/d"
    try:
        entries = [service_databases.entry(url=each) for each in (url, looking, gone)]
        admin, blind, away = await all_databases(entries)
        assert (admin.verdict, "may also write" in admin.says) == (Verdict.WARNING, True)
        assert (blind.verdict, "sees only its own queries" in blind.says) == (Verdict.WARNING, True)
        assert (away.verdict, "does not answer" in away.says) == (Verdict.PROBLEM, True)
        assert "hunter2" not in str(away)
        await service_databases.do(url, f"GRANT pg_monitor TO {role}")
        (right,) = await all_databases([entries[1]])
        assert right.verdict is Verdict.OK
        assert "prod ecotrajet, PostgreSQL" in right.says
    finally:
        await service_databases.do(url, f"DROP OWNED BY {role}; DROP ROLE {role}")
