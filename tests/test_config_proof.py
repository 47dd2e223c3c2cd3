"""The section `proof_of_reach`: off until it is there, and what is wrong with it."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.config import load_desk
from bot.desk import Desk
from bot.errors import ConfigError


def desk_of(folder: Path, text: str) -> Desk:
    file = folder / "ecotrajet.yaml"
    file.write_text(text, "utf-8")
    return load_desk(file)


def test_nobody_is_drilled_until_the_section_is_there(tmp_path: Path) -> None:
    assert desk_of(tmp_path, "people: {amina: {name: Amina}}").proof is None
    proof = desk_of(tmp_path, "proof_of_reach:\n").proof
    assert proof is not None
    assert (proof.drill_on, proof.drill_at, proof.answer_within) == (2, time(14), timedelta(hours=24))


def test_mistakes_are_told_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        desk_of(tmp_path, "proof_of_reach: {drill_on: someday, tel: []}")
    assert [each.partition(":")[0] for each in told.value.problems] == ["proof_of_reach.drill_on", "proof_of_reach.tel"]
    with pytest.raises(ConfigError) as told:
        desk_of(tmp_path, "proof_of_reach: {tell: ['person:nobody']}")
    assert "there is no person 'nobody'" in told.value.problems[0]
