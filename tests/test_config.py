"""The configuration file: the annotated example is true, and every problem is told at once, with its path and line."""

import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.alert import Alert, AlertStatus
from bot.classification import DEFAULT_RULES, classify
from bot.config import default_desk, load, load_desk
from bot.config.models import duration
from bot.desk import Desk
from bot.errors import ConfigError
from bot.escalation import Level
from bot.incident import Priority
from bot.oncall import Override
from bot.target import EngineAddress, SshFiles, TlsFiles

EXAMPLE = Path(__file__).parent.parent / "ecotrajet.example.yaml"
MONDAY = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def example() -> Desk:
    return load_desk(EXAMPLE)


def desk_of(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Desk:
    file = tmp_path / "ecotrajet.yaml"
    file.write_text(text)
    return load_desk(file, environ)


def problems_of(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        desk_of(tmp_path, text, environ)
    return list(caught.value.problems)


def test_the_example_says_who_is_who(example: Desk) -> None:
    amina = example.person_of_slack("U0AMINA01")
    assert amina is not None
    assert (amina.id, amina.name, amina.phone, amina.language) == ("amina", "Amina Diallo", "+33600000001", "fr")
    assert example.person_of_phone("+33600000004") == example.people["david"]
    assert example.people["david"].language == "en"
    assert example.person_of_slack("U0VICTOR1") is None
    assert example.person_of_slack("") is None
    assert example.person_of_phone("") is None


def test_a_person_may_live_in_another_zone(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "people: {dan: {name: Dan, time_zone: Europe/London}, eve: {name: Eve}}")
    assert [desk.people[each].zone for each in ("dan", "eve")] == [ZoneInfo("Europe/London"), None]
    [problem] = problems_of(tmp_path, "people: {dan: {name: Dan, time_zone: London}}")
    assert problem.startswith("people.dan.time_zone: must be a time zone's name")


def test_the_example_climbs_the_guides_ladder(example: Desk) -> None:
    policy = example.policy_for("ecotrajet", Priority.P1)
    assert policy.levels == (
        Level("Détection", timedelta(0), ("schedule:astreinte", "channel:incidents")),
        Level("Support", timedelta(minutes=15), ("team:support",)),
        Level("Lead technique", timedelta(minutes=30), ("person:bruno",)),
        Level("DevOps", timedelta(hours=1), ("team:devops",)),
        Level("Management", timedelta(hours=2), ("person:emma",)),
    )
    assert [level.name for level in policy.levels_for(Priority.P3)] == ["Détection", "Support"]
    assert example.policy_for("something nobody configured", Priority.P1) == policy


def test_targets_are_people_at_a_time(example: Desk) -> None:
    def names(target: str, now: datetime = MONDAY, overrides: tuple[Override, ...] = ()) -> list[str]:
        return [person.id for person in example.recipients(target, now, overrides).people]

    assert names("schedule:astreinte") == ["amina"]
    assert names("schedule:astreinte", MONDAY + timedelta(days=7)) == ["david"]
    swap = Override("astreinte", "bruno", MONDAY, MONDAY + timedelta(hours=1))
    assert names("schedule:astreinte", MONDAY, (swap,)) == ["bruno"]
    assert names("team:devops") == ["amina", "bruno", "david"]
    assert names("person:emma") == ["emma"]
    assert example.recipients("channel:incidents", MONDAY).channels == ("incidents",)
    for nowhere in ("person:gone", "team:gone", "schedule:gone", "gone", ""):
        assert not example.recipients(nowhere, MONDAY)


def test_production_is_protected_and_development_free_by_their_names(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "environments: {developpement: , recette: , Production: , qa: , live2: {protected: true}}")
    seen = {name: (place.protected, place.confirm) for name, place in desk.environments.items()}
    assert seen == {
        "developpement": (False, False),
        "recette": (False, True),
        "Production": (True, True),
        "qa": (False, True),
        "live2": (True, True),
    }


def test_environments_with_the_same_address_share_an_engine(tmp_path: Path) -> None:
    desk = desk_of(
        tmp_path,
        """
environments:
  a: {engine: "ssh://bot@one"}
  b: {engine: "ssh://bot@one"}
  c: {engine: "tcp://two:2376", tls: {certificate: /c, key: /k, authority: /a}}
  d: {}
  e: {engine: none}
  f: {engine: "ssh://bot@one", ssh: {key: /k, known_hosts: /h}}
""",
    )
    assert {name: place.engine for name, place in desk.environments.items()} == {
        "a": "a", "b": "a", "c": "c", "d": "default", "e": "none", "f": "f",
    }  # fmt: skip
    assert desk.engines["a"] == EngineAddress("a", "ssh://bot@one")
    assert desk.engines["c"] == EngineAddress("c", "tcp://two:2376", TlsFiles("/c", "/k", "/a"))
    assert desk.engines["f"] == EngineAddress("f", "ssh://bot@one", ssh=SshFiles("/k", "/h"))
    assert desk.engines["default"].url == "unix:///var/run/docker.sock"


def test_without_a_file_the_guides_ladder_speaks_in_the_channel_and_warns(tmp_path: Path) -> None:
    configuration = load({}, tmp_path)
    desk = configuration.desk
    assert desk == default_desk()
    assert (desk.language, desk.zone.key, list(desk.environments)) == ("fr", "Europe/Paris", ["dev", "staging", "prod"])
    levels = desk.policy_for("x", Priority.P1).levels
    assert [level.after for level in levels] == [timedelta(minutes=m) for m in (0, 15, 30, 60, 120)]
    assert {target for level in levels for target in level.targets} == {"channel:incidents"}
    assert desk.rules == DEFAULT_RULES
    assert any("no ecotrajet.yaml" in warning for warning in configuration.warnings)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "workspace:\n", "people: {}\nteams:\n"])
