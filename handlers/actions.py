"""Buttons. Each carries in its value what it is about, and as of when: a late press must not do something else."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.access import stranger
from bot.answers import Repeated
from bot.errors import UserError
from bot.incident import Priority
from bot.lifecycle.proofs import ANSWER
from bot.news import NOTHING, WRITE
from bot.notify.blocks import incident_details, procedure
from bot.notify.blocks.declaring import OFFER
from bot.notify.blocks.home import SHOW
from bot.notify.blocks.language import CHOOSE
from bot.notify.blocks.menu import FORM, RUNS
from bot.notify.blocks.review import SILENCE
from bot.notify.blocks.rooms import OPEN
from bot.notify.blocks.tail import STOP as STOP_TAIL
from bot.notify.blocks.together import ROLE
from bot.phrase import Phrase
from bot.postmortem import WRITE as POSTMORTEM
from bot.report import Report
from bot.role import Role
from bot.subscription import FOLLOW, UNFOLLOW, Subject, What
from bot.task import DONE
from bot.verdict import JUDGE, Verdict
from handlers import beginning, commands, declaring, resolving
from handlers.answers import no_such_incident, worded
from handlers.commands import channels, follow, incidents, language, me, report, runbook, together
from handlers.commands.incidents import allow_responding
from handlers.commands.menu import LABELS
from handlers.commands.oncall import accepted
from handlers.commands.tools import Reply, Tools
from handlers.people import Visitor


@dataclass(frozen=True, slots=True)
class Press:
    """`value` is the button's, as `notify.blocks` wrote it."""

    value: Mapping[str, Any]
    visitor: Visitor

    def number(self, of: str) -> int:
        """Raises UserError when the button is not one of ours, or of an older release."""
        found = self.value.get(of)
        if not isinstance(found, int):
            raise outdated()
        return found


async def acknowledge(tools: Tools, press: Press) -> Phrase | None:
    allow_responding(tools, press.visitor.by.id)
    return worded(await tools.lifecycle.acknowledge(press.number("incident"), press.visitor.by))


async def resolve(tools: Tools, press: Press) -> Reply:
    """The form with what still fires, which resolves when it is sent; of what is over, who closed it."""
    opened = await resolving.form(tools, press.visitor, press.number("incident"))
    if opened is not None:
        return opened
    return worded(await tools.lifecycle.resolve(press.number("incident"), press.visitor.by))


async def escalate(tools: Tools, press: Press) -> Phrase | None:
    """`as_of`: when the card was drawn. A level that fired since makes this press a late one."""
    allow_responding(tools, press.visitor.by.id)
    try:
        as_of = datetime.fromisoformat(str(press.value["as_of"]))
    except (KeyError, ValueError):
        raise outdated() from None
    return worded(await tools.lifecycle.escalate(press.number("incident"), press.visitor.by, as_of))


async def reclassify(tools: Tools, press: Press) -> Phrase | None:
    allow_responding(tools, press.visitor.by.id)
    to = str(press.value.get("priority"))
    if to not in set(Priority):
        raise outdated()
    return worded(await tools.lifecycle.reclassify(press.number("incident"), Priority(to), press.visitor.by))


async def approve(tools: Tools, press: Press) -> Phrase | None:
    """Bound to the plan that was on the card when it was pressed."""
    fingerprint = str(press.value.get("fingerprint") or "-")
    return worded(await tools.runs.approve(press.number("run"), press.visitor.by, fingerprint=fingerprint))


async def reject(tools: Tools, press: Press) -> Phrase | None:
    return worded(await tools.runs.reject(press.number("run"), press.visitor.by))


async def go_back(tools: Tools, press: Press) -> Phrase | None:
    """The rollback of a deployment that turned out ill: asked for, and approved like any other."""
    return worded(await tools.runs.go_back(press.number("run"), press.visitor.by))


async def validate(tools: Tools, press: Press) -> Phrase | None:
    given = await tools.runs.validations.give(press.number("validation"), press.visitor.by)
    return None if isinstance(given, Repeated) else Phrase("Validated: {image}.", {"image": given.image})


