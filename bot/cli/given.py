"""What every command starts from, and the status it ends with."""

import os
from typing import Final

from bot import logs
from bot.config import Configuration, load

WRONG_OUT_THERE: Final = 1
WRONGLY_ASKED: Final = 2


def configured(*, quiet: bool = False) -> Configuration:
    """Raises ConfigError. `quiet`: only warnings are logged, since the command itself tells what it does."""
    configuration = load(os.environ)
    logs.configure(configuration.secrets(), quiet=quiet)
    return configuration
