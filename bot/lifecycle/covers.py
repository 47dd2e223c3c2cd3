"""Cover and swaps: asked in people's messages, given by the first tap."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.access import why_not_respond
from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.errors import UserError
from bot.lifecycle.hands import all_named, answered, direct, named
from bot.message import Ask
from bot.oncall import Override, Schedule
from bot.person import Person
from bot.phrase import Phrase, Value
from bot.store import audit, incidents, oncall
from bot.store.database import Tx
from bot.store.oncall import Request

When = tuple[datetime, datetime]
ACCEPT = "oncall.accept"


async def ask_cover(tx: Tx, desk: Desk, schedule: Schedule, span: When, by: Actor) -> Request:
    """Of everyone who takes turns in this schedule. Raises UserError."""
    await _on_call_then(tx, desk, schedule, span, by.id)
    others = _answering(desk, [each for each in schedule.members() if each != by.id])
    if not others:
        raise UserError(
            Phrase("Nobody else takes turns in {schedule}. Ask somebody, then type `/ecotrajet oncall override`.",
                   {"schedule": schedule.name})
        )  # fmt: skip
    request = Request(0, schedule.name, by.id, others, *span)
    request = replace(request, id=await oncall.ask(tx, request))
    values = values_of(desk, request)
    said = Phrase(
        "{by} needs cover for {schedule}: {since} → {until}. Can you? (`/ecotrajet oncall accept {id}`)", values
    )
    await _ask(tx, desk, request, said, Phrase("I take it"))
    why = Phrase("{by} needs cover for {schedule}: {since} → {until}", values)
    await audit.write(tx, Entry(by, "oncall.cover_asked", on=str(request.id), why=why))
    return request


async def ask_swap(
    tx: Tx, desk: Desk, schedule: Schedule, other: Person, mine: When, theirs: When, by: Actor
) -> Request:
    if other.id == by.id:
        raise UserError(Phrase("A swap needs somebody else: `/ecotrajet oncall swap @colleague …`."))
    await _on_call_then(tx, desk, schedule, mine, by.id)
    await _on_call_then(tx, desk, schedule, theirs, other.id)
    if not _answering(desk, [other.id]):
        raise UserError(Phrase("{name} cannot answer here.", {"name": other.name}))
    request = Request(0, schedule.name, by.id, (other.id,), *mine, other=theirs)
    request = replace(request, id=await oncall.ask(tx, request))
    values = values_of(desk, request)
    said = Phrase(
        "{by} would like to swap in {schedule}: you take {since} → {until}, they take {other_since} → {other_until}. "
        "Agreed? (`/ecotrajet oncall accept {id}`)",
        values,
    )
    await _ask(tx, desk, request, said, Phrase("Agreed"))
    why = Phrase("{by} offers a swap in {schedule}: {since} → {until} for {other_since} → {other_until}", values)
    await audit.write(tx, Entry(by, "oncall.swap_asked", on=str(request.id), why=why))
    return request


async def accept(tx: Tx, desk: Desk, number: int, by: Actor) -> Request:
    """The first who answers takes over; the others' questions say so."""
    request = await _open(tx, desk, number)
    if missing := why_not_respond(desk.people, desk.teams, by.id):
        raise UserError(missing)
    if by.id not in request.asked:
        names = all_named(desk, request.asked)
        raise UserError(Phrase("This was not asked of you, but of: {names}.", {"names": names}))
    schedule, now = desk.schedules.get(request.schedule), await incidents.now(tx)
    if schedule is None:
        raise no_such_request(number)
    await _on_call_then(tx, desk, schedule, (request.starts_at, request.ends_at), request.asked_by)
    if request.other is not None and request.other[1] > now:  # theirs may have been given away since they were asked
        await _on_call_then(tx, desk, schedule, request.other, by.id)
    start = max(request.starts_at, now)
    await oncall.insert(
        tx, Override(request.schedule, by.id, start, request.ends_at, instead_of=request.asked_by, by=by.id)
    )
    if request.other is not None:
        begins, ends = request.other
        if ends > now:
            back = Override(request.schedule, request.asked_by, max(begins, now), ends, instead_of=by.id, by=by.id)
            await oncall.insert(tx, back)
    await oncall.take(tx, number, by.id)
    values = {**values_of(desk, request), "name": by.name}
    said = Phrase("{name} takes over for {by} in {schedule}: {since} → {until}.", values)
    if request.other is not None:
        said = Phrase(
            "{name} and {by} have swapped in {schedule}: {name} {since} → {until}, {by} {other_since} → {other_until}.",
            values,
        )
    await audit.write(tx, Entry(by, "oncall.request_taken", on=str(number), why=said))
    await _close(tx, number, said)
    await direct(tx, desk, request.asked_by, said)
    return replace(request, taken_by=by.id, taken_at=now)


