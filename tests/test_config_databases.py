"""The section `databases`: what it takes, and that what is only backed up is looked into as well."""

import re
from pathlib import Path

import pytest

from bot.config import load_desk
from bot.desk import Desk
from bot.errors import ConfigError

EXAMPLE = Path(__file__).parent.parent / "ecotrajet.example.yaml"
URL = "postgresql://look:hunter2hunter2@db.example/app"
PLACES = "environments: {prod: {}, staging: {}}\nservices: {ecotrajet: {containers: {}}}\n"
BACKUP = "backups: {nuit: {database: 'postgresql://b:pw@h/d', bucket: b, environment: prod, service: ecotrajet}}\n"


def desk_of(folder: Path, text: str) -> Desk:
    file = folder / "ecotrajet.yaml"
    file.write_text(text, "utf-8")
    return load_desk(file, {"PROD_LOOK_URL": URL, "STAGING_LOOK_URL": URL, "SUPABASE_LOGS_TOKEN": "sbp_1234567890"})


def test_what_the_example_shows_is_valid(tmp_path: Path) -> None:
    shown = EXAMPLE.read_text("utf-8")
    start, end = shown.index("#databases:"), shown.index("# ── Maintenance")
    desk = desk_of(tmp_path, shown[:start] + re.sub(r"(?m)^#(?=\S|  )", "", shown[start:end]) + shown[end:])
    assert set(desk.databases) == {"prod", "staging"}
    assert desk.databases["prod"].url.reveal() == URL
    assert desk.databases["prod"].url in desk.secrets()
    project = desk.supabase["prod"]
    assert (project.project, project.api) == ("knebskomwvvvoaclrwjv", "https://api.supabase.com")
    assert project.token in desk.secrets()


def test_a_database_that_is_only_backed_up_is_looked_into_by_the_same_role(tmp_path: Path) -> None:
    assert desk_of(tmp_path, PLACES + BACKUP).databases["nuit"].url.reveal() == "postgresql://b:pw@h/d"
    own = f"databases: {{look: {{database: '{URL}', environment: prod, service: ecotrajet}}}}\n"
    assert set(desk_of(tmp_path, PLACES + BACKUP + own).databases) == {"look"}


@pytest.mark.parametrize(
    "entry, problem",
    [
        (
            "project: 'https://x.co', token: hunter2, environment: prod, service: ecotrajet",
            "supabase.logs.project",
        ),
        ("project: abcdefgh, token: '', environment: prod, service: ecotrajet", "supabase.logs.token"),
        ("project: abcdefgh, token: hunter2, environment: prd, service: ecotrajet", "supabase.logs.environment"),
        ("project: abcdefgh, token: hunter2, environment: prod, service: ecotrajet, api: x", "supabase.logs.api"),
    ],
)
def test_mistakes_about_a_project_are_told_as_well(tmp_path: Path, entry: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        desk_of(tmp_path, f"{PLACES}supabase: {{logs: {{{entry}}}}}\n")
    told = "\n".join(caught.value.problems)
    assert problem in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "entry, problem",
    [
        ("database: 'mysql://u:hunter2hunter2@h/d', environment: prod, service: ecotrajet", "must be a PostgreSQL URL"),
        (f"database: '{URL}', environment: prd, service: ecotrajet", "databases.look.environment"),
        (f"database: '{URL}', environment: prod, service: ecotrajt", "databases.look.service"),
        (f"database: '{URL}', environment: prod, service: ecotrajet, role: x", "databases.look.role"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, entry: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        desk_of(tmp_path, f"{PLACES}databases: {{look: {{{entry}}}}}\n")
    told = "\n".join(caught.value.problems)
    assert problem in told
    assert "hunter2" not in told
