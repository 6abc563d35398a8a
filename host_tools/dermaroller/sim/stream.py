"""The records that tell the virtual board its world, in the order of time, and how they are written for it to read.

They are described in boards/virtual/world.py; `dermaroller.sim.world` makes them from a trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOTHING, LEVEL, FORCE, TARE, SENSOR, BATTERY, BYTES, CUT, END, SPIKES, NOISE, CLOCK = range(12)
_MAX_STEP_US = (1 << 24) - 1

Records = NDArray[np.int64]  # three columns


@dataclass(frozen=True)
class Pins:
    """Where the board expects its sensors."""

    hall_a: int
    hall_b: int
    button: int
    charger: int | None = None


class World:
    """Events in the order of time, each (t_us since the world began, kind, value)."""

    def __init__(self, records: Records, end_us: int) -> None:
        self.records = records
        self.end_us = end_us

    def stream(self, start_us: int = 0) -> bytes:
        """The records from a time on, after those that bring the board up to date; for the board to read."""
        past = self.records[self.records[:, 0] < start_us]
        rest = self.records[self.records[:, 0] >= start_us].copy()
        if not len(rest):
            rest = self.records[-1:].copy()  # how it ends
        rest[:, 0] = np.maximum(rest[:, 0] - start_us, 0)
        return _encode(np.concatenate([_state(past, start_us), rest]))

    def with_bytes(self, arrivals: Iterable[tuple[int, bytes]], baud: int) -> World:
        """The same world, in which these bytes also arrive at the serial port, from each time on at the line's pace."""
        rows = []
        for at_us, data in arrivals:
            for at in range(0, len(data), 3):
                chunk = data[at : at + 3]
                t_us = at_us + round((at + len(chunk)) * 10e6 / baud)
                rows.append((t_us, BYTES, len(chunk) << 24 | int.from_bytes(chunk, "little")))
        return World(in_order([self.records, np.array(rows, dtype=np.int64).reshape(-1, 3)]), self.end_us)


def in_order(parts: list[Records]) -> Records:
    """All of them by time; what happens at the same time stays in the order of the parts."""
    records = np.concatenate(parts)
    return records[np.argsort(records[:, 0], kind="stable")]


def _state(past: Records, now_us: int) -> Records:
    """Records at time 0 that repeat what is left of the past: levels, force, sensor, noise, battery."""
    rows = []
    for kind in (TARE, SENSOR, NOISE, BATTERY):
        of_kind = past[past[:, 1] == kind]
        rows += [(0, kind, int(value)) for value in of_kind[-1:, 2]]
    levels = past[past[:, 1] == LEVEL][:, 2]
    latest = {int(value) >> 1: int(value) for value in levels}
    rows += [(0, LEVEL, value) for value in latest.values()]
    forces = past[past[:, 1] == FORCE]
    if len(forces):
        rows += [(0, FORCE, value) for value in force_at(forces, now_us)]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def force_at(forces: Records, now_us: int) -> list[int]:
    """The values of FORCE that give the force now, and the rest of the ramp that it is on.

    forces: the records of kind FORCE until now, one at least.
    """
    start_us, _, value = (int(each) for each in forces[-1])
    target, ramp_us = value & 0x3FFF, value >> 14
    before = int(forces[-2, 2]) & 0x3FFF if len(forces) > 1 else target
    left_us = start_us + ramp_us - now_us
    if left_us <= 0:
        return [target]
    current = target + (before - target) * left_us // ramp_us
    return [current, left_us << 14 | target]


def _encode(records: Records) -> bytes:
    words: list[Records] = []
    steps = np.diff(records[:, 0], prepend=0)
    bridges = steps // _MAX_STEP_US
    head = records[:, 1] << 24 | steps % _MAX_STEP_US
    pairs = np.column_stack([head, records[:, 2]])
    last = 0
    for i in np.flatnonzero(bridges).tolist():
        bridge = np.tile([NOTHING << 24 | _MAX_STEP_US, 0], (int(bridges[i]), 1))
        words += [pairs[last:i], bridge]
        last = i
    words.append(pairs[last:])
    return np.concatenate(words).astype("<u4").tobytes()
