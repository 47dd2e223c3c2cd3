"""What Slack took although we never heard of it appears once: cards, files, pictures."""

import pytest

from bot.sandbox.slack.message import Message
from tests.world import World, new_world

TITLE = "Database connection lost"


def cards(world: World) -> list[Message]:
    room = world.sandbox.slack.workspace.find("incidents")
    assert room is not None
    return [one for one in room.messages if TITLE in str(one.blocks) and not one.in_thread]


async def test_a_card_and_a_post_mortem_whose_answers_were_lost_appear_once(world: World) -> None:
    faults, bruno = world.sandbox.slack.faults, world.person("bruno")
    faults.arm("chat.postMessage", disconnect=True, applied=True, channel="incidents")
    number = await world.alert(TITLE)
    await world.eventually_value(1, "SELECT count(*) FROM card WHERE channel = 'incidents'")
    await bruno.types(f"/ecotrajet resolve {number} redémarrée")
    await world.eventually_value("resolved", "SELECT status FROM incident")

    faults.arm("files.completeUploadExternal", disconnect=True, applied=True)
    await bruno.types(f"/ecotrajet postmortem {number}")
    await world.eventually_value(
        1, "SELECT count(*) FROM message WHERE about = 'postmortem' AND state = 'sent'", within=20
    )
    room = world.sandbox.slack.workspace.find("incidents")
    assert room is not None
    assert [len(one.files) for one in room.messages if one.files] == [2]
    (card,) = [one for one in room.messages if not one.in_thread and "incident:1" in str(one.metadata)]
    assert card.edits >= 1


@pytest.mark.prove
async def test_a_card_is_posted_once_though_the_desk_is_killed_before_it_writes_down_where(database_url: str) -> None:
    async with new_world(database_url, own_process=True) as world:
        world.sandbox.slack.faults.arm("chat.postMessage", hang=30.0, applied=True, channel="incidents")
        number = await world.alert(TITLE)
        await world.sandbox.changes.until(lambda: cards(world) or None, 10.0, lambda: "no card was posted")
        await world.crash_and_restart()
        await world.person("bruno").types(f"/ecotrajet ack {number}")
        await world.eventually_value(1, "SELECT count(*) FROM card WHERE channel = 'incidents'", within=20)
        (card,) = cards(world)
        assert card.edits >= 1
