"""How somebody wants to be reached: shown, changed in a form, kept from letting them sleep, and tried."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.oncall import wall
from bot.sandbox.slack.workspace import View
from tests.world import World, edited_config, new_world

HERE = "general"
PARIS = ZoneInfo("Europe/Paris")
TITLE = "Database connection lost"


async def form_of(world: World, person: str) -> View:
    somebody = world.person(person)
    await somebody.types("/ecotrajet me", channel=HERE)
    shown = await somebody.sees("Comment vous joindre", channel=HERE)
    await somebody.presses("Modifier", on=shown)
    return await somebody.gets_view("Comment vous joindre")


async def test_the_guide_s_ways_are_shown_and_what_is_chosen_instead_counts_from_the_next_page(world: World) -> None:
    amina, bruno = world.person("amina"), world.person("bruno")
    await amina.types("/ecotrajet moi", channel=HERE)
    shown = await amina.sees("Comment vous joindre", channel=HERE)
    assert "appel téléphonique après 5 min" in shown.text.replace("\u00a0", " ")
    sent = await amina.submits(await form_of(world, "amina"), {"P1-sms": "120", "P1-email": "never"})
    assert sent.ok
    await amina.dm(containing="désormais")
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'reach.changed'") == 1

    number = await world.alert(TITLE)
    await bruno.types(f"/ecotrajet ack {number}", channel="incidents")
    await world.eventually_value("acknowledged", "SELECT status FROM incident")
    before = len(amina.phone.inbox)
    await bruno.types(f"/ecotrajet page {number} @amina", channel="incidents")
    await amina.dm(containing="demande votre aide")
    asked = "SELECT count(*) FROM message WHERE person = 'amina' AND kind = $1 AND body ? 'because'"
    await world.eventually_value(1, asked, "sms")
    assert await world.value(asked, "email") == 0
    assert len(amina.phone.inbox) == before
    await world.fast_forward(minutes=2.1)
    assert len(amina.phone.inbox) == before + 1


async def test_nobody_can_choose_to_sleep_through_a_p1(world: World) -> None:
    view = await form_of(world, "amina")
    sent = await world.person("amina").submits(view, {"P1-sms": "900", "P1-voice": "never", "P3-slack": "never"})
    assert sent.ack["response_action"] == "errors"
    assert "doit vous réveiller" in view.errors["P1-sms"].replace("\u00a0", " ")
    assert "au moins un moyen" in view.errors["P3-sms"]
    assert await world.value("SELECT count(*) FROM personal_rule") == 0


async def test_back_to_the_usual_ways_leaves_no_rule_behind(world: World) -> None:
    amina = world.person("amina")
    await amina.submits(await form_of(world, "amina"), {"P1-email": "never"})
    await world.eventually_value(1, "SELECT count(*) FROM personal_rule")
    await amina.submits(await form_of(world, "amina"), {"P1-email": "0"})
    await world.eventually_value(0, "SELECT count(*) FROM personal_rule")


async def test_a_test_comes_by_everything_they_have(world: World) -> None:
    amina = world.person("amina")
    await amina.types("/ecotrajet me test", channel=HERE)
    await amina.sees("Un essai part vers vous", channel=HERE)
    await amina.phone.gets_sms("Ceci est un essai")
    await amina.dm(containing="Ceci est un essai")
    assert amina.mailbox is not None
    await amina.mailbox.gets("essai")
    call = await amina.phone.gets_call()
    assert any("essai" in each for each in call.said)


SLEEPS = {f"night-P2-{way}": "never" for way in ("slack", "sms", "voice", "email")}


async def until_wall(world: World, at: time) -> None:
    """Let time pass until the clocks of Paris show `at`."""
    now = (await world.value("SELECT app_now()")).astimezone(PARIS)
    then = wall.instant(now.date(), at, PARIS)
    if then <= now:
        then = wall.instant(now.date() + timedelta(days=1), at, PARIS)
    await world.fast_forward(minutes=(then - now) / timedelta(minutes=1))


async def test_a_p2_lets_somebody_sleep_until_the_morning_and_a_p1_wakes_them(world: World) -> None:
    chloe = world.person("chloe")
    await chloe.submits(await form_of(world, "chloe"), {**SLEEPS, "night-from": "22:30", "night-until": "06:45"})
    await chloe.dm(containing="désormais")
    await chloe.types("/ecotrajet moi", channel=HERE)
    shown = await chloe.sees("La nuit, de 22:30 à 06:45 (Europe/Paris)", channel=HERE)
    assert "P2* · au matin" in shown.text or "P2 · au matin" in shown.text

    await until_wall(world, time(23, 0))
    number = await world.alert("Payments are slow", severity="warning")
    await world.fast_forward(minutes=15.5)  # Support, which is Chloé
    pages = "SELECT kind, state, due_at FROM message WHERE person = 'chloe' AND about = 'page' AND incident = $1"
    held = await world.rows(pages, number)
    assert {row["kind"] for row in held} == {"slack", "email"}
    assert {row["state"] for row in held} == {"waiting"}
    assert {f"{row['due_at'].astimezone(PARIS):%H:%M:%S}" for row in held} == {"06:45:00"}
    await chloe.sees("n'est pas dérangé la nuit".replace("'", "’"), channel="incidents")

    critical = await world.alert(TITLE, service="payments")
    await world.fast_forward(minutes=15.5)
    await chloe.phone.gets_sms(f"#{critical}")
    await chloe.types(f"/ecotrajet resolve {critical}", channel="incidents")
    await world.eventually_value("resolved", "SELECT status FROM incident WHERE number = $1", critical)

    await until_wall(world, time(6, 46))
    assert {row["state"] for row in await world.rows(pages, number)} <= {"sent", "delivered"}


async def test_what_is_taken_by_night_wakes_nobody_in_the_morning_either(world: World) -> None:
    chloe, bruno = world.person("chloe"), world.person("bruno")
    await chloe.submits(await form_of(world, "chloe"), SLEEPS)
    await chloe.dm(containing="désormais")
    await until_wall(world, time(23, 0))
    number = await world.alert("Payments are slow", severity="warning")
    await world.fast_forward(minutes=15.5)
    await bruno.types(f"/ecotrajet resolve {number}", channel="incidents")
    await world.eventually_value("resolved", "SELECT status FROM incident")
    await until_wall(world, time(7, 1))
    states = await world.rows("SELECT DISTINCT state FROM message WHERE person = 'chloe' AND about = 'page'")
    assert [row["state"] for row in states] == ["dropped"]


async def test_nobody_can_choose_a_night_that_a_p1_does_not_reach(world: World) -> None:
    view = await form_of(world, "amina")
    sent = await world.person("amina").submits(view, {"night-P1-sms": "never", "night-P1-voice": "never"})
    assert sent.ack["response_action"] == "errors"
    assert "doit vous réveiller" in view.errors["night-P1-sms"].replace("\u00a0", " ")


async def test_when_everybody_sleeps_the_last_resort_wakes_somebody(world: World) -> None:
    for person in ("amina", "bruno", "chloe", "david", "emma"):
        title = "How you are reached" if person == "david" else "Comment vous joindre"
        somebody = world.person(person)
        await somebody.types("/ecotrajet me", channel=HERE)
        await somebody.presses("me.edit", on=await somebody.sees(title, channel=HERE))
        await somebody.submits(await somebody.gets_view(title), SLEEPS)
    await world.eventually_value(5, "SELECT count(*) FROM personal_rule")
    await until_wall(world, time(23, 0))
    await world.alert("Payments are slow", severity="warning")
    await world.fast_forward(hours=2.4)
    pages = "SELECT count(*) FROM message WHERE about = 'page' AND kind = 'slack' AND state IN ('sent', 'delivered')"
    assert await world.value(pages) == 0
    await world.fast_forward(minutes=8)
    await world.eventually_value(3, f"{pages} AND person IN ('amina', 'bruno', 'david')")
    assert await world.value("SELECT count(*) FROM audit WHERE did = 'page.held'") >= 5


async def test_the_file_says_how_the_team_s_night_is_and_who_chose_for_themselves_keeps_it(
    database_url: str, tmp_path: Path
) -> None:
    def night(configuration: dict[str, Any]) -> None:
        now = datetime.now(PARIS)
        start, end = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (-2, 2))
        configuration["notifications"]["night"] = {"start": start, "end": end, "P1": ["sms"], "P2": "wait"}
        configuration["escalation"]["policies"]["default"]["levels"][0]["tell"] = ["team:devops"]

    async with new_world(database_url, config=edited_config(tmp_path, night)) as world:
        bruno = world.person("bruno")
        await bruno.types("/ecotrajet moi", channel=HERE)
        shown = await bruno.sees("La nuit", channel=HERE)
        assert "au matin" in shown.text
        await bruno.submits(await form_of(world, "bruno"), {"night-P2-email": "0"})
        await bruno.dm(containing="désormais")
        number = await world.alert("Payments are slow", severity="warning")
        await bruno.sees("n’est pas dérangé la nuit", channel="incidents")
        ways = "SELECT string_agg(kind, ' ' ORDER BY kind) FROM message WHERE person = $1 AND about = 'page'"
        now = f"{ways} AND incident = $2 AND due_at <= app_now()"
        assert await world.value(now, "bruno", number) == "email"
        assert await world.value(now, "amina", number) is None
        critical = await world.alert(TITLE, service="payments")
        await world.person("amina").phone.gets_sms(f"#{critical}")
        assert await world.value(f"{ways} AND incident = $2", "amina", critical) == "sms"
