"""`/ecotrajet why N`: who was told or not, by what and why, as the rows have it."""

from tests.world import World

TITLE = "Database connection lost"


async def test_it_tells_the_rule_the_levels_the_pages_and_their_receipts(world: World) -> None:
    number = await world.alert(TITLE)
    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE)
    await world.eventually_value("delivered", "SELECT state FROM message WHERE kind = 'sms'")
    await world.fast_forward(minutes=16)
    await world.person("chloe").phone.gets_sms(TITLE)
    bruno = world.person("bruno")
    await bruno.types(f"/ecotrajet pourquoi {number}", channel="incidents")
    told = (await bruno.sees(f"Pourquoi #{number} est P1", channel="incidents")).text
    assert "unavailable" in told
    assert f"{on_call.person.name} : SMS" in told
    assert "accusé de réception" in told
    assert "Détection, prévenu" in told
    assert "Chloé Bernard : SMS" in told
    assert "Lead technique (Bruno Martin) sera prévenu" in told
    assert "Dernier recours (" in told  # not the name that the rows have for it

    await bruno.types(f"/ecotrajet ack {number}", channel="incidents")
    await world.eventually_value("acknowledged", "SELECT status FROM incident")
    await world.person("david").types(f"/ecotrajet incident why {number}", channel="incidents")
    told = (await world.person("david").sees(f"Why #{number} is P1", channel="incidents")).text
    assert "Management (Emma Laurent) was not told: taken by Bruno Martin" in told


async def test_it_tells_a_correction_and_what_a_silence_kept(world: World) -> None:
    amina = world.person("amina")
    await amina.types("/ecotrajet silence prod 1h essai", channel="incidents")
    await amina.sees("silence end 1", channel="incidents")
    await world.post("/webhooks/generic", {"title": "Lenteur", "environment": "prod", "severity": "warning"})
    await world.fast_forward(minutes=61)
    number = await world.value("SELECT number FROM incident")
    await amina.types(f"/ecotrajet priority {number} P3", channel="incidents")
    await world.eventually_value("P3", "SELECT priority FROM incident")
    await amina.types(f"/ecotrajet why {number}", channel="incidents")
    told = (await amina.sees(f"Pourquoi #{number} est P3", channel="incidents")).text
    assert "le silence 1 l’a gardée" in told
    assert "Amina Diallo l’a fait passer de P2 à P3" in told


async def test_an_sms_that_failed_says_why(world: World) -> None:
    on_call, emma = await world.on_call(), world.person("emma")
    world.sandbox.twilio.faults.arm(number=on_call.phone.number, error=21211)
    number = await world.alert(TITLE)
    await world.eventually_value(1, "SELECT count(*) FROM message WHERE state = 'failed'")
    await emma.types(f"/ecotrajet why {number}", channel="incidents")
    assert "SMS n’est pas arrivé" in (await emma.sees("Pourquoi #", channel="incidents")).text


async def test_there_is_no_such_incident(world: World) -> None:
    amina = world.person("amina")
    await amina.types("/ecotrajet why 999", channel="incidents")
    await amina.sees("#999", channel="incidents")