def test_an_empty_file_is_the_default_desk(tmp_path: Path, text: str) -> None:
    assert desk_of(tmp_path, text) == default_desk()


def test_yaml_plays_no_tricks(tmp_path: Path) -> None:
    """`+33…` is not a number, `10:30` is not 630, `no` is not false, and a date is a date."""
    desk = desk_of(
        tmp_path,
        """
people:
  no: {name: Nora, phone: +33 6 00 00 00 09}
schedules:
  s: {rotations: [{people: [no], starts: 2026-01-05, hand_off: 10:30, every: 2 weeks}]}
""",
    )
    assert desk.people["no"].phone == "+33600000009"
    rotation = desk.schedules["s"].rotations[0]
    assert (rotation.starts, rotation.hand_off, rotation.days) == (date(2026, 1, 5), time(10, 30), 14)


def test_values_may_come_from_the_environment_or_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "phone").write_text("+33600000008\n")
    desk = desk_of(
        tmp_path,
        f"people: {{a: {{name: env:WHO, phone: 'file:{tmp_path}/phone', email: 'env.mail@x.example'}}}}",
        {"WHO": "Ada"},
    )
    assert (desk.people["a"].name, desk.people["a"].phone) == ("Ada", "+33600000008")


BROKEN = """\
workspace:
  langage: fr
  time_zone: Europe/Pariss
environments:
  prod: {engine: "http://x"}
  live: {}
services:
  shop:
    containers: {prod: shop, stagin: shop}
    policy: night
people:
  amina: {name: Amina, slack: amina, phone: "0600000001"}
  bruno: {slack: U0BRUNO01}
  david: {name: David, slack: U0BRUNO01, email: david}
teams:
  devops: {members: [amnia, bruno], rights: {"*": deploi, qa: read}}
  empty: {members: []}
schedules:
  astreinte:
    rotations:
      - {people: [amina], starts: monday, every: month, hand_off: "25:00"}
escalation:
  levels: []
  policies:
    default:
      levels:
        - {name: One, after: 10 min, tell: [person:amina, team:devop, "#incidents"]}
        - {name: Two, after: 5 min, tell: [schedule:astreint]}
        - {name: One, after: 15, tell: []}
      stops_at: {P3: Three, P9: One}
calendar: {}
pepole: {}
"""


