"""Whole parts are down for long: the others go on, and the incident says what does not work."""

from pathlib import Path
from typing import Any

from bot.answers import Declared
from bot.audit import Actor, Door
from bot.config import load
from bot.errors import UserError
from bot.incident import Priority
from bot.lifecycle import Lifecycle
from bot.lifecycle.outages import Outages
from bot.phrase import Phrase
from bot.sandbox.devices import spaced
from bot.store.database import Database
from bot.worker.away import AwayEngines
from tests.world import ROOT, World, edited_config, new_world

TITLE = "Database connection lost"
FOR_EVER = 100_000


async def test_slack_is_down_and_all_else_goes_on_and_the_card_is_brought_up_to_date_once(
    database_url: str, tmp_path: Path
) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["notifications"]["P1"] = ["slack", "sms", "email", "call after 1 min"]
        configuration["escalation"]["policies"]["default"]["levels"][1]["after"] = "2 min"

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        number = await world.alert(TITLE)
        bruno, chloe, on_call = world.person("bruno"), world.person("chloe"), await world.on_call()
        card = await bruno.sees(TITLE, channel="incidents")
        await on_call.dm(containing=TITLE)
        busy = "SELECT count(*) FROM message WHERE state IN ('waiting', 'sending') AND kind = 'slack'"
        await world.eventually_value(0, busy)
        world.sandbox.slack.faults.arm("*", http_status=503, times=FOR_EVER)
        await world.alert(TITLE)  # counted on the card, which cannot be edited
        await world.fast_forward(minutes=2.1)
        await chloe.phone.gets_sms(TITLE)  # the ladder went on
        assert on_call.phone.calls
        assert chloe.mailbox is not None
        await chloe.mailbox.gets(TITLE)
        assert f"#{number}" in spaced(str(await chloe.phone.sends("1a")))
        assert await world.value("SELECT status FROM incident") == "acknowledged"

        began = len(world.sandbox.record)
        world.sandbox.slack.faults.clear()
        await world.fast_forward(minutes=1.2)
        await bruno.sees("pris par Chloé Bernard", channel="incidents")
        came = [each.args for each in world.sandbox.record[began:] if each.method == "chat.update"]
        assert len([args for args in came if args.get("ts") == card.ts]) == 1
        cards = [each for each in world.channel("incidents").messages if TITLE in each.text and not each.thread]
        assert len(cards) == 1


async def test_all_of_twilio_is_down_so_mail_and_slack_do_not_wait(database_url: str, tmp_path: Path) -> None:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["notifications"]["P1"] = ["sms", "call after 5 min", "email after 10 min", "slack after 10 min"]

    async with new_world(database_url, config=edited_config(tmp_path, edit)) as world:
        world.sandbox.twilio.faults.arm("*", http_status=503, times=FOR_EVER)
        await world.alert(TITLE)
        on_call = await world.on_call()
        await on_call.dm(containing=TITLE)
        assert on_call.mailbox is not None
        await on_call.mailbox.gets(TITLE)
        late = "SELECT max(sent_at - due_at) < interval '5 s' FROM message WHERE about = 'page' AND kind <> 'sms'"
        await world.eventually_value(True, late)
        assert not on_call.phone.calls
        await world.person("bruno").sees("SMS : en panne pour le moment", channel="incidents")
        assert await world.value("SELECT count(*) FROM audit WHERE subject = 'channel:sms'") == 1


async def test_mail_is_down_and_the_incident_says_so_once(world: World) -> None:
    world.sandbox.mail.faults.arm("*", error=451, times=FOR_EVER)
    await world.alert("Lenteur de la recherche", severity="warning")
    bruno = world.person("bruno")
    await bruno.sees("e-mail : en panne pour le moment", channel="incidents", within=15)
    await (await world.on_call()).dm(containing="Lenteur")
    assert await world.value("SELECT count(*) FROM audit WHERE subject = 'channel:email'") == 1


class Engines:
    """Engines of which nothing is asked here but who they are."""

    away = False

    async def identity(self, engine: str) -> str:
        if self.away:
            raise UserError(Phrase("{reason}", {"reason": "connection refused"}))
        return engine


async def test_docker_is_down_and_each_incident_there_says_so_once_and_once_that_it_is_back(database_url: str) -> None:
    desk = load({"ECOTRAJET_CONFIG": str(ROOT / "ecotrajet.example.yaml"), "DATABASE_URL": database_url}).desk
    engines: Any = Engines()
    async with Database.open(database_url) as db:
        looks = [AwayEngines(Outages(db, desk), desk, engines) for _replica in range(2)]

        async def look(times: int = 1) -> None:
            for each in looks * times:
                await each.look()

        async def declared(title: str, environment: str) -> int:
            chloe = Actor("chloe", "Chloé", Door.COMMAND)
            answer = await Lifecycle(db, desk).declare(
                title=title, priority=Priority.P1, environment=environment, service="ecotrajet", text="", by=chloe
            )
            assert isinstance(answer, Declared)
            return answer.incident.number

        async def told(number: int) -> str | None:
            query = "SELECT string_agg(did, ' ' ORDER BY id) FROM audit WHERE incident = $1 AND subject LIKE 'engine:%'"
            async with db.transaction() as tx:
                found: str | None = await tx.fetchval(query, number)
                return found

        first, elsewhere = await declared(TITLE, "prod"), await declared("Laptops", "dev")
        engines.away = True
        await look()
        assert await told(first) is None  # a restart of the engine is nothing to talk about
        await look(3)
        later = await declared("Payments down", "prod")
        await look()
        engines.away = False
        await look(2)
        assert [await told(each) for each in (first, later, elsewhere)] == ["part.away part.back"] * 2 + [None]
        async with db.transaction() as tx:
            notes = await tx.fetch("SELECT body FROM message WHERE about = 'note' AND incident = $1 ORDER BY id", first)
        words = [str(row["body"]["phrase"]["msgid"]) for row in notes]
        assert [word for word in words if "does not answer" in word or "answers again" in word] == words[-2:]
