"""Which language people chose for themselves."""

from collections.abc import Mapping


class Spoken:
    """By Slack id (`U…`) the code of a language (`fr`), as the rows said at the last look, a second ago at most.

    The rows are the truth; this is for all who word something and have no transaction at hand, also while the database
    is away.
    """

    def __init__(self) -> None:
        self.chosen: Mapping[str, str] = {}

    def heard(self, slack_user: str, language: str | None) -> None:
        """They have just said so, None: that nothing of their own counts; the next look will find it in the rows."""
        others = {each: spoken for each, spoken in self.chosen.items() if each != slack_user}
        self.chosen = others | ({slack_user: language} if language else {})

    def of(self, slack_user: str | None) -> str:
        """'' for whoever did not choose."""
        return self.chosen.get(slack_user or "", "")