def test_every_problem_is_told_at_once_with_its_path_and_line(tmp_path: Path) -> None:
    ladder = "escalation.policies.default"
    assert problems_of(tmp_path, BROKEN) == [
        "workspace.langage: unknown key; did you mean `language`? (line 2)",
        "workspace.time_zone: must be a time zone's name, such as Europe/Paris (line 3)",
        "environments.prod.engine: must be default, none, unix:///path, tcp://host:port or ssh://user@host (line 5)",
        "services.shop.containers.stagin: there is no environment 'stagin'; there are: prod, live (line 9)",
        "services.shop.policy: there is no escalation policy 'night'; there are: default (line 10)",
        "people.amina.slack: must be a Slack member id, such as U012AB3CD (profile → ⋮ → Copy member ID) (line 12)",
        "people.amina.phone: must be an international number, such as +33612345678 (line 12)",
        "people.bruno.name: is missing (line 13)",
        "people.david.email: must be a mail address (line 14)",
        "teams.devops.rights.*: must be one of 'read', 'operate', 'deploy' or 'destroy' (line 16)",
        "teams.empty.members: must not be empty (line 17)",
        "schedules.astreinte.rotations[0].starts: must be a date, such as 2026-01-05 (line 21)",
        "schedules.astreinte.rotations[0].every: must be a turn, such as week, 2 weeks or 3 days (line 21)",
        "schedules.astreinte.rotations[0].hand_off: must be a time of day, such as 09:00 (line 21)",
        "escalation.levels: unknown key; known here: ack_expires, by_priority, policies (line 23)",
        f"{ladder}.levels[0].tell[2]: must be person:ID, team:ID, schedule:ID or channel:NAME (line 27)",
        f"{ladder}.levels[2].after: must be a duration, such as 15 min or 1 h 30 (line 29)",
        f"{ladder}.levels[2].tell: must not be empty (line 29)",
        f"{ladder}.stops_at.P9: must be one of 'P1', 'P2' or 'P3' (line 30)",
        "calendar: this version has no such settings yet; take the section out (line 31)",
        "pepole: unknown key; did you mean `people`? (line 32)",
    ]


TANGLED = """\
environments:
  prod: {engine: none, tls: {certificate: a, key: b, authority: c}, ssh: {key: a}}
  live: {}
  qa: {aliases: [shop]}
services:
  shop: {containers: {prod: shop, qa: web}}
  site: {containers: {qa: web}, aliases: [boutique]}
  blog: {aliases: [Boutique]}
people:
  amina: {name: Amina, slack: U0AMINA01}
  bruno: {name: Bruno, slack: U0AMINA01}
teams:
  devops: {members: [amnia, bruno], rights: {"*": deploy, staging: read}}
schedules:
  astreinte: {rotations: [{people: [amina, brunoo], starts: 2026-01-05}]}
escalation:
  policies:
    default:
      levels:
        - {name: One, after: 10 min, tell: [person:aminaa, "channel:#incidents"]}
        - {name: One, after: 5 min, tell: [schedule:astreint]}
      stops_at: {P3: Three}
      fallback: [team:nobody]
"""


def test_references_that_lead_nowhere_and_names_that_mean_two_things_are_told(tmp_path: Path) -> None:
    ladder = "escalation.policies.default"
    assert problems_of(tmp_path, TANGLED) == [
        "environments.prod.tls: goes with a tcp:// engine only (line 2)",
        "environments.prod.ssh: goes with an ssh:// engine only (line 2)",
        "environments.live: a name that it answers to is that of environment 'prod' already (line 3)",
        "services.shop: a name that it answers to is that of environment 'qa' already (line 6)",
        "services.shop.containers.prod: environment 'prod' has no engine (engine: none) (line 6)",
        "services.site.containers.qa: the container is that of shop in qa already (line 7)",
        "services.blog: a name that it answers to is that of service 'site' already (line 8)",
        "people.bruno.slack: the Slack member id is that of 'amina' already (line 11)",
        "teams.devops.members[0]: there is no person 'amnia'; did you mean 'amina'? (line 13)",
        "teams.devops.rights.staging: there is no environment 'staging'; there are: prod, live, qa (line 13)",
        "schedules.astreinte.rotations[0].people[1]: there is no person 'brunoo'; did you mean 'bruno'? (line 15)",
        f"{ladder}.levels[0].tell[0]: there is no person 'aminaa'; did you mean 'amina'? (line 20)",
        f"{ladder}.levels[1].after: must be later than that of 'One' (line 21)",
        f"{ladder}.levels[1].name: the name is that of level 1 already (line 21)",
        f"{ladder}.levels[1].tell[0]: there is no schedule 'astreint'; did you mean 'astreinte'? (line 21)",
        f"{ladder}.stops_at.P3: there is no level 'Three'; there are: One, One (line 22)",
        f"{ladder}.fallback[0]: there is no team 'nobody'; there are: devops (line 23)",
    ]


