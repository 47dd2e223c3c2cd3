"""Answers to looks: processes, figures, configuration, files, differences, networks, a program's output."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.chart import Chart, Kind, Series
from bot.deployment import short
from bot.notify.blocks.figures import bar, share, size
from bot.notify.blocks.parts import Block, Card, card, code, context, escape, fields, line, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.status import health
from bot.phrase import Phrase, Value
from bot.postgres import Finding
from bot.runbook.looks import Answer, Changed, Comparison, Fact, Files, Inspection, Network, Probe, Processes, Usage

WIDEST: Final = 44  # characters of a column but the last
NAMES_SHOWN: Final = 60
HEALTH_SHOWN: Final = 1200
SIGNS: Final = {Changed.ADDED: "+", Changed.CHANGED: "~", Changed.DELETED: "-"}


def top_card(place: str, shown: Sequence[Processes], reader: Reader) -> Card:
    """`place`: `Production · ecotrajet`."""
    heading = reader.say(Phrase("Processes of {place}", {"place": line(place)}))
    blocks: list[Block] = [section(f"*{heading}*")]
    for each in shown:
        blocks += [context(f"`{line(each.container)}`"), section(head(table([each.titles, *each.rows])))]
        if each.more:
            blocks.append(context(reader.say(Phrase("… and {count} more", {"count": each.more}))))
    return card(heading, blocks)


def stats_card(place: str, usages: Sequence[Usage], reader: Reader) -> Card:
    heading = reader.say(Phrase("What {place} uses now", {"place": line(place)}))
    shown = [section(f"*{heading}*"), *(section(_usage(each, reader)) for each in usages)]
    if any(each.problem is None for each in usages):
        shown.append(context(reader.say(Phrase("📊 The same as a picture comes into your messages with me."))))
    return card(heading, shown)


def usage_chart(place: str, usages: Sequence[Usage], reader: Reader) -> Chart | None:
    """Shares of processor and memory; None when nothing can be drawn."""
    drawn = [each for each in usages if each.problem is None]
    if not drawn:
        return None
    several = len({each.service for each in drawn}) < len(drawn)
    processor, memory = [each.cpu_share for each in drawn], [each.memory_share for each in drawn]
    told = [f"{share(each.memory_share, reader)} · {size(each.memory, reader)}" for each in drawn]
    series = (
        Series(reader.say(Phrase("Processor")), _rounded(processor), tuple(share(each, reader) for each in processor)),
        Series(reader.say(Phrase("Memory")), _rounded(memory), tuple(told)),
    )
    labels = tuple(each.container if several else each.service for each in drawn)
    title = reader.say(Phrase("What {place} uses now", {"place": place}))
    return Chart(Kind.BARS, title, labels, series, unit="%", limit=100.0)


def _rounded(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(value, 1) for value in values)


def _usage(each: Usage, reader: Reader) -> str:
    head = f"*{line(each.service)}* · `{line(each.container)}`"
    if each.problem is not None:
        return f"{head}\n⚠️ {escape(reader.say(each.problem))}"
    return f"{head}\n{code(figures(each, reader))}"


def figures(each: Usage, reader: Reader) -> str:
    """Lines of a bar and what it means, in columns."""
    cores: dict[str, Value | Phrase] = {"share": share(each.cpu_share, reader), "cores": round(each.cores, 2)}
    processor = reader.say(Phrase("{share} of {cores} cores", cores))
    of: dict[str, Value | Phrase] = {"used": size(each.memory, reader), "limit": size(each.memory_limit, reader)}
    memory = Phrase("{used} of {limit}", of) if each.limited else Phrase("{used} of the host's {limit}, no limit", of)
    network: dict[str, Value | Phrase] = {"received": size(each.received, reader), "sent": size(each.sent, reader)}
    disk: dict[str, Value | Phrase] = {"read": size(each.read, reader), "written": size(each.written, reader)}
    rows = (
        (Phrase("Processor"), f"{bar(each.cpu_share)} {processor}"),
        (Phrase("Memory"), f"{bar(each.memory_share)} {share(each.memory_share, reader)} · {reader.say(memory)}"),
        (Phrase("Network"), reader.say(Phrase("{received} in, {sent} out", network))),
        (Phrase("Disk"), reader.say(Phrase("{read} read, {written} written", disk))),
        (Phrase("Processes"), str(each.processes)),
    )
    return table([(reader.say(label), value) for label, value in rows])


def inspect_card(place: str, seen: Inspection, reader: Reader) -> Card:
    heading = reader.say(Phrase("How {place} is made", {"place": line(place)}))
    image = f"*{line(seen.version)}* · {line(seen.reference)} · `{short(seen.image_id)}`"
    digests = [f"`{line(digest, 300)}`" for digest in seen.digests[:2]]
    blocks = [section(f"*{heading}*\n`{line(seen.container)}`"), section("\n".join([image, *digests]))]
    blocks.append(fields([(reader.say(label), value) for label, value in _facts(seen, reader)]))
    blocks += [section(f"*{reader.say(label)}*\n{value}") for label, value in _lists(seen, reader) if value]
    if seen.health_log:
        shown = code("\n".join(seen.health_log), HEALTH_SHOWN)
        blocks.append(section(f"*{reader.say(Phrase('Last healthchecks'))}*\n{shown}"))
    hints = [Phrase("Values of variables are never shown.")]
    if seen.others:
        hints.append(Phrase("{count} more containers of this service are not shown.", {"count": seen.others}))
    return card(heading, [*blocks, context(*(reader.say(hint) for hint in hints))])


def _facts(seen: Inspection, reader: Reader) -> list[tuple[Phrase, str]]:
    state = line(seen.state)
    if seen.exit_code is not None:
        state += " · " + reader.say(Phrase("exit code {code}", {"code": str(seen.exit_code)}))
    if seen.oom_killed:
        state += " · " + reader.say(Phrase("killed: out of memory"))
    if seen.error:
        state += f" · {line(seen.error)}"
    none = reader.say(Phrase("no limit"))
    found = [
        (Phrase("State"), state),
        (Phrase("Health"), reader.say(health(seen.health))),
        (Phrase("Since"), reader.time(seen.started) if seen.started else "—"),
        (Phrase("Restarts"), f"{seen.restarts} · `{line(seen.restart_policy)}`"),
        (Phrase("Memory limit"), size(seen.memory_limit, reader) if seen.memory_limit else none),
        (Phrase("Cores"), f"{seen.cores:g}" if seen.cores else none),
        (Phrase("Command"), f"`{line(seen.command, 300)}`"),
        (Phrase("User"), line(seen.user or "root")),
    ]
    return [*found, (Phrase("Database schema"), line(seen.schema))] if seen.schema else found


def _lists(seen: Inspection, reader: Reader) -> list[tuple[Phrase, str]]:
    read_only = f" ({reader.say(Phrase('read only'))})"
    mounts = [
        f"`{line(each.target)}` ← {line(each.kind)} `{line(each.source, 80)}`{'' if each.writable else read_only}"
        for each in seen.mounts
    ]
    networks = [f"`{line(name)}` {line(address)}".rstrip() for name, address in seen.networks.items()]
    empty = reader.say(Phrase("empty"))
    variables = [f"{name} ({empty})" if name in seen.empty else name for name in seen.variables]
    return [
        (Phrase("Ports"), "\n".join(f"`{line(port)}`" for port in seen.ports)),
        (Phrase("Mounts"), "\n".join(mounts)),
        (Phrase("Networks"), "\n".join(networks)),
        (Phrase("Variables"), names(variables)),
    ]


def diff_card(place: str, files: Files, reader: Reader) -> Card:
    heading = reader.say(Phrase("What {place} wrote over its image", {"place": line(place)}))
    counts: dict[str, Value | Phrase] = {
        "added": files.counts[Changed.ADDED], "changed": files.counts[Changed.CHANGED],
        "deleted": files.counts[Changed.DELETED],
    }  # fmt: skip
    total = reader.say(Phrase("Added (+): {added} · changed (~): {changed} · deleted (-): {deleted}", counts))
    if not files.shown:
        nothing = reader.say(Phrase("Nothing: all its files are those of its image, or in volumes."))
        return card(heading, [section(f"*{heading}*"), section(nothing)])
    shown = "\n".join(f"{SIGNS[kind]} {path}" for kind, path in files.shown)
    blocks = [section(f"*{heading}*\n{total}"), section(head(shown))]
    if files.cut or sum(files.counts.values()) > len(files.shown):
        more = Phrase("There are still more than were counted.") if files.cut else Phrase("Only the first are shown.")
        blocks.append(context(reader.say(more)))
    return card(heading, [*blocks, context(reader.say(Phrase("All of it is lost when the container is replaced.")))])


def compare_card(places: tuple[str, str], found: Comparison, reader: Reader, schema: Finding | None = None) -> Card:
    """`places`: the two environments' labels; `schema`: how the migrations of their databases stand to each other."""
    here, there = map(line, places)
    heading = reader.say(Phrase("{here} against {there}", {"here": here, "there": there}))
    blocks = [section(f"*{heading}*\n`{line(found.containers[0])}` · `{line(found.containers[1])}`")]
    if found.alike:
        same = Phrase("Both are alike: image, configuration and all {count} variables.", {"count": found.same})
        blocks.append(section(reader.say(same)))
    rows = [
        f"*{reader.say(FACTS[fact])}*\n{here}: `{line(one) or '—'}`\n{there}: `{line(other) or '—'}`"
        for fact, (one, other) in found.facts.items()
    ]
    blocks += [section(row) for row in rows]
    told = (
        (Phrase("Variables only in {place}", {"place": here}), found.here),
        (Phrase("Variables only in {place}", {"place": there}), found.there),
        (Phrase("Variables with another value"), found.different),
        (Phrase("⚠️ The same value in both, though each should have its own"), found.shared),
    )
    blocks += [section(f"*{reader.say(label)}*\n{names(listed)}") for label, listed in told if listed]
    if schema is not None:
        said = escape(reader.say(Phrase("{place}: {why}", {"place": places[0], "why": schema.said})))
        blocks.append(section(f"*{reader.say(Phrase('Migrations of the databases'))}*\n{schema.light} {said}"))
    return card(heading, blocks if found.alike else [*blocks, context(*_remarks(found, reader))])


