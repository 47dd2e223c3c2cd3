"""What to type next, by what was found: each a tuple, the best first."""

from typing import Final

from bot.phrase import Phrase
from bot.runbook.diagnosis.case import Advice, Case

MEMORY: Final = Phrase("its memory against its limit")
NETWORKS: Final = Phrase("who is in which network")
CONFIGURED: Final = Phrase("how it is configured")
WRITTEN: Final = Phrase("what it wrote into its own layer")
BUSY: Final = Phrase("which process it is")


def typed(case: Case, verb: str, what: Phrase) -> Advice:
    return Advice(f"/ecotrajet {verb} {case.place}", what)


def logs(case: Case) -> Advice:
    return Advice(f"/ecotrajet logs {case.place} --tail 100", Phrase("read its last lines"))


def start(case: Case) -> Advice:
    return typed(case, "start", Phrase("start it, and see that it is well"))


def restart(case: Case) -> Advice:
    return typed(case, "restart", Phrase("restart it, with its evidence kept"))


def back(case: Case) -> tuple[Advice, ...]:
    """Back to the version before, when it broke after a deployment."""
    if case.recent is None:
        return ()
    what = Phrase("back to {before}: what runs now is new", {"before": case.recent.before})
    return (typed(case, "rollback", what),)


def of_configuration(case: Case) -> tuple[Advice, ...]:
    names = (
        Advice(f"/ecotrajet exec {case.place} env", Phrase("which variables it has"))
        if case.running
        else typed(case, "inspect", CONFIGURED)
    )
    if not case.elsewhere:
        return (names, *back(case))
    both = f"/ecotrajet compare {case.environment} {case.elsewhere} {case.service}"
    return (Advice(both, Phrase("which variables are missing or differ")), names, *back(case))


def of_image(case: Case) -> tuple[Advice, ...]:
    return (*back(case), typed(case, "diff", WRITTEN), logs(case))


def of_network(case: Case) -> tuple[Advice, ...]:
    networks = Advice(f"/ecotrajet networks {case.environment}", NETWORKS)
    return (Advice(f"/ecotrajet status {case.environment}", Phrase("is what it needs running?")), networks, *back(case))


def of_port(case: Case) -> tuple[Advice, ...]:
    return (Advice(f"/ecotrajet networks {case.environment}", NETWORKS), restart(case))


def of_database(case: Case) -> tuple[Advice, ...]:
    return (*back(case), logs(case))


def of_slowness(case: Case) -> tuple[Advice, ...]:
    return (typed(case, "stats", Phrase("what it uses")), logs(case))
