"""What Slack and people do to a desk: limits, refusals, things taken away by hand. Nothing of it costs a page.

Others of the kind: tests/notify/test_blocks.py (50 blocks, 3000 characters), tests/notify/test_slack.py (429, deleted
cards), tests/scenarios/test_channels.py (names, `name_taken`, missing scopes), tests/scenarios/test_home.py (triggers).
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.notify.blocks import Reader
from bot.notify.blocks.declaring import proposal
from bot.phrase import Phrase
from bot.report import Report
from bot.sandbox.devices import spaced
from bot.sandbox.slack.limits import view_problems
from bot.sandbox.slack.workspace import Conversation
from bot.target import Service
from tests.notify.examples import NOW, desk
from tests.world import World, edited_config, new_world

TITLE = "Base de données injoignable"
ROOM = "inc-0001-base-de-donnees-injoignable"


async def room_of(world: World, ready: Callable[[Conversation], Any] = lambda room: room.topic) -> Conversation:
    def look() -> Conversation | None:
        found = world.sandbox.slack.workspace.find(ROOM)
        return found if found is not None and ready(found) else None

    return await world.sandbox.changes.until(look, 15.0, lambda: "no channel")


def test_a_menu_of_more_than_a_hundred_services_is_cut_where_slack_would_refuse_it() -> None:
    many = {f"service-{count}": Service(f"service-{count}", {}) for count in range(150)}
    crowded = replace(desk(), services=many)
    judged = {"priority": "P2", "environment": "prod", "service": "service-149", "confidential": "-"}
    form = proposal(Reader.of(crowded, "fr", NOW), crowded, Report("x" * 1000), judged, Phrase("you said so"), ())
    assert view_problems(form.view) == []
    (menu,) = [each["element"] for each in form.view["blocks"] if each.get("block_id") == "service"]
    assert len(menu["options"]) == 100
    assert menu["initial_option"]["value"] == "service-149"  # what was proposed is never the one that is cut


async def test_a_channel_deleted_by_hand_is_left_and_one_archived_meanwhile_is_no_error(world: World) -> None:
    await world.alert(TITLE)
    bruno, room = world.person("bruno"), await room_of(world, lambda room: any(each.pinned for each in room.messages))
    world.sandbox.slack.faults.arm("conversations.archive", error="already_archived")
    await bruno.types("/ecotrajet resolve 1")
    await world.eventually_value("resolved", "SELECT status FROM incident")
    await world.fast_forward(hours=25)
    await world.eventually_value("archived", "SELECT state FROM incident_channel")
    assert room.name == ROOM

    await world.alert("Paiement refusé")
    await world.eventually_value("open", "SELECT state FROM incident_channel WHERE incident = 2")
    world.sandbox.slack.faults.arm("*", error="channel_not_found", times=50, channel=await channel_id(world, 2))
    await bruno.types("/ecotrajet ack 2")
    await world.eventually_value("archived", "SELECT state FROM incident_channel WHERE incident = 2")
    await bruno.sees("Bruno Martin s’en occupe", channel="incidents")


async def channel_id(world: World, number: int) -> str:
    return str(await world.value("SELECT channel_id FROM incident_channel WHERE incident = $1", number))


async def test_the_incidents_channel_archived_by_hand_costs_no_page_and_shows_as_degraded(world: World) -> None:
    world.sandbox.slack.faults.arm("chat.postMessage", error="is_archived", times=50, channel="incidents")
    await world.alert(TITLE)
    on_call = await world.on_call()
    await on_call.dm(containing=TITLE)
    await on_call.phone.gets_sms("1")

    async def is_told() -> bool:
        async with world.http.get(f"{world.url}/readyz") as answer:
            said = await answer.json()
            return answer.status == 200 and "slack" in said["degraded"]

    await world.eventually(is_told, "/readyz says that nothing is said in the channel")


async def test_a_card_deleted_by_hand_is_posted_anew_with_the_next_change(world: World) -> None:
    await world.alert(TITLE)
    bruno = world.person("bruno")
    card = await bruno.sees(TITLE, channel="incidents")
    place = world.sandbox.slack.workspace.find("incidents")
    assert place is not None
    place.messages[:] = [each for each in place.messages if each.ts != card.ts]
    await bruno.types("/ecotrajet ack 1")
    again = await bruno.sees("pris par Bruno Martin", channel="incidents")
    assert again.ts != card.ts


async def test_whoever_slack_no_longer_knows_is_paged_by_their_next_way_at_once(
    database_url: str, tmp_path: Path
) -> None:
    async with new_world(database_url, config=edited_config(tmp_path, lambda _: None)) as world:
        on_call = await world.on_call()
        world.sandbox.slack.faults.arm(
            "conversations.open", error="user_disabled", times=50, users=on_call.person.slack_id
        )
        await world.alert("Le stockage ralentit", severity="warning")
        await on_call.phone.gets_sms("")
        failed = "SELECT count(*) FROM audit WHERE did = 'page.failed' AND subject = $1"
        await world.eventually_value(1, failed, on_call.person.key)


async def test_a_renamed_user_is_who_they_were(world: World) -> None:
    """People are known by their Slack id; the name in a payload is not looked at."""
    bruno = world.person("bruno")
    workspace = world.sandbox.slack.workspace
    workspace.people[bruno.person.slack_id] = replace(bruno.person, name="Bruno M. Durand")
    await world.alert(TITLE)
    await bruno.sees(TITLE, channel="incidents")
    await bruno.types("/ecotrajet ack 1", channel="incidents")
    await bruno.sees("Bruno Martin s’en occupe", channel="incidents")


async def test_a_guest_or_somebody_of_another_workspace_reads_and_changes_nothing(world: World) -> None:
    await world.alert(TITLE)
    victor = world.person("victor")
    card = await victor.sees(TITLE, channel="incidents")
    await victor.presses("incident.acknowledge", on=card)
    await victor.sees("Je ne vous connais pas", channel="incidents")
    await victor.types("/ecotrajet show 1", channel="general")
    await victor.sees("Je ne vous connais pas", channel="general")
    await victor.types("/ecotrajet suivre 1", channel="general")
    assert await world.value("SELECT count(*) FROM subscription") == 0
    assert await world.value("SELECT status FROM incident") == "triggered"


async def test_a_form_waits_out_slacks_haste_and_says_so_when_it_lasts(world: World) -> None:
    bruno = world.person("bruno")
    world.sandbox.slack.faults.arm("views.open", error="ratelimited", retry_after=1)
    await bruno.types("/ecotrajet declare", channel="general")
    await bruno.gets_view("Déclarer un incident")
    world.sandbox.slack.faults.arm("views.open", error="ratelimited", retry_after=30, times=2)
    await bruno.types("/ecotrajet declare", channel="general")
    told = await bruno.sees("arrivé trop tard", channel="general")
    assert "réessayez" in spaced(told.text).lower()
