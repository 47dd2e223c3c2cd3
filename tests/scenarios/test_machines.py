"""Only somebody who presses a key has taken it: no mailbox, and nobody who hears the call and hangs up."""

from tests.world import World

TITLE = "Database connection lost"
CALL_FIRST = {"P1-slack": "never", "P1-email": "never", "P1-voice": "0", "P1-sms": "180"}
VOICE = "SELECT state FROM message WHERE kind = 'voice' AND person = $1"


async def paged_by_call(world: World) -> None:
    """Chloé, Support, wants a call at once and a text after three minutes; the incident gets to her level."""
    chloe = world.person("chloe")
    await chloe.types("/ecotrajet moi", channel="general")
    await chloe.presses("Modifier", on=await chloe.sees("Comment vous joindre", channel="general"))
    await chloe.submits(await chloe.gets_view("Comment vous joindre"), CALL_FIRST)
    await chloe.dm(containing="désormais")
    number = await world.alert(TITLE)
    await world.person("amina").types(f"/ecotrajet escalate {number}", channel="incidents")


async def test_a_mailbox_takes_nothing_and_the_next_channel_follows_at_once(world: World) -> None:
    chloe = world.person("chloe")
    await paged_by_call(world)
    await chloe.phone.lets_machine_answer()
    await world.eventually_value("failed", VOICE, "chloe")
    await chloe.phone.gets_sms("1a")  # without the three minutes
    assert await world.value("SELECT status FROM incident") == "triggered"
    told = "SELECT why->'values'->'why'->'values'->'reason'->>'msgid' FROM audit WHERE did = 'page.failed'"
    assert await world.value(told) == "an answering machine took the call"


async def test_whoever_listens_and_hangs_up_has_not_taken_it_and_the_next_level_follows(world: World) -> None:
    chloe, bruno = world.person("chloe"), world.person("bruno")
    await paged_by_call(world)
    call = await chloe.phone.gets_call()
    assert any("Tapez 4" in each for each in call.said)
    await call.hang_up()
    await world.eventually_value("delivered", VOICE, "chloe")
    assert await world.value("SELECT status FROM incident") == "triggered"
    await world.fast_forward(minutes=30.5)
    await bruno.phone.gets_sms("1a")  # Lead technique
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'incident.acknowledged'") == 0


async def test_a_person_taken_for_a_machine_may_press_a_key_all_the_same(world: World) -> None:
    chloe = world.person("chloe")
    await paged_by_call(world)
    call = await chloe.phone.gets_call()
    form = {"CallSid": call.sid, "AnsweredBy": "machine_start"}
    await world.sandbox.twilio.webhooks.post(f"{world.url}/twilio/status", form)
    assert "est à vous" in (await call.presses("4"))[0]
    assert await world.value("SELECT status FROM incident") == "acknowledged"
