"""A person knows better than the rules: the ladder follows, and the rules learn."""

import re
from pathlib import Path

from bot.config import load_desk
from bot.incident import Priority
from tests.world import ROOT, World

SLOW = "Lenteur de la recherche"


async def test_raised_by_the_menu_of_the_card_it_pages_by_the_channels_of_p1(world: World) -> None:
    number = await world.alert(SLOW, severity="warning")
    on_call = await world.on_call()
    await on_call.dm(containing=SLOW)
    assert not on_call.phone.inbox
    bruno = world.person("bruno")
    card = await bruno.sees(SLOW, channel="incidents")
    menu = card.button("incident.reclassify")
    p1 = next(value for value, label in menu.options if "P1" in label)
    await bruno.presses("incident.reclassify", on=card, choosing=p1)
    await on_call.phone.gets_sms(SLOW)
    shown = await bruno.sees("P1 critique", channel="incidents")
    assert shown.ts == card.ts
    assert "Bruno Martin" in shown.text
    assert (await world.rows("SELECT actor, result FROM audit WHERE did = 'incident.reclassified'"))[0][
        "actor"
    ] == "bruno"
    await world.fast_forward(minutes=16)
    await world.person("chloe").phone.gets_sms(SLOW)
    await bruno.types(f"/ecotrajet priority {number} p1", channel="incidents")
    await bruno.sees("déjà P1", channel="incidents")


async def test_lowered_to_p3_it_stops_at_support(world: World) -> None:
    number = await world.alert(SLOW, severity="warning")
    await (await world.on_call()).dm(containing=SLOW)
    amina = world.person("amina")
    await amina.types(f"/ecotrajet incident priorité {number} P3", channel="incidents")
    await amina.sees("P3 mineur", channel="incidents")
    pending = "SELECT name FROM escalation_level WHERE state = 'pending'"
    assert [row["name"] for row in await world.rows(pending)] == ["Support"]
    await world.fast_forward(hours=3)
    assert not world.person("emma").phone.inbox
    assert not [one for one in world.person("emma").visible("dm") if SLOW in one.text]


async def test_who_is_on_it_stays_on_it_when_it_is_raised(world: World) -> None:
    number = await world.alert(SLOW, severity="warning")
    amina = world.person("amina")
    await amina.types(f"/ecotrajet ack {number}", channel="incidents")
    await world.eventually_value("acknowledged", "SELECT status FROM incident")
    await amina.types(f"/ecotrajet priority {number} P1", channel="incidents")
    await world.eventually_value("P1", "SELECT priority FROM incident")
    assert await world.value("SELECT status FROM incident") == "acknowledged"
    await amina.types(f"/ecotrajet priority {number} P9", channel="incidents")
    await amina.sees("P1, P2", channel="incidents")
    await amina.types(f"/ecotrajet resolve {number}", channel="incidents")
    await world.eventually_value("resolved", "SELECT status FROM incident")
    await amina.types(f"/ecotrajet priority {number} P2", channel="incidents")
    await amina.sees("est terminé", channel="incidents")


DUES = (
    "SELECT string_agg(kind, ' ' ORDER BY kind) FROM incident_due WHERE state = 'pending' AND kind !~ '^(clock|news)'"
)
EXPIRY = "SELECT round(extract(epoch FROM due_at - app_now()) / 60) FROM incident_due WHERE kind = 'ack_expiry'"


async def test_how_long_it_may_be_held_goes_by_the_new_priority(world: World) -> None:
    number = await world.alert("Le logo a disparu", severity="minor")
    amina, bruno = world.person("amina"), world.person("bruno")
    await amina.types(f"/ecotrajet ack {number}", channel="incidents")
    await world.eventually_value("acknowledged", "SELECT status FROM incident")
    assert await world.value(DUES) is None  # a P3 is held for ever
    await bruno.types(f"/ecotrajet priority {number} P1", channel="incidents")
    await world.eventually_value("ack_expiry ack_reminder", DUES)
    assert await world.value(f"{EXPIRY} AND state = 'pending'") == 30
    await amina.dm(containing="de P3 à P1")  # whoever is on it hears of it
    await bruno.types(f"/ecotrajet priority {number} P2", channel="incidents")
    await world.eventually_value(120, f"{EXPIRY} AND state = 'pending'")

    await amina.types(f"/ecotrajet snooze {number} 10h", channel="incidents")
    await world.eventually_value("snooze_over", DUES)
    await bruno.types(f"/ecotrajet priority {number} P3", channel="incidents")
    await world.eventually_value("P3", "SELECT priority FROM incident")
    assert await world.value(DUES) == "snooze_over"
    await amina.types(f"/ecotrajet priority {number} P2", channel="incidents")  # she is up: hers, and no pause any more
    await world.eventually_value("ack_expiry ack_reminder", DUES)
    assert await world.value("SELECT status FROM incident") == "acknowledged"


