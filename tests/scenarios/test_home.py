"""The Home tab: what waits for somebody, published when they look and again when it has changed."""

from dataclasses import replace

from bot.home import Board, Home
from bot.incident import Priority
from bot.notify.blocks import Reader
from bot.notify.blocks.home import as_view, home_blocks
from bot.sandbox.actor import Actor
from bot.sandbox.slack.limits import view_problems
from bot.sandbox.slack.workspace import View
from bot.view import TaskRow
from tests.notify.examples import NOW, desk, incident
from tests.world import World, new_world

TITLE = "Database connection lost"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


async def shows(world: World, who: Actor, *wanted: str) -> str:
    """Their tab, as soon as it says all of this."""

    def look() -> str | None:
        home = plain(who.home)
        return home if home and all(each in home for each in wanted) else None

    return await world.sandbox.changes.until(look, 10.0, lambda: f"{wanted} not on the tab:\n{who.home}")


def tab_of(world: World, who: Actor) -> View:
    return world.sandbox.slack.workspace.homes[who.person.slack_id]


def published(world: World, who: Actor) -> int:
    return sum(
        each.method == "views.publish" and each.args["user_id"] == who.person.slack_id for each in world.sandbox.record
    )


async def test_a_page_is_answered_from_the_home_tab(world: World) -> None:
    await world.alert(TITLE)
    on_call = await world.on_call()
    await on_call.dm(containing=TITLE)
    await on_call.opens_home()
    language = on_call.person.language
    asked = {"fr": "1 alerte attend votre réponse", "en": "1 page waits for you"}[language]
    await shows(world, on_call, asked, TITLE, "P1", {"fr": "Mes tâches", "en": "My tasks"}[language])
    await on_call.presses_in(tab_of(world, on_call), "incident.acknowledge")
    await on_call.gets_view({"fr": "#1 est à vous", "en": "#1 is yours"}[language])
    await world.fast_forward(minutes=0.2)
    mine = await shows(world, on_call, {"fr": "Mes incidents ouverts", "en": "My open incidents"}[language])
    assert asked not in mine


async def test_every_button_does_what_it_says_without_a_channel(world: World) -> None:
    number = await world.alert(TITLE)
    bruno = world.person("bruno")
    await bruno.opens_home()
    home = await shows(world, bruno, "Autres incidents ouverts", f"#{number}", "Vous n’avez pas d’astreinte")
    assert "prod · indisponible" in home  # the open P1, whatever the engine says
    assert "dev · rien à voir ici" in home
    tab = tab_of(world, bruno)
    await bruno.presses_in(tab, "menu.oncall")
    await bruno.gets_view("Amina Diallo")
    await bruno.presses_in(tab, "me.edit")
    await bruno.gets_view("Comment vous joindre")
    await bruno.presses_in(tab, "menu.declare")
    await bruno.gets_view("Qui est touché")
    await bruno.presses_in(tab, "incident.show")
    details = await bruno.gets_view("Déroulé")
    await bruno.presses_in(details, "incident.acknowledge")  # from a modal: the answer is laid over it
    answer = await bruno.gets_view(f"#{number} est à vous")
    assert answer.previous == details.id


async def test_an_answer_that_comes_too_late_for_a_form_comes_by_message(world: World) -> None:
    bruno = world.person("bruno")
    await bruno.opens_home()
    await shows(world, bruno, "Rien ne vous attend")
    world.sandbox.slack.faults.arm("views.open", error="expired_trigger_id")
    await bruno.presses_in(tab_of(world, bruno), "menu.oncall")
    await bruno.dm(containing="Amina Diallo")


async def test_it_is_published_again_only_when_it_has_changed_and_not_more_often_than_every_ten_seconds(
    world: World,
) -> None:
    bruno = world.person("bruno")
    await bruno.opens_home()
    await shows(world, bruno, "Rien ne vous attend")
    await bruno.opens_home()
    await world.alert(TITLE)
    await world.eventually_value(0, "SELECT count(*) FROM pgqueuer WHERE status = 'queued' AND entrypoint = 'home'")
    assert published(world, bruno) == 1
    await world.fast_forward(minutes=0.2)
    await shows(world, bruno, TITLE)
    assert published(world, bruno) == 2

    before = await world.value("SELECT looked_at FROM home_tab")
    await world.fast_forward(minutes=0.5)

    async def looked_again() -> bool:
        return bool(await world.value("SELECT looked_at > $1 FROM home_tab", before))

    await world.eventually(looked_again, "somebody looks again")
    assert published(world, bruno) == 2  # nothing has changed
    await world.rows("UPDATE home_tab SET opened_at = app_now() - interval '61 minutes'")
    before = await world.value("SELECT looked_at FROM home_tab")
    await world.alert("Another one", service="")
    await world.fast_forward(minutes=1)
    assert await world.value("SELECT looked_at FROM home_tab") == before  # they have gone: nobody looks any more


async def test_a_manager_sees_impact_and_clocks_and_no_technical_word(world: World) -> None:
    emma = world.person("emma")
    await emma.opens_home()
    await shows(world, emma, "Rien ne gêne les utilisateurs")
    await world.alert("pg_connect: FATAL 53300 on db-7")
    await world.fast_forward(minutes=0.2)
    home = await shows(world, emma, "1 incident a un impact", "service indisponible", "À résoudre avant", "D’astreinte")
    assert "pg_connect" not in home
    assert "Mes tâches" not in home


async def test_it_reads_in_the_person_s_language_and_tells_a_stranger_nothing(world: World) -> None:
    await world.alert(TITLE)
    david, victor = world.person("david"), world.person("victor")
    await david.opens_home()
    await shows(world, david, "State of the environments", "unavailable")
    await victor.opens_home()
    told = await shows(world, victor, "Je ne vous connais pas")
    assert TITLE not in told


async def test_over_http_as_well(database_url: str) -> None:
    async with new_world(database_url, slack_http=True) as world:
        bruno = world.person("bruno")
        await bruno.opens_home()
        await shows(world, bruno, "Rien ne vous attend")
        await bruno.presses_in(tab_of(world, bruno), "menu.oncall")
        await bruno.gets_view("Amina Diallo")


async def test_what_slack_refuses_for_good_is_not_tried_again_until_it_is_opened(world: World) -> None:
    bruno = world.person("bruno")
    world.sandbox.slack.faults.arm("views.publish", error="not_enabled")
    await bruno.opens_home()
    await world.sandbox.changes.until(lambda: published(world, bruno) or None, 10.0, lambda: "nothing was published")
    await world.eventually_value(0, "SELECT count(*) FROM home_tab")
    await world.eventually_value(0, "SELECT count(*) FROM pgqueuer WHERE status = 'queued' AND entrypoint = 'home'")
    await bruno.opens_home()
    await shows(world, bruno, "Rien ne vous attend")


def test_however_much_there_is_it_stays_within_slack_s_limits() -> None:
    many = tuple(replace(incident(), number=n, priority=Priority.P1, title="x" * 200) for n in range(1, 201))
    tasks = tuple(TaskRow(n, n, "y" * 300) for n in range(1, 100))
    person = desk().people["amina"]
    for manager in (False, True):
        home = Home(Board(NOW, many), person, manager, to_answer=many[:60], mine=many[60:120], tasks=tasks)
        blocks = home_blocks(home, desk(), Reader.of(desk(), "fr", NOW))
        assert view_problems(as_view(blocks)) == []
        assert len(blocks) < 100
