"""Proof of reach: the weekly drill and its answers, what `/ecotrajet reach` shows, and the daily look ahead."""

import asyncio
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.config import load
from bot.errors import Permanent
from bot.lifecycle.proofs import Proofs
from bot.notify.blocks import Reader
from bot.notify.voice import rehearsed
from bot.phrase import Phrase
from bot.sandbox.devices import spaced
from bot.store.database import Database
from handlers.drills import says_present
from tests.world import World, edited_config, new_world

ZONE = ZoneInfo("Europe/Paris")
DRILL = "Exercice"
PRESSED = "Bien reçu"


def proof(**more: object) -> Callable[[dict[str, Any]], None]:
    """The drill was due two minutes ago; the daily check was an hour later, hence yesterday."""
    just = datetime.now(ZONE) - timedelta(minutes=2)
    section = {"drill_on": f"{just:%A}".lower(), "drill_at": f"{just:%H:%M}", "check_at": f"{just:%H:%M}", **more}

    def edit(configuration: dict[str, Any]) -> None:
        configuration["proof_of_reach"] = section

    return edit


async def drilled(world: World) -> Any:
    """Whoever takes over on Monday morning, once they are asked; the one who is on call until then is asked as well."""
    await world.eventually_value(2, "SELECT count(*) FROM drill")
    return world.person(await world.value("SELECT person FROM drill ORDER BY id DESC LIMIT 1"))


async def test_whoever_is_on_call_next_week_proves_slack_by_a_tap_and_texts_by_an_answer(
    database_url: str, tmp_path: Path
) -> None:
    async with new_world(database_url, config=edited_config(tmp_path, proof())) as world:
        monday = datetime.now(ZONE).date() + timedelta(days=7 - datetime.now(ZONE).weekday())
        desk = load(world.environment).desk
        then = datetime.combine(monday, datetime.min.time(), ZONE) + timedelta(hours=12)
        person = await drilled(world)
        assert desk.schedules["astreinte"].on_call(then) == (person.person.key,)
        english = person.person.language == "en"
        asked = await person.dm(containing="drill" if english else "exercice")
        await person.phone.gets_sms("present" if english else "présent")
        await person.presses("drill.answer", on=asked)
        await person.dm(containing="Drill passed" if english else "Exercice réussi")
        assert not [one for one in person.visible("dm") if "drill.answer" in [b.action_id for b in one.buttons]]
        assert ("Thank you" if english else "Merci") in spaced(str(await person.phone.sends("Present!")))
        await world.eventually_value(2, "SELECT count(*) FROM audit WHERE did = 'drill.answered'")
        await world.fast_forward(minutes=11)
        assert person.phone.calls == []  # an answer is enough: nobody is called any more
        await world.fast_forward(hours=25)
        await person.types("/ecotrajet reach", channel="general")
        shown = await person.sees("Who can be reached" if english else "Qui est joignable", channel="general")
        assert "✅ Slack" in spaced(shown.text)
        assert "✅ SMS" in spaced(shown.text)
        assert "❔" in shown.text
        late = "SELECT count(*) FROM audit WHERE did = 'drill.unanswered' AND subject = $1"
        assert await world.value(late, person.person.key) == 0


async def test_who_does_not_answer_is_called_and_a_key_proves_that_calls_arrive(
    database_url: str, tmp_path: Path
) -> None:
    async with new_world(database_url, config=edited_config(tmp_path, proof())) as world:
        person = await drilled(world)
        await person.phone.gets_sms("")
        forward = asyncio.create_task(world.fast_forward(minutes=11))
        call = await person.phone.gets_call()
        said = await call.presses("4")
        await forward
        assert any("noted" in each or "noté" in each for each in said)
        assert await world.value("SELECT door FROM audit WHERE did = 'drill.answered'") == "voice"


async def test_who_has_neither_slack_nor_a_telephone_answers_by_the_link_in_a_mail(
    database_url: str, tmp_path: Path
) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        proof()(configuration)
        for name in ("amina", "david"):
            del configuration["people"][name]["phone"], configuration["people"][name]["slack"]

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        person = await drilled(world)
        assert person.mailbox is not None
        mail = await person.mailbox.gets("drill" if person.person.language == "en" else "exercice")
        found = re.search(rf"{re.escape(world.url)}/drill/[\w-]+", mail.text)
        assert found is not None, mail.text
        assert found[0] in mail.html
        async with world.http.get(found[0]) as answer:  # a mail program that looks at links answers nothing
            assert answer.status == 200
            assert "<button" in await answer.text()
        assert await world.value("SELECT count(*) FROM audit WHERE did = 'drill.answered'") == 0
        for noted in ("✅", "✅"):  # twice is once
            async with world.http.post(found[0]) as answer:
                assert noted in await answer.text()
        async with world.http.post(found[0].replace("/drill/", "/ack/")) as answer:
            assert answer.status == 404  # a drill's link takes no incident
        async with world.http.post(f"{world.url}/drill/made-up") as answer:
            assert answer.status == 404
        doors = await world.rows("SELECT actor, door FROM audit WHERE did = 'drill.answered'")
        assert [tuple(row) for row in doors] == [(person.person.key, "email")]
        await world.person("bruno").types("/ecotrajet reach", channel="general")
        shown = await world.person("bruno").sees("✅ e-mail", channel="general")
        assert "❔" in shown.text  # the other one's


