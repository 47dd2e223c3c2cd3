"""Everybody chooses the language in which they are spoken to, wherever the bot speaks to them alone."""

from bot.sandbox.actor import Actor
from tests.scenarios.test_home import shows, tab_of
from tests.world import World

HERE = "general"
CHOSEN = "SELECT string_agg(language, ' ') FROM person_language WHERE slack_user = $1"


async def test_who_chooses_english_hears_english_by_every_way_also_after_a_restart(world: World) -> None:
    amina = world.person("amina")
    await amina.types("/ecotrajet langue en", channel=HERE)
    await amina.sees("I speak English to you, as you chose.", channel=HERE)
    assert await world.value("SELECT result FROM audit WHERE did = 'language.chosen' AND actor = 'amina'") == "en"

    await world.stop()
    await world.start(own_process=False)
    await amina.types("/ecotrajet me test", channel=HERE)
    await amina.sees("A test is on its way", channel=HERE)
    await amina.phone.gets_sms("This is a test of the incident desk")
    await amina.dm(containing="This is a test of the incident desk")
    assert amina.mailbox is not None
    await amina.mailbox.gets("This is a test")
    call = await amina.phone.gets_call()
    assert any("This is a test" in each for each in call.said)
    assert "I did not understand" in (await amina.phone.sends("bonjour") or "")
    await world.alert("Database connection lost")  # the channel keeps its own language
    await amina.sees("Prise en charge", channel="incidents")

    await amina.types("/ecotrajet langue klingon", channel=HERE)
    await amina.sees("I do not speak “klingon”. I speak: fr (Français), en (English).", channel=HERE)
    await amina.types("/ecotrajet moi langue auto", channel=HERE)
    await amina.sees("Je vous parle français, comme c’est configuré.", channel=HERE)
    assert await world.value(CHOSEN, amina.person.slack_id) is None


async def test_it_is_chosen_in_the_form_and_stands_on_the_home_tab(world: World) -> None:
    bruno = world.person("bruno")
    await bruno.opens_home()
    await shows(world, bruno, "Je vous parle français, comme c’est configuré.")
    await bruno.presses_in(tab_of(world, bruno), "me.edit")
    sent = await bruno.submits(await bruno.gets_view("Comment vous joindre"), {"language": "en"})
    assert sent.ok
    await bruno.dm(containing="From now on your pages come the way you chose")
    await shows(world, bruno, "I speak English to you, as you chose.", "Nothing waits for you")
    await bruno.types("/ecotrajet me", channel=HERE)
    await bruno.sees("I speak English to you", channel=HERE)


async def test_somebody_who_is_not_in_the_file_chooses_as_well(world: World) -> None:
    victor = world.person("victor")
    await refused(victor, "Je ne vous connais pas")
    await victor.opens_home()
    await shows(world, victor, "Je vous parle français")
    await victor.presses_in(tab_of(world, victor), "language.choose", choosing='{"language":"en"}')
    await victor.gets_view("I speak English to you, as you chose.")
    await shows(world, victor, "I speak English to you, as you chose.")
    await refused(victor, "I do not know you")
    assert await world.value(CHOSEN, victor.person.slack_id) == "en"
    await victor.types("/ecotrajet lang fr-FR", channel=HERE)
    await victor.sees("Je vous parle français, comme vous l’avez choisi.", channel=HERE)


async def refused(who: Actor, said: str) -> None:
    await who.types("/ecotrajet status", channel=HERE)
    await who.sees(said, channel=HERE)
