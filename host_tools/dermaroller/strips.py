"""The skin that was covered, and its local density, from the strip under each contact: for sessions without zones.

A strip is as wide as the drum and as long as the way between the ends of one contact; ASSUMPTION says what is taken for
granted. Lengths are those of the drum's surface, seated on the skin.
"""

import math
from typing import Any

from dermaroller.entries import Strip
from roller.strip import BINS_PER_REV

ASSUMPTION = (
    "Within a contact the drum is taken to roll on one line; contacts are taken not to overlap. So the area covered is "
    "an upper bound, and the density over it a lower one. What lies more than half a metre from where a contact began "
    "may be left out of both."
)


def covered(strips: list[Strip], head: dict[str, Any]) -> dict[str, Any] | None:
    """Sums, and each strip, as JSON values; None if the log has no strips.

    head: needles, drum_diameter_um and drum_width_um. One visit of a place makes rho1 = needles / (pi * D * W)
    punctures per area, so a strip has visits / extent * rho1 on average, and most visits * rho1 where it was
    rolled most.
    """
    if not strips:
        return None
    rows = [_strip(strip, head) for strip in strips]
    extent_bins = sum(strip.bins for strip in strips)
    visits = sum(strip.sum_visits for strip in strips)
    return {
        "area_cm2": round(extent_bins * _bin_cm2(head), 2),
        "density_per_cm2": round(visits / extent_bins * per_visit_cm2(head), 2) if extent_bins else None,
        "max_visits": max(strip.max_visits for strip in strips),
        "max_density_per_cm2": max(row["max_density_per_cm2"] for row in rows),
        "assumption": ASSUMPTION,
        "strips": rows,
    }


def per_visit_cm2(head: dict[str, Any]) -> float:
    """Punctures per cm2 of one pass of the drum over a place: N / (pi * D * W)."""
    around_mm = math.pi * head["drum_diameter_um"] / 1000
    return float(head["needles"] / (around_mm * head["drum_width_um"] / 1000) * 100)


def _bin_cm2(head: dict[str, Any]) -> float:
    around_mm = math.pi * head["drum_diameter_um"] / 1000
    return float(around_mm / BINS_PER_REV * head["drum_width_um"] / 1000 / 100)


def _strip(strip: Strip, head: dict[str, Any]) -> dict[str, Any]:
    density = strip.sum_visits / strip.bins * per_visit_cm2(head) if strip.bins else 0.0
    return {
        "start_s": strip.start_s,
        "length_mm": round(strip.bins * math.pi * head["drum_diameter_um"] / 1000 / BINS_PER_REV, 2),
        "area_cm2": round(strip.bins * _bin_cm2(head), 2),
        "mean_visits": round(strip.sum_visits / strip.bins, 2) if strip.bins else 0.0,
        "max_visits": strip.max_visits,
        "density_per_cm2": round(density, 2),
        "max_density_per_cm2": round(strip.max_visits * per_visit_cm2(head), 2),
    }
