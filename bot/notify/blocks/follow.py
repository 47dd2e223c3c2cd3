"""What somebody follows, each with the tap that ends it."""

from collections.abc import Sequence

from bot.incident import Incident
from bot.notify.blocks.parts import Block, Card, button, card, context, escape, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase
from bot.subscription import FOLLOW, UNFOLLOW, Subject

SHOWN = 40


def follow_button(incident: Incident, reader: Reader) -> Block:
    return button(reader.say(Phrase("Follow")), FOLLOW, {"incident": incident.number})


def followed_card(subjects: Sequence[Subject], reader: Reader) -> Card:
    hint = context("`/ecotrajet subscribe 42` · `/ecotrajet subscribe ecotrajet` · `/ecotrajet subscribe P1`")
    if not subjects:
        nothing = escape(reader.say(Phrase("You follow nothing.")))
        return card(nothing, [section(nothing), hint])
    title = escape(reader.say(Phrase("What you follow")))
    label = reader.say(Phrase("Unfollow"))
    rows = [
        {**section(f"👁️ {escape(reader.say(each.said()))}"), "accessory": button(label, UNFOLLOW, {"subject": each.key})}
        for each in subjects[:SHOWN]
    ]
    return card(title, [section(f"*{title}*"), *rows, hint])
