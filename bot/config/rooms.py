"""The section `incident_channels`: a Slack channel for one incident."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

from bot.config.models import Duration, Section, web_address
from bot.incident import REOPEN_WITHIN, Priority
from bot.room import RoomSettings


def beginning(value: object) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{1,20}", str(value)):
        raise ValueError("must be the beginning of a channel's name, such as inc: lower case letters, digits, - and _")
    return str(value)


def call_link(value: object) -> str | None:
    address = web_address(value)
    if address is None:
        return None
    if re.search(r"[{}]", str(address).replace("{number}", "")):
        raise ValueError("may hold {number} and no other braces, such as https://meet.example/inc-{number}")
    return str(address)


class IncidentChannelsSection(Section):
    """`automatic`: none: only on demand. `call`: `{number}` in it becomes the incident's."""

    automatic: tuple[Priority, ...] = (Priority.P1,)
    prefix: Annotated[str, BeforeValidator(beginning)] = "inc"
    archive_after: Duration = REOPEN_WITHIN
    call: Annotated[str | None, BeforeValidator(call_link)] = None


def settings(section: IncidentChannelsSection) -> RoomSettings:
    return RoomSettings(
        frozenset(section.automatic), section.prefix, max(section.archive_after, timedelta(0)), section.call or ""
    )
