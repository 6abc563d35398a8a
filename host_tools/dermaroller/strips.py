"""The skin that was covered, and its local density, from the strip under each contact: for sessions without zones.

A strip is as wide as the drum and as long as the way between the ends of one contact; ASSUMPTION says what is taken for
granted. Lengths are those of the drum's surface, seated on the skin.
"""

from dermaroller.analysis.summary_parts import Covered, StripSummary
from dermaroller.entries import Strip
from dermaroller.log.geometry import Geometry

ASSUMPTION = (
    "Within a contact the drum is taken to roll on one line; contacts are taken not to overlap. So the area covered is "
    "an upper bound, and the density over it a lower one. What lies more than half a metre from where a contact began "
    "may be left out of both."
)


def covered(strips: list[Strip], geometry: Geometry) -> Covered | None:
    """Sums, and each strip; None if the log has no strips.

    One visit of a place makes rho1 = needles / (pi * D * W) punctures per area, so a strip has visits / extent * rho1
    on average, and most visits * rho1 where it was rolled most.
    """
    if not strips:
        return None
    rows = tuple(_strip(strip, geometry) for strip in strips)
    extent_bins = sum(strip.bins for strip in strips)
    visits = sum(strip.sum_visits for strip in strips)
    return Covered(
        area_cm2=round(extent_bins * geometry.bin_cm2, 2),
        density_per_cm2=round(visits / extent_bins * geometry.per_visit_cm2, 2) if extent_bins else None,
        max_visits=max(strip.max_visits for strip in strips),
        max_density_per_cm2=max(row.max_density_per_cm2 for row in rows),
        assumption=ASSUMPTION,
        strips=rows,
    )


def _strip(strip: Strip, geometry: Geometry) -> StripSummary:
    visits = strip.sum_visits / strip.bins if strip.bins else 0.0
    return StripSummary(
        start_s=strip.start_s,
        length_mm=round(strip.bins * geometry.bin_mm, 2),
        area_cm2=round(strip.bins * geometry.bin_cm2, 2),
        mean_visits=round(visits, 2),
        max_visits=strip.max_visits,
        density_per_cm2=round(visits * geometry.per_visit_cm2, 2),
        max_density_per_cm2=round(strip.max_visits * geometry.per_visit_cm2, 2),
    )
