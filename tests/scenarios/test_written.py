"""A page is answered by writing back to the bot, as one would to a colleague."""

from pathlib import Path

from tests.scenarios.test_other_slack import BRUNO, config_in, other_world
from tests.world import World

HERE = None  # to the bot directly
STATUS = "SELECT status FROM incident WHERE number = $1"


async def test_pages_are_taken_and_resolved_by_writing_under_them(world: World) -> None:
    on_call = await world.on_call()
    first = await world.alert("Database connection lost")
    page = await on_call.dm(containing="Database connection lost")
    second = await world.alert("Payment API is down", service="payments")
    await on_call.dm(containing="Payment API is down")
    await on_call.phone.gets_sms("2a")

    await on_call.types("merci", HERE, thread=page)  # takes nothing
    await on_call.dm(containing="De quoi avez-vous besoin")
    await on_call.types("je prends", HERE, thread=page)
    assert (await on_call.dm(containing=f"#{first} est à vous")).thread == page.ts
    await on_call.types(":+1:", HERE)  # the newest that waits, outside of any thread
    assert (await on_call.dm(containing=f"#{second} est à vous")).thread is None
    assert await world.value("SELECT count(*) FROM incident WHERE status = 'acknowledged'") == 2

    await on_call.types("note la base a basculé", HERE, thread=page)
    noted = await world.person("bruno").sees("la base a basculé", channel="incidents")
    assert noted.thread is not None

    resolved = await on_call.types("résolu", HERE, thread=page)
    await world.eventually_value("resolved", STATUS, first)
    assert await world.value(STATUS, second) == "acknowledged"
    await world.sandbox.redeliver(resolved)
    await on_call.types("2 R", HERE)  # the code of its text message
    await world.eventually_value("resolved", STATUS, second)
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'incident.resolved'") == 2


async def test_another_slack_tells_of_it_by_http_three_times(database_url: str, tmp_path: Path) -> None:
    async with other_world(database_url, config_in("en", tmp_path), http=True) as (world, slack):
        number = await world.alert("Database connection lost")
        room = slack.conversations_open({"users": BRUNO})["channel"]["id"]
        said = {
            "type": "message", "channel_type": "im", "channel": room, "user": BRUNO, "ts": slack.ts(),
            "text": f"`/ecotrajet ack {number}`", "client_msg_id": "c2d0", "team": "T0OTHER01",
        }  # fmt: skip
        for retry in range(3):
            await slack.event(said, event_id="Ev42", retry=retry)
        await slack.sees("is yours", channel=f"@{BRUNO}")
        await slack.event({**said, "subtype": "message_changed", "hidden": True, "ts": slack.ts()})
        await slack.event({**said, "text": "declare", "ts": slack.ts(), "thread_ts": said["ts"]})
        offered = await slack.sees("Open the form", channel=f"@{BRUNO}")
        assert offered["thread_ts"] == said["ts"]
        await slack.presses(BRUNO, "written.form", on=offered)
        await slack.gets_view("declare.questions")
        told = [each for each in slack.messages if "is yours" in each.get("text", "")]
        assert len(told) == 1, told
