"""Lists of backups: the latest ones, and how each database stands."""

from collections.abc import Sequence
from typing import Final

from babel.numbers import format_decimal

from bot.backup import Backup, BackupEntry, BackupState, Kind
from bot.notify.blocks.parts import Card, card, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value

SIGNS: Final = {
    BackupState.QUEUED: "🕗", BackupState.RUNNING: "⏳", BackupState.SUCCEEDED: "✅", BackupState.FAILED: "❌",
}  # fmt: skip
KINDS: Final = {
    Kind.DAILY: Phrase("daily"), Kind.WEEKLY: Phrase("weekly"), Kind.MONTHLY: Phrase("monthly archive"),
    Kind.MANUAL: Phrase("on demand"), Kind.TEST: Phrase("restore test"),
    Kind.RESTORE: Phrase("restored beside"), Kind.CUTOVER: Phrase("put in place"),
}  # fmt: skip
MIB: Final = 2**20


def backup_list(backups: Sequence[Backup], reader: Reader) -> Card:
    title = reader.say(Phrase("Backups") if backups else Phrase("No backup yet. To make one: `/ecotrajet backup now`."))
    return card(title, [section(f"*{title}*"), *(section(_row(each, reader)) for each in backups)])


def backup_status(rows: Sequence[tuple[BackupEntry, Backup | None]], reader: Reader) -> Card:
    nothing = Phrase("No backup is configured: see `backups` in ecotrajet.example.yaml.")
    title = reader.say(Phrase("Backups") if rows else nothing)
    return card(title, [section(f"*{title}*"), *(section(_standing(*row, reader)) for row in rows)])


def _standing(entry: BackupEntry, last: Backup | None, reader: Reader) -> str:
    values: dict[str, Value | Phrase] = {"at": f"{entry.at:%H:%M}", "keep": entry.keep}
    when = reader.say(Phrase("each day at {at}, kept for {keep}, archives for good", values))
    place = line(reader.place(entry.environment, entry.service))
    shown = _row(last, reader) if last else escape(reader.say(Phrase("❌ no good backup yet")))
    return f"*{line(entry.name)}* · {place} · {escape(when)}\n{shown}"


def _row(backup: Backup, reader: Reader) -> str:
    at = escape(reader.time(backup.finished_at or backup.created_at))
    head = f"{SIGNS[backup.state]} {line(backup.name)} · {escape(reader.say(KINDS[backup.kind]))} · {at}"
    if backup.state is BackupState.SUCCEEDED and not backup.kind.dumps and backup.object:
        return f"{head} · `{escape(backup.object)}`"
    if backup.state is BackupState.SUCCEEDED:
        size = format_decimal(round(backup.bytes / MIB, 2), locale=reader.language)
        unit = reader.say(Phrase("{size} MiB", {"size": size}))
        return f"{head} · {escape(unit)}\n`{escape(backup.object)}`\nsha256 `{backup.sha256[:16]}…`"
    return f"{head}\n{line(backup.why, 400)}" if backup.why else head
