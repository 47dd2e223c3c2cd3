"""The section `updates`: how often news of an incident are asked for."""

from datetime import timedelta

from pydantic import Field

from bot.config.models import Duration, Section
from bot.incident import Priority
from bot.news import GUIDE, NewsSettings


class UpdatesSection(Section):
    """`every`: 0 is never, as is a priority that a given list leaves out."""

    every: dict[Priority, Duration] = Field(default_factory=lambda: dict(GUIDE))


def settings(section: UpdatesSection) -> NewsSettings:
    return NewsSettings({priority: every for priority, every in section.every.items() if every > timedelta(0)})
