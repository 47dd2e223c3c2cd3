"""In which language somebody is spoken to: chosen by themselves in Slack, whether or not we know them otherwise."""

from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.store import audit, deliveries, homes, jobs, languages
from bot.store.database import Database, Tx
from bot.store.jobs import Job


class Languages:
    """Every method is one transaction; raises `store.database.Unavailable`. Languages are codes (`fr`)."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def refresh(self) -> None:
        """What the desk takes from now on for what people chose: each second, for another replica may have heard it."""
        before = self.desk.spoken.chosen
        async with self.db.transaction() as tx:
            found = await languages.everybody(tx)
        if self.desk.spoken.chosen is before:  # else somebody chose meanwhile: the next look has it
            self.desk.spoken.chosen = found

    async def of(self, slack_user: str) -> str | None:
        """Their own choice; None: they made none."""
        async with self.db.transaction() as tx:
            return await languages.of(tx, slack_user)

    async def choose(self, slack_user: str, language: str | None, by: Actor) -> bool:
        """`language` None: as the configuration says. False: this very delivery was handled before."""
        async with self.db.transaction() as tx:
            if not await deliveries.first_time(tx, by):
                return False
            await chosen(tx, slack_user, language, by)
        self.desk.spoken.heard(slack_user, language)
        return True


async def chosen(tx: Tx, slack_user: str, language: str | None, by: Actor) -> None:
    """Their Home tab is drawn anew at once. Nothing happens, and nothing is written down, when it is so already."""
    if language == await languages.of(tx, slack_user):
        return
    if language is None:
        await languages.forget(tx, slack_user)
    else:
        await languages.put(tx, slack_user, language)
    await audit.write(tx, Entry(by, "language.chosen", on=by.id, result=language or "usual"))
    if await homes.look_again(tx, slack_user):
        await jobs.enqueue(tx, [Job(jobs.HOME, slack_user, f"home:{slack_user}")])
