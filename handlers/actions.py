"""Buttons. Each carries in its value what it is about, and as of when: a late press must not do something else."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot.access import stranger
from bot.answers import Repeated
from bot.errors import UserError
from bot.incident import Priority
from bot.lifecycle.proofs import ANSWER
from bot.news import NOTHING, WRITE
from bot.notify.blocks import incident_details
from bot.notify.blocks.declaring import OFFER
from bot.notify.blocks.home import SHOW
from bot.notify.blocks.language import CHOOSE
from bot.notify.blocks.menu import FORM, RUNS
from bot.notify.blocks.review import SILENCE
from bot.notify.blocks.rooms import OPEN
from bot.notify.blocks.together import ROLE
from bot.phrase import Phrase
from bot.postmortem import WRITE as POSTMORTEM
from bot.report import Report
from bot.role import Role
from bot.subscription import FOLLOW, UNFOLLOW, Subject, What
from bot.task import DONE
from bot.verdict import JUDGE, Verdict
from handlers import commands, declaring, resolving, run_buttons
from handlers.answers import no_such_incident, worded
from handlers.commands import channels, follow, incidents, language, me, report, together
from handlers.commands.incidents import allow_responding
from handlers.commands.menu import LABELS
from handlers.commands.oncall import accepted
from handlers.commands.tools import Reply, Tools
from handlers.people import Visitor
from handlers.pressed import Press, outdated, value_of


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
    **run_buttons.BUTTONS,
    "oncall.accept": stand_in,
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
    return await pressed(tools, Press(value_of(action), visitor))
