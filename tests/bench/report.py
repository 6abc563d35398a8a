"""What a report costs: seconds of a new process, imports and all, for the page and for the PDF. Simulated sessions.

python tests/bench/report.py
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dermaroller.sim.example import FACE, SCALP, Example, write_trace
from dermaroller.sim.run import run
from dermaroller.sim.trace import read_trace

ROUNDS = 3
LIMITS_S = {"html": 3.0, "pdf": 5.0}  # for a session of 30 minutes
EXAMPLES = {"10 min": FACE, "30 min": SCALP}


def main() -> None:
    table = Table(title=f"Report of one session, best of {ROUNDS}: whole process, {os.cpu_count()} cores")
    for heading in ("session", "log, bytes", "format", "page, bytes", "s", "limit, s"):
        table.add_column(heading, justify="left" if heading in ("session", "format") else "right")
    with tempfile.TemporaryDirectory() as name:
        for label, example in EXAMPLES.items():
            log = Path(name) / f"{label.replace(' ', '-')}.drl"
            log.write_bytes(session_of(example))
            for suffix, limit_s in LIMITS_S.items():
                page = log.with_suffix(f".{suffix}")
                took_s = min(seconds(log, page) for _ in range(ROUNDS))
                size, limit = f"{page.stat().st_size:,}", f"{limit_s:.0f}" if label == "30 min" else ""
                table.add_row(label, f"{log.stat().st_size:,}", suffix, size, f"{took_s:.2f}", limit)
    Console().print(table)


def seconds(log: Path, page: Path) -> float:
    """Wall time of the command in a process of its own."""
    command = [sys.executable, "-m", "dermaroller.cli", "report", str(log), "-o", str(page)]
    begun_s = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun_s


def session_of(example: Example) -> bytes:
    """The log of an example, rolled on the virtual board."""
    with tempfile.TemporaryDirectory() as name:
        trace = Path(name) / "trace.csv"
        write_trace(example, trace)
        result = run(read_trace(trace), plan_bytes=example.plan.device_bytes(), flash=Path(name) / "flash.bin")
    (log,) = result.files.values()
    return log


if __name__ == "__main__":
    main()
