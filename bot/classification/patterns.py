"""How the tables of words become patterns."""

import re


def words(*parts: str) -> re.Pattern[str]:
    """Any of these, as whole words."""
    return re.compile(rf"\b(?:{'|'.join(parts)})(?!\w)")
