"""The edges that the virtual board's Hall latches see, and what naive counters would make of them.

A naive counter knows no force: it counts in the air as on the skin, and dither as path.
"""

import math

import numpy as np

from dermaroller.sim.run import board_pins
from dermaroller.sim.stream import LEVEL
from dermaroller.sim.trace import Trace
from dermaroller.sim.world import Sensors, make_world

MM_PER_COUNT = math.pi * 20 / 32
QUEUE_DEPTH = 8
USUAL_STROKE_MM = 85.0  # the mean of the generated hands, which a real counter would have to guess
_PHASES = {(0, 0): 0, (1, 0): 1, (1, 1): 2, (0, 1): 3}


def edges(trace: Trace, sensors: Sensors, seed: int, board: str = "virtual") -> tuple[np.ndarray, np.ndarray]:
    """(time in s, +1 or -1) of every edge of both phases. The same seed gives the board the same edges."""
    pins = board_pins(board)
    records = make_world(trace, sensors, pins, seed).records
    levels = {pins.hall_a: 0, pins.hall_b: 0}
    phase = 0
    found = []
    for t_us, kind, value in records.tolist():
        if kind != LEVEL or value >> 1 not in levels:
            continue
        levels[value >> 1] = value & 1
        now = _PHASES[levels[pins.hall_a], levels[pins.hall_b]]
        if now != phase:
            found.append((t_us / 1e6, (now - phase + 1) % 4 - 1))
            phase = now
    t_s, steps = np.array(found).reshape(-1, 2).T
    return t_s + trace.start_s, steps.astype(int)


def rising_edges(t_s: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Times at which phase A rises: forwards from phase 0 to 1, backwards from 3 to 2."""
    after = np.cumsum(steps) % 4
    return np.asarray(t_s[((steps > 0) & (after == 1)) | ((steps < 0) & (after == 2))])


def rising_edge_path_mm(rising_s: np.ndarray, stalls: list[tuple[float, float]]) -> float:
    """Rising edges of one phase counted in Pin.irq: a stall lets the queue hold eight, and drops the others."""
    lost = sum(max(0, np.sum((rising_s > start_s) & (rising_s < end_s)) - QUEUE_DEPTH) for start_s, end_s in stalls)
    return float((len(rising_s) - lost) * 4 * MM_PER_COUNT)


def revolution_passes(steps: np.ndarray) -> float:
    """Revolutions divided by a fixed length of stroke."""
    return len(steps) * MM_PER_COUNT / USUAL_STROKE_MM
