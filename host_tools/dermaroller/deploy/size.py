"""A table of what the application takes: bytes of each compiled file, and the heap that it leaves."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from dermaroller import boards
from dermaroller.deploy.build import Application, build, build_for_virtual
from dermaroller.deploy.heap import Heap, measure
from dermaroller.sim import process
from dermaroller.sim.example import FACE, write_trace
from dermaroller.sim.runtime import find_micropython
from dermaroller.sim.trace import Trace, read_trace

LIMIT_BYTES = 79 * 1024  # with the index and the file that mounts it, 20 blocks a copy: see MOST in roller/boxes.py
LEAST_FREE_BYTES = 48 * 1024
LEAST_LARGEST_BYTES = 8 * 1024
ROLLED_S = 120.0  # long enough for strokes, a log and their garbage to come round many times


def print_sizes() -> None:
    """Compile for every board, roll an example treatment on each, print both tables."""
    console = Console()
    applications = [build(name, arch=boards.load(name).chip.mpy_arch) for name in boards.names()]
    console.print(file_table(applications))
    if not find_micropython().is_32bit:
        console.print("The heap is not measured: that needs a 32-bit MicroPython, as on the chip.")
        return
    trace = example_trace(ROLLED_S)
    here = {each.board.CHIP: build_for_virtual(each.board.NAME) for each in applications}
    console.print(heap_table({chip: measure(each, trace) for chip, each in here.items()}, ROLLED_S))


def example_trace(duration_s: float) -> Trace:
    """The first part of an example treatment."""
    with tempfile.TemporaryDirectory(prefix="dermaroller-") as folder:
        path = Path(folder) / "face.csv"
        write_trace(FACE, path)
        whole = read_trace(path)
    n = int(np.searchsorted(whole.t_s, duration_s))
    return replace(whole, t_s=whole.t_s[:n], position_mm=whole.position_mm[:n], force_n=whole.force_n[:n], events=())


def file_table(applications: list[Application]) -> Table:
    """Bytes by file and chip; a file that a chip shares with the first one is shown once."""
    table = Table(title=f".mpy files, bytes (limit {LIMIT_BYTES:,} in all)", title_justify="left")
    table.add_column("file")
    for each in applications:
        table.add_column(f"{each.board.CHIP}\n{each.board.MPY_ARCH}", justify="right")
    sizes = [each.sizes() for each in applications]
    for name in sizes[0]:
        table.add_row(name, *[f"{one[name]:,}" for one in sizes])
    table.add_section()
    table.add_row("all", *[_judged(sum(one.values()), LIMIT_BYTES, is_most=True) for one in sizes])
    return table


def heap_table(heaps: dict[str, Heap], duration_s: float) -> Table:
    """Heap figures by chip, against their limits."""
    title = f"heap of {process.HEAP} on the 32-bit virtual board, bytes, {duration_s / 60:.0f} min of rolling"
    table = Table(title=title, title_justify="left")
    for column in (
        "chip",
        "free\nbefore",
        "ready:\nfree",
        "in one\nblock",
        "rolling:\nleast free",
        "least in\none block",
    ):
        table.add_column(column, justify="left" if column == "chip" else "right", no_wrap=True)
    for name, heap in heaps.items():
        table.add_row(
            name, f"{heap.bare_free:,}", f"{heap.boot_free:,}", f"{heap.boot_largest:,}",
            _judged(heap.least_free, LEAST_FREE_BYTES), _judged(heap.least_largest, LEAST_LARGEST_BYTES),
        )  # fmt: skip
    table.caption = f"limits: {LEAST_FREE_BYTES:,} free, {LEAST_LARGEST_BYTES:,} in one block, at any time"
    return table


def _judged(n: int, limit: int, *, is_most: bool = False) -> str:
    """The number, marked if it breaks its limit."""
    is_good = n <= limit if is_most else n >= limit
    return f"{n:,}" if is_good else f"[red]{n:,} (over)[/red]" if is_most else f"[red]{n:,} (under)[/red]"
