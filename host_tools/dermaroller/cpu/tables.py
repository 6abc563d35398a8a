"""Prints what of each chip the firmware takes."""

from __future__ import annotations

from statistics import median

from rich.console import Console
from rich.table import Table

from dermaroller import boards
from dermaroller.chips import CHIPS
from dermaroller.cpu import rate, scenes

TITLES = {"air": "in the air", "slow": "100 mm/s", "fast": "500 mm/s", "pull": "while pulling"}
# Thousand instructions a turn, and of the longest, of commit a5ba2ad: the measure before this table was made.
BEFORE = {"air": (264, 812), "slow": (313, 7620), "fast": (348, 10136), "pull": (218, 1112)}
ADC_US = 60  # a reading, of which a turn has five; not in the figures below


def a_turn(turns: list[float], scene: str) -> float:
    """Instructions of 5 ms, whatever a turn was."""
    start, end = scenes.SCENES[scene]
    return sum(turns) / ((end - start) / scenes.TURN_MS)


def show(measured: dict[str, list[float]], console: Console) -> None:
    """Thousand instructions, then shares of each chip."""
    table = Table(title="Thousand instructions of the 32-bit runtime in 5 ms, and in the longest turn, without the ADC")
    for title in ("", "5 ms", "before", "usual turn", "longest turn", "before"):
        table.add_column(title, justify="right" if title else "left")
    for scene, turns in measured.items():
        figures = (a_turn(turns, scene), BEFORE[scene][0] * 1e3, median(turns), max(turns), BEFORE[scene][1] * 1e3)
        table.add_row(TITLES[scene], *(f"{figure / 1e3:,.0f}" for figure in figures))
    console.print(table)
    console.print(_shares(measured))
    console.print(
        f"{rate.INSTRUCTIONS_PER_S / 1e6:.0f} million instructions are taken for a second at {rate.RATED_MHZ} MHz; the"
        f" range is {rate.SLOWEST / 1e6:.0f} to {rate.FASTEST / 1e6:.0f}. The ADC adds 5 x {ADC_US} us, 6 %."
        " Boards run at"
        f" {', '.join(f'{boards.load(name).CPU_MHZ} MHz ({name})' for name in boards.names())}."
    )


def _shares(measured: dict[str, list[float]]) -> Table:
    table = Table(title="Share of the processor; longest turn in ms")
    table.add_column("")
    chips = [(chip, mhz) for chip, rules in CHIPS.items() for mhz in rules.cpu_mhz]
    for chip, mhz in chips:
        table.add_column(f"{chip} {mhz} MHz", justify="right")
    for scene, turns in measured.items():
        cells = []
        for _, mhz in chips:
            per_ms = rate.instructions_per_us(mhz) * 1e3
            cells.append(f"{a_turn(turns, scene) / per_ms / scenes.TURN_MS:.0%}; {max(turns) / per_ms:.1f}")
        table.add_row(TITLES[scene], *cells)
    return table