async def withdraw(tx: Tx, desk: Desk, number: int, by: Actor) -> Request:
    request = await _open(tx, desk, number)
    if request.asked_by != by.id:
        raise UserError(Phrase("Only {by} may withdraw this.", values_of(desk, request)))
    await oncall.withdraw(tx, number)
    said = Phrase("{by} no longer needs this: {since} → {until}.", values_of(desk, request))
    await audit.write(tx, Entry(by, "oncall.request_withdrawn", on=str(number), why=said))
    await _close(tx, number, said)
    return replace(request, withdrawn=True)


def values_of(desk: Desk, request: Request) -> dict[str, Value | Phrase]:
    values: dict[str, Value | Phrase] = {
        "id": request.id, "by": named(desk, request.asked_by), "schedule": request.schedule,
        "since": request.starts_at, "until": request.ends_at,
    }  # fmt: skip
    if request.other is not None:
        values |= {"other_since": request.other[0], "other_until": request.other[1]}
    return values


def no_such_request(number: int) -> UserError:
    return UserError(Phrase("There is no request {id}.", {"id": number}))


async def _open(tx: Tx, desk: Desk, number: int) -> Request:
    """The request, if it may still be answered. Raises UserError."""
    request = await oncall.request(tx, number)
    if request is None:
        raise no_such_request(number)
    if request.taken_by is not None and request.taken_at is not None:
        values: dict[str, Value | Phrase] = {"name": named(desk, request.taken_by), "at": request.taken_at}
        raise UserError(Phrase("{name} took it at {at}.", values))
    if request.withdrawn:
        raise UserError(Phrase("{by} no longer needs this: {since} → {until}.", values_of(desk, request)))
    if request.ends_at <= await incidents.now(tx):
        raise UserError(Phrase("That is over already: it would end at {at}.", {"at": request.ends_at}))
    return request


async def _ask(tx: Tx, desk: Desk, request: Request, said: Phrase, label: Phrase) -> None:
    for each in request.asked:
        await direct(tx, desk, each, said, Ask(label, ACCEPT, {"request": request.id}), request.id)


async def _close(tx: Tx, number: int, said: Phrase) -> None:
    for row in await oncall.questions(tx, number, said):
        await answered(tx, row["recipient"], row["person"], row["provider_id"], said)


async def _on_call_then(tx: Tx, desk: Desk, schedule: Schedule, span: When, person: str) -> None:
    """Raises UserError when they are not on call at any moment of it."""
    booked = await oncall.between(tx, *span)
    if not any(person in shift.people for shift in schedule.shifts(*span, booked)):
        values: dict[str, Value | Phrase] = {
            "name": named(desk, person), "schedule": schedule.name, "since": span[0], "until": span[1],
        }  # fmt: skip
        raise UserError(
            Phrase("{name} is not on call for {schedule} then ({since} → {until}). See `/ecotrajet oncall {schedule}`.",
                   values)
        )  # fmt: skip


def _answering(desk: Desk, people: Sequence[str]) -> tuple[str, ...]:
    """Those who can be asked."""
    return tuple(each for each in people if (p := desk.people.get(each)) is not None and (p.slack or p.email))
