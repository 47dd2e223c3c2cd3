"""When two incidents are one, nobody who works on the merged one, and nothing that is left to do, is lost."""

from bot.sandbox.devices import spaced
from tests.world import World


async def test_tasks_roles_and_followers_come_with_the_merged_one(world: World) -> None:
    stays = await world.alert("Base injoignable", dedup_key="db")
    goes = await world.alert("Recherche lente", severity="warning", service="billing", dedup_key="slow")
    bruno, chloe, amina = (world.person(each) for each in ("bruno", "chloe", "amina"))
    await bruno.types(f"/ecotrajet task {goes} agrandir le disque @chloe")
    await chloe.dm(containing=f"une tâche de #{goes}")
    await chloe.types(f"/ecotrajet suivre {goes}")
    await chloe.sees(f"Vous suivez l’incident #{goes}")
    for role, who in (("pilote", "amina"), ("scribe", "chloe")):
        await bruno.types(f"/ecotrajet role {goes} {role} @{who}")
        await bruno.sees(f"#{goes}, {role.capitalize()}")
    await bruno.types(f"/ecotrajet role {stays} pilote")
    await bruno.sees(f"#{stays}, Pilote")

    await bruno.types(f"/ecotrajet merge {goes} {stays}", channel="general")
    await bruno.sees(f"#{goes} fait maintenant partie de #{stays}")
    await bruno.sees(f"Ce qui restait à faire après #{goes} reste à faire ici : 1", channel="incidents")
    await chloe.dm(containing=f"#{goes} fait maintenant partie de #{stays}. Votre rôle là-bas : Scribe.")
    held = "SELECT string_agg(role || ' ' || person, ', ' ORDER BY role) FROM incident_role WHERE incident = $1"
    assert await world.value(held, stays) == "pilot bruno, scribe chloe"
    assert await world.value("SELECT incident FROM task") == stays
    await chloe.types("/ecotrajet tasks mine")
    await chloe.sees(f"#{stays}")

    await amina.types(f"/ecotrajet ack {stays}")
    told = await chloe.dm(containing=f"👁️ #{stays}")
    assert "Amina Diallo" in spaced(told.text)
