"""The guide's ladder (§5.1): 0, 15 min, 30 min, 1 h, 2 h, until somebody takes it."""

from tests.world import World

TITLE = "Database connection lost"


async def test_an_alert_becomes_a_card_a_dm_an_sms_and_a_mail(world: World) -> None:
    number = await world.alert(TITLE)
    on_call = await world.on_call()

    card = await world.person("bruno").sees(TITLE, channel="incidents")
    assert f"[PROD] [CRITICAL] {TITLE}" in card.text
    await on_call.dm(containing=TITLE)
    sms = await on_call.phone.gets_sms(TITLE)
    assert f"#{number}" in sms.body
    assert "1a" in sms.body
    await on_call.mailbox.gets(TITLE)


async def test_nobody_answers_so_each_level_is_told_at_its_time(world: World) -> None:
    await world.alert(TITLE)
    await (await world.on_call()).phone.gets_sms(TITLE)
    assert not world.person("chloe").phone.inbox

    await world.fast_forward(minutes=14.9)
    assert not world.person("chloe").phone.inbox
    await world.fast_forward(minutes=0.2)
    await world.person("chloe").phone.gets_sms(TITLE)

    assert not world.person("bruno").phone.inbox
    await world.fast_forward(minutes=15)
    await world.person("bruno").phone.gets_sms(TITLE)

    await world.fast_forward(minutes=30)
    await world.person("bruno").phone.gets_sms(TITLE)  # now as a member of the DevOps team
    assert not world.person("emma").phone.inbox
    await world.fast_forward(minutes=60)
    await world.person("emma").phone.gets_sms("service indisponible")  # plain words for managers


async def test_ack_by_sms_stops_the_ladder_and_the_card_says_who(world: World) -> None:
    number = await world.alert(TITLE)
    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE)

    assert f"#{number}" in (await on_call.phone.sends(f"ack {number}") or "")
    await world.person("bruno").sees(on_call.person.name, channel="incidents")
    assert await world.value("SELECT count(*) FROM escalation_level WHERE state = 'pending'") == 0
    await world.fast_forward(minutes=24)  # until the owner is asked: tests/scenarios/test_responding.py
    assert not world.person("chloe").phone.inbox
    assert not world.person("emma").phone.inbox


async def test_who_comes_second_learns_who_was_first(world: World) -> None:
    number = await world.alert(TITLE)
    card = await world.person("bruno").sees(TITLE, channel="incidents")
    await world.person("bruno").presses("incident.acknowledge", on=card)
    await world.eventually_value("acknowledged", "SELECT status FROM incident WHERE number = $1", number)
    on_call = await world.on_call()
    assert "Bruno Martin" in (await on_call.phone.sends(f"ack {number}") or "")


async def test_the_same_alert_again_is_counted_and_pages_nobody_twice(world: World) -> None:
    number = await world.alert(TITLE)
    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE)
    assert [await world.alert(TITLE) for _ in range(3)] == [number] * 3
    assert await world.value("SELECT alert_count FROM incident WHERE number = $1", number) == 4
    await world.fast_forward(minutes=1)
    assert len(on_call.phone.inbox) == 1
    cards = [message for message in world.channel("incidents").messages if TITLE in message.text and not message.thread]
    assert len(cards) == 1


async def test_p2_takes_slack_and_mail_only(world: World) -> None:
    await world.alert("Lenteur de la recherche", severity="warning")
    on_call = await world.on_call()
    await on_call.mailbox.gets("Lenteur de la recherche")
    await on_call.dm(containing="Lenteur de la recherche")
    assert not on_call.phone.inbox


async def test_escalate_now_by_command_and_a_late_press_changes_nothing(world: World) -> None:
    number = await world.alert(TITLE)
    bruno = world.person("bruno")
    card = await bruno.sees(TITLE, channel="incidents")
    await bruno.types(f"/ecotrajet escalate {number}", channel="incidents")
    await world.person("chloe").phone.gets_sms(TITLE)
    await bruno.presses("incident.escalate", on=card, late=True)  # the card of before: somebody has escalated since
    await bruno.sees("Support", channel="incidents")
    await world.fast_forward(minutes=1)
    assert await world.value("SELECT max(position) FROM escalation_level WHERE state = 'fired'") == 1


async def test_a_new_alert_on_a_taken_incident_pages_again(world: World) -> None:
    number = await world.alert(TITLE, dedup_key="one", group_key="g")
    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE)
    await on_call.phone.sends(f"ack {number}")
    assert await world.alert("Payments down", dedup_key="two", group_key="g") == number
    await world.eventually_value("triggered", "SELECT status FROM incident WHERE number = $1", number)
    await world.eventually_value(2, "SELECT count(*) FROM audit WHERE did = 'page.sent' AND result LIKE 'sms%'")
