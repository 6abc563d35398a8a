"""What a head's shape makes of counts: way, punctures, and how dense they are on either circle that it may roll on."""

import math
from typing import Any

from roller.settings import Head

_HEAD_KEYS = ("needles", "drum_diameter_um", "drum_width_um", "needle_length_um", "counts_per_rev")


class Geometry:
    """What the head's shape makes of counts. Missing values are those of the reference head."""

    def __init__(self, head: dict[str, Any]) -> None:
        reference = Head()
        values = {key: head.get(key) or getattr(reference, key) for key in _HEAD_KEYS}
        self.head = values
        self.needles: int = values["needles"]
        self.drum_diameter_mm: float = values["drum_diameter_um"] / 1000
        self.needle_length_mm: float = values["needle_length_um"] / 1000
        self.counts_per_rev: int = values["counts_per_rev"]

    def path_mm(self, counts: float) -> float:
        """Way of the drum's surface."""
        return counts * math.pi * self.drum_diameter_mm / self.counts_per_rev

    def punctures(self, counts: float) -> float:
        return self.needles * counts / self.counts_per_rev

    @property
    def tip_circle_ratio(self) -> float:
        """Density if only the tips touch, as a share of that with the drum seated: D / (D + 2L)."""
        return self.drum_diameter_mm / (self.drum_diameter_mm + 2 * self.needle_length_mm)
