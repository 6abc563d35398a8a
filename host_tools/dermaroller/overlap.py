"""How far the holes of many passes overlap, if each pass falls at a random place: density seen as area of skin.

With a density of `lam` punctures per cm2 and holes of diameter d, the punctured share of the area is
1 - exp(-lam * pi * d**2 / 4) (a Poisson field of discs). Two holes closer than d merge; with c = pi * d**2 the holes
that are left distinct are ln(1 + lam * c) / c per cm2. Both are arithmetic on the density, not a measurement of skin,
and say nothing of depth or effect.
"""

import math


def punctured_area_fraction(density_per_cm2: float, hole_diameter_mm: float) -> float:
    """Share of the zone's area that lies in a hole, 0 to 1. ValueError for a negative density or diameter."""
    return -math.expm1(-density_per_cm2 * _merging_area_cm2(density_per_cm2, hole_diameter_mm) / 4)


def distinct_holes_per_cm2(density_per_cm2: float, hole_diameter_mm: float) -> float:
    """Holes that have not merged with another, per cm2; the density itself for holes without a width."""
    area_cm2 = _merging_area_cm2(density_per_cm2, hole_diameter_mm)
    return math.log1p(density_per_cm2 * area_cm2) / area_cm2 if area_cm2 else density_per_cm2


def _merging_area_cm2(density_per_cm2: float, hole_diameter_mm: float) -> float:
    """Area around a hole in which another one merges with it, pi * d**2, in cm2."""
    if density_per_cm2 < 0 or hole_diameter_mm < 0:
        raise ValueError("a density and a hole's diameter cannot be negative")
    return math.pi * (hole_diameter_mm / 10) ** 2
