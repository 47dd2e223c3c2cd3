""" "Was this page useful?" asked once it is over, of everybody whom a page reached; answered once."""

from bot.audit import Actor, Entry
from bot.desk import Desk
from bot.incident import Incident
from bot.lifecycle.hands import answered
from bot.message import About, Ask, Kind
from bot.phrase import Phrase
from bot.store import audit, incidents, messages, pages, verdicts
from bot.store.database import Tx
from bot.verdict import JUDGE, Verdict, label, question


async def ask(tx: Tx, desk: Desk, incident: Incident) -> None:
    """Pages that stand in Slack ask by themselves; whoever was paged otherwise gets a message."""
    number = incident.number
    buttons = [
        Ask(label(each), f"{JUDGE}.{each.value}", {"incident": number, "verdict": each.value}) for each in Verdict
    ]
    said = Phrase(
        "#{number} {title} is over. {question}",
        {"number": number, "title": incident.title[:120], "question": question()},
    )
    for each in await verdicts.not_asked(tx, number):
        person = desk.people.get(each)
        if person is not None and person.slack is not None:
            body = {
                "phrase": said.to_json(), "verdict": True, "button": buttons[0].to_json(),
                "more": [one.to_json() for one in buttons[1:]],
            }  # fmt: skip
            await messages.queue(
                tx, kind=Kind.SLACK, about=About.ASK, to=person.slack, incident=number, person=person.id, body=body
            )


async def say(tx: Tx, number: int, verdict: Verdict, by: Actor) -> Phrase:
    """What to answer them."""
    incident = await incidents.get(tx, number)
    if incident is None or not await verdicts.was_paged(tx, number, by.id):
        return Phrase("No page of #{number} went to you: there is nothing to say about it.", {"number": number})
    if not await verdicts.say(tx, number, by.id, verdict.value):
        return Phrase("You have said so already for #{number}. Thank you.", {"number": number})
    await audit.write(tx, Entry(by, "page.judged", number, on=by.id, result=verdict.value))
    said = Phrase(
        "#{number}: {verdict}, thank you. It counts in the next report.", {"number": number, "verdict": label(verdict)}
    )
    await pages.edit(tx, number, by.id)
    for row in await verdicts.questions(tx, number, by.id):
        await answered(tx, row["recipient"], row["person"], row["provider_id"], said)
    return said
