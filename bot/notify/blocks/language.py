"""In which language somebody is spoken to, and the menu in which they choose another one."""

from collections.abc import Mapping
from typing import Final

from bot.language import LANGUAGES, known, own_name, say
from bot.notify.blocks.modal import Option
from bot.notify.blocks.parts import Block, Card, card, menu, section
from bot.notify.blocks.reader import Reader
from bot.phrase import Phrase

CHOOSE: Final = "language.choose"
FIELD: Final = "language"
USUAL: Final = "usual"
NAMES: Final[Mapping[str, Phrase]] = {"fr": Phrase("French"), "en": Phrase("English")}


def language_card(own: str | None, reader: Reader) -> Card:
    """`own`: their choice, as a code; None: they made none."""
    return card(told(own, reader), [language_row(own, reader)])


def language_row(own: str | None, reader: Reader) -> Block:
    """What counts now, with the menu beside it; each language by its own name, for whoever reads no other."""
    options: list[tuple[str, Mapping[str, object]]] = [
        (own_name(each), {"language": each}) for each in LANGUAGES if each != own
    ]
    if own:
        options.append((reader.say(Phrase("As configured")), {"language": USUAL}))
    label = " / ".join(dict.fromkeys(say(Phrase("Language"), each, reader.zone) for each in LANGUAGES))
    return {**section(f"🌐 {told(own, reader)}"), "accessory": menu(CHOOSE, label, options)}


def told(own: str | None, reader: Reader) -> str:
    facts = {"language": NAMES[known(reader.language)]}
    if own:
        return reader.say(Phrase("I speak {language} to you, as you chose.", facts))
    return reader.say(Phrase("I speak {language} to you, as it is configured.", facts))


def options_of(reader: Reader) -> list[Option]:
    """For the form of one's settings."""
    return [(reader.say(Phrase("As configured")), USUAL), *((own_name(each), each) for each in LANGUAGES)]