def compared(places: tuple[str, str], found: Comparison, reader: Reader) -> str:
    """The same as plain lines; empty when both are alike."""
    rows = [
        reader.titled(reader.say(FACTS[fact]), f"{one or '—'} | {other or '—'}")
        for fact, (one, other) in found.facts.items()
    ]
    told = [(Phrase("Variables only in {place}", {"place": place}), listed)
            for place, listed in zip(places, (found.here, found.there), strict=True)]  # fmt: skip
    told.append((Phrase("Variables with another value"), found.different))
    return "\n".join(
        [*rows, *(reader.titled(reader.say(label), ", ".join(listed)) for label, listed in told if listed)]
    )


def _remarks(found: Comparison, reader: Reader) -> list[str]:
    same = Phrase("{count} variables are the same. Values are never shown.", {"count": found.same})
    schema = Phrase("Neither image says for which database schema it is made.")
    if found.schema[0] and found.schema[0] == found.schema[1]:
        schema = Phrase("Both are made for database schema {schema}.", {"schema": line(found.schema[0])})
    told = [same] if Fact.SCHEMA in found.facts else [same, schema]
    return [reader.say(each) for each in told]


FACTS: Final[Mapping[Fact, Phrase]] = {
    Fact.IMAGE: Phrase("Image"), Fact.DIGEST: Phrase("Image id"), Fact.SCHEMA: Phrase("Database schema"),
    Fact.COMMAND: Phrase("Command"), Fact.USER: Phrase("User"), Fact.WORKDIR: Phrase("Working directory"),
    Fact.HEALTHCHECK: Phrase("Healthcheck"), Fact.RESTART: Phrase("Restart policy"),
    Fact.MEMORY: Phrase("Memory limit"), Fact.CORES: Phrase("Cores"), Fact.PORTS: Phrase("Ports"),
    Fact.MOUNTS: Phrase("Mounts"),
}  # fmt: skip


