"""Two silences keep the same alert quiet, and end at the same moment on two replicas."""

from datetime import timedelta

from bot.lifecycle import Lifecycle, settle
from bot.maintenance import Matcher
from bot.store import alerts, incidents, silences
from tests.store.meanwhile import a_desk, an_alert, meanwhile, settled


async def test_what_both_kept_quiet_is_an_incident_when_both_are_over(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        async with db.transaction() as tx:
            now = await incidents.now(tx)
            first, second = [
                await silences.insert(tx, Matcher((), (), {}), now, now + timedelta(hours=1), "", "amina")
                for _ in range(2)
            ]
        (hushed,) = await Lifecycle(db, desk).receive([an_alert("cards")], source="alertmanager")
        assert hushed.happened == "silenced"
        async with db.transaction() as tx:
            await silences.end(tx, first.id, "amina")

        async with db.transaction() as other:
            await silences.end(other, second.id, "amina")
            settling = await meanwhile(other, settled(db, desk))  # it would leave the alert to the second
            assert await settle.settle_one(other, desk), "which keeps nothing yet"
        assert await settling
        while await settled(db, desk):
            pass
        async with db.transaction() as tx:
            row = await alerts.firing(tx, "alertmanager", "cards")
        assert row is not None
        assert row["incident"] is not None, "it fires, and nobody would ever be paged"
