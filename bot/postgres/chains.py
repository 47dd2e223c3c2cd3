"""Who blocks whom: from what each session waits for to the one at the root of it all. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.postgres.seen import Session


@dataclass(frozen=True, slots=True)
class Chain:
    """`root` waits for nobody. `waiting`: everyone behind it with the depth, from 1, in the order of a tree."""

    root: Session
    waiting: tuple[tuple[int, Session], ...]

    @property
    def longest(self) -> timedelta:
        return max((each.waits for _, each in self.waiting), default=timedelta(0))


def chains(sessions: Sequence[Session]) -> list[Chain]:
    """The one that holds up most first. Ending its root lets all the others go on."""
    known = {each.pid: each for each in sessions}
    behind: dict[int, list[Session]] = {}
    for each in sessions:
        for pid in each.blocked_by:
            behind.setdefault(pid, []).append(each)
    roots = [pid for pid in behind if not (known[pid].blocked_by if pid in known else ())]
    found = [Chain(known.get(pid, _unseen(pid)), tuple(_tree(pid, behind, 1, {pid}))) for pid in roots]
    return sorted(found, key=lambda chain: (-len(chain.waiting), -chain.longest))


def _unseen(pid: int) -> Session:
    """0: a prepared transaction, which no session holds. Else it ended meanwhile, or is of another database."""
    return Session(pid, "", "", "")


def _tree(pid: int, behind: Mapping[int, Sequence[Session]], depth: int, above: set[int]) -> list[tuple[int, Session]]:
    """Each is shown once, at the first place where it stands: a row may wait for two."""
    found: list[tuple[int, Session]] = []
    for each in sorted(behind.get(pid, ()), key=lambda session: -session.waits):
        if each.pid not in above:
            above.add(each.pid)
            found += [(depth, each), *_tree(each.pid, behind, depth + 1, above)]
    return found
