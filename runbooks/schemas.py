"""For which database schema an image is made, beside the one that the service's database really has."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.postgres import Applied, Migration, Migrations
from bot.runbook import Plan
from bot.target import Target

Raw = Mapping[str, Any]
Schemas = Callable[[Target], Awaitable[Applied]]
"""Asks the database of a service. Never raises, and answers within seconds: a rollback waits for it."""
LABEL: Final = "ecotrajet.schema"  # the migration an image was built for; ours to propose, free to leave out
NUMBER: Final = re.compile(r"\d+(?:[.-]\d+)*")
SHORTEST_BEGINNING: Final = 8  # digits: `20250101` for `20250101000001`
SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """`asks`: to be answered before anybody approves. `has`: the database's last migration; '': not known."""

    asks: Phrase | None = None
    warnings: tuple[Phrase, ...] = ()
    facts: tuple[Phrase, ...] = ()
    has: str = ""


async def unasked(_target: Target) -> Applied:
    """Where no database is configured."""
    return None


def label_of(image: Raw) -> str:
    """`image`: its `Config`; '' when it says nothing."""
    return str((image.get("Labels") or {}).get(LABEL) or "")


def judge(now: Raw, then: Raw | None, applied: Applied) -> Judged:
    """`now`, `then`: the images' `Config`, `then` None while it is still to be fetched.

    What the database says counts; where it says nothing, the two labels are compared.
    """
    latest = applied.latest if isinstance(applied, Migrations) else ""
    if then is None:
        return Judged(facts=(_later(latest),) if latest else (), has=latest)
    wants = label_of(then)
    if isinstance(applied, Migrations) and latest and wants:
        return _against(wants, applied)
    older = newer_label(now, then)
    return Judged(older, (*_labels_differ(now, then), *_away(applied)), _silent(applied), latest)


def newer_label(now: Raw, then: Raw) -> Phrase | None:
    """The code that comes was made for older tables than those the present one runs on: not without being asked.

    Also when nobody can tell which is older; not if the present one is silent.
    """
    before, after = label_of(now), label_of(then)
    if not before or before == after or order(before) < order(after):
        return None
    return Phrase(
        "The database schema ({before}) is newer than this image knows ({after}). Does the older code work with these "
        "tables? If not, mend the running version, or restore the database as well.",
        {"before": before, "after": after or "?"},
    )


async def unchanged(ask: Schemas, target: Target, plan: Plan) -> None:
    """Raises UserError when a migration came since the plan was made. A database that is away by now says nothing."""
    if not plan.schema:
        return
    applied = await ask(target)
    if isinstance(applied, Migrations) and applied.latest not in ("", plan.schema):
        values = {"before": plan.schema, "after": applied.latest}
        raise UserError(
            Phrase(
                "The database's schema has changed since the plan: {before} → {after}. Ask for a fresh plan.", values
            )
        )


def order(version: str) -> tuple[int, ...]:
    """`20251101`, `0012_places`, `v1.10`: by the first number in it; empty when there is none."""
    found = NUMBER.search(version)
    parts = [int(part) for part in re.split(r"[.-]", found[0])] if found else []
    while parts and not parts[-1]:
        parts.pop()  # 1.10 is 1.10.0
    return tuple(parts)


def _against(wants: str, applied: Migrations) -> Judged:
    values: dict[str, Value | Phrase] = {"has": applied.latest, "wants": wants}
    unknown = _unknown_to(wants, applied)
    if unknown is None or unknown:
        return Judged(_question(values, unknown), has=applied.latest)
    if any(_is_named(each, wants) for each in applied.applied):
        fits = Phrase("The database has schema {has}, which is the one this image is made for ({wants}).", values)
        return Judged(facts=(fits,), has=applied.latest)
    early = Phrase(
        "This image is made for database schema {wants}, the database has {has}: its migrations are not applied.",
        values,
    )
    return Judged(warnings=(early,), has=applied.latest)


def _question(values: dict[str, Value | Phrase], unknown: Sequence[Migration] | None) -> Phrase:
    if unknown is None:
        return Phrase(
            "The database has schema {has}, this image is made for {wants}: I cannot tell which is newer. Does its "
            "code work with these tables?",
            values,
        )
    versions = ", ".join(each.version for each in unknown[-SHOWN:])
    return Phrase(
        "The database has schema {has}, this image is made for {wants}: it knows nothing of {versions} ({count} in "
        "all). Does the older code work with these tables? If not, mend the running version, or restore the "
        "database as well.",
        {**values, "versions": versions, "count": len(unknown)},
    )


def _unknown_to(wants: str, applied: Migrations) -> Sequence[Migration] | None:
    """Those that came after the one the image is made for; None: nobody can tell."""
    mine = order(wants)
    if mine and order(applied.latest):
        return [each for each in applied.applied if order(_as_long(each.version, wants)) > mine]
    at = [place for place, each in enumerate(applied.applied) if _is_named(each, wants)]
    return applied.applied[at[-1] + 1 :] if at else None


def _as_long(version: str, wants: str) -> str:
    """The day alone of `20250101000001`, when that is all that is wanted."""
    shortened = version[: len(wants)]
    return shortened if wants.isdigit() and len(wants) >= SHORTEST_BEGINNING and shortened.isdigit() else version


def _is_named(each: Migration, wants: str) -> bool:
    """By its version, by its file's name, or by the day it begins with."""
    if wants in (each.version, f"{each.version}_{each.name}"):
        return True
    begins = wants.isdigit() and len(wants) >= SHORTEST_BEGINNING and each.version.startswith(wants)
    return begins or (bool(order(wants)) and order(wants) == order(each.version))


def _labels_differ(now: Raw, then: Raw) -> list[Phrase]:
    before, after = label_of(now), label_of(then)
    if before == after:
        return []
    return [
        Phrase(
            "The database schema differs ({before} → {after}) and is not changed back: the other code meets these "
            "tables.",
            {"before": before or "?", "after": after or "?"},
        )
    ]


def _away(applied: Applied) -> list[Phrase]:
    if not isinstance(applied, Phrase):
        return []
    return [Phrase("The database could not be asked which schema it has: {why}", {"why": applied})]


def _silent(applied: Applied) -> tuple[Phrase, ...]:
    """The database has answered, and there is nothing to compare it with."""
    if not isinstance(applied, Migrations):
        return ()
    if not applied.latest:
        return (Phrase("The database keeps no list of its migrations: only the images' labels were compared."),)
    values: dict[str, Value | Phrase] = {"has": applied.latest, "label": LABEL}
    return (Phrase("The database has schema {has}; this image does not say for which it is made ({label}).", values),)


def _later(has: str) -> Phrase:
    return Phrase(
        "The database has schema {has}; for which one this image is made is seen once it is fetched.", {"has": has}
    )
