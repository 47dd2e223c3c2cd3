"""Many alerts, few incidents: by service and environment, by people's hands, and when one comes and goes."""

from tests.world import World

TITLE = "Database connection lost"


async def test_alerts_of_one_service_and_environment_are_one_incident_and_its_card_says_why(world: World) -> None:
    number = await world.alert(TITLE, dedup_key="db")
    assert await world.alert("Disk of db-1 is full", dedup_key="disk") == number
    assert await world.alert("Payments fail", dedup_key="pay") == number
    assert await world.alert(TITLE, dedup_key="db-2", service="billing") != number
    await world.person("bruno").sees("même service", channel="incidents")
    assert await world.value("SELECT count(*) FROM alert WHERE incident = $1", number) == 3


async def test_what_comes_long_after_is_an_incident_of_its_own(world: World) -> None:
    number = await world.alert(TITLE, dedup_key="db")
    await world.fast_forward(minutes=4)
    assert await world.alert("Disk is full", dedup_key="disk") == number
    await world.fast_forward(minutes=6)
    assert await world.alert("Payments fail", dedup_key="pay") != number


async def test_a_worse_alert_raises_the_incident_that_it_joins(world: World) -> None:
    number = await world.alert("Lenteur de la recherche", severity="warning", dedup_key="slow")
    on_call = await world.on_call()
    await on_call.mailbox.gets("Lenteur")
    assert not on_call.phone.inbox
    assert await world.alert(TITLE, dedup_key="db") == number
    await on_call.phone.gets_sms("P1")
    assert await world.value("SELECT priority FROM incident WHERE number = $1", number) == "P1"


async def test_new_members_of_a_taken_incident_page_once_and_not_each(world: World) -> None:
    number = await world.alert(TITLE, dedup_key="db")
    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE)
    await on_call.phone.sends(f"ack {number}")
    await world.alert("Disk is full", dedup_key="disk")
    await world.eventually_value("triggered", "SELECT status FROM incident WHERE number = $1", number)
    await on_call.phone.sends(f"ack {number}")
    await world.eventually_value("acknowledged", "SELECT status FROM incident WHERE number = $1", number)
    for n in range(5):
        assert await world.alert(f"Queue {n} is full", dedup_key=f"queue-{n}") == number
    assert await world.value("SELECT status FROM incident WHERE number = $1", number) == "acknowledged"
    assert await world.value("SELECT count(*) FROM alert WHERE incident = $1", number) == 7


async def test_people_merge_two_incidents(world: World) -> None:
    one = await world.alert(TITLE, dedup_key="db")
    two = await world.alert("Lenteur de la recherche", severity="warning", service="billing", dedup_key="slow")
    bruno = world.person("bruno")
    await bruno.types(f"/ecotrajet doublon {one} {two}", channel="incidents")
    await world.eventually_value("resolved", "SELECT status FROM incident WHERE number = $1", one)
    assert await world.value("SELECT count(*) FROM alert WHERE incident = $1 AND status = 'firing'", two) == 2
    assert await world.value("SELECT priority FROM incident WHERE number = $1", two) == "P1"
    assert await world.alert(TITLE, dedup_key="db") == two


async def test_an_incident_is_part_of_a_larger_one_and_goes_on_by_itself(world: World) -> None:
    whole = await world.alert(TITLE, dedup_key="db")
    part = await world.alert("Lenteur de la recherche", severity="warning", service="billing", dedup_key="slow")
    bruno = world.person("bruno")
    await bruno.types(f"/ecotrajet rattache #{part} à #{whole}", channel="incidents")
    await bruno.sees(f"Fait partie de #{whole}", channel="incidents")
    await bruno.sees(f"En font partie : #{part}", channel="incidents")
    assert await world.value("SELECT status FROM incident WHERE number = $1", part) == "triggered"
    await bruno.types(f"/ecotrajet link {whole} {part}", channel="incidents")
    await bruno.sees("pas les deux", channel="incidents")

    await bruno.types(f"/ecotrajet ack {part}", channel="incidents")
    await bruno.sees("Bruno Martin s’en occupe", channel="incidents")
    await bruno.types(f"/ecotrajet resolve {whole}", channel="incidents")
    await bruno.dm(containing="Celui-ci est-il fini, lui aussi")
    await bruno.types(f"/ecotrajet relie {part} aucun", channel="incidents")
    await world.eventually_value(0, "SELECT count(*) FROM incident_parent")


async def test_people_split_an_incident(world: World) -> None:
    number = await world.alert(TITLE, dedup_key="db")
    await world.alert("Disk of db-1 is full", dedup_key="disk")
    bruno = world.person("bruno")
    await bruno.types(f"/ecotrajet split {number} disk", channel="incidents")
    await world.eventually_value(2, "SELECT count(*) FROM incident")
    part = await world.value("SELECT incident FROM alert WHERE dedup_key = 'disk'")
    assert part != number
    assert await world.value("SELECT count(*) FROM alert WHERE incident = $1", number) == 1
    await world.alert("Disk of db-1 is full", dedup_key="disk", status="resolved")
    assert await world.value("SELECT status FROM incident WHERE number = $1", part) == "resolved"
    assert await world.value("SELECT status FROM incident WHERE number = $1", number) == "triggered"


async def test_nothing_is_split_when_nothing_would_be_left(world: World) -> None:
    number = await world.alert(TITLE, dedup_key="db")
    await world.person("bruno").types(f"/ecotrajet split {number} database", channel="incidents")
    assert await world.value("SELECT count(*) FROM incident") == 1


async def change(world: World, status: str) -> None:
    await world.post(
        "/webhooks/generic",
        {"title": TITLE, "environment": "prod", "service": "ecotrajet", "severity": "critical", "dedup_key": "db",
         "status": status},
    )  # fmt: skip


async def test_what_comes_and_goes_is_held_in_one_incident_that_pages_once_and_ends_when_calm(world: World) -> None:
    on_call = await world.on_call()
    for _ in range(10):
        await change(world, "firing")
        await world.fast_forward(minutes=0.2)
        await change(world, "resolved")
        await world.fast_forward(minutes=0.2)
    count = await world.value("SELECT count(*) FROM incident")
    assert count == 3  # five changes are none too many; from the sixth on it flaps
    assert await world.value("SELECT count(*) FROM incident WHERE status <> 'resolved'") == 1
    assert len([sms for sms in on_call.phone.inbox if "P1" in sms.body]) <= count
    await world.person("bruno").sees("va et vient", channel="incidents")

    await world.fast_forward(minutes=11)
    await world.eventually_value(0, "SELECT count(*) FROM incident WHERE status <> 'resolved'")
    assert await world.value("SELECT count(*) FROM alert") == 10


async def test_what_still_fires_when_it_is_calm_stays_an_ordinary_incident(world: World) -> None:
    for _ in range(5):
        await change(world, "firing")
        await change(world, "resolved")
    await change(world, "firing")
    assert await world.value("SELECT count(*) FROM incident WHERE flapping_until IS NOT NULL") == 1
    await world.fast_forward(minutes=11)
    assert await world.value("SELECT count(*) FROM incident WHERE flapping_until IS NOT NULL") == 0
    assert await world.value("SELECT count(*) FROM incident WHERE status <> 'resolved'") == 1
    await change(world, "resolved")
    assert await world.value("SELECT count(*) FROM incident WHERE status <> 'resolved'") == 0
