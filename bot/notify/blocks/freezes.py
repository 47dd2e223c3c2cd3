"""What is frozen now, and what the configuration will freeze."""

from collections.abc import Sequence

from bot.deployment import Freeze
from bot.notify.blocks.parts import Block, Card, card, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value

SHOWN = 20


def freeze_list(now: Sequence[Phrase], coming: Sequence[Freeze], reader: Reader) -> Card:
    """`now`: each one in a sentence; `coming`: planned ones, the next first."""
    hint = context(escape(reader.say(Phrase("To begin one: `/ecotrajet freeze prod until monday 09:00 the reason`."))))
    if not now and not coming:
        nothing = reader.say(Phrase("Nothing is frozen, and no freeze is planned."))
        return card(nothing, [section(nothing), hint])
    title = reader.say(Phrase("Freezes"))
    rows = [section(f"🧊 {escape(reader.say(each))}") for each in now[:SHOWN]]
    if not now:
        rows.append(section(reader.say(Phrase("Nothing is frozen now."))))
    rows += [section(f"🗓️ {_planned(each, reader)}") for each in coming[:SHOWN]]
    said = " ".join(reader.say(each) for each in now) or reader.say(Phrase("Nothing is frozen now."))
    return card(f"{title}: {escape(said)}", [section(f"*{title}*"), *rows, hint])


def frozen_now(freezes: Sequence[Freeze], reader: Reader) -> list[Block]:
    """Above a list of what runs: a line for each environment."""
    told = []
    for each in freezes:
        values: dict[str, Value | Phrase] = {
            "environment": line(reader.place(each.environment)), "until": each.until, "reason": line(each.reason),
        }  # fmt: skip
        said = Phrase("{environment} is frozen until {until}.", values)
        if each.reason:
            said = Phrase("{environment} is frozen until {until}: {reason}", values)
        told.append(f"🧊 {reader.say(said)}")
    return [context(*told)] if told else []


def _planned(each: Freeze, reader: Reader) -> str:
    values: dict[str, Value | Phrase] = {
        "environment": reader.place(each.environment), "since": each.since, "until": each.until, "reason": each.reason,
    }  # fmt: skip
    return escape(reader.say(Phrase("{environment}: planned from {since} until {until} ({reason})", values)))
