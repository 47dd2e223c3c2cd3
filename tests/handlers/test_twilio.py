"""Answers by text and by phone, from the sandbox's phones to a real lifecycle on a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

import aiohttp
import hypothesis
import pytest
from aiohttp import web
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.audit import Actor, Door
from bot.incident import Priority, Status
from bot.lifecycle import Lifecycle
from bot.lifecycle.reach import Reach
from bot.message import Kind, State
from bot.notify.twilio_client import Twilio
from bot.notify.voice import VoiceChannel
from bot.questions import Questions
from bot.sandbox import Sandbox
from bot.secret import Secret
from bot.store import codes
from bot.store.database import Database
from handlers.twilio import routes
from tests.notify.examples import desk, outgoing, view

CHLOE = Actor("chloe", "Chloé Bernard", Door.COMMAND)


@dataclass
class Desk:
    """The door of Twilio on a free port, with everything behind it."""

    sandbox: Sandbox
    db: Database
    lifecycle: Lifecycle
    url: str
    token: str
    http: aiohttp.ClientSession

    async def declared(self, title: str = "Database connection lost") -> int:
        made = await self.lifecycle.declare(
            title=title, priority=Priority.P1, environment="prod", service="ecotrajet", text="", by=CHLOE
        )
        return made.incident.number  # type: ignore[union-attr]  # reason: declared once

    async def paged(self, number: int, person: str, provider_id: str, kind: Kind = Kind.SMS) -> None:
        """The worker has sent this page."""
        async with self.db.transaction() as tx:
            await tx.execute(
                "INSERT INTO message (kind, about, recipient, person, incident, round, state, provider_id)"
                " VALUES ($1, 'page', $2, $3, $4, 1, 'sent', $5)",
                kind.value, desk().people[person].phone, person, number, provider_id,
            )  # fmt: skip

    async def called_the_next_level(self, number: int) -> None:
        """The second of three levels was called just now."""
        await self.db.pool.execute("UPDATE escalation_level SET state = 'fired', fired_at = app_now()")
        await self.db.pool.execute(
            "INSERT INTO escalation_level (incident, round, position, name, targets, due_at, state, fired_at)"
            " VALUES ($1, 1, 1, 'Lead', '[\"bruno\"]', app_now(), 'fired', app_now()),"
            " ($1, 1, 2, 'DevOps', '[\"chloe\"]', app_now() + interval '1 h', 'pending', NULL)", number,
        )  # fmt: skip

    async def to_be_called_now(self) -> int:
        """How many levels."""
        query = "SELECT count(*) FROM escalation_level WHERE state = 'pending' AND due_at <= app_now()"
        return cast(int, await self.db.pool.fetchval(query))

    async def now(self) -> datetime:
        return cast(datetime, await self.db.pool.fetchval("SELECT app_now()"))

    async def status(self, number: int) -> Status:
        found = await Questions(self.db, desk()).incident(number)
        assert found is not None
        return found.incident.status

    async def posts(self, path: str, form: dict[str, str], *, signature: str | None = None) -> tuple[int, str]:
        address = self.url + path
        signed = RequestValidator(self.token).compute_signature(address, form) if signature is None else signature
        headers = {"X-Twilio-Signature": signed}
        async with self.http.post(address, data=form, headers=headers) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def twilio(database_url: str, unused_tcp_port: int) -> AsyncIterator[Desk]:
    # The port has to be known before listening: it is part of what Twilio signs.
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with Sandbox(smtp=False) as sandbox, Database.open(database_url) as db, aiohttp.ClientSession() as http:
        lifecycle, token = Lifecycle(db, desk()), sandbox.environment()["TWILIO_AUTH_TOKEN"]
        app = web.Application()
        app.add_routes(routes(lifecycle, Questions(db, desk()), desk(), Secret(token), url, Reach(db, desk())))
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
        sandbox.bot_at(url)
        yield Desk(sandbox, db, lifecycle, url, token, http)
        await runner.cleanup()


def account(twilio: Desk) -> Twilio:
    environment = twilio.sandbox.environment()
    return Twilio(
        environment["TWILIO_ACCOUNT_SID"],
        Secret(environment["TWILIO_AUTH_TOKEN"]),
        environment["TWILIO_FROM_NUMBER"],
        public_url=twilio.url,
        api_url=environment["TWILIO_API_URL"],
    )


async def test_ack_and_the_number_takes_the_incident(twilio: Desk) -> None:
    number = await twilio.declared()
    assert await twilio.sandbox.person("amina").phone.sends(f"ack {number}") == f"#{number} est à vous."
    assert await twilio.status(number) is Status.ACKNOWLEDGED


async def test_a_bare_ack_takes_the_persons_latest_page(twilio: Desk) -> None:
    other, mine = await twilio.declared("Other"), await twilio.declared("Mine")
    await twilio.paged(mine, "amina", "SM1")
    assert await twilio.sandbox.person("amina").phone.sends("ok") == f"#{mine} est à vous."
    assert await twilio.status(other) is Status.TRIGGERED


async def test_a_bare_ack_with_nothing_to_take_says_so(twilio: Desk) -> None:
    assert (await twilio.sandbox.person("amina").phone.sends("ack") or "").startswith("Aucun incident n'attend")


async def test_the_second_one_learns_who_was_first_in_their_own_language(twilio: Desk) -> None:
    number = await twilio.declared()
    await twilio.sandbox.person("amina").phone.sends(f"ack {number}")
    said = await twilio.sandbox.person("david").phone.sends(f"ack {number}") or ""
    assert said.startswith(f"#{number} was already taken by Amina Diallo at ")


async def test_a_repeated_delivery_acts_and_answers_once(twilio: Desk) -> None:
    number = await twilio.declared()
    amina = twilio.sandbox.person("amina").phone
    await amina.sends(f"ack {number}")
    inbound = next(one for one in twilio.sandbox.twilio.messages if one.inbound)
    assert await amina.sends_again(inbound) is None
    audit = await twilio.db.pool.fetchval("SELECT count(*) FROM audit WHERE did = 'incident.acknowledged'")
    assert audit == 1


async def test_a_stranger_learns_nothing(twilio: Desk) -> None:
    number = await twilio.declared()
    form = {"From": "+33699999999", "Body": f"ack {number}", "MessageSid": "SM9"}
    status, twiml = await twilio.posts("/twilio/sms", form)
    assert status == 200
    assert "<Message>Ce numéro ne nous est pas connu. Aucune réponse n'est nécessaire.</Message>" in twiml
    assert await twilio.status(number) is Status.TRIGGERED


async def test_people_who_only_follow_may_not_take(twilio: Desk) -> None:
    number = await twilio.declared()
    assert "sans les traiter" in (await twilio.sandbox.person("emma").phone.sends(f"ack {number}") or "")
    assert await twilio.status(number) is Status.TRIGGERED


async def test_an_unknown_number_of_incident_is_said(twilio: Desk) -> None:
    assert await twilio.sandbox.person("amina").phone.sends("ack 999") == "L'incident #999 n'existe pas."


async def test_what_is_not_understood_is_told_how_to_write(twilio: Desk) -> None:
    said = await twilio.sandbox.person("amina").phone.sends("quoi <encore> & toujours ?")
    assert said == (
        "Je n'ai pas compris. Répondez le code de l'alerte (1a prend la 1), ou \"ack 42\" pour prendre l'incident 42."
    )


async def test_a_code_that_was_never_given_changes_nothing(twilio: Desk) -> None:
    number = await twilio.declared()
    said = await twilio.sandbox.person("amina").phone.sends("7a")
    assert said == "Aucune de vos alertes n'a le code 7. Répondez \"ack\" et le numéro de l'incident."
    assert await twilio.status(number) is Status.TRIGGERED


async def test_a_code_is_one_persons_and_means_the_same_page_each_time(twilio: Desk) -> None:
    first, second = await twilio.declared("One"), await twilio.declared("Two")
    async with twilio.db.transaction() as tx:
        assert [await codes.give(tx, "amina", each) for each in (first, second, first)] == [1, 2, 1]
        assert await codes.give(tx, "bruno", second) == 1
    assert await twilio.sandbox.person("bruno").phone.sends("1 A") == f"#{second} est à vous."
    assert (await twilio.sandbox.person("amina").phone.sends("2a") or "").startswith(
        f"#{second} est déjà pris par Bruno Martin à "
    )
    assert await twilio.sandbox.person("amina").phone.sends("1R") == f"#{first} est résolu."
    assert (await twilio.sandbox.person("amina").phone.sends("1a") or "").startswith(f"#{first} est déjà terminé")


async def test_resolving_and_escalating_by_text(twilio: Desk) -> None:
    number = await twilio.declared()
    amina = twilio.sandbox.person("amina").phone
    assert await amina.sends(f"escalade {number}") is not None
    assert await amina.sends(f"résolu {number}") == f"#{number} est résolu."
    assert (await amina.sends(f"ack {number}") or "").startswith(f"#{number} est déjà terminé")


@pytest.mark.parametrize(("form", "did"), [
    ({"Body": "STOP", "OptOutType": "STOP"}, "reach.stopped"), ({"Body": "stop "}, "reach.stopped"),
    ({"Body": "START", "OptOutType": "START"}, "reach.started"),
])  # fmt: skip
async def test_stop_and_start_are_left_to_twilio_and_explained_elsewhere_once(
    twilio: Desk, form: dict[str, str], did: str
) -> None:
    for _ in range(2):
        status, said = await twilio.posts("/twilio/sms", {"From": "+33600000001", "MessageSid": "SM9", **form})
        assert (status, "<Message>" in said) == (200, False)
    rows = await twilio.db.pool.fetch("SELECT did FROM audit WHERE did LIKE 'reach.%'")
    assert [row["did"] for row in rows] == [did]
    told = await twilio.db.pool.fetch("SELECT kind, person FROM message WHERE about = 'tell'")
    assert [tuple(row) for row in told] == [("slack", "amina")]


@pytest.mark.parametrize("path", ["/twilio/sms", "/twilio/voice?incident=1", "/twilio/status"])
@pytest.mark.parametrize("signature", ["", "bm90IHNpZ25lZA=="])
async def test_without_twilios_signature_nothing_is_read(twilio: Desk, path: str, signature: str) -> None:
    number = await twilio.declared()
    form = {"From": "+33600000001", "To": "+33600000001", "Body": f"ack {number}", "Digits": "4", "MessageSid": "SM9"}
    assert await twilio.posts(path, form, signature=signature) == (403, "signature refused")
    assert await twilio.status(number) is Status.TRIGGERED


async def test_a_signature_of_another_body_is_refused(twilio: Desk) -> None:
    number = await twilio.declared()
    form = {"From": "+33600000001", "Body": "bonjour", "MessageSid": "SM9"}
    signature = RequestValidator(twilio.token).compute_signature(f"{twilio.url}/twilio/sms", form)
    status, _ = await twilio.posts("/twilio/sms", form | {"Body": f"ack {number}"}, signature=signature)
    assert status == 403


async def test_a_body_that_is_far_too_large_is_refused(twilio: Desk) -> None:
    status, _ = await twilio.posts("/twilio/sms", {"From": "+33600000001", "Body": "x" * 100_000})
    assert status == 413


async def test_the_key_4_takes_the_incident_of_the_call(twilio: Desk) -> None:
    number = await twilio.declared()
    voice = VoiceChannel(account(twilio), desk())
    await voice.send(outgoing(kind=Kind.VOICE, to="+33600000001", view=view(number=number)))
    call = await twilio.sandbox.person("amina").phone.gets_call()
    assert await call.presses("7") == [
        "Rien n’a été modifié. Tapez 4 pour prendre l’incident, 5 pour escalader, 6 pour résoudre."
    ]
    assert await call.presses("4") == [f"{number} est à vous."]
    assert await twilio.status(number) is Status.ACKNOWLEDGED
    await voice.close()


@pytest.mark.parametrize(("key", "said"), [("5", "niveau"), ("6", "est résolu")])
async def test_other_keys_call_for_help_or_resolve_and_say_so(twilio: Desk, key: str, said: str) -> None:
    number = await twilio.declared()
    voice = VoiceChannel(account(twilio), desk())
    await voice.send(outgoing(kind=Kind.VOICE, to="+33600000001", view=view(number=number)))
    call = await twilio.sandbox.person("amina").phone.gets_call()
    assert said in (await call.presses(key))[0]
    await voice.close()


async def test_the_key_5_after_the_next_level_was_called_calls_nobody_else(twilio: Desk) -> None:
    number = await twilio.declared()
    voice, before = VoiceChannel(account(twilio), desk()), await twilio.now()
    page = outgoing(kind=Kind.VOICE, to="+33600000001", view=view(number=number))
    await voice.send(replace(page, as_of=before))
    call = await twilio.sandbox.person("amina").phone.gets_call()
    await twilio.called_the_next_level(number)
    assert "déjà" in (await call.presses("5"))[0]
    assert await twilio.to_be_called_now() == 0
    await voice.close()


async def test_a_text_that_asks_for_the_level_just_called_calls_nobody_else(twilio: Desk) -> None:
    number = await twilio.declared()
    await twilio.called_the_next_level(number)
    phone = twilio.sandbox.person("amina").phone
    assert "déjà" in (await phone.sends(f"escalade {number}") or "")
    assert await twilio.to_be_called_now() == 0


async def test_a_text_that_does_not_arrive_goes_to_the_next_channel_at_once(twilio: Desk) -> None:
    number = await twilio.declared()
    await twilio.paged(number, "amina", "SM77")
    form = {"MessageSid": "SM77", "MessageStatus": "undelivered", "ErrorCode": "30003", "To": "+33600000001"}
    assert (await twilio.posts("/twilio/status", form))[0] == 204
    rows = await twilio.db.pool.fetch("SELECT kind, state FROM message WHERE person = 'amina' ORDER BY id")
    assert [(row["kind"], row["state"]) for row in rows] == [("sms", State.FAILED), ("voice", State.WAITING)]


async def test_a_receipt_may_overtake_its_row(twilio: Desk) -> None:
    number = await twilio.declared()
    receipt = {"MessageSid": "SM88", "MessageStatus": "delivered"}
    posting = asyncio.create_task(twilio.posts("/twilio/status", receipt))
    await twilio.paged(number, "amina", "SM88")
    assert (await posting)[0] == 204
    state = await twilio.db.pool.fetchval("SELECT state FROM message WHERE provider_id = 'SM88'")
    assert state == State.DELIVERED


async def test_somebody_who_answers_while_the_database_is_away_hears_it(twilio: Desk) -> None:
    number = await twilio.declared()
    await twilio.db.pool.close()
    said = await twilio.sandbox.person("amina").phone.sends(f"ack {number}")
    assert said == "Votre réponse n'a pas pu etre enregistrée. Réessayez dans une minute."


async def test_a_receipt_is_refused_while_the_database_is_away(twilio: Desk) -> None:
    await twilio.db.pool.close()
    assert (await twilio.posts("/twilio/status", {"MessageSid": "SM1", "MessageStatus": "delivered"}))[0] == 503


PHONES: Final = [each.phone for each in desk().people.values() if each.phone]
SAID: Final = st.text(max_size=20) | st.sampled_from(
    [
        "ack",
        "ack 1",
        "ack 99999999999999999999",
        "1",
        "5",
        "6",
        "#",
        "STOP",
        "START",
        "failed",
        "delivered",
        "\x00",
        "SM\x00",
    ]
)


@hypothesis.settings(
    max_examples=40, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@hypothesis.given(
    sender=st.sampled_from(PHONES) | SAID,
    form=st.dictionaries(
        st.sampled_from(["Body", "Digits", "MessageSid", "CallSid", "MessageStatus", "CallStatus", "ErrorCode",
                         "SmsSid", "OptOutType", "To"]), SAID, max_size=6,
    ),
    path=st.sampled_from(["/twilio/sms", "/twilio/voice", "/twilio/status"]),
    query=st.sampled_from(["", "?incident=1", "?incident=x", "?incident=99999999999999999999", "?incident=%00",
                           "?x=%FF"]),
)  # fmt: skip
@hypothesis.example(PHONES[0], {"MessageSid": "SM\x00", "MessageStatus": "failed"}, "/twilio/status", "")
@hypothesis.example(
    PHONES[0], {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "x\x00"}, "/twilio/status", ""
)
@hypothesis.example(PHONES[0], {"Body": "ack 99999999999999999999"}, "/twilio/sms", "")
@hypothesis.example(PHONES[0], {"Body": "note 1 \x00"}, "/twilio/sms", "")
@hypothesis.example(PHONES[0], {"Digits": "4"}, "/twilio/voice", "?incident=99999999999999999999")
async def test_any_signed_form_is_answered(
    twilio: Desk, sender: str, form: dict[str, str], path: str, query: str
) -> None:
    said = {name: value.encode("utf-8", "replace").decode() for name, value in {**form, "From": sender}.items()}
    status, _ = await twilio.posts(path + query, said)
    assert 200 <= status < 300 or 400 <= status < 500
