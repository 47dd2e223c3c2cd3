"""The section `status_page`: what everybody may see at `/status`."""

from collections.abc import Mapping

from pydantic import Field

from bot.config.defaults import is_production
from bot.config.models import Name, Section, ServiceSection, Text
from bot.statuspage import Settings
from bot.target import Environment


class StatusPageSection(Section):
    """`services`: id -> name to show; left out: all that run in the environments shown, by their labels."""

    title: Text = "ÉcoTrajet"
    services: dict[str, Text] = Field(default_factory=dict)
    environments: list[Name] = Field(default_factory=list)
    contact: str = ""
    shown: bool = True


def settings(
    section: StatusPageSection, services: Mapping[str, ServiceSection], environments: Mapping[str, Environment]
) -> Settings:
    """Environments left out: production."""
    places = tuple(section.environments) or tuple(each.name for each in environments.values() if is_production(each))
    all_of_them = {name: entry.label or name for name, entry in services.items() if set(entry.containers) & set(places)}
    return Settings(section.title, dict(section.services) or all_of_them, places, section.contact, section.shown)
