"""Calling for more people: by command with whom and why, and from a message."""

import pytest

from tests.handlers.slackdesk import SlackDesk, slack_desk

__all__ = ["slack_desk"]

WAITING = "SELECT DISTINCT person FROM responder WHERE answered_at IS NULL ORDER BY person"


async def asked(desk: SlackDesk) -> list[str]:
    return [row["person"] for row in await desk.rows(WAITING)]


@pytest.mark.parametrize(
    "typed", ['escalate {n} devops "paiement impossible"', "escalade {n} à l'équipe devops : paiement impossible"]
)
async def test_a_team_is_called_with_the_reason(slack_desk: SlackDesk, typed: str) -> None:
    number = await slack_desk.incident()
    chloe = slack_desk.sandbox.person("chloe")
    await chloe.types("/ecotrajet " + typed.format(n=number))
    await chloe.sees(f"Alerte envoyée pour #{number}")
    assert set(await asked(slack_desk)) == set(slack_desk.desk.teams["devops"].members)
    pages = await slack_desk.rows("SELECT body FROM message WHERE about = 'page' AND body ? 'because'")
    assert pages
    assert all(": paiement impossible" not in str(page["body"]["because"]["values"]["reason"]) for page in pages)
    assert all("paiement impossible" in str(page["body"]) for page in pages)


async def test_a_reason_alone_calls_the_next_level(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    chloe = slack_desk.sandbox.person("chloe")
    await chloe.types(f'/ecotrajet escalate {number} "paiement impossible pour tous"')
    await chloe.sees("niveau suivant")
    why = await slack_desk.value("SELECT why FROM audit WHERE did = 'incident.escalated'")
    assert "paiement impossible pour tous" in str(why)


async def test_a_name_nobody_has_is_said_and_nobody_is_paged(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    chloe = slack_desk.sandbox.person("chloe")
    await chloe.types(f"/ecotrajet escalate {number} devop paiement impossible")
    await chloe.sees("devops")
    assert await asked(slack_desk) == []


async def test_a_message_becomes_the_reason(slack_desk: SlackDesk) -> None:
    first, second = await slack_desk.incident("Paiement"), await slack_desk.incident("Recherche")
    emma, chloe = slack_desk.sandbox.person("emma"), slack_desk.sandbox.person("chloe")
    await emma.types("Un client ne peut plus payer")
    said = await chloe.sees("ne peut plus payer")
    await chloe.uses_shortcut("escalate_message", on=said)
    view = await chloe.gets_view("Quel incident")
    assert f"#{first}" in str(view.body)
    delivery = await chloe.submits(view, {"incident": str(second), "whom": "person:bruno"})
    assert delivery.ok
    await chloe.dm(containing=f"Alerte envoyée pour #{second}")
    await slack_desk.sandbox.redeliver(delivery)
    assert await asked(slack_desk) == ["bruno"]
    assert "Un client ne peut plus payer" in str(
        await slack_desk.value("SELECT why FROM audit WHERE did LIKE '%help_asked'")
    )


async def test_with_nothing_open_the_form_says_what_to_do_instead(slack_desk: SlackDesk) -> None:
    emma, chloe = slack_desk.sandbox.person("emma"), slack_desk.sandbox.person("chloe")
    await emma.types("Un client ne peut plus payer")
    await chloe.uses_shortcut("escalate_message", on=await chloe.sees("ne peut plus payer"))
    await chloe.sees("/ecotrajet declare")
    assert chloe.view is None
