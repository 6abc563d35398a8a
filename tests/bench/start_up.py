"""What a start of the command costs beside mpremote's: processor time, median of many, all in turn.

    python tests/bench/start_up.py

`list` asks the virtual board, which runs the real firmware behind a served port. On a busy computer the milliseconds
grow, the ratios hardly do.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from dermaroller.demo import HAND, served
from dermaroller.sim.run import run
from dermaroller.sim.trace import read_trace

ROUNDS = 31
PEER = "mpremote version"  # another program for the same devices


def main() -> None:
    dermaroller = [sys.executable, "-m", "dermaroller"]
    with TemporaryDirectory() as name, served(with_a_session(Path(name) / "flash.bin")) as port:
        calls = {  # what to run, and its limit as a multiple of the peer's time
            "python -c pass": ([sys.executable, "-c", "pass"], None),
            PEER: ([sys.executable, "-m", "mpremote", "version"], None),
            "dermaroller --version": ([*dermaroller, "--version"], 1.5),
            "dermaroller --help": ([*dermaroller, "--help"], None),
            "dermaroller list": ([*dermaroller, "-p", port, "list"], 2.0),
            "dermaroller list --json": ([*dermaroller, "-p", port, "list", "--json"], None),
        }
        times_ms = {name: [] for name in calls}
        for _ in range(ROUNDS):
            for name, (words, _) in calls.items():
                times_ms[name].append(processor_ms(words))
    print_table(calls, {name: statistics.median(times) for name, times in times_ms.items()})


def with_a_session(flash: Path) -> Path:
    """A flash image in which a hand's session is."""
    run(read_trace(HAND), flash=flash).check()
    return flash


def processor_ms(words: list[str]) -> float:
    """User's and system's time of a process."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with exit code {process.returncode}")
    return 1000 * (used.ru_utime + used.ru_stime)


def print_table(calls, medians_ms) -> None:
    table = Table(title=f"A start, processor time: median of {ROUNDS}, Python {sys.version.split()[0]}")
    for heading in ("command", "ms", "times the peer's", "limit"):
        table.add_column(heading, justify="left" if heading == "command" else "right")
    for name, (_, limit) in calls.items():
        ratio = medians_ms[name] / medians_ms[PEER]
        table.add_row(name, f"{medians_ms[name]:.0f}", f"{ratio:.2f}", f"{limit:.1f}" if limit else "")
    Console().print(table)


if __name__ == "__main__":
    main()
