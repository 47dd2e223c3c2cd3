"""Looks into the services' databases, by a connection that may only read and never waits for long."""

from bot.databases.databases import Databases, Looked

__all__ = ["Databases", "Looked"]
