"""Being on it: it runs out, is confirmed by one tap, left for a while, handed over, shared; and the clock runs on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import load
from bot.escalation import LAST_RESORT
from bot.incident import Priority
from bot.sandbox.devices import spaced
from bot.simulation import Case, simulate
from tests.world import World, edited_config, new_world

TITLE = "Database connection lost"
STATUS = "SELECT status FROM incident WHERE number = $1"
MINUTE = timedelta(minutes=1)
OWNER = "SELECT acknowledged_by FROM incident WHERE number = $1"


async def taken(
    world: World, title: str = TITLE, by: str = "bruno", env: str = "prod", severity: str = "critical"
) -> int:
    """An incident that `by` has taken from the card."""
    number = await world.alert(title, env=env, severity=severity)
    card = await world.person(by).sees(title, channel="incidents")
    await world.person(by).presses("incident.acknowledge", on=card)
    await world.eventually_value("acknowledged", STATUS, number)
    return number


async def test_the_owner_is_asked_before_the_ack_runs_out_and_one_tap_keeps_it(world: World) -> None:
    number = await taken(world)
    bruno = world.person("bruno")
    await world.fast_forward(minutes=24.9)
    assert not bruno.phone.inbox
    await world.fast_forward(minutes=0.2)
    asked = await bruno.dm(containing="toujours dessus")
    await bruno.phone.gets_sms(f"ack {number}")

    await bruno.presses("incident.still_on_it", on=asked)
    await bruno.sees(f"#{number} reste à vous", channel="dm")
    await world.fast_forward(minutes=24)
    assert await world.value(STATUS, number) == "acknowledged"
    assert not world.person("chloe").phone.inbox


async def test_an_answer_by_sms_to_the_question_keeps_it_too(world: World) -> None:
    number = await taken(world)
    bruno = world.person("bruno")
    await world.fast_forward(minutes=26)
    await bruno.phone.gets_sms(f"ack {number}")
    assert "reste" in (await bruno.phone.sends(f"ack {number}") or "")
    await world.fast_forward(minutes=20)
    assert await world.value(STATUS, number) == "acknowledged"


async def test_without_a_sign_the_same_level_is_paged_again_and_then_the_next(world: World) -> None:
    number = await world.alert(TITLE)
    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE)
    await world.fast_forward(minutes=16)
    chloe = world.person("chloe")
    await chloe.phone.gets_sms(TITLE)
    await chloe.phone.sends(f"ack {number}")
    texts = len(chloe.phone.inbox)

    await world.fast_forward(minutes=29.9)
    assert await world.value(STATUS, number) == "acknowledged"
    await world.fast_forward(minutes=0.2)
    assert await world.value(STATUS, number) == "triggered"
    assert len(chloe.phone.inbox) == texts + 2  # the question, then the page again: Support is the level reached
    assert len([sms for sms in on_call.phone.inbox if TITLE in sms.body]) == 1
    await world.person("emma").sees("Pas de signe de Chloé Bernard", channel="incidents")

    bruno = world.person("bruno")
    assert not bruno.phone.inbox
    await world.fast_forward(minutes=15)
    await bruno.phone.gets_sms(TITLE)
    await bruno.types(f"/ecotrajet show {number}", channel="incidents")
    await bruno.sees("Pas de signe de Chloé Bernard", channel="incidents")


async def test_p2_holds_for_two_hours(world: World) -> None:
    number = await taken(world, "Lenteur de la recherche", severity="warning")
    await world.fast_forward(minutes=114)
    assert not await world.value("SELECT count(*) FROM message WHERE about = 'reminder'")
    await world.fast_forward(minutes=2)
    await world.person("bruno").dm(containing="toujours dessus")
    assert not world.person("bruno").phone.inbox  # SMS are for the critical ones
    await world.fast_forward(minutes=5)
    assert await world.value(STATUS, number) == "triggered"


async def test_how_long_an_ack_holds_is_configured(database_url: str, tmp_path: Path) -> None:
    def quick(configuration: dict[str, Any]) -> None:
        configuration["escalation"]["ack_expires"] = {"P1": "8 min"}

    async with new_world(database_url, config=edited_config(tmp_path, quick)) as world:
        number = await taken(world)
        await world.fast_forward(minutes=4.2)
        await world.person("bruno").dm(containing="toujours dessus")
        await world.fast_forward(minutes=4)
        assert await world.value(STATUS, number) == "triggered"


async def test_a_resolved_incident_asks_nobody_anything(world: World) -> None:
    number = await taken(world)
    await world.person("bruno").types(f"/ecotrajet resolve {number} fini", channel="incidents")
    await world.eventually_value("resolved", STATUS, number)
    await world.fast_forward(hours=25)
    assert not world.person("chloe").phone.inbox
    assert await world.value("SELECT count(*) FROM incident_due WHERE state = 'pending'") == 0
    assert await world.value("SELECT count(*) FROM incident_due WHERE state = 'fired'") == 0


async def test_the_clock_is_said_at_half_and_at_four_fifths_and_a_breach_tells_the_next_level(world: World) -> None:
    number = await taken(world)
    bruno, chloe = world.person("bruno"), world.person("chloe")
    await world.fast_forward(minutes=29)
    await bruno.types(f"/ecotrajet still {number}", channel="incidents")
    await bruno.sees(f"#{number} reste à vous", channel="incidents")
    await world.fast_forward(minutes=1.5)
    await chloe.sees("la moitié du temps", channel="incidents")
    await bruno.dm(containing="la moitié du temps")
    await world.fast_forward(minutes=18)
    await bruno.dm(containing="il reste 1")  # 12 or 11 min, by how soon somebody looks
    await bruno.types(f"/ecotrajet still {number}", channel="incidents")
    await world.eventually_value(2, "SELECT count(*) FROM audit WHERE did = 'incident.still_on_it'")

    assert not chloe.phone.inbox
    await world.fast_forward(minutes=12)
    sms = await chloe.phone.gets_sms(TITLE)
    assert "délai" in sms.body
    await bruno.sees("n’est pas résolu", channel="incidents")
    await bruno.sees("dépassé", channel="incidents")
    assert await world.value(STATUS, number) == "acknowledged"  # whoever is on it stays on it
    assert await world.value(OWNER, number) == "bruno"
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'clock.breached'") == 1
    await chloe.phone.sends(f"ack {number}")
    await world.eventually_value(1, "SELECT count(*) FROM audit WHERE did = 'incident.joined'")


async def test_a_breach_of_an_incident_that_nobody_took_brings_the_next_level_forward(world: World) -> None:
    await world.alert("Lenteur de la recherche", severity="warning")  # P2: 4 h, its ladder takes 2 h
    await world.fast_forward(hours=4.1)
    await world.person("bruno").sees("n’est pas résolu", channel="incidents")


async def test_the_ladder_is_as_it_was_foretold_also_where_levels_reach_nobody_and_a_breach_goes_past_them(
    database_url: str, tmp_path: Path
) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["people"]["fantome"] = {"name": "Fantôme"}
        configuration["notifications"] = {"P1": ["sms"], "managers_digest": "30 min"}
        configuration["incident_channels"] = {"automatic": []}
        policy = configuration["escalation"]["policies"]["default"]
        policy["levels"] = [
            {"name": "Canal", "after": "0 min", "tell": ["channel:general"]},
            {"name": "Vide", "after": "2 min", "tell": ["person:fantome"]},
            {"name": "Binôme", "after": "10 min", "tell": ["person:chloe", "person:fantome"], "acknowledgements": 2},
            {"name": "Lead", "after": "20 min", "tell": ["person:bruno", "person:emma"]},
            {"name": "Direction", "after": "40 min", "tell": ["person:emma", "person:amina"]},
        ]
        policy |= {"stops_at": {}, "fallback": ["person:david"]}

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        number, bruno, chloe = await world.alert(TITLE), world.person("bruno"), world.person("chloe")
        opened = await world.value("SELECT opened_at FROM incident")
        foretold = simulate(load(world.environment).desk, Case(Priority.P1, "prod", "ecotrajet", opened))
        await bruno.sees(TITLE, channel="general")  # of a channel alone nobody is woken
        await world.fast_forward(minutes=61)
        told = await world.rows(
            "SELECT level_name, person, kind, round(extract(epoch FROM due_at - $1) / 60) AS at FROM message"
            " WHERE about = 'page'", opened,
        )  # fmt: skip
        assert {tuple(row) for row in told} == {
            (level.name, each.person.id, step.kind, round((level.due_at + step.after - opened) / MINUTE))
            for level in foretold.levels for each in level.people for step in each.steps
        }  # fmt: skip
        assert [tuple(row)[:2] for row in told][-2:] == [("Direction", "amina"), (LAST_RESORT, "david")]
        await bruno.types(f"/ecotrajet why {number}", channel="incidents")
        shown = spaced((await bruno.sees(f"Pourquoi #{number}", channel="incidents")).text)
        assert "Emma Laurent le lira dans la prochaine synthèse" in shown
        assert "trop peu de personnes" in shown

        number = await taken(world, "Payments are down")  # before anybody by name was called
        texts = len(chloe.phone.inbox)
        await world.fast_forward(minutes=28)
        await bruno.types(f"/ecotrajet still {number}", channel="incidents")
        await bruno.sees(f"#{number} reste à vous", channel="incidents")
        await bruno.types(f"/ecotrajet snooze {number} 1h", channel="incidents")
        await bruno.sees("n’alerte plus personne", channel="incidents")
        await world.fast_forward(minutes=33)  # the breach passes over the level that reaches nobody
        await world.eventually(lambda: more_texts(chloe, texts), "the breach calls whoever can be reached")
        skipped = "SELECT count(*) FROM audit WHERE did = 'level.skipped' AND incident = $1"
        assert await world.value(skipped, number) == 1


async def more_texts(who: Any, before: int) -> bool:
    return len(who.phone.inbox) > before


async def test_snoozed_it_pages_nobody_and_then_comes_back(world: World) -> None:
    number = await world.alert(TITLE)
    on_call, bruno = await world.on_call(), world.person("bruno")
    await on_call.phone.gets_sms(TITLE)
    await bruno.types(f"/ecotrajet snooze {number} 20 min", channel="incidents")
    await bruno.sees("n’alerte plus personne", channel="incidents")
    await world.person("emma").sees("💤", channel="incidents")
    assert await world.value(OWNER, number) == "bruno"
    await world.fast_forward(minutes=19)
    assert not world.person("chloe").phone.inbox
    assert len(on_call.phone.inbox) == 1
    await world.fast_forward(minutes=1.2)
    assert await world.value(STATUS, number) == "triggered"
    await world.eventually(lambda: two_texts(on_call), "paged again")
    await bruno.sees("La pause est finie", channel="incidents")


async def two_texts(who: Any) -> bool:
    return len([sms for sms in who.phone.inbox if TITLE in sms.body]) >= 2


async def test_the_card_of_a_taken_incident_has_a_button_to_leave_it_for_a_while(world: World) -> None:
    number = await taken(world)
    bruno = world.person("bruno")
    await bruno.sees("À confirmer avant", channel="incidents")
    await bruno.presses("incident.snooze")
    await world.eventually_value(
        1,
        "SELECT count(*) FROM incident_due WHERE incident = $1 AND kind = 'snooze_over' AND state = 'pending'",
        number,
    )
    await world.fast_forward(minutes=28)
    assert await world.value("SELECT count(*) FROM message WHERE about = 'reminder'") == 0


async def test_handed_over_it_is_theirs_only_once_they_answer(world: World) -> None:
    number = await taken(world)
    bruno, chloe = world.person("bruno"), world.person("chloe")
    await bruno.types(f"/ecotrajet assign {number} @chloe", channel="incidents")
    await bruno.sees("Chloé Bernard", channel="incidents")
    sms = await chloe.phone.gets_sms(TITLE)
    assert "Bruno Martin" in sms.body
    assert await world.value(OWNER, number) == "bruno"

    page = await chloe.dm(containing=TITLE)
    await chloe.presses("incident.acknowledge", on=page)
    await world.eventually_value("chloe", OWNER, number)
    await bruno.sees("Chloé Bernard prend le relais de Bruno Martin", channel="incidents")
    await world.fast_forward(minutes=6)
    assert not chloe.phone.calls  # answered: the call of after five minutes is not wanted


async def test_an_untaken_incident_handed_to_somebody_keeps_climbing_until_they_answer(world: World) -> None:
    number = await world.alert(TITLE)
    await world.person("emma").types(f"/ecotrajet assign {number} Bruno Martin", channel="incidents")
    bruno = world.person("bruno")
    await bruno.phone.gets_sms(TITLE)
    assert await world.value(STATUS, number) == "triggered"
    await world.fast_forward(minutes=16)
    await world.person("chloe").phone.gets_sms(TITLE)
    assert "à vous" in (await bruno.phone.sends(f"ack {number}") or "")
    assert await world.value(OWNER, number) == "bruno"


async def test_others_are_paged_by_their_own_channels_and_their_ack_counts(world: World) -> None:
    number = await taken(world)
    bruno, chloe, emma = world.person("bruno"), world.person("chloe"), world.person("emma")
    await bruno.types(f"/ecotrajet page {number} chloé et management", channel="incidents")
    await chloe.phone.gets_sms(TITLE)
    await emma.phone.gets_sms(f"#{number}")
    assert "Bruno Martin" in (await chloe.phone.sends(f"ack {number}") or "")
    await emma.sees("Chloé Bernard est aussi dessus", channel="incidents")
    assert await world.value(OWNER, number) == "bruno"
    await world.fast_forward(minutes=5.2)
    assert not chloe.phone.calls
    assert len(emma.phone.calls) == 1  # who has not answered is called


async def test_a_name_that_nobody_has_is_told_with_what_to_type(world: World) -> None:
    number = await world.alert(TITLE)
    bruno = world.person("bruno")
    await bruno.types(f"/ecotrajet page {number} amnia", channel="incidents")
    await bruno.sees("amina", channel="incidents")
    await bruno.types(f"/ecotrajet snooze {number}", channel="incidents")
    await bruno.sees(f"/ecotrajet snooze {number} 30m", channel="incidents")


async def at(world: World, moment: datetime) -> None:
    """Let time pass until `moment` (UTC)."""
    now: datetime = await world.value("SELECT app_now()")
    await world.fast_forward(minutes=(moment - now) / timedelta(minutes=1))


async def next_saturday(world: World) -> datetime:
    """03:00 in Paris on a Saturday to come."""
    now: datetime = await world.value("SELECT app_now()")
    day = (now + timedelta(days=(5 - now.weekday()) % 7 or 7)).date()
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


async def test_p3_waits_for_the_morning_and_wakes_nobody(world: World) -> None:
    await at(world, await next_saturday(world))
    number = await world.alert("Le logo a disparu", severity="minor")
    assert await world.value("SELECT priority FROM incident WHERE number = $1", number) == "P3"
    card = await world.person("bruno").sees("Le logo a disparu", channel="incidents")
    assert "heures ouvrées" in card.text
    await world.fast_forward(hours=52)
    assert await world.value("SELECT count(*) FROM message WHERE about = 'page'") == 0
    await world.fast_forward(hours=3)
    on_call = await world.on_call()
    await on_call.dm(containing="Le logo a disparu")
    levels = await world.rows("SELECT due_at FROM escalation_level WHERE incident = $1 ORDER BY position", number)
    assert levels[1]["due_at"] - levels[0]["due_at"] == timedelta(minutes=15)


async def test_the_ladder_is_climbed_again_and_ends_with_the_fallback(database_url: str, tmp_path: Path) -> None:
    def twice(configuration: dict[str, Any]) -> None:
        policy = configuration["escalation"]["policies"]["default"]
        policy["levels"] = policy["levels"][:2]
        policy["stops_at"] = {}
        policy["repeat"] = 1
        policy["repeat_after"] = "10 min"
        policy["fallback"] = ["person:emma"]

    async with new_world(database_url, config=edited_config(tmp_path, twice)) as world:
        number = await world.alert(TITLE)
        on_call, chloe, emma = await world.on_call(), world.person("chloe"), world.person("emma")
        await world.fast_forward(minutes=24)
        assert (len(on_call.phone.inbox), len(chloe.phone.inbox), len(emma.phone.inbox)) == (1, 1, 0)
        await world.fast_forward(minutes=2)
        await world.eventually(lambda: two_texts(on_call), "the first level again")
        await world.fast_forward(minutes=15)
        await world.eventually(lambda: two_texts(chloe), "the second level again")
        assert not emma.phone.inbox
        await world.fast_forward(minutes=10)
        await emma.phone.gets_sms(f"#{number}")
        await emma.sees("Dernier recours", channel="incidents")


async def test_a_critical_page_without_an_answer_is_followed_by_a_call(world: World) -> None:
    number = await world.alert(TITLE)
    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE)
    await world.fast_forward(minutes=4.9)
    assert not on_call.phone.calls
    await world.fast_forward(minutes=0.2)
    call = await on_call.phone.gets_call()
    assert call.to == on_call.phone.number
    await on_call.phone.sends(f"ack {number}")
    await world.eventually_value("acknowledged", STATUS, number)


async def test_taken_in_time_nobody_is_called(world: World) -> None:
    number = await world.alert(TITLE)
    on_call = await world.on_call()
    await on_call.phone.gets_sms(TITLE)
    await on_call.phone.sends(f"ack {number}")
    await world.fast_forward(minutes=6)
    assert not on_call.phone.calls


async def test_how_a_page_reaches_people_is_configured(database_url: str, tmp_path: Path) -> None:
    def by_mail(configuration: dict[str, Any]) -> None:
        configuration["notifications"] = {"P1": ["email", "sms after 2 min"]}

    async with new_world(database_url, config=edited_config(tmp_path, by_mail)) as world:
        await world.alert(TITLE)
        on_call = await world.on_call()
        await on_call.mailbox.gets(TITLE)
        assert not on_call.phone.inbox
        await world.fast_forward(minutes=2.1)
        await on_call.phone.gets_sms(TITLE)


async def test_managers_get_plain_words_and_the_updates_that_they_were_promised(world: World) -> None:
    number = await taken(world)
    bruno, emma = world.person("bruno"), world.person("emma")
    await bruno.types(f"/ecotrajet page {number} emma", channel="incidents")
    sms = await emma.phone.gets_sms(f"#{number}")
    assert "service indisponible" in sms.body
    assert "Bruno Martin" in sms.body
    assert TITLE not in sms.body
    page = await emma.dm(containing="service indisponible")
    assert "Prochaine nouvelle" in page.text
    assert TITLE not in page.text
    mail = await emma.mailbox.gets("service indisponible")
    assert TITLE not in mail.text

    before = len(emma.visible("dm"))
    await world.fast_forward(minutes=30.2)
    assert len(emma.visible("dm")) == before + 1


@pytest.mark.timeout(150)  # five levels, each given up only after its retries
async def test_when_nobody_at_all_can_be_reached_it_is_said_and_tried_again(database_url: str, tmp_path: Path) -> None:
    def telephones_only(configuration: dict[str, Any]) -> None:
        for person in configuration["people"].values():
            del person["email"]
            if person["name"] != "Emma Laurent":
                del person["slack"]
            else:
                del person["phone"]
        configuration["escalation"]["policies"]["default"]["levels"][-1]["tell"] = ["team:devops"]

    numbers = [f"+3360000000{n}" for n in range(1, 5)]
    async with new_world(database_url, config=edited_config(tmp_path, telephones_only)) as world:
        for number in numbers:
            world.sandbox.twilio.faults.arm(number=number, error=21211, times=40)
        await world.alert(TITLE)
        await world.person("emma").sees("n’est joignable par aucun moyen", channel="incidents", within=90)
        sent = "SELECT count(*) FROM message WHERE about = 'page'"
        tried = await world.value(sent)
        assert (
            await world.value("SELECT count(*) FROM incident_due WHERE kind = 'last_resort' AND state = 'pending'") == 1
        )
        world.sandbox.twilio.faults.clear()
        await world.fast_forward(minutes=5.1)
        await world.person("bruno").phone.gets_sms(TITLE)
        assert await world.value(sent) > tried


async def test_without_a_fallback_everyone_of_the_ladder_is_tried_again_after_an_outage(
    database_url: str, tmp_path: Path
) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        for name in ("bruno", "chloe"):
            configuration["people"][name] = {"name": name.title(), "phone": configuration["people"][name]["phone"]}
        policy = configuration["escalation"]["policies"]["default"]
        policy["levels"] = [
            {"name": each, "after": after, "tell": [f"person:{each}"]}
            for each, after in (("bruno", "0 min"), ("chloe", "15 min"))
        ]
        policy |= {"stops_at": {}, "fallback": []}
        configuration["incident_channels"] = {"automatic": []}

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        world.sandbox.twilio.faults.arm(error=21211, times=99)
        await world.alert(TITLE)
        await world.eventually_value(
            1, "SELECT count(*) FROM incident_due WHERE kind = 'last_resort' AND state = 'pending'", within=20
        )
        world.sandbox.twilio.faults.clear()
        await world.fast_forward(minutes=5.1)
        for name in ("bruno", "chloe"):
            await world.person(name).phone.gets_sms(TITLE)


async def test_given_back_it_climbs_on_without_whoever_could_not_keep_it(world: World) -> None:
    number = await world.alert(TITLE)
    on_call, chloe = await world.on_call(), world.person("chloe")
    await on_call.phone.gets_sms(TITLE)
    await on_call.phone.sends(f"ack {number}")
    await chloe.types(f"/ecotrajet unack {number}", channel="incidents")
    await chloe.sees("n’est pas à vous", channel="incidents")
    paged = len(on_call.phone.inbox)
    await on_call.types(f"/ecotrajet unack {number}", channel="incidents")
    await world.eventually_value("triggered", STATUS, number)
    await chloe.phone.gets_sms(TITLE)  # nobody else was on the first level: the next one at once
    assert len(on_call.phone.inbox) == paged
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'incident.given_back'") == 1


async def test_it_may_be_left_until_a_moment_or_for_hours_and_minutes_as_people_say_it(world: World) -> None:
    number = await world.alert(TITLE)
    bruno = world.person("bruno")
    await bruno.sees(TITLE, channel="incidents")
    over = "SELECT max(due_at) - app_now() FROM incident_due WHERE kind = 'snooze_over' AND state = 'pending'"
    for typed, hours in (("2h30", 2.5), ("pendant 2 heures", 2.0), ("dans 3 h", 3.0)):
        await bruno.types(f"/ecotrajet reporte {number} {typed}", channel="incidents")

        async def is_so(hours: float = hours) -> bool:
            left = await world.value(over)
            return left is not None and abs(left / timedelta(hours=1) - hours) < 0.05

        await world.eventually(is_so, f"left {typed}")
    await bruno.types(f"/ecotrajet reporte {number} jusqu'à 8h", channel="incidents")
    clock = (
        "SELECT to_char(max(due_at) AT TIME ZONE 'Europe/Paris', 'HH24:MI') FROM incident_due WHERE state = 'pending'"
    )
    await world.eventually_value("08:00", f"{clock} AND kind = 'snooze_over'")
