"""Who else uses the processors is noticed: figures taken meanwhile are in doubt."""

import subprocess
import sys

from benchmarks.machine import Watched, ours

SPINS = "import time\nwhile time.process_time() < 0.4: pass\nprint('spun')\n"
# It forks and leaves: its child has another parent than us, and its time is in that of nobody whom we wait for.
DETACHED = [sys.executable, "-c", f"import os\nif os.fork(): os._exit(0)\n{SPINS}"]


def test_work_below_us_is_ours_while_it_goes_on_and_afterwards() -> None:
    before = ours()
    with subprocess.Popen([sys.executable, "-c", SPINS + "input()"], stdin=-1, stdout=-1, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "spun\n"
        assert ours() - before >= 0.38
        child.communicate("\n")
    assert ours() - before >= 0.38
    assert ours() - before < 5


def test_a_stranger_makes_the_figures_doubtful() -> None:
    watched = Watched()
    with watched.during("a measurement"):
        stranger = subprocess.run(DETACHED, stdout=subprocess.PIPE, text=True, check=True)
    assert stranger.stdout == "spun\n"
    assert watched.noisy
    assert any("NOT A QUIET MACHINE" in line for line in watched.said())
