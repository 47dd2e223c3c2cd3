"""`/ecotrajet validate` and `/ecotrajet security`: is the configuration whole, is the image well patched."""

from typing import Final

from bot.notify.blocks.checks import patches_card, validated_card
from bot.phrase import Phrase
from handlers.commands.looks import one, place_of
from handlers.commands.tools import Asked, Command, Reply, Tools


async def validate(tools: Tools, asked: Asked) -> Reply:
    target = one(tools, asked, asked.line.words, "/ecotrajet validate {place}")
    return validated_card(place_of(asked, target), await tools.engines.looks.validate(target), asked.reader)


async def security(tools: Tools, asked: Asked) -> Reply:
    target = one(tools, asked, asked.line.words, "/ecotrajet security {place}")
    return patches_card(place_of(asked, target), await tools.engines.looks.patches(target), asked.reader)


COMMANDS: Final = (
    Command(
        validate, ("validate", "config"), ("valide", "valider", "configuration"), "env [service]",
        Phrase("required variables are there, what they name answers, keys are neither expired nor given away"),
    ),
    Command(
        security, ("security", "vulnerabilities", "audit"), ("sécurité", "vulnérabilités"), "env [service]",
        Phrase("age of the image, and its known vulnerabilities by npm audit and Trivy where they are at hand"),
    ),
)  # fmt: skip
