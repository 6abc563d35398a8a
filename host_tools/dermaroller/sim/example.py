"""Two made-up treatments for the virtual board: a trace of the hand and the plan that goes with it.

The hand rolls to and fro in short bouts, trembles, pauses, now and then presses too lightly or too hard, and presses
the button when it has rolled a zone's target. No patient and no real hand is behind them.
"""

import csv
import math
import random
from dataclasses import dataclass
from pathlib import Path

from dermaroller.log.header import Zone
from dermaroller.plan import Plan

ROW_S = 0.025  # between rows while the hand moves
TREMOR_HZ = 9.0
TREMOR_MM = 0.12


@dataclass(frozen=True)
class Hand:
    """How a person rolls. Lengths in mm, times in s, forces in N."""

    stroke_mm: float
    speed_mm_s: float
    bout: int  # strokes to and fro before the drum is lifted
    lift_s: float
    pause_s: float  # between zones


@dataclass(frozen=True)
class Example:
    """One treatment: its plan as TOML text, and the hand that carries it out."""

    plan_toml: str
    hand: Hand
    seed: int

    @property
    def plan(self) -> Plan:
        return Plan.parse(self.plan_toml, "the example's plan")


_PLAN = """subject = "{subject}"
[head]
id = "A1"
needles = 192
drum_diameter_mm = 20.0
drum_width_mm = 20.0
needle_length_mm = {needle_mm}
counts_per_rev = 32
max_sessions = 1
[force]
low_n = 0.6
high_n = 6.0
[limits]
max_density_per_cm2 = 300
min_interval_days = 28
[serum]
name = "hyaluronic acid 1 %"
lot = "H-2291"
"""
_ZONE = '[[zone]]\nname = "{}"\narea_cm2 = {}\ntarget_density_per_cm2 = {}\n'

FACE = Example(
    _PLAN.format(subject="P-0042", needle_mm=1.5)
    + _ZONE.format("forehead", 60, 180)
    + _ZONE.format("left cheek", 50, 200)
    + _ZONE.format("right cheek", 50, 200),
    Hand(stroke_mm=55, speed_mm_s=29, bout=4, lift_s=4.5, pause_s=20),
    seed=1,
)
SCALP = Example(
    _PLAN.format(subject="P-0107", needle_mm=1.0)
    + _ZONE.format("front", 200, 150)
    + _ZONE.format("middle", 200, 150)
    + _ZONE.format("crown", 180, 150),
    Hand(stroke_mm=65, speed_mm_s=27, bout=5, lift_s=6.8, pause_s=45),
    seed=2,
)


class TraceMaker:
    """Plays a treatment and writes down position, force and button as rows of a trace."""

    def __init__(self, example: Example) -> None:
        self._hand = example.hand
        self._plan = example.plan.content
        self._random = random.Random(example.seed)
        self._t_s = 0.0
        self._position_mm = 0.0
        self.rows: list[tuple[float, float, float, str]] = []

    def make(self) -> list[tuple[float, float, float, str]]:
        """Rows (t_s, position_mm, force_n, event) of the whole treatment."""
        zones = self._plan.zones
        self._rest(3.0)
        for i, zone in enumerate(zones):
            self._roll_zone(self._target_mm(zone))
            if i + 1 < len(zones):
                self._rest(1.2)
                self._row(event="button")
                self._rest(self._hand.pause_s)
        self._rest(2.0)
        return self.rows

    def _target_mm(self, zone: Zone) -> float:
        """Way of the drum that gives the zone its density: density * area * pi * D / needles."""
        geometry = self._plan.head.geometry
        punctures = (zone.target_per_cm2 or 0) * (zone.area_cm2 or 0)
        return punctures / geometry.needles * math.pi * geometry.drum_diameter_um / 1000

    def _roll_zone(self, target_mm: float) -> None:
        rolled_mm, direction = 0.0, 1
        while rolled_mm < target_mm * 1.015:  # the hand goes on until the light has changed for sure
            force_n = self._random.choices((0.45, 2.0, 3.2, 6.6), weights=(5, 60, 30, 5))[0]
            for _ in range(self._hand.bout):
                length_mm = self._hand.stroke_mm * self._random.uniform(0.75, 1.25)
                self._stroke(direction * length_mm, force_n * self._random.uniform(0.9, 1.1))
                rolled_mm += length_mm
                direction = -direction
            self._rest(self._hand.lift_s * self._random.uniform(0.6, 1.4))

    def _stroke(self, way_mm: float, force_n: float) -> None:
        """One traverse with a smooth start and stop (minimum jerk), the hand's tremor, and a pressure that swells."""
        speed_mm_s = self._hand.speed_mm_s * self._random.uniform(0.8, 1.2)
        n = max(4, round(abs(way_mm) / speed_mm_s / ROW_S))
        phase = self._random.uniform(0, 2 * math.pi)
        start_mm = self._position_mm
        for i in range(1, n + 1):
            x = i / n
            tremor = math.sin(2 * math.pi * TREMOR_HZ * i * ROW_S + phase)
            self._t_s += ROW_S
            self._position_mm = start_mm + way_mm * x**3 * (10 - 15 * x + 6 * x * x) + TREMOR_MM * tremor
            self._row(force_n * (0.8 + 0.25 * math.sin(math.pi * x)) + 0.05 * tremor)
        self._position_mm = start_mm + way_mm

    def _rest(self, duration_s: float) -> None:
        """Off the skin for a while."""
        self._t_s += ROW_S
        self._row()
        self._t_s += duration_s
        self._row()

    def _row(self, force_n: float = 0.0, event: str = "") -> None:
        if event:
            self._t_s += ROW_S
        self.rows.append((round(self._t_s, 4), round(self._position_mm, 3), round(max(0.0, force_n), 4), event))


def write_trace(example: Example, path: Path) -> None:
    """Write the example's trace as a CSV file; always the same bytes."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("t_s", "position_mm", "force_n", "event"))
        writer.writerows(TraceMaker(example).make())
