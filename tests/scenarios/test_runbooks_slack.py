"""Runbooks as people meet them: begun in Slack or from an incident's card, answered by buttons, and after a kill -9."""

from tests.world import World, new_world


async def test_a_runbook_survives_kill_9_and_goes_on_at_its_step(database_url: str) -> None:
    async with new_world(database_url, own_process=True) as world:
        amina, bruno = world.person("amina"), world.person("bruno")
        await amina.types("/ecotrajet procédure lance nouveau-client client=Vélocité")
        await amina.sees("La procédure 1 commence")
        card = await bruno.sees("Le client Vélocité a-t-il rempli le formulaire", channel="incidents")
        assert "L’étape 1 sur 9 attend une réponse" in card.text
        await bruno.presses("Fait", on=card)
        await world.eventually_value(1, "SELECT count(*) FROM procedure_step WHERE state = 'waiting' AND position = 1")
        await world.crash_and_restart()
        card = await bruno.sees("Les credentials fournis par Vélocité répondent-ils", channel="incidents")
        assert "✓ 1. Accueil : formulaire de configuration initiale · Bruno Martin" in card.text
        await amina.presses("Échec", on=card)
        stopped = await bruno.sees("🔴 Nouveau client Vélocité", channel="incidents")
        assert "✗ 2. Validation : credentials Supabase valides · Amina Diallo" in stopped.text
        told = await bruno.sees("🔴 Procédure « Nouveau client Vélocité » (1) arrêtée avant la fin")
        assert told.thread == card.ts
        await bruno.presses("Réessayer l’étape", on=card)
        await bruno.sees("L’étape 2 sur 9 attend une réponse", channel="incidents")
        assert await world.value("SELECT count(*) FROM card WHERE subject = 'runbook:1'") == 1


async def test_what_has_to_be_told_something_asks_for_it_by_a_form(world: World) -> None:
    await world.alert("CVE-2026-1234 in openssl")
    bruno = world.person("bruno")
    card = await bruno.sees("📒 Procédure Correctif de sécurité", channel="incidents")
    await bruno.presses("Commencer", on=card)
    view = await bruno.gets_view("la version corrigée")
    await bruno.submits(view, {"given-version": "v2.1.2", "given-alerte": "CVE-2026-1234"})
    await bruno.sees("Sa carte est dans le fil de l’incident #1")
    steps = await bruno.sees("L’alerte CVE-2026-1234 nous concerne-t-elle", channel="incidents")
    assert steps.thread == card.ts
    assert "version=v2.1.2" in steps.text


async def test_what_takes_production_away_asks_for_its_name(world: World) -> None:
    await world.alert("Perte de données dans la table des alertes")
    bruno = world.person("bruno")
    await bruno.presses(
        "Commencer", on=await bruno.sees("📒 Procédure Récupération depuis une sauvegarde", channel="incidents")
    )
    view = await bruno.gets_view("tapez prod")
    await bruno.submits(view, {"confirm": "staging"})
    await bruno.sees("--confirm prod")
    await bruno.presses(
        "Commencer", on=await bruno.sees("📒 Procédure Récupération depuis une sauvegarde", channel="incidents")
    )
    await bruno.submits(await bruno.gets_view("tapez prod"), {"confirm": "prod"})
    await bruno.sees("La procédure 1 commence")


async def test_an_incident_proposes_the_runbook_that_helps_and_begins_it_in_its_thread(world: World) -> None:
    number = await world.alert("Database connection lost")
    amina = world.person("amina")
    card = await amina.sees("📒 Procédure Erreurs de base de données", channel="incidents")
    assert "l’incident dit «\u00a0Database\u00a0»" in card.text
    await amina.presses("Commencer", on=card)
    await amina.sees(f"Sa carte est dans le fil de l’incident #{number}")
    steps = await amina.sees("Erreurs de base de données · prod · ecotrajet · procédure 1", channel="incidents")
    assert steps.thread == card.ts
    assert f"Pour l’incident #{number}" in steps.text

    async def no_longer_proposed() -> bool:
        return "📒 Procédure Erreurs" not in (await amina.sees("Database connection lost", channel="incidents")).text

    await world.eventually(no_longer_proposed, "it is under way, so it is not proposed any more")
    assert await world.value("SELECT incident FROM procedure_run") == number
    await amina.types(f"/ecotrajet chronologie {number}")
    await amina.sees("Amina Diallo a commencé la procédure « Erreurs de base de données » (1)")