def test_production_needs_a_second_person_who_may_approve(tmp_path: Path) -> None:
    text = """
services: {shop: {containers: {prod: shop}}}
people: {amina: {name: Amina, slack: U0AMINA01}, bruno: {name: Bruno, slack: U0BRUNO01}}
teams: {devops: {members: [amina], rights: {prod: deploy}}, all: {members: [bruno]}}
"""
    assert problems_of(tmp_path, text) == [
        "teams: 'prod' needs a second person with the right deploy, to approve what amina asks for (line 4)"
    ]
    desk_of(tmp_path, text.replace("all: {members: [bruno]}", "lead: {members: [bruno], rights: {'*': destroy}}"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("people: [", "ecotrajet.yaml: not valid YAML: "),
        ("- a\n- b\n", "ecotrajet.yaml: must be a mapping of sections"),
        ("just words", "ecotrajet.yaml: must be a mapping of sections"),
        ("people: 3", "people: must be a mapping"),
        ("workspace: [fr]", "workspace: must be a mapping"),
        ("people: {a: Amina}", "people.a: must be a mapping"),
        ("people: {a: {name: A}, a: {name: B}}", "people.a: written twice (first on line 1) (line 1)"),
        ("workspace: {language: en}\nworkspace: {}", "workspace: written twice (first on line 1) (line 2)"),
        ("people: {a: {name: env:NOT_THERE}}", "people.a.name: the environment variable NOT_THERE is not set"),
        ("people: {a: {name: 'file:/nowhere/x'}}", "people.a.name: the file /nowhere/x cannot be read: No such file"),
        ("people: {'a b': {name: A}}", "people.a b: 'a b' is no good name"),
        ("a: &x [*x]", "a[0]: an alias that holds itself"),
        ("people: {a: !!python/object:os.system {}}", "ecotrajet.yaml: not valid YAML"),
        ("\x07", "ecotrajet.yaml: not valid YAML"),
        ("escalation: {policies: {other: {levels: [{name: x, after: 0, tell: [channel:a]}]}}}",
         "escalation.policies: one of them must be called default"),
    ],
)  # fmt: skip
def test_whatever_is_written_gets_a_sentence(tmp_path: Path, text: str, problem: str) -> None:
    assert any(each.startswith(problem) for each in problems_of(tmp_path, text)), problems_of(tmp_path, text)


def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    secret = "xoxb-" + "123456789012-abcdefABCDEF123456"
    text = f"""
{secret}: 1
workspace: {{{secret}: x, language: {secret}, incidents_channel: {secret}A, time_zone: {secret}}}
people: {{a: {{name: A, phone: {secret}, slack: {secret}, email: {secret}, language: {secret}}}}}
teams: {{t: {{members: [{secret}], rights: {{{secret}: read, prod: {secret}}}}}}}
escalation: {{policies: {{default: {{levels: [{{name: a, after: {secret}, tell: ["person:{secret}", "{secret}"]}}],
  stops_at: {{P1: {secret}}}}}}}}}
"""
    told = "\n".join(problems_of(tmp_path, text))
    assert "xoxb" not in told.replace("xoxb-, ", "")
    assert "abcdefABCDEF" not in told
    assert "[hidden]" in told


def judged(desk: Desk, title: str, **alert: object) -> tuple[str | None, str]:
    made = Alert("alertmanager", "k", AlertStatus.FIRING, title, **alert)  # type: ignore[arg-type]  # reason: by name
    found = classify(made, desk.rules, desk.environments, desk.services, datetime(2026, 1, 5, 22, 30, tzinfo=UTC))
    return found.priority, str(found.why)


def test_rules_of_the_team_come_before_the_built_in_ones(example: Desk) -> None:
    pay = {"environment": "prod", "service": "ecotrajet", "labels": {"equipe": "paiements"}}
    priority, why = judged(example, "Latence du PAIEMENT élevée", severity="critical", **pay)
    assert priority == "P1"
    assert why == "Sans paiement, plus de réservations (rule “paiement” of the configuration)"
    assert judged(example, "Rapport indisponible", labels={"job": "rapport-nocturne"})[0] == "P3"
    plain = default_desk()
    assert judged(example, "[PROD] Site indisponible") == judged(plain, "[PROD] Site indisponible")
    assert judged(example, "[PROD] Site indisponible")[0] == "P1"


