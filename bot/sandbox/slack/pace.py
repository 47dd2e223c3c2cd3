"""Slack's pace: one message per second and channel, with bursts. Source: docs.slack.dev/apis/web-api/rate-limits."""

import time

from bot.sandbox.slack.call import SlackError

SPEAKING = frozenset({"chat.postMessage", "chat.postEphemeral"})
EDITING = frozenset({"chat.update", "chat.delete"})


class Pace:
    """Leaky buckets; off unless a test or the storm turns it on."""

    def __init__(self, *, enforced: bool) -> None:
        self.enforced = enforced
        self.burst = 5.0
        self.retry_after = 1
        self._full: dict[tuple[str, str], tuple[float, float]] = {}

    def check(self, method: str, channel: str) -> None:
        """SlackError ratelimited when the bucket of this method and channel is full (edits: 50 a minute in all)."""
        if not self.enforced or method not in SPEAKING | EDITING:
            return
        key, per_second = (("say", channel), 1.0) if method in SPEAKING else (("edit", ""), 50 / 60)
        level, since = self._full.get(key, (0.0, time.monotonic()))
        now = time.monotonic()
        level = max(0.0, level - (now - since) * per_second)
        if level + 1 > self.burst:
            self._full[key] = (level, now)
            raise SlackError("ratelimited")
        self._full[key] = (level + 1, now)
