"""The section `secrets`: names of keys and passwords with their age; never their values."""

from collections.abc import Mapping
from datetime import timedelta

from bot.config.models import Date, Duration, Name, Section
from bot.rotation import RotationEntry


class RotationSection(Section):
    """`rotated`: when it was changed last; what is recorded in Slack later counts. `every` left out: 90 days."""

    rotated: Date
    every: Duration = timedelta(days=90)
    environment: Name | None = None
    about: str = ""


def rotations(entries: Mapping[str, RotationSection]) -> dict[str, RotationEntry]:
    return {
        name: RotationEntry(name, entry.rotated, entry.every, entry.environment or "", entry.about)
        for name, entry in entries.items()
    }
