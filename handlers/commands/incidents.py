"""Commands about incidents."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot import access
from bot.answers import NoSuchIncident, Repeated
from bot.audit import Actor
from bot.errors import UserError
from bot.incident import Priority
from bot.notify.blocks import Reader, declaring, incident_details, incident_list, incident_why, story
from bot.notify.blocks.declaring import YES
from bot.phrase import Phrase
from bot.report import LONGEST_TITLE, Report
from bot.target import fold
from bot.view import IncidentView
from handlers import parse
from handlers.answers import no_such_incident, worded
from handlers.commands.tools import Asked, Command, Reply, Tools

LINK_FILLERS: Final = frozenset({"a", "to", "au", "of", "de", "with", "avec"})
NO_PARENT: Final = frozenset({"none", "nothing", "rien", "aucun", "personne", "libre", "-"})
CONFIDENTIAL: Final = frozenset({"confidential", "confidentiel"})


async def group(tools: Tools, asked: Asked) -> Reply:
    """`incident` alone lists them; `incident 42` shows one. (`incident ack 42` is found as `ack` by the table.)"""
    if asked.line.words and parse.number(asked.line.verb) is not None:
        return await show(tools, asked)
    if asked.line.words:
        raise UserError(
            Phrase(
                "I do not know “incident {word}”. There are: list, show, ack, resolve, reopen, escalate, declare.",
                {"word": asked.line.verb},
            )
        )
    return await list_open(tools, asked)


async def list_open(tools: Tools, asked: Asked) -> Reply:
    return incident_list(await tools.questions.open_incidents(), asked.reader)


async def show(tools: Tools, asked: Asked) -> Reply:
    number = asked.number("/ecotrajet show 42")
    view = await tools.questions.incident(number)
    if view is None:
        return Phrase(
            "There is no incident #{number}. See the open ones: `/ecotrajet incident list`.", {"number": number}
        )
    return incident_details(view.for_reader(asked.by.id), asked.reader)


async def timeline(tools: Tools, asked: Asked) -> Reply:
    """`timeline 42`; `timeline 42 pdf`, `… md` and `… json` as a file."""
    number = asked.number("/ecotrajet timeline 42")
    form = fold(asked.line.words[1]) if len(asked.line.words) > 1 else ""
    if form not in FORMS:
        raise UserError(
            Phrase("As which file? `/ecotrajet timeline {number} pdf`, `… md` or `… json`.", {"number": number})
        )
    view = await tools.questions.incident(number)
    if view is None:
        return no_such_incident(number)
    return await asyncio.to_thread(FORMS[form], view.for_reader(asked.by.id), asked.reader)


async def postmortem(tools: Tools, asked: Asked) -> Reply:
    return await drafted(tools, asked.number("/ecotrajet postmortem 42"), asked.by)


async def drafted(tools: Tools, number: int, by: Actor) -> Phrase | None:
    """Whoever is known may have it: it comes where the incident was told of. Raises UserError while it is open."""
    match await tools.lifecycle.want_postmortem(number, by):
        case Repeated():
            return None
        case NoSuchIncident():
            return no_such_incident(number)
        case _:
            return Phrase(
                "The draft of the post-mortem of #{number} is being written: it comes under its card.",
                {"number": number},
            )


async def why(tools: Tools, asked: Asked) -> Reply:
    number = asked.number("/ecotrajet why 42")
    found = await tools.questions.why(number)
    if found is None:
        return no_such_incident(number)
    return incident_why(replace(found, view=found.view.for_reader(asked.by.id)), asked.reader)


async def acknowledge(tools: Tools, asked: Asked) -> Reply:
    allow_responding(tools, asked.by.id)
    return worded(await tools.lifecycle.acknowledge(asked.number("/ecotrajet ack 42"), asked.by))


async def resolve(tools: Tools, asked: Asked) -> Reply:
    allow_responding(tools, asked.by.id)
    number = asked.number("/ecotrajet resolve 42")
    return worded(await tools.lifecycle.resolve(number, asked.by, " ".join(asked.line.words[1:])))


async def reopen(tools: Tools, asked: Asked) -> Reply:
    allow_responding(tools, asked.by.id)
    return worded(await tools.lifecycle.reopen(asked.number("/ecotrajet reopen 42"), asked.by))


async def reclassify(tools: Tools, asked: Asked) -> Reply:
    """`priority 42 P2`."""
    allow_responding(tools, asked.by.id)
    number = asked.number("/ecotrajet priority 42 P2")
    said = asked.line.words[1].upper() if len(asked.line.words) > 1 else ""
    if said not in set(Priority):
        raise UserError(Phrase("Which priority? P1, P2 or P3: `/ecotrajet priority {number} P2`.", {"number": number}))
    return worded(await tools.lifecycle.reclassify(number, Priority(said), asked.by))


async def merge(tools: Tools, asked: Asked) -> Reply:
    """`merge 43 42`: the first becomes part of the second."""
    allow_responding(tools, asked.by.id)
    example = "/ecotrajet merge 43 42"
    number = asked.number(example)
    into = parse.number(asked.line.words[1].removeprefix("#")) if len(asked.line.words) > 1 else None
    if into is None:
        raise UserError(Phrase("Say into which one, for example `{example}`.", {"example": example}))
    merged = await tools.lifecycle.merge(number, into, asked.by)
    if isinstance(merged, Repeated):
        return None
    facts = {"number": number, "into": into, "count": merged.count}
    return Phrase("#{number} is part of #{into} now, with its {count} alerts.", facts)


async def link(tools: Tools, asked: Asked) -> Reply:
    """`link 43 42`: the first is part of the second, and goes on by itself; `link 43 none`: no longer."""
    allow_responding(tools, asked.by.id)
    example = "/ecotrajet link 43 42"
    number = asked.number(example)
    said = next((word for word in asked.line.words[1:] if fold(word) not in LINK_FILLERS), "")
    parent = parse.number(said)
    if parent is None and fold(said) not in NO_PARENT:
        raise UserError(Phrase("Say into which one, for example `{example}`.", {"example": example}))
    linked = await tools.lifecycle.link(number, parent, asked.by)
    if isinstance(linked, Repeated):
        return None
    if parent is None:
        return Phrase("#{number} is part of no other incident now.", {"number": number})
    return Phrase("#{number} is part of #{parent} now, and goes on by itself.", {"number": number, "parent": parent})


async def split(tools: Tools, asked: Asked) -> Reply:
    """`split 42 disk`: the alerts whose title says so; `split 42`: those that were gathered by place and time."""
    allow_responding(tools, asked.by.id)
    number = asked.number("/ecotrajet split 42 disk")
    alerts = await tools.lifecycle.fitting(number, " ".join(asked.line.words[1:]))
    made = await tools.lifecycle.split(number, alerts, asked.by)
    if isinstance(made, Repeated):
        return None
    facts = {"number": number, "part": made.incident.number, "count": made.count}
    return Phrase("{count} alerts of #{number} are incident #{part} now.", facts)


async def declare(tools: Tools, asked: Asked) -> Reply:
    """`declare [P1|P2|P3] [env] [service] what is wrong`: the first words may say how bad and where, `--confidential`
    anywhere that it is not for everybody.

    Without saying what is wrong, the form with the four questions opens.
    """
    priority, environment, service, rest = None, "", "", list(asked.line.words)
    secret = [word for word in rest if fold(word.lstrip("-—–")) in CONFIDENTIAL and word[:1] in "-—–"]
    rest, confidential = [word for word in rest if word not in secret], bool(secret)
    while rest:
        place = next((e.name for e in tools.desk.environments.values() if fold(rest[0]) in e.answers_to()), None)
        named = next((s.name for s in tools.desk.services.values() if fold(rest[0]) in s.answers_to()), None)
        if priority is None and rest[0].upper() in set(Priority):
            priority = Priority(rest[0].upper())
        elif not environment and place:
            environment = place
        elif not service and named:
            service = named
        else:
            break
        del rest[0]
    title = " ".join(rest).strip()
    if not title:
        given = {"priority": priority or "", "environment": environment, "service": service}
        given |= {"confidential": YES} if confidential else {}
        return declaring.questions(asked.reader, Report(""), given)
    declared = await tools.lifecycle.declare(
        title=title[:LONGEST_TITLE], priority=priority, environment=environment, service=service,
        text=title if len(title) > LONGEST_TITLE else "", by=asked.by, confidential=confidential,
    )  # fmt: skip
    return worded(declared)


def allow_responding(tools: Tools, person: str) -> None:
    """Raises UserError for those who follow incidents but do not handle them."""
    missing = access.why_not_respond(tools.desk.people, tools.desk.teams, person)
    if missing is not None:
        raise UserError(missing)


FORMS: Final[Mapping[str, Callable[[IncidentView, Reader], Reply]]] = {
    "": story.story,
    "pdf": story.as_pdf,
    "md": story.markdown,
    "markdown": story.markdown,
    "json": story.as_json,
}
COMMANDS: Final = (
    Command(
        list_open, ("list", "incidents"), ("liste", "lister"), "", Phrase("open incidents, the worst first"),
        of_incident=True,
    ),
    Command(
        show, ("show", "view"), ("montre", "montrer", "voir", "affiche", "afficher"), "N",
        Phrase("everything about an incident: alerts, ladder, story"), of_incident=True,
    ),
    Command(
        timeline, ("timeline", "story"), ("chronologie", "histoire"), "N [pdf|md|json]",
        Phrase("what happened, line by line; or all of it as a file"), of_incident=True,
    ),
    Command(
        postmortem, ("postmortem", "post-mortem"), ("rétrospective", "bilan"), "N",
        Phrase("the draft of the post-mortem, under the card"), of_incident=True,
    ),
    Command(
        why, ("why",), ("pourquoi",), "N", Phrase("why it has its priority, and who was told of it or not"),
        of_incident=True,
    ),
    Command(
        acknowledge, ("ack", "acknowledge", "take"), ("prends", "prendre", "pris", "acquitte", "acquitter"), "N",
        Phrase("take an incident: nobody else is paged"), of_incident=True,
    ),
    Command(
        resolve, ("resolve", "close"), ("résous", "résoudre", "résolu", "clore"), Phrase("N [note]"),
        Phrase("close an incident, with a word about the cause if you like"), of_incident=True, free_text=True,
    ),
    Command(
        reopen, ("reopen",), ("rouvre", "rouvrir"), "N", Phrase("open it again, within 24 hours"), of_incident=True
    ),
    Command(
        reclassify, ("priority", "reclassify"), ("priorité", "reclasse", "reclasser", "requalifier"), "N P2",
        Phrase("say that it is worth more, or less"), of_incident=True,
    ),
    Command(
        merge, ("merge", "duplicate"), ("fusionne", "fusionner", "doublon"), "N M",
        Phrase("N is the same as M: its alerts go there, and it is closed"), of_incident=True,
    ),
    Command(
        link, ("link",), ("relie", "relier", "rattache", "rattacher"), Phrase("N M|none"),
        Phrase("N is part of the larger incident M, and goes on by itself"), of_incident=True,
    ),
    Command(
        split, ("split",), ("sépare", "séparer", "scinder"), Phrase("N [words]"),
        Phrase("one incident is two: the alerts that say these words get their own"), of_incident=True, free_text=True,
    ),
    Command(
        declare, ("declare", "new"), ("déclarer", "déclare", "signaler", "signale"), "[P1|P2|P3] [env] [service] …",
        Phrase("open an incident yourself, in your own words"), of_incident=True, free_text=True,
    ),
)  # fmt: skip
