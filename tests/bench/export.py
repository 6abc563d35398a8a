"""What exporting a session of half an hour costs in each format: seconds and bytes. Simulated.

    python tests/bench/export.py

Reading the session is part of each time; loading the format's library is not, and stands beside it.
"""

import tempfile
import time
from importlib import import_module
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from dermaroller.cli_export import HOMES
from dermaroller.export.files import write
from dermaroller.session import Session
from dermaroller.sim.example import SCALP, TraceMaker
from dermaroller.sim.run import run
from dermaroller.sim.trace import Trace


def main() -> None:
    log = half_an_hour()
    samples = Session.parse(log).samples
    table = Table(title=f"30 min: a log of {len(log):,} bytes, {len(samples.t_s):,} samples")
    for head in ("format", "files", "bytes", "load s", "export s"):
        table.add_column(head, justify="left" if head == "format" else "right")
    for name, home in HOMES.items():
        table.add_row(name, *measured(log, home))
    Console(width=100).print(table)


def half_an_hour():
    rows = list(TraceMaker(SCALP).make())
    times_s, positions_mm, forces_n = np.array([row[:3] for row in rows]).T
    trace = Trace("scalp", times_s, positions_mm, forces_n, tuple((row[0], row[3]) for row in rows if row[3]))
    with tempfile.TemporaryDirectory() as folder:
        made = run(trace, plan_bytes=SCALP.plan.device_bytes(), noise_mn=40, flash=Path(folder) / "flash.bin")
    (log,) = made.files.values()
    return log


def measured(log, home):
    began_s = time.perf_counter()
    module = import_module(f"dermaroller.export.{home}")
    loaded_s = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        paths = write(module.exports(Session.parse(log), "s"), Path(folder))
        done_s = time.perf_counter()
        size = sum(path.stat().st_size for path in paths)
    return str(len(paths)), f"{size:,}", f"{loaded_s - began_s:.2f}", f"{done_s - loaded_s:.2f}"


if __name__ == "__main__":
    main()
