"""A critical incident from beginning to end: a message to the support, the page, the fix, the post-mortem.

Once in French over Socket Mode and once in English over HTTP; nobody types what a button does.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.slack.message import ShownMessage
from tests.world import World, edited_config, new_world

SENT = "SELECT count(*) FROM message WHERE about = 'postmortem' AND state = 'sent'"
SAID = "Les clients ne peuvent plus se connecter, erreur 502 partout"


@dataclass(frozen=True)
class Words:
    """What is looked for, in one language."""

    language: str
    slack_http: bool
    priority: str
    opened: str
    taken: str
    told: str
    summary: str
    acknowledged: str
    kept: str
    cause: str
    task: str
    answered: str


FRENCH = Words(
    "fr", False, "Priorité", "est ouvert en P1", "pris par", "on remet la base en route", "## Résumé",
    "| Prise en charge |", "Délai de résolution de 1 h", "Disque plein", "| agrandir le disque | David Okafor |",
    "## Personnes appelées et réponses",
)  # fmt: skip
ENGLISH = Words(
    "en", True, "Priority", "is open as P1", "taken by", "the database is coming back", "## Summary",
    "| Acknowledged |", "Resolution limit of 1 h", "Disk full", "| enlarge the disk | David Okafor |",
    "## Who was told, and when they answered",
)  # fmt: skip


def in_language(language: str, folder: Path) -> Path:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["workspace"]["language"] = language
        for person in configuration["people"].values():
            person["language"] = language

    return edited_config(folder, edit)


def uploaded(world: World, ending: str) -> bytes:
    """The newest file whose name ends like this; b'' before it came."""
    found = [each for each in world.sandbox.slack.workspace.files.values() if str(each["name"]).endswith(ending)]
    return bytes(found[-1].get("content", b"")) if found else b""


async def declared(world: World, words: Words) -> int:
    """Support makes an incident of a customer's words, in two forms."""
    chloe, emma = world.person("chloe"), world.person("emma")
    await emma.types(SAID, channel="general")
    await chloe.uses_shortcut("declare_message", on=await chloe.sees(SAID, channel="general"))
    view = await chloe.gets_view()
    await chloe.submits(view, {"who": "tous les clients", "since": "9 h 10"})
    await chloe.submits(await chloe.gets_view(words.priority), {"priority": "P1", "service": "ecotrajet"})
    await chloe.dm(containing=words.opened)
    number = await world.value("SELECT number FROM incident")
    return int(number)


async def resolved(world: World, words: Words, card: ShownMessage) -> None:
    david, task = world.person("david"), words.task.strip("| ").partition(" |")[0]
    await david.presses("incident.resolve", card)
    view = await david.gets_view("502")
    await david.submits(view, {
        "cause": f"{words.cause}, password=hunter2hunter2", "fix": "Journaux purgés", "impact": "20 min",
        "follow_ups": f"{task} @david demain",
    })  # fmt: skip
    await world.eventually_value("resolved", "SELECT status FROM incident")


@pytest.mark.parametrize("words", [FRENCH, ENGLISH], ids=["French, Socket Mode", "English, HTTP"])
async def test_from_a_message_to_the_post_mortem(database_url: str, tmp_path: Path, words: Words) -> None:
    config = in_language(words.language, tmp_path)
    async with new_world(database_url, slack_http=words.slack_http, config=config) as world:
        number = await declared(world, words)
        on_call = await world.on_call()
        page = await on_call.dm(containing="502")
        assert await on_call.phone.gets_sms(f"#{number}")
        david = world.person("david")
        if on_call.person.key != "david":
            await on_call.presses("incident.escalate", page)
        card = await david.sees("502", channel="incidents")
        await david.presses("incident.acknowledge", card)
        await david.sees(words.taken, channel="incidents")
        await world.fast_forward(minutes=20)
        await david.types(f'/ecotrajet update {number} "{words.told}"', channel="incidents")
        await world.person("emma").dm(containing=words.told)

        await resolved(world, words, await david.sees("502", channel="incidents"))
        offered = await david.sees("post-mortem", channel="incidents")  # by itself
        await david.presses("incident.postmortem", offered)
        await world.eventually_value(1, SENT, within=20)
        room = next(each.name for each in world.sandbox.slack.workspace.conversations.values() if "0001" in each.name)
        await david.sees("#incidents", channel=room)  # where it is is said there, too
        kept = uploaded(world, ".md").decode()
        for wanted in (
            words.summary, words.acknowledged, words.kept, words.cause, words.task, words.answered, SAID,
            "tous les clients", "David Okafor", words.told,
        ):  # fmt: skip
            assert wanted in kept, (wanted, kept)
        assert "hunter2" not in kept
        assert uploaded(world, ".pdf").startswith(b"%PDF-")
        shown = await david.sees("🧾", channel="incidents")
        assert shown.thread == card.ts
