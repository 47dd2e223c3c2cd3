"""The section `probes`: what can be looked at, and each mistake with its place and without its value."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import load_desk
from bot.errors import ConfigError
from bot.probe import Kind, ProbeEntry

SERVICES = "services: {ecotrajet: {containers: {dev: app}}}"
PLACE = "environment: prod, service: ecotrajet"
URL = f'{PLACE}, url: "https://app.ecotrajet.com/"'


def read(folder: Path, entry: str, name: str = "app") -> ProbeEntry | list[str]:
    file = folder / "ecotrajet.yaml"
    file.write_text(f"{SERVICES}\nprobes: {{{name}: {{{entry}}}}}\n", "utf-8")
    try:
        return load_desk(file).probes[name]
    except ConfigError as error:
        return list(error.problems)


def test_what_is_left_out_is_as_in_the_guide(tmp_path: Path) -> None:
    made = read(tmp_path, URL)
    assert isinstance(made, ProbeEntry)
    assert (made.interval, made.timeout, made.retries) == (timedelta(seconds=30), timedelta(seconds=10), 3)
    assert (made.kind, made.certificate_days, made.statuses, made.private) == (Kind.HTTP, 14, (), False)


def test_everything_may_be_told_and_what_is_secret_hides_itself(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        f'{PLACE}, url: "http://app.local:8080/api?key=hunter2", private: true, keyword: Bastille, status: [200, 404],'
        " slow_after: 800 ms, interval: 5 min, retry_every: 10 s, retries: 2, headers: {X-Key: hunter2hunter2hunter2},"
        " priority: P2, follow_redirects: true",
    )
    assert isinstance(made, ProbeEntry)
    assert (made.slow_after, made.retry_every, made.statuses) == (
        timedelta(seconds=0.8),
        timedelta(seconds=10),
        (200, 404),
    )
    assert made.shown == "http://app.local:8080/api"
    assert "hunter2" not in repr(made)
    assert {each.reveal() for each in made.secrets()} == {
        "hunter2hunter2hunter2",
        "http://app.local:8080/api?key=hunter2",
    }


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        (f"{PLACE}, tcp: db.example:5432, slow_after: 1.5 s", None),
        (f"{PLACE}, tcp: 10.0.0.7:5432, private: true", None),
        (f"{PLACE}, certificate: app.ecotrajet.com:443, certificate_days: 30", None),
        (PLACE, "probes.app"),
        (f"{URL}, tcp: db.example:5432", "probes.app"),
        (f'{PLACE}, url: "ftp://app.example/"', "probes.app.url"),
        (f'{PLACE}, url: "https://me:hunter2@app.example/"', "probes.app.url"),
        (f'{PLACE}, url: "http://127.0.0.1:8080/"', "probes.app.url"),
        (f'{PLACE}, url: "http://169.254.169.254/latest"', "probes.app.url"),
        (f"{PLACE}, tcp: localhost:5432", "probes.app.tcp"),
        (f"{PLACE}, tcp: db.example", "probes.app.tcp"),
        (f"{PLACE}, tcp: db.example:99999", "probes.app.tcp"),
        (f"{PLACE}, tcp: db.example:5432, keyword: x", "probes.app.keyword"),
        (f"{PLACE}, tcp: db.example:5432, certificate_days: 3", "probes.app.certificate_days"),
        (f"{PLACE}, certificate: app.example:443, slow_after: 1 s", "probes.app.slow_after"),
        (f"{URL}, slow_after: 10 s", "probes.app.slow_after"),
        (f"{URL}, interval: 1 s", "probes.app.interval"),
        (f"{URL}, timeout: 2 min", "probes.app.timeout"),
        (f"{URL}, retries: 0", "probes.app.retries"),
        (f"{URL}, status: [20]", "probes.app.status[0]"),
        (f'{URL}, headers: {{"X Y": hunter2}}', "probes.app.headers"),
        (f"{URL}, keyworld: hunter2", "probes.app.keyworld"),
        ('environment: prdo, service: ecotrajet, url: "https://a.example/"', "probes.app.environment"),
        ('environment: prod, service: velib, url: "https://a.example/"', "probes.app.service"),
    ],
)
def test_each_mistake_has_its_place_and_shows_no_value(tmp_path: Path, entry: str, place: str | None) -> None:
    found = read(tmp_path, entry)
    assert [each.split(":")[0] for each in found] == [place] if isinstance(found, list) else place is None
    assert "hunter2" not in str(found)


def test_the_section_of_the_example_is_right_once_its_marks_are_taken_away(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "ecotrajet.example.yaml").read_text("utf-8")
    before, _, rest = text.partition("\n#probes:\n")
    section, _, after = rest.partition("\n\n")
    file = tmp_path / "ecotrajet.yaml"
    shown = "\n".join(line.removeprefix("#") for line in section.splitlines())
    file.write_text(f"{before}\nprobes:\n{shown}\n\n{after}", "utf-8")
    made = load_desk(file, {"PROBE_AUTHORIZATION": "Bearer hunter2hunter2hunter2"}).probes
    assert list(made) == ["application", "recherche", "base", "certificat"]
