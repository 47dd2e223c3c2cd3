"""The Home tab: what waits for this person, their turns and tasks, the state of every environment.

Nothing here may change by the mere passing of time but what the reader should see anew: each change is published.
"""

from collections.abc import Sequence
from typing import Final

from bot.access import stranger
from bot.desk import Desk
from bot.home import AHEAD, Home
from bot.incident import Incident, Priority, Status
from bot.notify.blocks.language import language_row
from bot.notify.blocks.marks import LIGHT, severity
from bot.notify.blocks.menu import RUNS
from bot.notify.blocks.parts import Block, actions, button, context, divider, escape, fields, header, line, section
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.responding import impact
from bot.notify.blocks.state import state
from bot.notify.blocks.status import light
from bot.notify.blocks.tasks import task_row
from bot.notify.blocks.together import news_line
from bot.oncall import Shift
from bot.phrase import Phrase
from bot.runbook import Light
from bot.target import Environment

MOST: Final = 100  # blocks of a view
SHOWN: Final = 8  # incidents of one list
TASKS: Final = 8
PLACES: Final = 15
SHOW: Final = "incident.show"


def home_blocks(home: Home, desk: Desk, reader: Reader) -> list[Block]:
    """Without the time at which they were drawn, so that equal ones are equal; 99 at most."""
    if home.person is None:
        return [section(escape(reader.say(stranger()))), language_row(home.language, reader)]
    theirs = _manager(home, reader) if home.manager else _responder(home, reader)
    blocks = [header(reader.say(_headline(home))), _buttons(reader), *theirs, *_lights(home, desk, reader)]
    return [*blocks[: MOST - 3], divider(), language_row(home.language, reader)]


def as_view(blocks: Sequence[Block]) -> Block:
    """The argument of `views.publish`."""
    return {"type": "home", "callback_id": "home", "blocks": list(blocks)[:MOST]}


def seen_at(reader: Reader) -> Block:
    return context(reader.say(Phrase("As of {time}", {"time": reader.now})))


def _headline(home: Home) -> Phrase:
    """The most important thing first."""
    if home.manager:
        bad = sum(each.priority is not Priority.P3 for each in home.board.incidents)
        if bad == 0:
            return Phrase("Nothing hinders those who use our services")
        return (
            Phrase("1 incident has an impact")
            if bad == 1
            else Phrase("{count} incidents have an impact", {"count": bad})
        )
    waiting = len(home.to_answer)
    if waiting:
        return (
            Phrase("1 page waits for you") if waiting == 1 else Phrase("{count} pages wait for you", {"count": waiting})
        )
    if home.mine:
        count = len(home.mine)
        return (
            Phrase("You are on 1 incident") if count == 1 else Phrase("You are on {count} incidents", {"count": count})
        )
    return Phrase("Nothing waits for you")


def _buttons(reader: Reader) -> Block:
    return actions(
        button(reader.say(Phrase("Declare an incident")), f"{RUNS}declare", {"run": "declare"}, "primary"),
        button(reader.say(Phrase("Who is on call")), f"{RUNS}oncall", {"run": "oncall"}),
        button(reader.say(Phrase("My settings")), "me.edit", {}),
    )


def _responder(home: Home, reader: Reader) -> list[Block]:
    blocks: list[Block] = []
    for title, incidents, asks in (
        (Phrase("Pages to answer"), home.to_answer, True),
        (Phrase("My open incidents"), home.mine, False),
        (Phrase("Other open incidents"), home.others, False),
    ):
        if incidents:
            blocks += [divider(), section(f"*{reader.say(title)}*")]
            blocks += [block for each in incidents[:SHOWN] for block in _incident(each, reader, asks=asks)]
            blocks += _more(len(incidents) - SHOWN, reader)
    return [*blocks, *_turns(home, reader), *_tasks(home, reader)]


def _incident(incident: Incident, reader: Reader, *, asks: bool) -> list[Block]:
    grade = f"{incident.priority} {reader.say(severity(incident.priority))} · #{incident.number}"
    said = Phrase("since {time}, {state}", {"time": incident.opened_at, "state": state(incident, reader)})
    place = line(reader.place(incident.environment, incident.service))
    facts = f"{place} · {reader.say(said)}\n{reader.say(Phrase('To be resolved by'))} {_clock(incident, reader)}"
    row = section(f"{LIGHT[incident.priority]} *{grade}* {line(incident.title)}\n{facts}")
    see = button(reader.say(Phrase("Details")), SHOW, {"incident": incident.number})
    if not asks:
        return [{**row, "accessory": see}]
    label = Phrase("Acknowledge") if incident.status is Status.TRIGGERED else Phrase("I am on it")
    take = button(reader.say(label), "incident.acknowledge", {"incident": incident.number}, "primary")
    return [row, actions(take, see)]


