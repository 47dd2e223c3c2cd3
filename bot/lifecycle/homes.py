"""Home tabs: who opened theirs, and what stands on it."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.desk import Desk
from bot.home import AHEAD, Board, Home
from bot.lifecycle.probes import places_beside
from bot.person import Person
from bot.probe import lit
from bot.runbook import ServiceStatus
from bot.store import homes, incidents, jobs, languages, news, oncall, probes, tasks
from bot.store.database import Database, Tx
from bot.store.jobs import Job
from bot.view import TaskRow

PAUSE: Final = timedelta(seconds=10)  # between two looks at one person's, hence between two publications
RECENT: Final = timedelta(hours=1)  # kept up to date for so long after somebody looked


class Homes:
    """Every method is one transaction; raises `store.database.Unavailable`."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db, self.desk = db, desk

    async def opened(self, slack_user: str) -> None:
        """Somebody looks at theirs: it is published at once, unless it was within PAUSE."""
        async with self.db.transaction() as tx:
            await homes.opened(tx, slack_user)
            await jobs.enqueue(tx, [Job(jobs.HOME, slack_user, f"home:{slack_user}")])

    async def due(self) -> list[str]:
        """Slack ids of those whose tab is to be looked at."""
        async with self.db.transaction() as tx:
            return await homes.due(tx, PAUSE, RECENT)

    async def take(self, slack_user: str) -> str | None:
        """What is shown there, as a digest; None: somebody else has looked just now."""
        async with self.db.transaction() as tx:
            return await homes.take(tx, slack_user, PAUSE)

    async def shown(self, slack_user: str, digest: str) -> None:
        async with self.db.transaction() as tx:
            await homes.shown(tx, slack_user, digest)

    async def forget(self, slack_user: str) -> None:
        async with self.db.transaction() as tx:
            await homes.forget(tx, slack_user)

    async def board(self, lights: tuple[ServiceStatus, ...]) -> Board:
        async with self.db.transaction() as tx:
            rows = await probes.standings(tx, list(self.desk.probes.values()))
            now = await incidents.now(tx)
            booked = await oncall.between(tx, now, now + AHEAD)
            opened = await incidents.open_ones(tx)
            told = await news.latest(tx, [each.number for each in opened])
        lights = tuple(lit(lights, rows, places_beside(self.desk)))
        shifts = [
            (name, shift)
            for name, schedule in self.desk.schedules.items()
            for shift in schedule.shifts(now, now + AHEAD, booked)
        ]
        return Board(now, tuple(opened), tuple(shifts), lights, told)

    async def of(self, slack_user: str, board: Board) -> Home:
        person = self.desk.person_of_slack(slack_user)
        async with self.db.transaction() as tx:
            language = await languages.of(tx, slack_user)
            if person is None:
                return Home(Board(board.now), language=language)
            return replace(await home(tx, self.desk, person, board), language=language)


async def home(tx: Tx, desk: Desk, person: Person, board: Board) -> Home:
    to_answer, theirs = await homes.to_answer(tx, person.id), await homes.theirs(tx, person.id)
    return Home(
        board,
        person,
        desk.is_manager(person.id),
        tuple(each for each in board.incidents if each.number in to_answer),
        tuple(each for each in board.incidents if each.number in theirs - to_answer),
        tuple(
            TaskRow(row["id"], row["incident"], row["title"], row["done_by"], row["owner"], row["due_on"])
            for row in await tasks.of_person(tx, person.id)
        ),
    )
