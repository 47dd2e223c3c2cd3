"""Commands that look into containers and change nothing. Whoever may read a place may use them; nobody else sees."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot import access
from bot.errors import UserError
from bot.notify.blocks.diagnosis import diagnosis_card
from bot.notify.blocks.looks import (
    compare_card,
    diff_card,
    inspect_card,
    networks_card,
    probe_card,
    stats_card,
    top_card,
    usage_chart,
)
from bot.phrase import Phrase
from bot.runbook import ActionClass
from bot.runbook.looks import Probe
from bot.target import Environment, Service, Target, fold, nearest, resolve, resolve_all
from handlers.commands.tools import Asked, Command, Reply, Tools

PROBES: Final[Mapping[str, Probe]] = {
    "disk": Probe.DISK, "df": Probe.DISK, "disque": Probe.DISK, "disks": Probe.DISK, "disques": Probe.DISK,
    "processes": Probe.PROCESSES, "ps": Probe.PROCESSES, "processus": Probe.PROCESSES,
    "ports": Probe.PORTS, "port": Probe.PORTS, "netstat": Probe.PORTS,
    "env": Probe.ENV, "variables": Probe.ENV, "environnement": Probe.ENV,
}  # fmt: skip
OFFERED: Final = "disk, processes, ports, env"


async def top(tools: Tools, asked: Asked) -> Reply:
    target = one(tools, asked, asked.line.words, "/ecotrajet top {place}")
    return top_card(place_of(asked, target), await tools.engines.looks.top(target), asked.reader)


async def stats(tools: Tools, asked: Asked) -> Reply:
    """Of one service, or of all in that environment."""
    targets = several(tools, asked, asked.line.words, "/ecotrajet stats {place}")
    alone = len(targets) == 1
    place = place_of(asked, targets[0]) if alone else asked.reader.place(targets[0].environment.name)
    usages = await tools.engines.looks.stats(targets)
    chart = usage_chart(place, usages, asked.reader)
    if chart is not None:
        await tools.runs.pictures.send(chart, asked.person, asked.by)
    return stats_card(place, usages, asked.reader)


async def inspect(tools: Tools, asked: Asked) -> Reply:
    target = one(tools, asked, asked.line.words, "/ecotrajet inspect {place}")
    return inspect_card(place_of(asked, target), await tools.engines.looks.inspect(target), asked.reader)


async def diff(tools: Tools, asked: Asked) -> Reply:
    """`diff prod`: its files; `diff staging prod`, as people say it too: `compare`."""
    if len(environments_in(tools, asked.line.words)) > 1:
        return await compare(tools, asked)
    target = one(tools, asked, asked.line.words, "/ecotrajet diff {place}")
    return diff_card(place_of(asked, target), await tools.engines.looks.diff(target), asked.reader)


async def compare(tools: Tools, asked: Asked) -> Reply:
    """`compare staging prod`: the first named is shown first."""
    named = environments_in(tools, asked.line.words)
    places = list({place.name: place for place in named.values()}.values())
    if len(places) != 2:
        example = "/ecotrajet compare staging prod"
        raise UserError(Phrase("Which two environments? For example: `{example}`.", {"example": example}))
    rest = [word for word in asked.line.words if word not in named]
    both = [each.name for each in tools.desk.services.values() if all(p.name in each.containers for p in places)]
    rest = rest or both[: len(both) == 1]  # the only one that runs in both need not be named
    first, second = (
        one(tools, asked, [place.name, *rest], f"/ecotrajet compare {other.name} {{place}}")
        for place, other in (places, places[::-1])
    )
    found = await tools.engines.looks.compare(first, second)
    labels = asked.reader.place(first.environment.name), asked.reader.place(second.environment.name)
    schema = await tools.databases.between(
        first.service.name, first.environment.name, second.environment.name, asked.by
    )
    return compare_card(labels, found, asked.reader, schema)


async def networks(tools: Tools, asked: Asked) -> Reply:
    """Of the whole engine where this environment runs."""
    target = several(tools, asked, asked.line.words, "/ecotrajet networks {place}")[0]
    found = await tools.engines.looks.networks(target.engine)
    return networks_card(asked.reader.place(target.environment.name), found, asked.reader)


async def execute(tools: Tools, asked: Asked) -> Reply:
    """A keyword of the allow-list, wherever it stands; never a command."""
    words = asked.line.words
    keyword = next((word for word in reversed(words) if fold(word) in PROBES), None)
    if keyword is None:
        raise UserError(no_such_probe(tools, words))
    at = len(words) - 1 - words[::-1].index(keyword)
    target = one(tools, asked, [*words[:at], *words[at + 1 :]], f"/ecotrajet exec {{place}} {fold(keyword)}")
    probe = PROBES[fold(keyword)]
    answer = await tools.engines.looks.probe(target, probe, asked.line.options.get("grep", ""))
    return probe_card(place_of(asked, target), probe, answer, asked.reader)


async def diagnose(tools: Tools, asked: Asked) -> Reply:
    target = one(tools, asked, asked.line.words, "/ecotrajet diagnose {place}")
    made = await tools.runs.diagnoses.of(target, await tools.engines.looks.findings(target), asked.by)
    if made.incident is not None:
        kept = Phrase("Kept with incident #{number}.", {"number": made.incident})
    elif made.remembered:
        kept = Phrase("No incident is open on it, so nothing was kept.")
    else:
        kept = Phrase("The desk's database does not answer: without its history, and nothing was kept.")
    return diagnosis_card(place_of(asked, target), made.found, made.verdict, made.deployed, asked.reader, kept)


# What is meant ----------------------------------------------------------------------------------------------------


def one(tools: Tools, asked: Asked, words: Sequence[str], example: str) -> Target:
    """The one target meant. Raises UserError, which says what to type: `example` with its `{place}` filled in."""
    places, services = _known(tools)
    try:
        target, rest = resolve(words, places, services)
    except UserError as refused:
        raise UserError(with_example(tools, words, refused.phrase, example)) from refused
    return _allowed(tools, asked, target, rest)


def several(tools: Tools, asked: Asked, words: Sequence[str], example: str) -> list[Target]:
    """Those of one environment; a service may be named. Raises UserError."""
    places, services = _known(tools)
    if len(environments_in(tools, words)) != 1:
        return [one(tools, asked, words, example)]  # one service is enough, or it says what is missing
    targets, rest = resolve_all(words, places, services)
    if not targets or rest:
        return [one(tools, asked, words, example)]
    return [_allowed(tools, asked, target, rest) for target in targets]


def environments_in(tools: Tools, words: Sequence[str]) -> dict[str, Environment]:
    """Word -> the environment it names, in the order typed."""
    known = tools.desk.environments.values()
    found = {word: next((each for each in known if fold(word) in each.answers_to()), None) for word in words}
    return {word: place for word, place in found.items() if place is not None}


def place_of(asked: Asked, target: Target) -> str:
    return asked.reader.place(target.environment.name, target.service.name)


def no_such_probe(tools: Tools, words: Sequence[str]) -> Phrase:
    """Names the word that was meant as one, with the nearest, and all there are."""
    places, services = _known(tools)
    meant = frozenset[str]().union(*(p.answers_to() for p in places), *(s.answers_to() for s in services))
    odd = next((word for word in words if fold(word) not in meant), "")
    values = {"word": odd, "offered": OFFERED, "near": nearest(odd, PROBES) or ""}
    if odd and values["near"]:
        return Phrase("I do not run “{word}”. Did you mean “{near}”? I only run: {offered}.", values)
    if odd:
        return Phrase("I do not run “{word}”: there is no free shell. I only run: {offered}.", values)
    return Phrase("What shall I look at? For example: `/ecotrajet exec prod disk`. There are: {offered}.", values)


def _known(tools: Tools) -> tuple[tuple[Environment, ...], tuple[Service, ...]]:
    return tuple(tools.desk.environments.values()), tuple(tools.desk.services.values())


def _allowed(tools: Tools, asked: Asked, target: Target, rest: Sequence[str]) -> Target:
    if rest:
        raise UserError(Phrase("I do not know “{word}” here.", {"word": rest[0]}))
    desk = tools.desk
    missing = access.why_not(desk.people, desk.teams, asked.by.id, ActionClass.READ, target.environment)
    if missing is not None:
        raise UserError(missing)
    return target


def with_example(tools: Tools, words: Sequence[str], why: Phrase, example: str) -> Phrase:
    """With a place that is there for its `{place}`: in the environment that was named, if one was."""
    named = [place.name for place in environments_in(tools, words).values()]
    there = [
        f"{place} {service.name}"
        for place in (*named, *tools.desk.environments)
        for service in tools.desk.services.values()
        if place in service.containers
    ]
    if not there:
        return why
    return Phrase("{why} For example: `{example}`.", {"why": why, "example": example.format(place=there[0])})


COMMANDS: Final = (
    Command(
        diagnose, ("diagnose", "diagnosis"), ("diagnostic", "diagnostique", "diagnostiquer"), "env [service]",
        Phrase("what is most probably wrong with a service, and what to type next; changes nothing"),
    ),
    Command(
        top, ("top",), ("processus",), "env [service]", Phrase("its processes, without the secrets of their commands")
    ),
    Command(
        stats, ("stats",), ("consommation", "statistiques", "ressources"), "env [service]",
        Phrase("processor, memory against its limit, network and disk, now; as a picture too"),
    ),
    Command(
        inspect, ("inspect",), ("inspecte", "inspecter"), "env [service]",
        Phrase("image digest, ports, mounts, networks, healthchecks; names of variables, never their values"),
    ),
    Command(
        diff, ("diff",), ("fichiers",), "env [service]", Phrase("files that differ from the image's")
    ),
    Command(
        compare, ("compare",), ("comparer",), "env env [service]",
        Phrase("two environments: image, configuration, variables missing or different, values hidden"),
    ),
    Command(networks, ("networks", "network"), ("réseaux", "réseau"), "env", Phrase("networks, and who is in them")),
    Command(
        execute, ("exec",), ("exécute", "exécuter"), Phrase("env [service] disk|processes|ports|env [--grep text]"),
        Phrase("one of these looks from inside the container; there is no free shell"), values=frozenset({"grep"}),
    ),
)  # fmt: skip