def networks_card(place: str, networks: Sequence[Network], reader: Reader) -> Card:
    heading = reader.say(Phrase("Networks on the engine of {place}", {"place": line(place)}))
    rows = [section(_network(each, reader)) for each in networks]
    return card(heading, [section(f"*{heading}*"), *(rows or [section(reader.say(Phrase("There are none.")))])])


def _network(each: Network, reader: Reader) -> str:
    facts = [line(each.driver), *(f"`{line(subnet)}`" for subnet in each.subnets)]
    if each.internal:
        facts.append(reader.say(Phrase("without a way out")))
    members = [f"• `{line(name)}` {line(address)}" for name, address in each.members.items()]
    if each.more:
        members.append(reader.say(Phrase("… and {count} more", {"count": each.more})))
    nobody = reader.say(Phrase("no container that runs"))
    return "\n".join([f"*{line(each.name)}* · {' · '.join(facts)}", *(members or [nobody])])


def probe_card(place: str, probe: Probe, answer: Answer, reader: Reader) -> Card:
    heading = reader.say(Phrase("{what} in {place}", {"what": PROBES[probe], "place": line(place)}))
    blocks = [section(f"*{heading}*\n`{line(answer.container)}` · `{line(answer.command)}`")]
    if not answer.text.strip():
        return card(heading, [*blocks, section(reader.say(Phrase("It says nothing about that.")))])
    hint = [context(reader.say(Phrase("Values of variables are never shown.")))] if probe is Probe.ENV else []
    return card(heading, [*blocks, section(head(answer.text)), *hint])


