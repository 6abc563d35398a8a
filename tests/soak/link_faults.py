"""Pulls over a line that harms what it carries: how each ended.

The real host tool and the real firmware, in the virtual board's own time, with tests/link/relay.py between them. Every
pull has its own board, its own folder and its own seed.

    python tests/soak/link_faults.py [PULLS]
"""

import importlib.util
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

PULLS = 500
ENDS = ("at once", "by the next call", "clear error", "wrong")


def load(name):
    """A module of the package tests/link."""
    folder = Path(__file__).parents[1] / "link"
    spec = importlib.util.spec_from_file_location(
        "link_tests", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    sys.modules.setdefault("link_tests", importlib.util.module_from_spec(spec))
    return importlib.import_module(f"link_tests.{name}")


relay, rolled, faults = load("relay"), load("rolled"), load("test_faults")

from dermaroller.errors import DermarollerError  # noqa: E402
from dermaroller.sim import image  # noqa: E402
from dermaroller.sim.lockstep import LockStep  # noqa: E402


def one_pull(master, files, fault, seed, folder):
    """(how it ended, harms done, whether the device lost something)."""
    flash = shutil.copy(master, folder / "flash.bin")
    pulled = folder / "pulled"
    pulled.mkdir()
    harms = 0
    end = "clear error"
    with LockStep(flash, baud=faults.BAUD) as peer:
        line = relay.Relay(peer, fault, seed, span=sum(map(len, files.values())))
        for call in range(faults.CALLS):
            try:
                faults.pull(line, peer, pulled)
            except (DermarollerError, relay.Killed):
                harms += line.harms
                line = relay.Relay(peer, fault if fault in relay.NOISY | {"mixed"} else "none", seed + 1000 * call)
            else:
                end = "by the next call" if call else "at once"
                break
        harms += line.harms
    if end != "clear error" and faults.files_in(pulled) != files:
        end = "wrong"
    is_lost = not set(image.read_files(flash).values()) >= set(files.values())
    return end, harms, is_lost


def main(pulls):
    kinds = [fault for fault in relay.FAULTS if fault != "none"]
    ends = {fault: Counter() for fault in kinds}
    harms, lost = Counter(), Counter()
    with tempfile.TemporaryDirectory() as folder:
        master = Path(folder) / "master.bin"
        rolled.roll(master)
        files = image.read_files(master)
        for i in track(range(pulls), "pulls over a bad line", console=Console(stderr=True), transient=True):
            fault = kinds[i % len(kinds)]
            with tempfile.TemporaryDirectory(dir=folder) as own:
                end, n, is_lost = one_pull(master, files, fault, i, Path(own))
            ends[fault][end] += 1
            harms[fault] += n
            lost[fault] += is_lost
    table = Table(
        "fault",
        *ENDS,
        "harms",
        "lost on the device",
        title=f"{pulls} pulls of {sum(map(len, files.values())):,} bytes (simulated)",
    )
    for fault in kinds:
        table.add_row(fault, *(str(ends[fault][end]) for end in ENDS), str(harms[fault]), str(lost[fault]))
    Console().print(table)
    return sum(ends[fault]["wrong"] + lost[fault] for fault in kinds)


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]) if len(sys.argv) > 1 else PULLS) else 0)
