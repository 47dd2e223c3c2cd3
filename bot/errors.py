"""The few ways in which something does not work, by what the caller can do about it."""

from collections.abc import Sequence

from bot.phrase import Phrase


class UserError(Exception):
    """What a person asked for cannot be done; `phrase` may be shown to them and says what to do instead."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(str(phrase))
        self.phrase = phrase


class Retryable(Exception):
    """It did not work this time and may work later. `after` is the provider's own wish, in seconds."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class Permanent(Exception):
    """It will never work this way: move on to the next one."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ConfigError(Exception):
    """Every problem of the configuration at once, each with the path of the offending key. No value is shown."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
