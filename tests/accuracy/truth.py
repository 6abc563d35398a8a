"""What a trace holds by the design's words: an independent reference that shares no code with the firmware.

Force and position are straight lines between the rows of a trace, so the moments in which the force passes a threshold
are computed, not sampled, and between two such moments nothing is decided. Strokes are found from the whole contact at
once: of its turns, the smallest swing is struck out again and again until all that is left is longer than the reversal
hysteresis. (The firmware, which cannot see the future, follows an extreme.)
"""

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from dermaroller.sim.trace import Trace

ON_N, OFF_N, LOW_N = 0.30, 0.15, 0.60
LIFT_S = 0.060
REVERSAL_MM = 4.0
PASS_MM = 10.0
NEEDLES = 192
DRUM_MM = 20.0
# Lengths that a count of 1.96 mm, with errors of its place, cannot tell from the limit.
UNDECIDED_REVERSAL_MM = (3.0, 6.8)
UNDECIDED_PASS_MM = (8.2, 12.6)
UNDECIDED_DIP_S = (0.05, 0.09)


@dataclass(frozen=True)
class Stroke:
    """One traverse: trace time in s, signed length and effective length in mm."""

    start_s: float
    middle_s: float  # when half of the way is rolled
    end_s: float
    way_mm: float
    effective_mm: float

    @property
    def is_pass(self) -> bool:
        return abs(self.way_mm) >= PASS_MM


@dataclass
class Truth:
    contacts: list[tuple[float, float]] = field(default_factory=list)  # (start, end), trace time in s
    strokes: list[Stroke] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)  # what the words decide, but no count could

    @property
    def passes(self) -> int:
        return sum(stroke.is_pass for stroke in self.strokes)

    @property
    def path_mm(self) -> float:
        return sum(abs(stroke.way_mm) for stroke in self.strokes)

    @property
    def punctures(self) -> float:
        return NEEDLES * self.path_mm / (math.pi * DRUM_MM)

    @property
    def effective_punctures(self) -> float:
        return NEEDLES * sum(stroke.effective_mm for stroke in self.strokes) / (math.pi * DRUM_MM)

    @property
    def contact_s(self) -> float:
        return sum(end_s - start_s for start_s, end_s in self.contacts)


def truth(trace: Trace) -> Truth:
    """Contacts, strokes and totals of a trace, for the reference head and without a plan."""
    t_s, position_mm, force_n = with_crossings(trace, (OFF_N, ON_N, LOW_N))
    found = Truth()
    for first, last in _contacts(t_s, force_n, found.undecided):
        found.contacts.append((t_s[first], t_s[last]))
        part = slice(first, last + 1)
        found.strokes += _strokes(t_s[part], position_mm[part], force_n[part], found.undecided)
    return found


def with_crossings(trace: Trace, levels_n: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The trace's columns with a row added wherever the force passes one of the levels."""
    t_s, force_n = trace.t_s, trace.force_n
    extra = []
    for level in levels_n:
        at = np.flatnonzero((force_n[:-1] < level) != (force_n[1:] < level))
        share = (level - force_n[at]) / (force_n[at + 1] - force_n[at])
        extra.append(t_s[at] + share * (t_s[at + 1] - t_s[at]))
    all_s = np.unique(np.concatenate([t_s, *extra]))
    return all_s, np.interp(all_s, t_s, trace.position_mm), np.interp(all_s, t_s, force_n)


def _contacts(t_s: np.ndarray, force_n: np.ndarray, undecided: list[str]) -> list[tuple[int, int]]:
    """(first row, last row) of each contact."""
    found = []
    tiny = 1e-9  # crossings are computed, and so a hair above or below
    pressed = np.flatnonzero(force_n >= ON_N - tiny)
    felt = force_n > OFF_N + tiny
    row = 0
    while (at := np.searchsorted(pressed, row)) < len(pressed):
        first = last = int(pressed[at])
        while True:
            gone = last + int(np.argmin(np.append(felt[last:], False)))  # first row that is not felt
            back = gone + int(np.argmax(np.append(felt[gone:], True)))
            pause_s = (t_s[back - 1] - t_s[gone]) if back < len(t_s) else math.inf
            if UNDECIDED_DIP_S[0] < pause_s < UNDECIDED_DIP_S[1]:
                undecided.append(f"dip of {pause_s * 1000:.0f} ms at {t_s[gone]:.3f} s")
            if pause_s >= LIFT_S:
                break
            last = back
        found.append((first, min(gone, len(t_s) - 1)))
        row = gone + 1
    return found


def _strokes(t_s: np.ndarray, position_mm: np.ndarray, force_n: np.ndarray, undecided: list[str]) -> list[Stroke]:
    turns = _turns(position_mm)
    while len(turns) > 1:
        swings = np.abs(np.diff(position_mm[turns]))
        least = int(np.argmin(swings))
        if UNDECIDED_REVERSAL_MM[0] < swings[least] < UNDECIDED_REVERSAL_MM[1]:
            undecided.append(f"swing of {swings[least]:.2f} mm at {t_s[turns[least]]:.3f} s")
        if swings[least] > REVERSAL_MM:
            break
        if least == 0:
            del turns[0]
        elif least == len(swings) - 1:
            del turns[-1]
        else:
            del turns[least : least + 2]
    strokes = [_stroke(t_s, position_mm, force_n, a, b) for a, b in pairwise(turns)]
    for stroke in strokes:
        if UNDECIDED_PASS_MM[0] < abs(stroke.way_mm) < UNDECIDED_PASS_MM[1]:
            undecided.append(f"stroke of {stroke.way_mm:.2f} mm at {stroke.start_s:.3f} s")
    return strokes


def _turns(position_mm: np.ndarray) -> list[int]:
    """Rows of the first and last position and of every local extreme between them."""
    step = np.sign(np.diff(position_mm))
    moving = np.flatnonzero(step)
    if not len(moving):
        return [0]
    turns = moving[1:][step[moving[1:]] != step[moving[:-1]]]
    return [0, *turns.tolist(), len(position_mm) - 1]


def _stroke(t_s: np.ndarray, position_mm: np.ndarray, force_n: np.ndarray, first: int, last: int) -> Stroke:
    """New ground only: what is rolled again after a back-roll within the stroke is dither."""
    way_mm = position_mm[last] - position_mm[first]
    rows = slice(first, last + 1)
    ahead_mm = np.maximum.accumulate((position_mm[rows] - position_mm[first]) * np.sign(way_mm))
    middle_n = (force_n[rows][:-1] + force_n[rows][1:]) / 2  # no row's force lies across a threshold from the next's
    effective_mm = float(np.sum(np.diff(ahead_mm)[middle_n >= LOW_N]))
    middle_s = t_s[first + int(np.searchsorted(ahead_mm, abs(way_mm) / 2))]
    return Stroke(float(t_s[first]), float(middle_s), float(t_s[last]), float(way_mm), effective_mm)