def test_rules_are_checked_as_well(tmp_path: Path) -> None:
    text = """
classification:
  rules:
    - {name: a, gives: P4}
    - {name: b, gives: P1, when: {title: "(", environments: [prd], services: [shop], hours: {start: 8, days: [m]}}}
    - {name: c, gives: P1, when: {environments: [prd], services: [shop], labels: {x: "["}}}
"""
    when = "classification.rules[1].when"
    assert problems_of(tmp_path, text) == [
        "classification.rules[0].gives: must be one of 'P1', 'P2', 'P3' or 'record' (line 4)",
        f"{when}.title: must be a regular expression: missing ), unterminated subpattern (line 5)",
        f"{when}.hours.start: must be a time of day, such as 09:00 (line 5)",
        f"{when}.hours.end: is missing (line 5)",
        f"{when}.hours.days[0]: must be a day of the week, such as monday or lundi (line 5)",
        "classification.rules[2].when.labels.x: must be a regular expression: unterminated character set (line 6)",
    ]
    text = "classification: {rules: [{name: c, gives: P1, when: {environments: [prd]}}]}"
    told = "classification.rules[0].when.environments[0]: there is no environment 'prd'; did you mean 'prod'? (line 1)"
    assert problems_of(tmp_path, text) == [told]


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12), st.dates(),
    st.sampled_from(["amina", "prod", "default", "*", "person:amina", "channel:incidents", "15 min", "09:00", "P1"]),
)  # fmt: skip
KEYS = st.sampled_from([
    "workspace", "environments", "services", "people", "teams", "schedules", "escalation", "classification", "policies",
    "default", "levels", "tell", "after", "name", "rotations", "members", "rights", "containers", "amina", "prod",
    "rules", "when", "hours", "labels", "engine", "tls", "stops_at", "fallback", "aliases", "policy", "*",
]) | st.text(max_size=5)  # fmt: skip
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


@given(st.dictionaries(KEYS, ANYTHING, max_size=6))
def test_whatever_the_file_holds_there_is_a_desk_or_a_list_of_problems(content: dict[str, object]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        yaml.safe_dump(content, file, allow_unicode=True)
        file.flush()
        assert works_or_says_why(Path(file.name))


@given(st.text())
def test_whatever_the_text_is_there_is_a_desk_or_a_list_of_problems(text: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.flush()
        assert works_or_says_why(Path(file.name))


def works_or_says_why(file: Path) -> bool:
    try:
        return bool(load_desk(file).policy_for("x", Priority.P1).levels)
    except ConfigError as error:
        return bool(error.problems) and all(": " in problem for problem in error.problems)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10 s", timedelta(seconds=10)), ("30s", timedelta(seconds=30)), ("90 s", timedelta(seconds=90)),
        ("15 min", timedelta(minutes=15)), ("1 h 30", timedelta(minutes=90)),
        ("1 h 30 s", timedelta(hours=1, seconds=30)),
        ("2 j 3 h 10 min 5 s", timedelta(days=2, hours=3, minutes=10, seconds=5)), ("0", timedelta(0)),
    ],
)  # fmt: skip
def test_a_duration_means_what_it_says(written: str, meant: timedelta) -> None:
    assert duration(written) == meant  # ten seconds were once read as one minute and no second


def test_the_maintenance_page_of_a_service_is_an_image(tmp_path: Path) -> None:
    for name in ("maintenance", "registry.example:5000/team/maintenance:1.2", f"a/b@sha256:{'0' * 64}"):
        desk = desk_of(tmp_path, f'services: {{web: {{maintenance_image: "{name}"}}}}')
        assert desk.services["web"].maintenance_image == name
    assert desk_of(tmp_path, "services: {web: {}}").services["web"].maintenance_image == ""
    [problem] = problems_of(tmp_path, "services: {web: {maintenance_image: https://status.example/}}")
    assert problem.startswith("services.web.maintenance_image: must be an image's name")
