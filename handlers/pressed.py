"""A button that was pressed: what it carries, and who pressed it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import UserError
from bot.phrase import Phrase
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


def outdated() -> UserError:
    return UserError(Phrase("This button is out of date. Use the newest card, or type `/ecotrajet incident list`."))


def value_of(action: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the button or the choice carries; a plain link carries nothing. Raises UserError as `Press.number` does."""
    try:
        chosen = action.get("selected_option") or action  # a menu's choice, else the button itself
        value = json.loads(str(chosen.get("value") or "{}"))
    except ValueError:
        raise outdated() from None
    return value if isinstance(value, dict) else {}