async def cancel(tools: Tools, press: Press) -> Phrase | None:
    return worded(await tools.runs.cancel(press.number("run"), press.visitor.by))


async def still_on_it(tools: Tools, press: Press) -> Phrase | None:
    allow_responding(tools, press.visitor.by.id)
    return worded(await tools.lifecycle.still_on_it(press.number("incident"), press.visitor.by))


async def snooze(tools: Tools, press: Press) -> Phrase | None:
    allow_responding(tools, press.visitor.by.id)
    length = timedelta(minutes=press.number("minutes"))
    return worded(await tools.lifecycle.snooze(press.number("incident"), press.visitor.by, length))


async def declare(tools: Tools, press: Press) -> Reply:
    """The offer under an emoji or a mention: the form opens with the message's own words."""
    return declaring.questions(tools, press.visitor, Report.of({**press.value, "what": press.value.get("text")}))


async def task_done(tools: Tools, press: Press) -> Phrase | None:
    allow_responding(tools, press.visitor.by.id)
    finished = await tools.lifecycle.finish_task(press.number("task"), press.visitor.by)
    return None if isinstance(finished, Repeated) else Phrase("Done: {title}", {"title": finished})


async def write_postmortem(tools: Tools, press: Press) -> Phrase | None:
    return await incidents.drafted(tools, press.number("incident"), press.visitor.by)


async def begin_runbook(tools: Tools, press: Press) -> Reply:
    """The offer on an incident's card."""
    return await beginning.begin(tools, press.visitor, str(press.value.get("runbook")), press.number("incident"))


async def runbook_done(tools: Tools, press: Press) -> Reply:
    answer = await tools.procedures.answer(press.number("step"), True, press.visitor.by)
    return runbook.answered(answer, done=True)


async def runbook_failed(tools: Tools, press: Press) -> Reply:
    answer = await tools.procedures.answer(press.number("step"), False, press.visitor.by)
    return runbook.answered(answer, done=False)


async def runbook_cancel(tools: Tools, press: Press) -> Reply:
    return runbook.cancelled(await tools.procedures.cancel(press.number("runbook"), press.visitor.by))


async def runbook_again(tools: Tools, press: Press) -> Reply:
    return runbook.tried(await tools.procedures.again(press.number("runbook"), press.visitor.by))


async def run_command(tools: Tools, press: Press) -> Reply:
    """A button of the menu, which is as if its command was typed."""
    command = str(press.value.get("run"))
    if command not in LABELS:
        raise outdated()
    return await commands.answer(tools, command, press.visitor)


async def open_form(tools: Tools, press: Press) -> Reply:
    """What was written to the bot, once more: now there is a trigger by which its form opens."""
    return await commands.answer(tools, str(press.value.get("line")), press.visitor)


async def stand_in(tools: Tools, press: Press) -> Phrase | None:
    request = await tools.rota.accept(press.number("request"), press.visitor.by)
    return None if isinstance(request, Repeated) else accepted()


async def show(tools: Tools, press: Press) -> Reply:
    """All that is known of an incident, from somebody's Home tab."""
    number = press.number("incident")
    view = await tools.questions.incident(number)
    if view is None:
        return no_such_incident(number)
    return incident_details(view.for_reader(press.visitor.by.id), tools.reader(press.visitor.language))


async def open_channel(tools: Tools, press: Press) -> Reply:
    reader = tools.reader(press.visitor.language)
    return await channels.open_for(tools, press.number("incident"), press.visitor.by, reader)


async def take_role(tools: Tools, press: Press) -> Reply:
    which = str(press.value.get("role"))
    if which not in set(Role):
        raise outdated()
    return await together.take(tools, press.number("incident"), which, press.visitor)


async def give_news(tools: Tools, press: Press) -> Reply:
    return await together.form(tools, press.number("incident"), press.visitor.by, press.visitor.language)


async def nothing_new(tools: Tools, press: Press) -> Reply:
    return await together.nothing(tools, press.number("incident"), press.visitor.by)


async def edit_me(tools: Tools, press: Press) -> Reply:
    return await me.form(tools, press.visitor)