PROBES: Final[Mapping[Probe, Phrase]] = {
    Probe.DISK: Phrase("Disks"), Probe.PROCESSES: Phrase("Processes"), Probe.PORTS: Phrase("Listening ports"),
    Probe.ENV: Phrase("Variables"),
}  # fmt: skip


def names(listed: Sequence[str]) -> str:
    """Names of variables, as many as are read."""
    shown = ", ".join(f"`{line(name, 80)}`" for name in listed[:NAMES_SHOWN])
    return f"{shown} +{len(listed) - NAMES_SHOWN}" if len(listed) > NAMES_SHOWN else shown


def table(rows: Sequence[Sequence[str]]) -> str:
    """In columns; what stands last may be long."""
    columns = max((len(row) for row in rows), default=0)
    widths = [
        min(WIDEST, max((len(row[at]) for row in rows if at < len(row)), default=0))
        for at in range(max(0, columns - 1))
    ]
    lines = ("  ".join(_cell(cell, widths, at) for at, cell in enumerate(row)).rstrip() for row in rows)
    return "\n".join(lines)


def _cell(text: str, widths: Sequence[int], at: int) -> str:
    flat = " ".join(text.split())
    return flat[: widths[at]].ljust(widths[at]) if at < len(widths) else flat


def head(text: str) -> str:
    """The beginning of a text as a code block: here the first lines matter."""
    lines = text.splitlines()
    while len(escape("\n".join(lines))) > HEAD:
        lines = lines[: max(1, len(lines) * 9 // 10)] if len(lines) > 1 else [lines[0][: HEAD // 5]]
    cut = "\n…" if len(lines) < len(text.splitlines()) else ""
    return code("\n".join(lines) + cut)


HEAD: Final = 2800
