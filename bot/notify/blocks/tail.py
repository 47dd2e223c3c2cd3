"""A log that is followed: its last lines, until when, and the button that ends it."""

from typing import Final

from bot.notify.blocks.parts import Card, actions, button, card, code, context, escape, line, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase, Value
from bot.tail import Tail

STOP: Final = "logs.stop"
SHOWN: Final = 2600  # characters


def tail_card(tail: Tail, reader: Reader) -> Card:
    """Edited while it goes on; without its button afterwards."""
    place = reader.place(tail.environment, tail.service)
    values: dict[str, Value | Phrase] = {"place": line(place), "word": line(tail.word), "until": tail.until}
    said = reader.say(_title(tail, values))
    problem = [section(f"⚠️ {escape(reader.say(tail.problem))}")] if tail.problem else []
    shown = section(code(tail.shown, SHOWN)) if tail.shown.strip() else section(reader.say(Phrase("No line yet.")))
    blocks = [section(f"📜 *{said}*"), *problem, shown, context(reader.say(_until(tail, values)))]
    if tail.ended_at is None:
        blocks.append(actions(button(reader.say(Phrase("Stop it")), STOP, {"tail": tail.id})))
    return card(said, blocks)


def _title(tail: Tail, values: dict[str, Value | Phrase]) -> Phrase:
    if tail.ended_at is not None:
        return Phrase("Log of {place}", values)
    if tail.word:
        return Phrase("Log of {place}, live: lines with “{word}”", values)
    return Phrase("Log of {place}, live", values)


def _until(tail: Tail, values: dict[str, Value | Phrase]) -> Phrase:
    if tail.ended_at is None:
        return Phrase("Only you see this. It ends by itself at {until}.", values)
    ended: dict[str, Value | Phrase] = {"at": tail.ended_at, "place": f"{tail.environment} {tail.service}"}
    if tail.stopped:
        return Phrase("Stopped at {at}. Again: `/ecotrajet logs {place} -f`", ended)
    return Phrase("Over since {at}. Again: `/ecotrajet logs {place} -f`", ended)
