"""What is pinned, marked with 📌 or shared where people work on an incident stands in its story."""

from bot.sandbox.slack.message import ShownMessage
from tests.world import World, new_world

KEPT = "SELECT count(*) FROM audit WHERE did = 'timeline.kept'"
BACK = "SELECT count(*) FROM audit WHERE did = 'timeline.taken_back'"
FILES = "SELECT count(*) FROM audit WHERE did = 'timeline.file'"


async def story(world: World, number: int, line: str) -> str:
    """The timeline with this line in it."""
    amina = world.person("amina")
    await amina.types(f"/ecotrajet timeline {number}", channel="general")
    return (await amina.sees(line, channel="general")).text


async def stands(world: World) -> ShownMessage:
    """The card, once the desk knows where it stands."""
    await world.eventually_value(True, "SELECT count(*) > 0 FROM card")
    return await world.person("bruno").sees("Database connection lost", channel="incidents")


def room_of(world: World) -> str | None:
    return next(
        (each.name for each in world.sandbox.slack.workspace.conversations.values() if "0001" in each.name), None
    )


async def test_pins_in_the_incident_s_channel_and_marks_in_its_thread(database_url: str) -> None:
    async with new_world(database_url, slack_http=True) as world:
        number = await world.alert("Database connection lost")
        amina, bruno, chloe = (world.person(each) for each in ("amina", "bruno", "chloe"))
        await world.sandbox.changes.until(lambda: room_of(world), 10.0, lambda: "no channel")
        room = str(room_of(world))
        card = await stands(world)
        await bruno.types(f"/ecotrajet ack {number}", channel="incidents")
        await bruno.sees("Database connection lost", channel=room)  # he was asked in

        await bruno.types("Le disque est plein, password=hunter2hunter2", channel=room)
        written = await bruno.sees("Le disque est plein", channel=room)
        await bruno.pins(written)
        await world.eventually_value(1, KEPT)
        await amina.types("Je purge les journaux avec <@U0BRUNO01>", channel="incidents", thread=card)
        answer = await amina.sees("Je purge", channel="incidents")
        await bruno.reacts(answer, "eyes")
        await bruno.reacts(answer, "pushpin")
        await chloe.reacts(answer, "pushpin")
        await world.eventually_value(3, KEPT)
        await bruno.shares("courbe.png", channel="incidents", thread=card)
        await world.eventually_value(1, FILES)

        told = await story(world, number, "courbe.png")
        assert "📌 Gardé par Bruno Martin · Bruno Martin à " in told
        assert "Le disque est plein" in told
        assert "hunter2" not in told
        assert "Je purge les journaux" in told
        assert "📎 Bruno Martin a partagé courbe.png" in told

        await bruno.pins(written)  # off again
        await bruno.reacts(answer, "pushpin")
        await world.eventually_value(2, BACK)
        assert await story(world, number, "Retiré par Bruno Martin · Bruno Martin")
        await amina.types(f"/ecotrajet timeline {number} md")
        await amina.sees("est dans vos messages")


async def test_what_stands_elsewhere_the_card_itself_and_strangers_are_passed_over(world: World) -> None:
    number = await world.alert("Database connection lost")
    bruno, victor = world.person("bruno"), world.person("victor")
    card = await stands(world)
    await bruno.types("Qui déjeune ?", channel="general")
    await bruno.pins(await bruno.sees("Qui déjeune", channel="general"))
    await bruno.reacts(card, "pushpin")
    await bruno.types("Rien à voir", channel="incidents", thread=card)
    answer = await bruno.sees("Rien à voir", channel="incidents")
    await victor.reacts(answer, "pushpin")
    await bruno.reacts(answer, "pushpin")
    await world.eventually_value(1, KEPT)
    assert await world.value("SELECT actor FROM audit WHERE did = 'timeline.kept'") == "bruno"
    delivery = await bruno.reacts(answer, "pushpin")
    await world.sandbox.redeliver(delivery)
    await world.eventually_value(1, BACK)
    assert await story(world, number, "Retiré par Bruno")
    assert await world.value(BACK) == 1
