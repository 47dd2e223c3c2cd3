"""`python -m bot.language check` for `make check`; `python -m bot.language update` after writing a new sentence."""

import sys
from pathlib import Path

from bot.language.check import problems, update

ROOT = Path(__file__).parents[2]


def main(arguments: list[str]) -> int:
    match arguments:
        case ["check"]:
            found = problems(ROOT)
            sys.stdout.writelines(f"{line}\n" for line in found)
            sys.stdout.write(f"{len(found)} problems in the catalogue\n" if found else "The catalogue is whole.\n")
            return 1 if found else 0
        case ["update"]:
            added, dropped = update(ROOT)
            sys.stdout.write(f"{added} sentences added, {dropped} dropped\n")
            return 0
        case _:
            sys.stderr.write("usage: python -m bot.language check|update\n")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
