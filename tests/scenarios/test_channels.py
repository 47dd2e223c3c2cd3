"""A channel for one incident: made once, whoever asks and whatever dies; its people, its card, its end."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.actor import Actor
from bot.sandbox.slack.workspace import Conversation
from tests.killing import Point
from tests.world import World, edited_config, new_world

TITLE = "Base de données injoignable"
NAME = "inc-0001-base-de-donnees-injoignable"
STATE = "SELECT state FROM incident_channel"


async def room_of(world: World, name: str = NAME, *, pinned: bool = True) -> Conversation:
    """The channel as soon as it is there with everything that belongs there."""

    def look() -> Conversation | None:
        found = world.sandbox.slack.workspace.find(name)
        ready = found is not None and found.topic and (not pinned or any(each.pinned for each in found.messages))
        return found if ready else None

    def there() -> str:
        rooms = world.sandbox.slack.workspace.conversations.values()
        return f"no #{name} with topic and pin; there are {[(r.name, r.topic, len(r.messages)) for r in rooms]}"

    return await world.sandbox.changes.until(look, 15.0, there)


def made(world: World) -> list[str]:
    """The names that Slack was asked for."""
    return [str(each.args["name"]) for each in world.sandbox.record if each.method == "conversations.create"]


def only_on_demand(configuration: dict[str, Any]) -> None:
    configuration["incident_channels"] = {"automatic": [], "archive_after": "2 h"}


@pytest.fixture
def on_demand(tmp_path: Path) -> Path:
    return edited_config(tmp_path, only_on_demand)


async def test_a_p1_gets_its_channel_with_topic_people_card_and_what_happens(world: World) -> None:
    await world.alert(TITLE)
    on_call, bruno = await world.on_call(), world.person("bruno")
    room = await room_of(world)
    assert "P1 critique · #1" in room.topic
    assert TITLE in room.topic
    await world.eventually(lambda: is_in(on_call.person.slack_id, room), "who is on call is invited")
    assert bruno.person.slack_id not in room.members
    pinned = next(each for each in room.messages if each.pinned)
    assert TITLE in world.sandbox.slack.workspace.shown(pinned).text
    await bruno.sees(f"Un canal pour cet incident : #{NAME}".replace(" :", "\u00a0:"), channel="incidents")
    await bruno.sees(f"Son canal #{NAME}", channel="incidents")  # on the card, as a link

    await bruno.types("/ecotrajet ack 1", channel="incidents")
    await world.eventually(lambda: is_in(bruno.person.slack_id, room), "whoever takes it is invited")
    await bruno.sees("Bruno Martin s’en occupe", channel=NAME)
    await bruno.sees("pris par Bruno Martin", channel=NAME)  # its card is edited there, too
    await world.eventually(lambda: says(room, "pris par Bruno Martin"), "the topic says who")
    assert len([each for each in room.messages if each.blocks and "P1 critique" in str(each.blocks)]) == 1
    assert made(world) == [NAME]


async def is_in(user: str, room: Conversation) -> bool:
    return user in room.members


async def sees_button(who: Actor) -> bool:
    return any(each.action_id == "incident.channel" for seen in who.visible() for each in seen.buttons)


async def says(room: Conversation, words: str) -> bool:
    return words in room.topic


async def test_it_is_archived_a_day_after_the_end_and_not_before_it_may_be_reopened(world: World) -> None:
    await world.alert(TITLE)
    room = await room_of(world)
    await world.person("bruno").types("/ecotrajet resolve 1 réparé", channel="incidents")
    await world.eventually(lambda: says(room, "résolu par"), "the topic says that it is over")
    await world.fast_forward(hours=23)
    assert not room.archived
    await world.fast_forward(hours=1.1)
    await world.eventually_value("archived", STATE)
    assert room.archived
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'channel.archived'") == 1


async def test_two_people_press_and_there_is_one_channel(database_url: str, on_demand: Path) -> None:
    async with new_world(database_url, config=on_demand) as world:
        await world.alert(TITLE)
        amina, chloe = world.person("amina"), world.person("chloe")
        await chloe.sees(TITLE, channel="incidents")
        assert await world.value("SELECT count(*) FROM incident_channel") == 0
        one, other = await asyncio.gather(
            amina.presses("incident.channel"), chloe.types("/ecotrajet canal 1", channel="incidents")
        )
        room = await room_of(world)
        said = {(await each.answered("#1")).text for each in (one, other)}
        assert any("s’ouvre" in each for each in said)
        for who in (amina, chloe):
            if who.person.slack_id not in room.members:  # the second one is told where it is, or that it is coming
                await who.types("/ecotrajet channel 1", channel="incidents")
                await who.sees(f"#{NAME}", channel="incidents")
        assert made(world) == [NAME]
        card = await chloe.sees("Son canal", channel="incidents")
        assert "incident.channel" not in [button.action_id for button in card.buttons]
        await world.person("victor").types("/ecotrajet channel 1", channel="incidents")
        await world.person("victor").sees("Je ne vous connais pas")


async def test_whose_acknowledgement_ran_out_before_the_channel_was_looked_after_is_invited(
    database_url: str, on_demand: Path
) -> None:
    async with new_world(database_url, config=on_demand) as world:
        await world.alert(TITLE)
        david, amina = world.person("david"), world.person("amina")
        await david.types("/ecotrajet ack 1", channel="incidents")
        await world.eventually_value("acknowledged", "SELECT status FROM incident")
        await world.fast_forward(minutes=31)
        await world.eventually_value("triggered", "SELECT status FROM incident")
        await amina.types("/ecotrajet channel 1", channel="incidents")
        room = await room_of(world)
        await world.eventually(lambda: is_in(david.person.slack_id, room), "whoever had it is invited")


async def test_a_lost_answer_makes_no_second_channel(world: World) -> None:
    world.sandbox.slack.faults.arm("conversations.create", disconnect=True, applied=True)
    await world.alert(TITLE)
    room = await room_of(world)
    assert made(world) == [NAME, NAME]  # asked for again, and found by its name
    assert [each.name for each in world.sandbox.slack.workspace.conversations.values()].count(NAME) == 1
    assert await world.value("SELECT channel_id FROM incident_channel") == room.id


async def test_a_name_that_somebody_else_has_gets_a_number(world: World) -> None:
    rooms = world.sandbox.slack.workspace.conversations
    rooms["C0FOREIGN"] = Conversation("C0FOREIGN", NAME, {"U0CHLOE01"}, creator="U0CHLOE01", archived=True)
    await world.alert(TITLE)
    room = await room_of(world, f"{NAME}-2")
    assert room.id != "C0FOREIGN"
    assert rooms["C0FOREIGN"].topic == ""


async def test_a_channel_of_an_earlier_life_of_the_desk_is_not_taken_for_this_one(world: World) -> None:
    rooms = world.sandbox.slack.workspace.conversations
    rooms["C0OLDLIFE"] = Conversation("C0OLDLIFE", NAME, {"U0ECOBOT1"}, created=1_600_000_000)
    await world.alert(TITLE)
    assert (await room_of(world, f"{NAME}-2")).id != "C0OLDLIFE"


async def test_a_missing_permission_is_said_by_its_name_and_asked_for_again_once_it_is_there(
    database_url: str, on_demand: Path
) -> None:
    async with new_world(database_url, config=on_demand) as world:
        workspace, chloe = world.sandbox.slack.workspace, world.person("chloe")
        whole = workspace.manifest
        workspace.manifest = type(whole)(
            scopes=whole.scopes - {"channels:manage"}, commands=whole.commands, events=whole.events
        )
        await world.alert(TITLE)
        await chloe.types("/ecotrajet channel 1", channel="incidents")
        await chloe.dm(containing="channels:manage")
        await chloe.sees("Aucun canal", channel="incidents")
        assert await world.value(STATE) == "failed"
        workspace.manifest = whole
        await world.eventually(lambda: sees_button(chloe), "the card offers it again")
        await chloe.presses("incident.channel")
        room = await room_of(world)
        assert chloe.person.slack_id in room.members
        world.sandbox.violations[:] = [each for each in world.sandbox.violations if "missing_scope" not in each]


async def test_what_cannot_be_done_there_is_said_there_and_the_rest_is_done(world: World) -> None:
    world.sandbox.slack.faults.arm("conversations.invite", error="user_is_restricted")
    world.sandbox.slack.faults.arm("conversations.setTopic", error="ratelimited", retry_after=1)
    await world.alert(TITLE)
    room = await room_of(world)
    told = await world.sandbox.changes.until(
        lambda: next((m.text for m in room.messages if "n’a pas pu être invité" in m.text), None),
        10.0,
        lambda: "silence",
    )
    assert "user_is_restricted" in told


async def test_one_that_was_archived_by_hand_is_left_alone(world: World) -> None:
    await world.alert(TITLE)
    room = await room_of(world)
    room.archived = True
    await world.person("bruno").types("/ecotrajet ack 1", channel="incidents")
    await world.eventually_value("archived", STATE)
    await world.person("bruno").sees("Bruno Martin s’en occupe", channel="incidents")


async def test_a_storm_does_not_open_sixty_channels(world: World) -> None:
    world.sandbox.slack.faults.arm("conversations.create", error="internal_error", times=1000)
    for number in range(8):
        await world.alert(f"Panne {number}", service=f"other-{number}")
    assert await world.value("SELECT count(*) FROM incident WHERE priority = 'P1'") == 8
    assert await world.value("SELECT count(*) FROM incident_channel") == 5


async def test_raised_to_p1_it_gets_one(world: World) -> None:
    await world.alert("Lenteur de la recherche", severity="warning")
    assert await world.value("SELECT priority FROM incident") == "P2"
    assert await world.value("SELECT count(*) FROM incident_channel") == 0
    await world.person("bruno").types("/ecotrajet priority 1 P1", channel="incidents")
    await room_of(world, "inc-0001-lenteur-de-la-recherche")


@pytest.mark.parametrize(
    "where",
    [
        Point("UPDATE incident_channel SET state = 'open'", "before"),
        Point("UPDATE incident_channel SET state = 'open'", "after"),
        Point("UPDATE incident_channel SET lease_until", "after", nth=2),
    ],
)
@pytest.mark.prove
async def test_killed_between_making_and_remembering(served_world: World, where: Point) -> None:
    world = served_world
    world.proxy.arm(where, world.kill)
    await world.alert(TITLE)
    await asyncio.wait_for(world.proxy.hit.wait(), 15)
    await world.gone()
    await world.start(own_process=True)
    room = await room_of(world)
    await world.eventually_value(room.id, "SELECT channel_id FROM incident_channel", within=20)
    assert len([each for each in world.sandbox.slack.workspace.conversations.values() if "inc-" in each.name]) == 1
