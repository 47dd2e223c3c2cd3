"""What an alert was about to join, or to end, becomes another thing while its transaction waits for it."""

from dataclasses import replace

from bot.alert import AlertStatus
from bot.incident import Priority, Status
from bot.lifecycle import Lifecycle, moves, regroup
from bot.lifecycle.doors import Doors
from bot.maintenance import Matcher
from bot.store import alerts, incidents, silences
from bot.store.database import Database
from tests.store.meanwhile import AMINA, a_desk, an_alert, an_incident, meanwhile, settled


async def waits_to_be_told(db: Database, number: int) -> bool:
    async with db.transaction() as tx:
        return bool(
            await tx.fetchval(
                "SELECT EXISTS (SELECT FROM escalation_level l JOIN incident i ON i.number = l.incident"
                " WHERE i.number = $1 AND i.status = 'triggered' AND l.round = i.round AND l.state = 'pending')",
                number,
            )
        )


async def test_an_alert_whose_incident_is_closed_at_that_moment_opens_one_of_its_own(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        (first,) = await Lifecycle(db, desk).receive([an_alert("cards")], source="alertmanager")
        assert first.incident is not None
        async with db.transaction() as tx:
            await moves.resolve(tx, desk, first.incident.number, AMINA)
            coming = await meanwhile(tx, Lifecycle(db, desk).receive([an_alert("refunds")], source="alertmanager"))
        (fresh,) = await coming
        assert fresh.happened == "opened", "it would be a member of what is over, and page nobody"
        assert await waits_to_be_told(db, fresh.incident.number)


async def test_the_same_for_what_a_silence_kept_quiet(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        (open_one,) = await Lifecycle(db, desk).receive([an_alert("cards")], source="alertmanager")
        assert open_one.incident is not None
        async with db.transaction() as tx:
            now = await incidents.now(tx)
            quiet = await silences.insert(tx, Matcher((), (), {}), now, now.replace(year=now.year + 1), "", "amina")
        (hushed,) = await Lifecycle(db, desk).receive([an_alert("refunds")], source="alertmanager")
        assert hushed.happened == "silenced"
        async with db.transaction() as tx:
            await silences.end(tx, quiet.id, "amina")

        async with db.transaction() as tx:
            await moves.resolve(tx, desk, open_one.incident.number, AMINA)
            ending = await meanwhile(tx, settled(db, desk))
        assert await ending
        async with db.transaction() as tx:
            row = await alerts.firing(tx, "alertmanager", "refunds")
        assert row is not None
        assert await waits_to_be_told(db, row["incident"])


async def test_an_alert_that_is_worse_than_what_is_being_closed_is_not_swallowed(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        (first,) = await Lifecycle(db, desk).receive([an_alert("cards")], source="alertmanager")
        assert first.incident is not None
        async with db.transaction() as tx:
            await moves.resolve(tx, desk, first.incident.number, AMINA)
            worse = an_alert("cards", severity="critical")
            coming = await meanwhile(tx, Lifecycle(db, desk).receive([worse], source="alertmanager"))
        (again,) = await coming
        assert again.happened == "opened"
        assert again.incident.priority.outranks(Priority.P3)
        assert await waits_to_be_told(db, again.incident.number)


async def test_a_recovery_ends_the_incident_into_which_its_alert_was_merged_meanwhile(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        (first,) = await Lifecycle(db, desk).receive([an_alert("cards")], source="alertmanager")
        assert first.incident is not None
        second = await an_incident(db, desk, Priority.P2)
        async with db.transaction() as tx:
            await regroup.merge(tx, desk, first.incident.number, second, AMINA)
            well = an_alert("cards", AlertStatus.RESOLVED)
            coming = await meanwhile(tx, Lifecycle(db, desk).receive([well], source="alertmanager"))
        await coming
        async with db.transaction() as tx:
            whole = await incidents.get(tx, second)
        assert whole is not None
        assert whole.status is Status.RESOLVED, "nothing of it fires, and people would go on being paged"


async def test_a_sender_that_raises_its_alert_raises_the_incident_into_which_it_was_merged(database_url: str) -> None:
    async with a_desk(database_url) as (db, desk):
        (first,) = await Lifecycle(db, desk).receive([an_alert("cards")], source="alertmanager")
        assert first.incident is not None
        second = await an_incident(db, desk, Priority.P2)
        known = await Doors(db, desk).find("alertmanager", "cards", "alias")
        assert known is not None
        grave = replace(an_alert("cards", severity="critical"), title="Service down")
        async with db.transaction() as tx:
            await regroup.merge(tx, desk, first.incident.number, second, AMINA)
            raising = await meanwhile(tx, Doors(db, desk).worsen(known, grave))
        assert await raising
        async with db.transaction() as tx:
            whole = await incidents.get(tx, second)
        assert whole is not None
        assert whole.priority is Priority.P1
