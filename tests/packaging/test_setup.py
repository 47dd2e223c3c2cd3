"""The set-up says what it does, goes on where it cannot, and asks for nothing twice."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-build.txt")


def setup(folder: Path, **programs: str) -> tuple[int, str]:
    """`setup.sh demo` on a machine that has these programs and a shell, and lacks everything that it looks for."""
    for tool in ("sh", "grep", "tr", "tail", "sed", "mktemp", "rm", "mkdir", "chmod"):
        (folder / tool).symlink_to(next(p for p in (Path("/bin") / tool, Path("/usr/bin") / tool) if p.exists()))
    for name, body in {"dpkg-query": "exit 1", **programs}.items():
        file = folder / name.replace("_", "-")
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(0o755)
    command = ["sh", str(ROOT / "bot" / "sandbox" / "setup.sh"), "demo"]
    done = subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_away_from_debian_it_says_what_is_missing_and_goes_on(tmp_path: Path) -> None:
    code, says = setup(tmp_path, id="echo 0")
    assert code == 0
    assert "Missing: docker.io (a container engine)" in says
    assert "This is not Debian" in says


def test_without_root_it_says_what_root_should_type_and_goes_on(tmp_path: Path) -> None:
    code, says = setup(tmp_path, id="echo 1000", apt_get="exit 99")
    assert code == 0
    assert "as root: apt-get install --no-install-recommends docker.io iptables busybox-static" in says


def test_what_is_there_is_not_installed_again(tmp_path: Path) -> None:
    code, says = setup(tmp_path, id="echo 0", apt_get="exit 99", dpkg_query="echo installed")
    assert (code, says) == (0, "")


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_its_hashes_and_no_file_names_an_index(name: str) -> None:
    text = (ROOT / name).read_text()
    pinned = re.findall(r"^([a-z0-9-]+(?:\[[a-z,-]+\])?)==\S+ \\$", text, re.MULTILINE)
    wanted = re.findall(r"^[a-zA-Z0-9-]+.*$", text, re.MULTILINE)
    assert len(pinned) == len(wanted) > 0
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)


def test_the_locked_requirements_are_those_of_the_project() -> None:
    """After a change of the dependencies: make lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name, wanted in (
        ("requirements.txt", project["dependencies"]),
        ("requirements-dev.txt", [*project["dependencies"], *project["optional-dependencies"]["dev"]]),
    ):
        locked = set(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", (ROOT / name).read_text(), re.MULTILINE))
        assert {re.split(r"[\[<>=~]", line, maxsplit=1)[0] for line in wanted} <= locked


WITHOUT_WHICH_IT_GOES_ON = {"moto"}  # the demo alone looks for it, and has no backups where it is not


def test_what_the_code_imports_is_declared_and_not_only_by_luck() -> None:
    """A transitive dependency may leave, and the image has no dev requirements."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[\[<>=~]", line, maxsplit=1)[0] for line in project["dependencies"]}
    graph = grimp.build_graph("bot", "handlers", "runbooks", include_external_packages=True, cache_dir=None)
    roots = {module.partition(".")[0] for module in graph.modules}
    foreign = roots - set(sys.stdlib_module_names) - {"bot", "handlers", "runbooks"} - WITHOUT_WHICH_IT_GOES_ON
    provided = packages_distributions()
    missing = {
        module for module in foreign if not {name.lower().replace("_", "-") for name in provided[module]} & declared
    }
    assert missing == set()
