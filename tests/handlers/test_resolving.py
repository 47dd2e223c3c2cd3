"""Closing an incident by form: what still fires, cause, fix, impact, and the tasks that come of it."""

from bot.alert import Alert, AlertStatus
from bot.notify import blocks
from tests.handlers.slackdesk import SlackDesk, slack_desk
from tests.handlers.test_actions import post_card

__all__ = ["slack_desk"]

FIRING = Alert(
    source="alertmanager", dedup_key="a", status=AlertStatus.FIRING, title="Database down", severity="critical",
    environment="prod", service="ecotrajet",
)  # fmt: skip


async def drawn(desk: SlackDesk, number: int) -> str:
    view = await desk.tools.questions.incident(number)
    assert view is not None
    return str(blocks.incident_card(view, desk.tools.reader("fr")).arguments())


async def test_cause_fix_impact_and_tasks_are_kept_and_shown(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    await post_card(slack_desk, number)
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.presses("incident.resolve")
    view = await bruno.gets_view(f"Résoudre #{number}")
    assert "encore actives" not in bruno.view_text(view)
    assert await slack_desk.value("SELECT status FROM incident") == "triggered"
    said = {
        "cause": "Disque plein",
        "fix": "Journaux purgés",
        "impact": "Paiements refusés 20 min",
        "follow_ups": "- alerte à 80 %\n\n• agrandir le disque\nagrandir le disque",
    }
    delivery = await bruno.submits(view, said)
    await bruno.dm(containing=f"#{number} est résolu")
    await slack_desk.sandbox.redeliver(delivery)
    rows = await slack_desk.rows("SELECT title FROM task ORDER BY id")
    assert [row["title"] for row in rows] == ["alerte à 80 %", "agrandir le disque"]
    card = await drawn(slack_desk, number)
    assert all(words in card for words in ("Disque plein", "Journaux purgés", "Paiements refusés", "☐ agrandir"))
    assert await slack_desk.value("SELECT count(*) FROM resolution") == 1


async def test_what_still_fires_is_shown_and_asked_about(slack_desk: SlackDesk) -> None:
    ((received),) = await slack_desk.tools.lifecycle.receive([FIRING], source="alertmanager")
    number = await slack_desk.value("SELECT number FROM incident")
    assert isinstance(number, int), received
    await post_card(slack_desk, number)
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.presses("incident.resolve")
    view = await bruno.gets_view("Database down")
    asked = next(block for block in view.body["blocks"] if block.get("block_id") == "firing")
    assert not asked["optional"]
    assert "initial_option" not in asked["element"]
    await bruno.submits(view, {"firing": "keep"})
    await bruno.dm(containing="reste ouvert")
    assert await slack_desk.value("SELECT status FROM incident") == "triggered"
    await bruno.presses("incident.resolve")
    view = await bruno.gets_view("Database down")
    await bruno.submits(view, {"firing": "anyway"})
    await bruno.dm(containing="est résolu")
    assert await slack_desk.value("SELECT status FROM incident") == "resolved"


async def test_what_is_over_opens_no_form(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    await post_card(slack_desk, number)
    amina, bruno = slack_desk.sandbox.person("amina"), slack_desk.sandbox.person("bruno")
    await amina.types(f"/ecotrajet resolve {number} disque plein")
    await amina.sees("est résolu")
    await bruno.presses("incident.resolve")
    await bruno.sees("Amina Diallo")
    assert bruno.view is None


async def test_a_task_is_noted_listed_and_done(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types("/ecotrajet tâches")
    await bruno.sees("Il ne reste rien à faire")
    await bruno.types(f"/ecotrajet tâche {number} agrandir le disque")
    await bruno.sees("agrandir le disque")
    await bruno.types(f"/ecotrajet task {number} tester la sauvegarde")
    await bruno.sees("tester la sauvegarde")
    await bruno.types("/ecotrajet tasks")
    await bruno.sees("À faire")
    await bruno.presses("task.done")
    await bruno.sees("Fait : agrandir")
    await bruno.types("/ecotrajet task done 2")
    await bruno.sees("Fait : tester")
    await bruno.types("/ecotrajet task done 2")
    await bruno.sees("Il n’y a pas de tâche 2")
    await bruno.types("/ecotrajet task 999 rien")
    await bruno.sees("#999")
    assert await slack_desk.value("SELECT count(*) FROM task WHERE done_by = 'bruno'") == 2
