"""Answering a text by its short code: take, escalate, resolve, and who was first."""

from tests.world import World

TITLE = "Database connection lost"


async def test_a_page_by_text_is_answered_by_its_code_and_the_next_one_learns_who_was_first(world: World) -> None:
    on_call, chloe = await world.on_call(), world.person("chloe")
    number = await world.alert(TITLE)
    page = await on_call.phone.gets_sms("1a")
    assert f"#{number}" in page.body

    await on_call.phone.sends("1 E")
    told = await chloe.phone.gets_sms(f"#{number}")  # by her own first code
    assert told.body.endswith("Répondez 1a prendre, 1e escalader, 1r résoudre.")
    assert "est à vous" in (await chloe.phone.sends("1A") or "")
    assert await world.value("SELECT status FROM incident") == "acknowledged"
    late = await on_call.phone.sends("1a") or ""
    assert chloe.person.name in late
    assert "déjà pris" in late or "already taken" in late

    assert f"#{number}" in (await chloe.phone.sends("1r") or "")
    assert await world.value("SELECT status FROM incident") == "resolved"


async def test_each_open_page_of_a_person_has_a_code_of_its_own(world: World) -> None:
    on_call = await world.on_call()
    first = await world.alert(TITLE)
    await on_call.phone.gets_sms("1a")
    second = await world.alert("Payment API is down", service="payments")
    assert first != second
    await on_call.phone.gets_sms("2a")
    await on_call.phone.sends("2a")
    taken = await world.rows("SELECT number FROM incident WHERE status = 'acknowledged'")
    assert [row["number"] for row in taken] == [second]
