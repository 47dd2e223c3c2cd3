"""Runbooks as files: the published schema is the one in force, and every mistake is told with its place."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from bot.cli import build
from bot.config import load, load_desk
from bot.config.problems import Problems
from bot.config.runbooks import library, procedure, schema
from bot.errors import ConfigError
from bot.procedure import Act

ROOT = Path(__file__).parent.parent
LIBRARY = ROOT / "runbooks" / "library"
GOOD = "{title: t, parameters: {version: {}}, steps: [{do: deploy, title: a, with: {version: '{version}'}}, {ask: b}]}"


def problems_of(text: str) -> list[str]:
    problems = Problems("essai.yaml")
    procedure("essai", text, problems)
    return problems.listed()


def fits_schema(text: str) -> bool:
    return bool(jsonschema.Draft202012Validator(schema()).is_valid(yaml.safe_load(text)))


def test_the_published_schema_is_the_one_that_is_in_force() -> None:
    published = json.loads((LIBRARY / "schema.json").read_text("utf-8"))
    assert published == schema(), "make it anew: ecotrajet runbooks schema > runbooks/library/schema.json"
    jsonschema.Draft202012Validator.check_schema(published)


@pytest.mark.parametrize("file", sorted(LIBRARY.glob("*.yaml")), ids=lambda file: file.stem)
def test_each_file_of_the_library_fits_it(file: Path) -> None:
    jsonschema.validate(yaml.safe_load(file.read_text("utf-8")), schema(), jsonschema.Draft202012Validator)
    assert file.read_text("utf-8").startswith("# yaml-language-server: $schema=schema.json\n")


def test_the_guides_procedures_are_all_there() -> None:
    assert set(library()) >= {
        "hotfix", "nouveau-client", "migration-environnement", "container-ne-demarre-pas", "application-lente",
        "erreurs-base-de-donnees", "correctif-securite",
    }  # fmt: skip
    assert all(re.search(r"Guide §\d", each.guide) for each in library().values())


def test_no_procedure_deletes_volumes_or_asks_a_person_for_what_the_desk_does() -> None:
    typed = {f"/ecotrajet {act}" for act in Act}
    for each in library().values():
        for step in each.steps:
            assert "down -v" not in step.ask
            # what is planned for another day is told then: a step begins its maintenance at once
            by_people = {"/ecotrajet prune", "/ecotrajet maintenance"}
            assert not any(word in step.ask for word in typed - by_people), (each.name, step.id)


@pytest.mark.parametrize(
    "text, problem",
    [
        ("[]", "must be a mapping"),
        ("{steps: [{ask: a}]}", "`title` is missing"),
        ("{title: t}", "steps: must be a list of steps"),
        ("{title: t, steps: []}", "steps: must be a list of steps"),
        ("{title: t, step: x, steps: [{ask: a}]}", "step: unknown key; did you mean `steps`?"),
        ("{title: t, steps: [{aks: a}]}", "steps[0].aks: unknown key; did you mean `ask`?"),
        ("{title: t, steps: [{ask: 3}]}", "steps[0].ask: expected `str`, got `int`"),
        ("{title: t, steps: [{title: x}]}", "steps[0]: needs either `do` or `ask`"),
        ("{title: t, steps: [{title: x, ask: y, do: status}]}", "steps[0]: needs either `do` or `ask`"),
        ("{title: t, steps: [{do: status}]}", "steps[0].title: is missing"),
        ("{title: t, steps: [{title: x, do: restrat}]}", "steps[0].do: there is no action 'restrat'; did you mean"),
        ("{title: t, steps: [{title: x, do: deploy}]}", "steps[0].with: `deploy` needs `version`"),
        ("{title: t, steps: [{title: x, do: logs, with: {tial: 5}}]}", "steps[0].with.tial: unknown key; did you mean"),
        ("{title: t, steps: [{title: x, do: stop, approval: true}]}", "steps[0].approval: only goes with `ask`"),
        ("{title: t, steps: [{title: x, do: stop, failed: non}]}", "steps[0].failed: only goes with `ask`"),
        ("{title: t, steps: [{ask: x, done: 'en {version}'}]}", "steps[0].done: there is no parameter 'version'"),
        ("{title: t, steps: [{title: x, do: exec, with: {look: dsik}}]}", "no look 'dsik'; did you mean 'disk'"),
        ("{title: t, steps: [{title: x, do: freeze, with: {for: soon}}]}", "with.for: 'soon' is not a duration"),
        ("{title: t, steps: [{title: x, do: compare}]}", "steps[0].with: `compare` needs `against`"),
        ("{title: t, steps: [{ask: x, with: {tail: 5}}]}", "steps[0].with: only goes with `do`"),
        ("{title: t, steps: [{ask: x, on_failure: retry}]}", "steps[0].on_failure: 'retry' is none"),
        ("{title: t, steps: [{ask: x, on_failure: {goto: y}}]}", "steps[0].on_failure.goto: there is no step 'y'"),
        ("{title: t, steps: [{ask: x, on_failure: {gto: y}}]}", "steps[0].on_failure.gto: unknown key; did you mean"),
        ("{title: t, steps: [{ask: x, if: {step: y}}]}", "steps[0].if.step: there is no step 'y'"),
        ("{title: t, steps: [{ask: x, unless: {given: y}}]}", "steps[0].unless.given: there is no parameter 'y'"),
        ("{title: t, steps: [{ask: x, if: {stpe: y}}]}", "steps[0].if.stpe: unknown key; did you mean `step`?"),
        ("{title: t, steps: [{ask: a, id: a}, {ask: b, id: a}]}", "steps[1].id: written twice: step 1 has it already"),
        ("{title: t, steps: [{ask: 'is {version} there'}]}", "steps[0].ask: there is no parameter 'version'"),
        ("{title: 'for {client}', steps: [{ask: a}]}", "title: there is no parameter 'client'"),
        ("{title: t, parameters: {Service: {}}, steps: [{ask: a}]}", "parameters.Service: is no good name"),
        ("{title: t, parameters: {v: {requird: true}}, steps: [{ask: a}]}", "unknown key; did you mean `required`"),
        ("{title: t, fits: {title: 'a('}, steps: [{ask: a}]}", "fits.title: not a regular expression"),
        ("{title: t, fits: {title: a, priorities: [P4]}, steps: [{ask: a}]}", "'P4' is none"),
        ("{title: t, safe: true, steps: [{title: x, do: restart}]}", "steps[0].do: a runbook marked safe only looks"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(text: str, problem: str) -> None:
    told = problems_of(text)
    assert any(problem in each for each in told), told


def test_a_mistake_in_one_step_hides_none_in_another() -> None:
    told = problems_of("title: t\nsteps:\n  - ask: 3\n  - aks: x\n  - do: restrat\n")
    assert [each.partition(":")[0] for each in told] == ["steps[0].ask", "steps[1].aks", "steps[2].do"]
    assert told[0].endswith("(line 3)")


@pytest.mark.parametrize(
    "text",
    [
        "{title: t}", "{title: t, steps: [{title: x}]}", "{title: t, steps: [{title: x, do: deploy}]}",
        "{title: t, steps: [{ask: a, aks: b}]}", "{title: t, steps: [{title: x, do: restrat}]}",
        "{title: t, steps: [{title: x, do: logs, with: {tial: 5}}]}", "{title: t, steps: [{ask: a, do: status}]}",
    ],
)  # fmt: skip
def test_an_editor_sees_what_the_desk_refuses(text: str) -> None:
    assert problems_of(text)
    assert not fits_schema(text)
    assert fits_schema(GOOD)
    assert problems_of(GOOD) == []


def desk_with(tmp_path: Path, section: str, **runbooks: str) -> Path:
    folder = tmp_path / "procedures"
    folder.mkdir()
    for name, text in runbooks.items():
        (folder / f"{name}.yaml").write_text(text)
    file = tmp_path / "ecotrajet.yaml"
    file.write_text(f"runbooks: {section}\n")
    return file


def test_a_teams_folder_stands_beside_the_configuration_and_wins(tmp_path: Path) -> None:
    desk = load_desk(
        desk_with(tmp_path, "{folder: procedures}", hotfix="{title: Le nôtre, steps: [{ask: a}]}", vide=GOOD)
    )
    assert desk.procedures["hotfix"].title == "Le nôtre"
    assert set(desk.procedures) == {*library(), "vide"}


def test_a_place_that_is_nowhere_is_warned_of_in_a_teams_own_files(tmp_path: Path) -> None:
    steps = "[{ask: a, if: {environments: [prdo, recette]}}, {title: b, do: logs, with: {service: ecotraje}}]"
    written = f"{{title: t, fits: {{title: x, services: [ailleurs]}}, steps: {steps}}}"
    file = desk_with(tmp_path, "{folder: procedures}", essai=written)
    file.write_text(file.read_text() + "services: {ecotrajet: {}}\n")
    told = load({"ECOTRAJET_CONFIG": str(file), "ECOTRAJET_WEBHOOK_TOKEN": "x" * 32}).warnings
    assert [each.partition(";")[0] for each in told if each.startswith("runbook ")] == [
        "runbook essai: fits.services: there is no service 'ailleurs'",
        "runbook essai: steps[0].if.environments: there is no environment 'prdo'",
        "runbook essai: steps[1].with.service: there is no service 'ecotraje'",
    ]


def test_the_library_may_be_left_out(tmp_path: Path) -> None:
    desk = load_desk(desk_with(tmp_path, "{folder: procedures, library: false}", vide=GOOD))
    assert set(desk.procedures) == {"vide"}


def test_without_a_section_the_library_is_there(tmp_path: Path) -> None:
    file = tmp_path / "ecotrajet.yaml"
    file.write_text("")
    assert dict(load_desk(file).procedures) == dict(library())


def test_all_mistakes_of_all_files_are_told_at_the_start(tmp_path: Path) -> None:
    file = desk_with(tmp_path, "{folder: procedures}", un="{title: t, steps: [{aks: x}]}", deux="{title: 3, steps: 4}")
    with pytest.raises(ConfigError) as caught:
        load_desk(file)
    told = "\n".join(caught.value.problems)
    assert "runbooks.un.yaml: steps[0].aks: unknown key" in told
    assert "runbooks.deux.yaml: title: expected `str`" in told
    assert "runbooks.deux.yaml: steps: must be a list" in told


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "ecotrajet.yaml"
    file.write_text("runbooks: {folder: nowhere}\n")
    with pytest.raises(ConfigError, match=r"runbooks\.folder: there is no such folder"):
        load_desk(file)


def test_what_the_example_shows_is_valid(tmp_path: Path) -> None:
    shown = (ROOT / "ecotrajet.example.yaml").read_text("utf-8")
    start = shown.index("#runbooks:")
    text = re.sub(r"(?m)^#(?=\S|  )", "", shown[start:].split("\n\n")[0])
    (tmp_path / "runbooks").mkdir()
    file = tmp_path / "ecotrajet.yaml"
    file.write_text(text + "\n")
    assert dict(load_desk(file).procedures) == dict(library())


def test_the_command_line_checks_files_and_prints_the_schema(tmp_path: Path) -> None:
    good, bad = tmp_path / "bon.yaml", tmp_path / "mauvais.yaml"
    good.write_text(GOOD)
    bad.write_text("{title: t, steps: [{aks: x}]}")
    run = CliRunner()
    assert run.invoke(build(), ["runbooks", "check", str(good)]).exit_code == 0
    done = run.invoke(build(), ["runbooks", "check", str(good), str(bad)])
    assert done.exit_code == 1
    assert "mauvais.yaml: steps[0].aks: unknown key; did you mean `ask`?" in done.output
    assert json.loads(run.invoke(build(), ["runbooks", "schema"]).output) == schema()
