"""The sentences about runs that several use cases say, and the rows by which they are said."""

from bot import access
from bot.approval import Rule, right_to_approve, rule_for
from bot.audit import Actor, Entry
from bot.deployment import Freeze
from bot.desk import Desk
from bot.message import About, Kind
from bot.phrase import Phrase, Value
from bot.run import Run, RunStatus
from bot.runbook import REPLACING, Action
from bot.store import audit, messages
from bot.store.database import Tx
from bot.target import Environment


def name(desk: Desk, who: str | None) -> str:
    """The display name of a person's id; never an empty string."""
    person = desk.people.get(who or "")
    return person.name if person else who or "?"


def action_name(action: str) -> Phrase:
    match action:
        case Action.RESTART:
            return Phrase("restart")
        case Action.ROLLBACK:
            return Phrase("rollback")
        case Action.LOGS:
            return Phrase("logs")
        case Action.DEPLOY:
            return Phrase("deployment")
        case Action.PROMOTE:
            return Phrase("promotion")
        case Action.STOP:
            return Phrase("stop")
        case Action.START:
            return Phrase("start")
        case Action.PRUNE:
            return Phrase("clean-up of images")
        case Action.SCALE:
            return Phrase("scaling")
        case _:
            return Phrase("status")


def status_name(run: Run) -> Phrase:
    """How a run stands, in a word or two."""
    if run.status is RunStatus.REVERTED and run.plan.action not in REPLACING:
        return Phrase("without effect")
    return _STATUS_NAMES[run.status]


_STATUS_NAMES = {
    RunStatus.REQUESTED: Phrase("waiting for approval"),
    RunStatus.APPROVED: Phrase("approved, about to start"),
    RunStatus.REJECTED: Phrase("rejected"),
    RunStatus.EXPIRED: Phrase("expired"),
    RunStatus.REFUSED: Phrase("refused"),
    RunStatus.CANCELLED: Phrase("called off"),
    RunStatus.RUNNING: Phrase("running"),
    RunStatus.INTERRUPTED: Phrase("interrupted, being repaired"),
    RunStatus.SUCCEEDED: Phrase("succeeded"),
    RunStatus.REVERTED: Phrase("undone: the old version is back"),
    RunStatus.FAILED: Phrase("failed"),
}


def where(desk: Desk, run: Run) -> dict[str, Phrase | str | int]:
    """The values that name a run in a sentence: `{id}`, `{action}`, `{service}`, `{environment}`."""
    environment = desk.environments.get(run.environment)
    return {
        "id": run.id,
        "action": action_name(run.action),
        "service": run.service,
        "environment": environment.label if environment else run.environment,
    }


def whom_to_wake(desk: Desk, environment: Environment, run: Run) -> tuple[str, ...]:
    """Some of those who may approve it; the one who asked is left out where it takes a second person."""
    able = access.who_may(desk.people, desk.teams, right_to_approve(run.plan.action), environment.name)
    other = rule_for(environment, run.plan.action) is Rule.SECOND_PERSON
    return tuple(each.name for each in able if not other or each.id != run.requested_by)[: access.MOST_NAMES]


def held(desk: Desk, holder: Run) -> Phrase:
    """Somebody's run is under way on this very service."""
    since = holder.approved_at or holder.requested_at
    return Phrase(
        "Run {id} is at work there: {action} of {service} in {environment}, asked by {name}, since {at}. "
        "One at a time.",
        {**where(desk, holder), "name": name(desk, holder.requested_by), "at": since},
    )


def undecided(desk: Desk, waiting: Run) -> Phrase:
    """A request on this very service waits for its approval."""
    return Phrase(
        "Run {id} already waits for approval: {action} of {service} in {environment}, asked by {name} at {at}. "
        "Decide it first: `/ecotrajet approve {id}` or `/ecotrajet reject {id}`.",
        {**where(desk, waiting), "name": name(desk, waiting.requested_by), "at": waiting.requested_at},
    )


def alone(refusal: Phrase, run: Run, open_p1: int) -> Phrase:
    """`refusal`, and the way out when nobody else is awake."""
    return Phrase(
        "{refusal} Nobody else there? While incident #{number} (P1) is open: "
        '`/ecotrajet approve {id} --break-glass "reason"`.',
        {"refusal": refusal, "number": open_p1, "id": run.id},
    )


def frozen(desk: Desk, freeze: Freeze) -> Phrase:
    """Nothing new now: who said so, since when, until when."""
    environment = desk.environments.get(freeze.environment)
    values: dict[str, Value | Phrase] = {
        "environment": environment.label if environment else freeze.environment, "name": name(desk, freeze.by),
        "since": freeze.since, "until": freeze.until, "place": freeze.environment, "reason": freeze.reason,
    }  # fmt: skip
    if freeze.planned:
        return Phrase(
            "{environment} is frozen until {until}, as the configuration plans: {reason}. Rolling back stays possible. "
            "To end it: `/ecotrajet unfreeze {place}`.",
            values,
        )
    if freeze.reason:
        return Phrase(
            "{environment} is frozen since {since} by {name}, until {until}: {reason}. Rolling back stays possible. "
            "To end it: `/ecotrajet unfreeze {place}`.",
            values,
        )
    return Phrase(
        "{environment} is frozen since {since} by {name}, until {until}. Rolling back stays possible. "
        "To end it: `/ecotrajet unfreeze {place}`.",
        values,
    )


def too_late(run: Run) -> Phrase:
    """Asked to decide about a run that is past deciding."""
    if run.status is RunStatus.EXPIRED and run.approved_at is None:
        return Phrase("This request expired at {at}. Ask again for a fresh plan.", {"at": run.expires_at})
    return Phrase("Run {id} is past that: {status}.", {"id": run.id, "status": status_name(run)})


async def card(tx: Tx, desk: Desk, run: Run) -> None:
    """The run's card in the incidents channel is to be posted, or brought up to date."""
    await messages.queue(tx, kind=Kind.SLACK, about=About.RUN_CARD, to=desk.incidents_channel, run=run.id)


async def announce(tx: Tx, desk: Desk, said: Phrase) -> None:
    """A sentence of its own in the incidents channel, for all to see."""
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.NOTE, to=desk.incidents_channel, body={"phrase": said.to_json()}
    )


async def tell(tx: Tx, desk: Desk, who: str | None, run: Run, said: Phrase) -> None:
    """A sentence to one person, if Slack reaches them."""
    person = desk.people.get(who or "")
    if person is not None and person.slack:
        await messages.queue(
            tx, kind=Kind.SLACK, about=About.TELL, to=person.slack, person=person.id, run=run.id,
            body={"phrase": said.to_json()},
        )  # fmt: skip


async def note(tx: Tx, desk: Desk, incident: int, said: Phrase) -> None:
    """A sentence in the thread of an incident's card."""
    await messages.queue(
        tx, kind=Kind.SLACK, about=About.NOTE, to=desk.incidents_channel, incident=incident,
        body={"phrase": said.to_json()},
    )  # fmt: skip


async def written(tx: Tx, by: Actor, did: str, run: Run, why: Phrase | None = None, result: str = "") -> None:
    """The audit line of an act on a run."""
    subject = f"{run.action} {run.environment}/{run.service}"
    await audit.write(tx, Entry(by, did, run.incident, run.id, on=subject, why=why, result=result))
