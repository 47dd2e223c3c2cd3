"""The command line. Exit status: 0 all is well · 1 something is wrong out there · 2 wrongly asked or configured."""

from bot.cli.program import build, main

__all__ = ["build", "main"]
