"""Checks of a running container: its configuration is whole, and what is known to be wrong with its image."""

from datetime import datetime, timedelta
from typing import Final

from bot.notify.blocks.looks import table
from bot.notify.blocks.parts import Card, card, code, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value
from bot.runbook import Light
from bot.runbook.checks import SOON, Key, Patches, Reached, Scan, Severity, Validated, Vulnerability

OLD: Final = timedelta(days=30)
VERY_OLD: Final = timedelta(days=90)
NAMES: Final = {
    Severity.CRITICAL: Phrase("critical"), Severity.HIGH: Phrase("high"), Severity.MEDIUM: Phrase("medium"),
    Severity.LOW: Phrase("low"),
}  # fmt: skip


def validated_card(place: str, found: Validated, reader: Reader) -> Card:
    """`place`: `Production · ecotrajet`."""
    heading = reader.say(Phrase("Configuration of {place}", {"place": line(place)}))
    rows = [escape(row) for row in validated_lines(found, reader)]
    shown = "\n".join(rows) or escape(reader.say(Phrase("Nothing is required of it, and no key is in it.")))
    hints = [Phrase("Values of variables are never shown.")]
    if not found.required:
        hints.append(Phrase("What is required is configured: `services` → `required` and `reaches`."))
    blocks = [section(f"🧾 *{heading}*\n`{line(found.container)}`"), section(shown)]
    return card(heading, [*blocks, context(*(reader.say(hint) for hint in hints))])


def validated_lines(found: Validated, reader: Reader) -> list[str]:
    """A line for each thing that was checked, the required variables first."""
    rows = [reader.say(Phrase("❌ {name} is missing", {"name": name})) for name in found.missing]
    rows += [reader.say(Phrase("❌ {name} is empty", {"name": name})) for name in found.empty]
    there = found.required - len(found.missing) - len(found.empty)
    if found.required:
        values: dict[str, Value | Phrase] = {"count": there, "all": found.required}
        rows.append(reader.say(Phrase("✅ required variables that are there: {count} of {all}", values)))
    rows += [reader.say(_reached(each)) for each in found.reached]
    return [*rows, *(reader.say(_key(each, reader.now)) for each in found.keys)]


def _reached(each: Reached) -> Phrase:
    values: dict[str, Value | Phrase] = {"name": each.variable, "where": each.where, "status": str(each.status or "")}
    if each.problem is not None:
        return Phrase("❌ {name} → {where}: {problem}", {**values, "problem": each.problem})
    if each.well:
        return Phrase("✅ {name} → {where} answers ({status}), asked from inside the container", values)
    return Phrase("❌ {name} → {where} answers with an error ({status})", values)


def _key(each: Key, now: datetime) -> Phrase:
    values: dict[str, Value | Phrase] = {
        "name": each.variable, "age": timedelta(days=(now - each.issued).days) if each.issued else "",
        "expires": each.expires.date().isoformat() if each.expires else "",
    }  # fmt: skip
    if each.given_away:
        return Phrase("❌ {name} holds the service_role key, and browsers get it: change that key now", values)
    if each.expires is not None and each.expires <= now:
        return Phrase("❌ {name} expired on {expires}", values)
    if each.expires is not None and each.expires - now <= SOON:
        return Phrase("⚠️ {name} expires on {expires}", values)
    if each.issued is None:
        return Phrase("✅ {name} is a key that does not say how old it is", values)
    if each.expires is not None:
        return Phrase("✅ {name}: a key {age} old, good until {expires}", values)
    return Phrase("✅ {name}: a key {age} old", values)


def patches_card(place: str, found: Patches, reader: Reader) -> Card:
    heading = reader.say(Phrase("Security of {place}", {"place": line(place)}))
    image = f"*{line(found.version)}* · {line(found.reference)}"
    said = escape(reader.say(patches_headline(found)))
    blocks = [section(f"🛡️ *{heading}*\n{image}\n{patches_light(found, reader.now)} {said}")]
    blocks.append(section(f"*{reader.say(Phrase('Age of the image'))}*\n{escape(reader.say(_age(found, reader.now)))}"))
    for scan in found.scans:
        counted = escape(reader.say(_counted(scan, reader)))
        listed = f"\n{code(_listed(scan, reader))}" if scan.top else ""
        blocks.append(section(f"*{line(scan.tool)}*\n{counted}{listed}"))
    if found.grave:
        hint = Phrase("To mend it: `/ecotrajet runbook run correctif-securite prod version=…`")
        blocks.append(context(reader.say(hint)))
    return card(reader.titled(heading, said), blocks)


def patches_light(found: Patches, now: datetime) -> Light:
    """Red: critical ones are known. White: nobody looked, and the image is young."""
    if any(scan.counts.get(Severity.CRITICAL) for scan in found.scans):
        return Light.RED
    age = now - found.created if found.created else timedelta(0)
    if found.grave or age >= VERY_OLD:
        return Light.YELLOW
    return Light.GREEN if found.scanned else Light.UNKNOWN


def patches_headline(found: Patches) -> Phrase:
    if not found.scanned:
        return Phrase("No scanner is at hand: only the image's age is known.")
    if found.grave:
        return Phrase("Known vulnerabilities that should not wait: {count}", {"count": found.grave})
    return Phrase("No critical or high vulnerability is known.")


def patches_text(found: Patches, reader: Reader) -> str:
    """For a runbook's card."""
    shown = [reader.say(_age(found, reader.now))]
    for scan in found.scans:
        shown.append(f"{scan.tool}: {reader.say(_counted(scan, reader))}")
        shown += [_listed(scan, reader)] if scan.top else []
    return "\n\n".join(shown)


def _age(found: Patches, now: datetime) -> Phrase:
    if found.created is None or found.created.year < 2000:  # reproducible builds say 1970 or 1980
        return Phrase("the image does not say when it was made")
    age = now - found.created
    if age >= OLD:
        return Phrase("⚠️ made {age} ago: what was mended since is not in it", {"age": timedelta(days=age.days)})
    return Phrase("made {age} ago", {"age": age})


def _counted(scan: Scan, reader: Reader) -> Phrase:
    if scan.problem is not None:
        return Phrase("not asked or no answer: {why}", {"why": scan.problem})
    words = [f"{reader.say(NAMES[each])} {scan.counts[each]}" for each in Severity if scan.counts.get(each)]
    return Phrase("known: {counts}", {"counts": " · ".join(words)}) if words else Phrase("no vulnerability is known")


def _listed(scan: Scan, reader: Reader) -> str:
    return table([_row(each, reader) for each in scan.top])


def _row(each: Vulnerability, reader: Reader) -> tuple[str, ...]:
    mended = f"→ {each.fixed}" if each.fixed else reader.say(Phrase("no version without it yet"))
    return (
        reader.say(NAMES[each.severity]),
        each.id,
        f"{each.package} {each.installed}".strip(),
        mended,
        each.title[:60],
    )
