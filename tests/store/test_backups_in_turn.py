"""Two replicas look for a backup to make at the same moment."""

from bot.backup import Backup, Kind
from bot.store import backups
from tests.store.meanwhile import a_desk, meanwhile


async def test_two_backups_of_one_database_are_not_made_at_once(database_url: str) -> None:
    async with a_desk(database_url) as (db, _):
        async with db.transaction() as tx:
            assert await backups.add(tx, "shop", "2026-11-26", Kind.DAILY, "desk")
            assert await backups.add(tx, "shop", "restore:1", Kind.RESTORE, "amina")

        async def claimed() -> Backup | None:
            async with db.transaction() as other:
                return await backups.claim(other, ["shop"], "two")

        async with db.transaction() as tx:
            assert await backups.claim(tx, ["shop"], "one") is not None
            second = await meanwhile(tx, claimed())
        assert await second is None
