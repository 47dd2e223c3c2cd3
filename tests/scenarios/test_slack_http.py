"""The other way in: Slack calls us at /slack/events, signed, and may call twice."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.config import load_desk
from bot.notify.slack import is_person
from bot.sandbox.record import Json
from bot.sandbox.slack import payloads
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"


@pytest.fixture
async def http_world(database_url: str) -> AsyncIterator[World]:
    """Without an app token: no socket, requests to the public address instead."""
    async with new_world(database_url, slack_http=True) as made:
        yield made


async def test_commands_and_buttons_by_http_act_once_however_often_they_come(http_world: World) -> None:
    world = http_world
    amina = world.person("amina")
    declared = await amina.types('/ecotrajet declare P2 prod "la recherche échoue"', channel="incidents")
    card = await amina.sees("la recherche échoue", channel="incidents")
    await world.sandbox.redeliver(declared)  # with X-Slack-Retry-Num, as when our answer came too late
    pressed = await amina.presses("incident.acknowledge", on=card)
    await world.sandbox.redeliver(pressed)
    await world.eventually_value("acknowledged", "SELECT status FROM incident")
    assert await world.value("SELECT count(*) FROM incident") == 1
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'incident.acknowledged'") == 1


async def test_who_cannot_sign_is_not_heard(http_world: World) -> None:
    world = http_world
    body = {"command": "/ecotrajet", "text": "declare P1 prod x", "user_id": "U0AMINA01", "trigger_id": "1.2.3"}
    async with world.http.post(f"{world.url}/slack/events", data=body) as answer:
        assert answer.status == 401
    assert await world.value("SELECT count(*) FROM incident") == 0


GRID = {"id": "E0GRID001", "name": "Groupe"}


def of_a_grid(monkeypatch: pytest.MonkeyPatch, *, org_wide: bool) -> None:
    """What Slack sends from an Enterprise Grid; an app that was installed for all of it is told no team."""

    def with_grid(name: str, more: Json) -> None:
        plain: Callable[..., Json] = getattr(payloads, name)
        monkeypatch.setattr(payloads, name, lambda *given: plain(*given) | more)

    with_grid("slash_command", {
        "enterprise_id": GRID["id"], "enterprise_name": GRID["name"], "is_enterprise_install": str(org_wide).lower(),
    })  # fmt: skip
    with_grid("_common", {"enterprise": GRID, "is_enterprise_install": org_wide} | ({"team": None} if org_wide else {}))


@pytest.mark.parametrize("org_wide", [False, True], ids=["one workspace of it", "installed for all of it"])
async def test_an_enterprise_grid_is_served_like_a_workspace(
    http_world: World, monkeypatch: pytest.MonkeyPatch, org_wide: bool
) -> None:
    of_a_grid(monkeypatch, org_wide=org_wide)
    amina = http_world.person("amina")
    await amina.types('/ecotrajet declare P2 prod "la recherche échoue"', channel="incidents")
    card = await amina.sees("la recherche échoue", channel="incidents")
    await amina.presses("incident.resolve", on=card)
    await amina.submits(await amina.gets_view("la recherche échoue"), {"cause": "index perdu"})
    await http_world.eventually_value("resolved", "SELECT status FROM incident")


def test_people_of_a_grid_have_ids_of_their_own(tmp_path: Path) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["people"]["amina"]["slack"] = "W012A3CDE"

    desk = load_desk(edited_config(tmp_path, edit))
    known = desk.person_of_slack("W012A3CDE")
    assert known is not None
    assert known.id == "amina"
    assert is_person("W012A3CDE")  # written to by conversations.open, as any other