async def test_left_for_later_and_worse_meanwhile_it_pages_again_and_lowered_nobody_is_called_any_more(
    world: World,
) -> None:
    number = await world.alert(SLOW, severity="warning")
    on_call, bruno = await world.on_call(), world.person("bruno")
    await bruno.types(f"/ecotrajet snooze {number} 10h", channel="incidents")
    await world.eventually_value("acknowledged", "SELECT status FROM incident")
    await world.person("chloe").types(f"/ecotrajet priority {number} P1", channel="incidents")
    await on_call.phone.gets_sms(SLOW)
    await bruno.sees("laissé pour plus tard", channel="incidents")
    assert await world.value("SELECT status FROM incident") == "triggered"
    await world.person("chloe").types(f"/ecotrajet priority {number} P3", channel="incidents")
    await world.eventually_value("P3", "SELECT priority FROM incident")
    await world.fast_forward(minutes=6)
    assert not on_call.phone.calls
    assert await world.value("SELECT state FROM message WHERE kind = 'voice'") == "dropped"


async def test_after_three_like_corrections_the_rule_is_proposed_once_ready_to_paste(
    world: World, tmp_path: Path
) -> None:
    bruno = world.person("bruno")
    titles = (
        "Export PDF lent sur web-1",
        "Encore : export PDF lent (web-2)",
        "Export PDF lent sur web-7",
        "Export PDF lent",
    )
    for count, title in enumerate(titles, start=1):
        number = await world.alert(title, severity="warning", dedup_key=f"k{count}")
        assert await world.value("SELECT priority FROM incident WHERE number = $1", number) == "P2"
        await bruno.types(f"/ecotrajet priority {number} P3", channel="incidents")
        await world.eventually_value("P3", "SELECT priority FROM incident WHERE number = $1", number)
        proposed = await world.value("SELECT count(*) FROM rule_proposal")
        assert proposed == (count >= 3)
        await bruno.types(f"/ecotrajet resolve {number}", channel="incidents")
        await world.eventually_value("resolved", "SELECT status FROM incident WHERE number = $1", number)
    note = await bruno.sees("classification:", channel="incidents")
    assert note.thread
    assert len([one for one in bruno.visible("incidents") if "classification:" in one.text]) == 1

    said = await world.value("SELECT body->'phrase' FROM message WHERE body::text LIKE '%classification:%'")
    yaml = re.search(r'"yaml": "((?:[^"\\]|\\.)*)"', said)
    assert yaml is not None
    pasted = tmp_path / "ecotrajet.yaml"
    example = (ROOT / "ecotrajet.example.yaml").read_text("utf-8")
    places = example[example.index("environments:") : example.index("# ── People")]
    pasted.write_text(
        places + yaml[1].encode().decode("unicode_escape").encode("latin-1", "ignore").decode("utf-8", "ignore")
    )
    (rule, *_) = load_desk(pasted).rules
    assert rule.gives is Priority.P3
    assert rule.when.sources == {"generic"}
    assert rule.when.environments == {"prod"}
    assert "lent" in rule.when.title


async def test_a_slip_that_is_taken_back_teaches_nothing(world: World) -> None:
    bruno = world.person("bruno")
    number = await world.alert(SLOW, severity="warning")
    for priority in ("P3", "P2"):
        await bruno.types(f"/ecotrajet priority {number} {priority}", channel="incidents")
        await world.eventually_value(priority, "SELECT priority FROM incident")
    assert await world.value("SELECT count(*) FROM correction") == 0
