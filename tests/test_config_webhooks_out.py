"""The section `webhooks_out`: addresses that may not be called, secrets too short, events that there are none of."""

from pathlib import Path

import pytest

from bot.config import load_desk
from bot.errors import ConfigError

GOOD = 'secret: "0123456789abcdef", url: "https://hooks.example/x"'


def problems_of(folder: Path, entry: str) -> list[str]:
    file = folder / "ecotrajet.yaml"
    file.write_text(f"webhooks_out: {{app: {{{entry}}}}}\n", "utf-8")
    try:
        load_desk(file)
    except ConfigError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        (GOOD, None),
        (GOOD + ", events: [incident.opened, run.*]", None),
        (GOOD + ", events: ['*']", None),
        ('secret: "0123456789abcdef", url: "http://10.0.0.7:9/x", private: true', None),
        ('secret: "0123456789abcdef", url: "http://hooks.example/x"', "webhooks_out.app.url"),
        ('secret: "0123456789abcdef", url: "https://127.0.0.1/x"', "webhooks_out.app.url"),
        ('secret: "0123456789abcdef", url: "https://[::1]/x"', "webhooks_out.app.url"),
        ('secret: "0123456789abcdef", url: "https://169.254.169.254/latest"', "webhooks_out.app.url"),
        ('secret: "0123456789abcdef", url: "https://localhost/x"', "webhooks_out.app.url"),
        ('secret: "0123456789abcdef", url: "https://me:hunter2@hooks.example/"', "webhooks_out.app.url"),
        ('secret: "0123456789abcdef", url: "file:///etc/passwd"', "webhooks_out.app.url"),
        ('secret: hunter2, url: "https://hooks.example/x"', "webhooks_out.app.secret"),
        (GOOD + ", events: [incidents.opened]", "webhooks_out.app.events[0]"),
        (GOOD + ", events: [opened]", "webhooks_out.app.events[0]"),
        (GOOD + ", events: []", "webhooks_out.app.events"),
        (GOOD + ", headers: {}", "webhooks_out.app.headers"),
    ],
)
def test_each_mistake_has_its_place_and_shows_no_value(tmp_path: Path, entry: str, place: str | None) -> None:
    found = problems_of(tmp_path, entry)
    assert [each.split(":")[0] for each in found] == ([place] if place else [])
    assert "hunter2" not in "".join(found)
