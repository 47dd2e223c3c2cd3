"""Backups of the services' databases: PostgreSQL's own programs on one side, S3 on the other."""

from bot.backups.backups import Backups
from bot.backups.copier import Copier, Dumped, DumpFailed

__all__ = ["Backups", "Copier", "DumpFailed", "Dumped"]