async def choose_language(tools: Tools, press: Press) -> Reply:
    """Everybody may."""
    return await language.pressed(tools, press.value, press.visitor)


async def test_me(tools: Tools, press: Press) -> Reply:
    return await me.test(tools, press.visitor)


async def silence(tools: Tools, press: Press) -> Phrase | None:
    """Beside one of a report's noisiest."""
    environment, service, signal = (str(press.value.get(each) or "") for each in ("environment", "service", "signal"))
    if not (environment or service or signal):
        raise outdated()  # it would mean everything
    return await report.silence(tools, environment, service, signal, press.visitor.by)


async def follow_it(tools: Tools, press: Press) -> Reply:
    subject = Subject(What.INCIDENT, str(press.number("incident")))
    return await follow.follow(tools, subject, press.visitor.by)


async def unfollow_it(tools: Tools, press: Press) -> Reply:
    subject = Subject.of(str(press.value.get("subject")))
    if subject is None:
        raise outdated()
    return await follow.unfollow(tools, subject, press.visitor.by)


async def judge(tools: Tools, press: Press) -> Phrase | None:
    said = str(press.value.get("verdict"))
    if said not in set(Verdict):
        raise outdated()
    return await follow.judge(tools, press.number("incident"), Verdict(said), press.visitor.by)


async def drill_answered(tools: Tools, press: Press) -> Phrase | None:
    if press.visitor.person is None:
        raise UserError(stranger())
    return await tools.reach.present(press.visitor.person, press.visitor.by)


async def stop_tail(tools: Tools, press: Press) -> Phrase | None:
    """The log that they follow; its card says that it is over."""
    over = await tools.runs.tails.stop(press.number("tail"), press.visitor.by)
    return Phrase("It was over already.") if over is False else None


BUTTONS: Final[Mapping[str, Callable[[Tools, Press], Awaitable[Reply]]]] = {
    SHOW: show,
    SILENCE: silence,
    FOLLOW: follow_it,
    UNFOLLOW: unfollow_it,
    **dict.fromkeys((f"{JUDGE}.{each.value}" for each in Verdict), judge),
    OPEN: open_channel,
    ROLE: take_role,
    WRITE: give_news,
    NOTHING: nothing_new,
    ANSWER: drill_answered,
    "me.edit": edit_me,
    "me.test": test_me,
    CHOOSE: choose_language,
    "incident.acknowledge": acknowledge,
    "incident.still_on_it": still_on_it,
    "incident.snooze": snooze,
    "incident.resolve": resolve,
    "incident.escalate": escalate,
    "incident.reclassify": reclassify,
    STOP_TAIL: stop_tail,
    "run.approve": approve,
    "run.reject": reject,
    "run.cancel": cancel,
    "run.go_back": go_back,
    "deploy.validate": validate,
    "oncall.accept": stand_in,
    procedure.BEGIN: begin_runbook,
    procedure.DONE: runbook_done,
    procedure.FAILED: runbook_failed,
    procedure.CANCEL: runbook_cancel,
    procedure.AGAIN: runbook_again,
    OFFER: declare,
    DONE: task_done,
    FORM: open_form,
    POSTMORTEM: write_postmortem,
    **dict.fromkeys((f"{RUNS}{command}" for command in LABELS), run_command),
}


async def answer(tools: Tools, action: Mapping[str, Any], visitor: Visitor) -> Reply:
    """What to say to whoever pressed, or to open; None: nothing (a mere link, a press that came twice).

    Raises UserError.
    """
    pressed = BUTTONS.get(str(action.get("action_id")))
    if pressed is None:
        return None
    if visitor.person is None and pressed is not choose_language:
        raise UserError(stranger())
    return await pressed(tools, Press(_value(action), visitor))


def outdated() -> UserError:
    return UserError(Phrase("This button is out of date. Use the newest card, or type `/ecotrajet incident list`."))


def _value(action: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        chosen = action.get("selected_option") or action  # a menu's choice, else the button itself
        value = json.loads(str(chosen.get("value") or "{}"))
    except ValueError:
        raise outdated() from None
    return value if isinstance(value, dict) else {}
