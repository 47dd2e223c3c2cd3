"""The section `supabase`: projects whose own logs are read by the Management API."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from bot.config.models import Name, Section, Text, web_address
from bot.postgres.hosted import API, SupabaseEntry
from bot.secret import Secret


class SupabaseSection(Section):
    """`project`: its reference, as in https://REFERENCE.supabase.co. `token`: best with analytics_logs_read alone."""

    project: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{4,40}$")]
    token: Text
    environment: Name
    service: Name
    api: Annotated[str, BeforeValidator(web_address)] = API


def projects(entries: Mapping[str, SupabaseSection]) -> dict[str, SupabaseEntry]:
    return {
        name: SupabaseEntry(
            name, each.project, Secret(each.token), each.environment, each.service, each.api.rstrip("/")
        )
        for name, each in entries.items()
    }
