"""The section `backups`: what the example shows, and every mistake told with its place and without the password."""

import re
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.config import load_desk
from bot.desk import Desk
from bot.errors import ConfigError

EXAMPLE = Path(__file__).parent.parent / "ecotrajet.example.yaml"
PLACES = "environments: {prod: }\nservices: {ecotrajet: }\n"
KEY = "AGE-SECRET-KEY-1HUNTER2HUNTER2"
URL = "postgresql://u:hunter2hunter2@db.example/app"


def desk_of(tmp_path: Path, text: str) -> Desk:
    file = tmp_path / "ecotrajet.yaml"
    file.write_text(text)
    return load_desk(file, {
        "PROD_DATABASE_URL": URL, "SCRATCH_DATABASE_URL": URL, "PROD_ADMIN_DATABASE_URL": URL, "BACKUP_KEY": KEY,
        "PROD_LOOK_URL": URL, "STAGING_LOOK_URL": URL, "SUPABASE_LOGS_TOKEN": "sbp_1234567890",
    })  # fmt: skip


PUBLIC = "age1fzchnmtwflj79avwyt2988l4f7rhvq9k3e67258d0pzr8lwcppjsn0egul"


def listed(**changes: str) -> str:
    """Values as they stand, for what is no text."""
    given = {"database": URL, "bucket": "b", "environment": "prod", "service": "ecotrajet", **changes}
    return f"{PLACES}backups: {{nightly: {{{', '.join(f'{key}: {value}' for key, value in given.items())}}}}}\n"


def entry(**changes: str) -> str:
    given = {"database": URL, "bucket": "b", "environment": "prod", "service": "ecotrajet", **changes}
    return f"{PLACES}backups: {{nightly: {{{', '.join(f'{key}: {value!r}' for key, value in given.items())}}}}}\n"


def test_what_the_example_shows_is_valid(tmp_path: Path) -> None:
    shown = EXAMPLE.read_text("utf-8")
    start, end = shown.index("#backups:"), shown.index("# ── Maintenance")
    desk = desk_of(tmp_path, shown[:start] + re.sub(r"(?m)^#(?=\S|  )", "", shown[start:end]) + shown[end:])
    made = desk.backups["prod"]
    assert (made.url.reveal(), made.at, made.keep) == (URL, time(2), timedelta(days=30))
    assert desk.heartbeats["backup-prod"].period == timedelta(days=1)
    assert desk.heartbeats["restore-test-prod"].period == timedelta(days=31)
    assert {made.url, made.key, made.admin} <= set(desk.secrets())
    assert made.recipients[0].startswith("age1")


@pytest.mark.parametrize(
    "text, problem",
    [
        (entry(database="mysql://u:hunter2hunter2@h/d"), "must be a PostgreSQL URL"),
        (entry(database="postgresql://u:hunter2hunter2@h"), "must be a PostgreSQL URL"),
        (entry(environment="prd"), "backups.nightly.environment"),
        (entry(service="ecotrajt"), "backups.nightly.service"),
        (entry(keep="1 h"), "must be 1 day or longer"),
        (entry() + "heartbeats: {backup-nightly: {period: 1 h}}\n", "this backup's own"),
        (entry(encrypt="yes"), "encrypt"),
        (entry(decrypt_with="hunter2"), "must be a secret key of age"),
        (entry(restore_with="mysql://u:hunter2@h/d"), "must be a PostgreSQL URL"),
        (listed(encrypt_to="[age1hunter]"), "must be a public key of age"),
        (listed(encrypt_to=f"[{PUBLIC}]", restore_test=URL), "encrypted dumps are to be restored"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        desk_of(tmp_path, text)
    told = "\n".join(caught.value.problems)
    assert problem in told
    assert "hunter2" not in told
