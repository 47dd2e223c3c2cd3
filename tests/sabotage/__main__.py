"""`python -m tests.sabotage [PART-OF-A-NAME…]`."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.sabotage.acts import ACTS, Act

ROOT: Final = Path(__file__).resolve().parents[2]
COPIED: Final = ("bot", "handlers", "runbooks", "tests", "pyproject.toml", "manifest.yml", "ecotrajet.example.yaml",
                 "ecotrajet-watch.example.yaml")  # fmt: skip
TIME_LIMIT: Final = 300  # seconds for one act
TESTS_FAILED: Final = 1  # pytest's exit status; 2 and more mean that nothing was really tried


@contextmanager
def a_copy() -> Iterator[Path]:
    """What runs from here is the copy: `python -m` puts the folder it starts in first."""
    with tempfile.TemporaryDirectory(prefix="ecotrajet-sabotage-") as folder:
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(ROOT / name, Path(folder) / name)
        yield Path(folder)


def run(act: Act) -> str | None:
    """What is wrong; None: the tests noticed."""
    with a_copy() as tree:
        file = tree / act.file
        text = file.read_text("utf-8")
        if act.good not in text:
            return f"{act.file} no longer holds what was to be broken"
        file.write_text(text.replace(act.good, act.bad, 1), "utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *_words(act.tests)]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=TIME_LIMIT, check=False)
    if done.returncode == TESTS_FAILED:
        return None
    last = (done.stdout.strip().splitlines() or ["no output"])[-1]
    return f"nobody noticed (pytest ended with {done.returncode}: {last})"


def _words(tests: str) -> list[str]:
    return tests.split()


def main(wanted: list[str]) -> int:
    chosen = [act for act in ACTS if not wanted or any(part in act.name for part in wanted)]
    unnoticed = 0
    for act in chosen:
        wrong = run(act)
        unnoticed += wrong is not None
        sys.stdout.write(f"{'✗' if wrong else '✓'} {act.name}{f': {wrong}' if wrong else ''}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(chosen) - unnoticed} passed, {unnoticed} failed\n")
    return 1 if unnoticed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
