"""The list of secrets: a light, the age and when each is due."""

from collections.abc import Sequence
from datetime import date

from bot.notify.blocks.parts import Card, card, context, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value
from bot.rotation import Rotation


def rotation_list(found: Sequence[Rotation], today: date, reader: Reader) -> Card:
    title = reader.say(Phrase("Secrets and their age"))
    rows = "\n".join(_row(each, today, reader) for each in found)
    hint = Phrase("Only names are kept here, never values. Once changed: `/ecotrajet secrets rotated NAME`.")
    return card(title, [section(f"🔑 *{title}*\n{rows}"), context(reader.say(hint))])


def _row(each: Rotation, today: date, reader: Reader) -> str:
    entry = each.entry
    values: dict[str, Value | Phrase] = {
        "last": each.rotated.isoformat(), "age": today - each.rotated, "due": each.due.isoformat(),
        "left": each.due - today, "who": line(reader.name(each.by)),
    }  # fmt: skip
    place = f" · {line(reader.place(entry.environment))}" if entry.environment else ""
    about = f" · {line(entry.about)}" if entry.about else ""
    changed = Phrase("changed {age} ago ({last}, says {who})", values)
    if not each.by:
        changed = Phrase("changed {age} ago ({last})", values)
    due = Phrase("due on {due}, in {left}", values)
    if today >= each.due:
        due = Phrase("due since {due}", values)
    return f"{each.light(today)} *{line(entry.name)}*{place}{about} · {reader.say(changed)} · {reader.say(due)}"
