"""`ecotrajet rules test`: a team's own table of examples, run in CI."""

from pathlib import Path

import pytest

from bot.errors import ConfigError
from handlers.examples import read
from tests.test_cli import ecotrajet

OURS = Path(__file__).parent / "samples" / "classification.yaml"
RULES = """\
classification:
  rules: [{name: nuit, gives: P3, when: {title: rapport, hours: {start: "22:00", end: "06:00"}}}]
"""


def written(folder: Path, examples: str, rules: str = RULES) -> dict[str, str]:
    (folder / "desk.yaml").write_text(rules, "utf-8")
    (folder / "ecotrajet.examples.yaml").write_text(examples, "utf-8")
    return {"ECOTRAJET_CONFIG": str(folder / "desk.yaml")}


async def test_our_own_table_is_as_expected() -> None:
    done = await ecotrajet("rules", "test", str(OURS))
    assert (done.status, done.err) == (0, "")
    count = done.out.split()[0]
    assert int(count) >= 60
    assert done.out == f"{count} of {count} examples are worth what is expected.\n"


async def test_the_table_beside_the_configuration_is_taken_and_a_miss_is_shown(tmp_path: Path) -> None:
    environ = written(
        tmp_path,
        """
- {expected: P3, title: "Rapport en échec", environment: prod, at: 2026-11-23T03:00:00+01:00}
- {expected: P2, title: "Lenteur", environment: prod}
- {expected: record, title: "API down [bold]", environment: prod}
""",
    )
    done = await ecotrajet("rules", "test", environ=environ)
    assert done.status == 1
    assert "2 of 3 examples" in done.out
    assert "[bold]" in done.out
    assert "unavailable" in done.out
    assert "Lenteur" not in done.out
    assert "Lenteur" in (await ecotrajet("rules", "test", "--all", environ=environ)).out


async def test_every_mistake_in_the_table_is_told_at_once(tmp_path: Path) -> None:
    environ = written(
        tmp_path,
        """
- {expected: P9, titel: Site}
- 3
- {expected: P1, title: x, status: gone, labels: [a], at: soon, text: 5}
""",
    )
    done = await ecotrajet("rules", "test", environ=environ)
    assert done.status == 2
    for told in ("[1].titel: unknown key", "[1].title: is missing", "[1].expected", "[2]: must be a mapping",
                 "[3].status", "[3].labels", "[3].at", "[3].text: must be text"):  # fmt: skip
        assert told in done.err


@pytest.mark.parametrize(("text", "told"), [("", "a list"), ("{a: 1}", "a list"), ("- {a: [", "no YAML (line 1)")])
def test_what_is_no_table_at_all_is_told_as_one_mistake(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(text, "table.yaml")
    [problem] = raised.value.problems
    assert problem.startswith("table.yaml: ")
    assert told in problem


async def test_without_a_table_it_says_where_it_looked(tmp_path: Path) -> None:
    done = await ecotrajet("rules", "test", str(tmp_path / "none.yaml"))
    assert done.status == 2
    assert "FILE" in done.err
