"""What manifest.yml grants and promises: scopes, commands, events, shortcuts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.sandbox.slack.methods import EVENT_SCOPES, EVERY_SCOPE


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut as people find it; `kind` is global or message."""

    name: str
    callback_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The installed app; without a manifest everything is granted and every command is the bot's."""

    scopes: frozenset[str] = EVERY_SCOPE
    commands: frozenset[str] | None = None
    events: frozenset[str] = frozenset(EVENT_SCOPES)
    shortcuts: tuple[Shortcut, ...] = ()
    escapes_mentions: bool = False
    home_tab: bool = True

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Read a manifest (YAML; docs.slack.dev/reference/app-manifest). KeyError without bot scopes."""
        body: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        features, settings = body.get("features", {}), body.get("settings", {})
        commands = features.get("slash_commands", [])
        return cls(
            scopes=frozenset(body["oauth_config"]["scopes"]["bot"]) | {"connections:write"},
            commands=frozenset(one["command"] for one in commands),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            shortcuts=tuple(Shortcut(s["name"], s["callback_id"], s["type"]) for s in features.get("shortcuts", [])),
            escapes_mentions=any(one.get("should_escape") for one in commands),
            home_tab=bool(features.get("app_home", {}).get("home_tab_enabled")),
        )