def _clock(incident: Incident, reader: Reader) -> str:
    until = incident.resolve_by
    if reader.now >= until:
        return f"⏰ {reader.say(Phrase('{time}: exceeded', {'time': until}))} · {reader.ago(until)}"
    return reader.clock(until)


def _turns(home: Home, reader: Reader) -> list[Block]:
    """Their own turns of being on call, now and next."""
    told = [f"📟 {reader.say(_now(home, name, shift))}" for name, shift in home.turn_now()]
    following = home.next_turn()
    if following is not None:
        name, shift = following
        said = Phrase("Your next turn for {schedule} begins at {time}", {"schedule": name, "time": shift.starts_at})
        told.append(f"➡️ {escape(reader.say(said))}")
    nothing = reader.say(Phrase("You have no turn in the coming weeks."))
    title = reader.say(Phrase("My turns on call"))
    return [divider(), section("\n".join([f"*{title}*", *(told or [nothing])]))]


def _now(home: Home, schedule: str, shift: Shift) -> Phrase:
    if shift.ends_at >= home.board.now + AHEAD:  # only where we stopped looking
        return Phrase("You are on call for {schedule}, until further notice", {"schedule": line(schedule)})
    return Phrase("You are on call for {schedule} until {until}", {"schedule": line(schedule), "until": shift.ends_at})


def _tasks(home: Home, reader: Reader) -> list[Block]:
    title = section(f"*{reader.say(Phrase('My tasks'))}*")
    if not home.tasks:
        return [
            divider(),
            section(f"*{reader.say(Phrase('My tasks'))}*\n{reader.say(Phrase('Nothing is left to do.'))}"),
        ]
    rows = [task_row(each, reader, whose=False) for each in home.tasks[:TASKS]]
    return [divider(), title, *rows, *_more(len(home.tasks) - TASKS, reader)]


def _manager(home: Home, reader: Reader) -> list[Block]:
    """Impact, who is on it, the clocks; then who is on call. No technical word."""
    blocks: list[Block] = []
    worth = [each.veiled() for each in home.board.incidents if each.priority is not Priority.P3]
    for each in worth[:SHOWN]:
        pairs = [
            (Phrase("Since"), reader.clock(each.opened_at)),
            (Phrase("Who is on it"), reader.say(state(each, reader))),
            (Phrase("To be resolved by"), _clock(each, reader)),
        ]
        see = button(reader.say(Phrase("Details")), SHOW, {"incident": each.number})
        said = escape(reader.say(impact(each, reader)))
        grade = f"{LIGHT[each.priority]} {each.priority} {reader.say(severity(each.priority))} · #{each.number}"
        shown = fields([(reader.say(label), value) for label, value in pairs])
        told = home.board.news.get(each.number)
        latest = [context(news_line(told, reader))] if told is not None and not each.confidential else []
        blocks += [divider(), {**section(f"*{said}*\n{grade}"), "accessory": see}, shown, *latest]
    blocks += _more(len(worth) - SHOWN, reader)
    names = [
        f"📟 {line(schedule)} · {line(', '.join(map(reader.name, shift.people)) or reader.say(Phrase('nobody')))}"
        for schedule, shift in home.board.on_call()
    ]
    title = f"*{reader.say(Phrase('On call'))}*"
    return [*blocks, divider(), section("\n".join([title, *names]))] if names else blocks


def _lights(home: Home, desk: Desk, reader: Reader) -> list[Block]:
    """Every environment with its light in words, and beneath it its services."""
    rows = [_place(home, each, reader) for each in list(desk.environments.values())[:PLACES]]
    legend = " · ".join(f"{lamp} {reader.say(light(lamp))}" for lamp in (Light.GREEN, Light.YELLOW, Light.RED))
    title = section(f"*{reader.say(Phrase('State of the environments'))}*")
    return [divider(), title, *map(section, rows), context(legend)]


def _place(home: Home, environment: Environment, reader: Reader) -> str:
    worst = home.board.light(environment.name)
    name = line(environment.label or environment.name)
    if worst is None:
        return f"⚪ *{name}* · {reader.say(Phrase('nothing to be seen here'))}"
    rows = [f"{worst} *{name}* · {reader.say(light(worst))}"]
    for each in home.board.lights[:60]:
        if each.environment == environment.name:
            lamp = home.board.light(each.environment, each.service) or each.light
            version = f" · {line(each.version, 40)}" if each.version else ""
            rows.append(f"      {lamp} {line(each.service, 60)} · {reader.say(light(lamp))}{version}")
    return "\n".join(rows)


def _more(count: int, reader: Reader) -> list[Block]:
    return [context(reader.say(Phrase("… and {count} more", {"count": count})))] if count > 0 else []