async def test_who_never_answers_is_told_of_once_to_those_who_are_to_hear_it(database_url: str, tmp_path: Path) -> None:
    edit = proof(tell=["channel:incidents", "person:bruno"])
    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        person = await drilled(world)
        await world.fast_forward(hours=25)
        told = "n’a pas répondu à l’exercice"
        await world.person("chloe").sees(told, channel="incidents")
        await world.person("bruno").dm(containing=f"{person.person.name} est d’astreinte la semaine prochaine")
        assert "Aucun exercice" in str(await world.person("bruno").phone.sends("présent"))
        await world.eventually_value(2, "SELECT count(*) FROM audit WHERE did = 'drill.unanswered'")
        again = [one for one in world.channel("incidents").messages if told in spaced(one.text)]
        assert len(again) == 2


async def test_the_daily_look_tells_what_whoever_is_on_call_soon_lacks_and_what_failed(
    database_url: str, tmp_path: Path
) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        proof()(configuration)
        for name in ("amina", "david"):  # one of them now, the other within a week
            del configuration["people"][name]["phone"]
        configuration["people"]["amina"]["slack"] = "U0GONE0001"

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        chloe = world.person("chloe")
        await chloe.sees("Amina Diallo est d’astreinte d’ici 7 jours : il manque le numéro de téléphone", "incidents")
        await chloe.sees("David Okafor est d’astreinte d’ici 7 jours : il manque le numéro", channel="incidents")
        await chloe.sees("personne n’a cet identifiant Slack", channel="incidents")
        await chloe.types("/ecotrajet joignables", channel="general")
        await chloe.sees("❌ il manque le numéro de téléphone", channel="general")


async def test_two_replicas_ask_once_and_tell_once(database_url: str, tmp_path: Path) -> None:
    desk = load({"ECOTRAJET_CONFIG": str(edited_config(tmp_path, proof())), "DATABASE_URL": database_url}).desk
    slot = datetime.now(ZONE).date()
    assert desk.proof is not None
    day = slot + timedelta(days=(desk.proof.drill_on - slot.weekday()) % 7)
    async with Database.open(database_url) as db:
        both = Proofs(db, desk), Proofs(db, desk)
        await asyncio.gather(*(each.drill(day) for each in both))
        await both[0].drill(day + timedelta(days=1))  # another weekday: no drill
        people = [desk.people["amina"]]
        found = {"amina": [Phrase("her account is closed")]}
        await asyncio.gather(*(each.check(slot, people, found) for each in both))
        async with db.transaction() as tx:
            assert await tx.fetchval("SELECT count(*) FROM drill") == 2
            assert await tx.fetchval("SELECT count(*) FROM message WHERE about = 'drill'") == 6
            assert await tx.fetchval("SELECT count(*) FROM audit WHERE did = 'reach.unwell'") == 1
            assert await tx.fetchval("SELECT count(*) FROM message WHERE about = 'note'") == 1


async def test_without_the_section_nobody_is_drilled(world: World) -> None:
    await world.person("bruno").types("/ecotrajet reach", channel="general")
    shown = await world.person("bruno").sees("Qui est joignable", channel="general")
    assert "❔ SMS : jamais utilisé" in spaced(shown.text)
    assert await world.value("SELECT count(*) FROM drill") == 0


@pytest.mark.parametrize(
    ("text", "present"),
    [("présent", True), (" « Présent » !", True), ("PRESENT", True), ("here.", True), ("ack", False), ("", False),
     ("présent 42", False), ("je suis présent sur le 42", False)],
)  # fmt: skip
def test_only_the_word_that_was_asked_for_answers_a_drill(text: str, present: bool) -> None:
    assert says_present(text) is present


def test_no_call_is_made_whose_key_could_not_come_back() -> None:
    reader = Reader("fr", ZONE, datetime.combine(date(2026, 1, 5), datetime.min.time(), ZONE))
    with pytest.raises(Permanent):
        rehearsed(Phrase("Goodbye."), reader, "")
    assert "/twilio/drill" in rehearsed(Phrase("Goodbye."), reader, "https://desk.example")
