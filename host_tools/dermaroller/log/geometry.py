"""What a head's shape makes of counts: distance, punctures, and how dense they are on either circle it may roll on."""

import math
from dataclasses import dataclass

from roller.settings import Head as ReferenceHead
from roller.strip import BINS_PER_REV

_REFERENCE = ReferenceHead()


@dataclass(frozen=True)
class Geometry:
    """A head's measures as they are used; those that a log does not tell are the reference head's."""

    needles: float = _REFERENCE.needles
    drum_diameter_um: float = _REFERENCE.drum_diameter_um
    drum_width_um: float = _REFERENCE.drum_width_um
    needle_length_um: float = _REFERENCE.needle_length_um
    counts_per_rev: float = _REFERENCE.counts_per_rev

    @property
    def drum_diameter_mm(self) -> float:
        return self.drum_diameter_um / 1000

    @property
    def drum_width_mm(self) -> float:
        return self.drum_width_um / 1000

    @property
    def needle_length_mm(self) -> float:
        return self.needle_length_um / 1000

    @property
    def around_mm(self) -> float:
        """Circumference of the drum."""
        return math.pi * self.drum_diameter_um / 1000

    @property
    def tip_circle_mm(self) -> float:
        """Diameter of the circle of the needles' tips: D + 2 L."""
        return self.drum_diameter_mm + 2 * self.needle_length_mm

    @property
    def tip_circle_ratio(self) -> float:
        """Density if only the tips touch, as a share of that with the drum seated: D / (D + 2 L)."""
        return self.drum_diameter_mm / self.tip_circle_mm

    def path_mm(self, counts: float) -> float:
        """Distance that the drum's surface rolled."""
        return counts * math.pi * self.drum_diameter_mm / self.counts_per_rev

    def punctures(self, counts: float) -> float:
        """Needles x revolutions: each needle is taken to enter once per revolution."""
        return self.needles * counts / self.counts_per_rev

    @property
    def per_visit_cm2(self) -> float:
        """Punctures per cm2 of one pass of the drum over a place: N / (pi D W)."""
        return self.needles / (self.around_mm * self.drum_width_mm) * 100

    @property
    def bin_mm(self) -> float:
        """Length of one bin of a strip: see roller.strip."""
        return self.around_mm / BINS_PER_REV

    @property
    def bin_cm2(self) -> float:
        """Area of one bin, as wide as the drum."""
        return self.bin_mm * self.drum_width_mm / 100
