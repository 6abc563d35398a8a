"""Two sessions side by side: what differs in who and what, zone by zone, and in the habits of the hand.

A difference of densities is only called one where their bands lie apart: while they overlap, the same rolling could
have made both, once with the drum seated and once on its needle tips. No statistics beyond that: two sessions carry
none.
"""

import unicodedata
from collections.abc import Callable, Sequence

from dermaroller.analysis.compare_types import Alerts, Compared, Measured, ZonePair
from dermaroller.analysis.dose import ZoneDose
from dermaroller.analysis.overview_types import Overview
from dermaroller.compare_facts import calibration, drum, facts, window

DAY_S = 86_400
WITHIN, A_HIGHER, B_HIGHER = "within the band", "A higher", "B higher"

# Numbers that are held against each other, by the name that they have in JSON: a dot leads into a part of an overview.
MEASURES: dict[str, Callable[[Overview], float | None]] = {
    "duration_s": lambda one: one.duration_s,
    "contact_s": lambda one: one.contact_s,
    "passes": lambda one: one.passes,
    "punctures": lambda one: one.punctures,
    "effective_punctures": lambda one: one.effective_punctures,
    "path_mm": lambda one: one.path_mm,
    "path_high_mm": lambda one: one.path_high_mm,
    "force.light_fraction": lambda one: one.force.light_fraction,
    "force.in_window_fraction": lambda one: one.force.in_window_fraction,
    "force.hard_fraction": lambda one: one.force.hard_fraction,
    "force.mean_n": lambda one: one.force.mean_n,
    "force.peak_n": lambda one: one.force.peak_n,
    "strokes.mean_length_mm": lambda one: one.strokes.mean_length_mm,
    "strokes.mean_length_high_mm": lambda one: one.strokes.mean_length_high_mm,
    "strokes.mean_speed_mm_per_s": lambda one: one.strokes.mean_speed_mm_per_s,
    "strokes.mean_speed_high_mm_per_s": lambda one: one.strokes.mean_speed_high_mm_per_s,
    "strokes.forward_passes": lambda one: one.strokes.forward_passes,
    "strokes.backward_passes": lambda one: one.strokes.backward_passes,
    "strokes.forward_fraction": lambda one: one.strokes.forward_fraction,
    "captured_fraction": lambda one: one.captured_fraction,
}


def compare(a: Overview, b: Overview) -> Compared:
    """Two sessions, and what follows from both."""
    return Compared(
        sessions=(a, b),
        facts=facts(a, b),
        cautions=tuple(cautions(a, b)),
        zones=tuple(zone_pair(name, left, right) for name, left, right in paired_zones(a.zones, b.zones)),
        measures={name: _measure(get(a), get(b)) for name, get in MEASURES.items()},
        alerts={
            kind: Alerts(a.alerts.get(kind, 0), b.alerts.get(kind, 0)) for kind in dict.fromkeys([*a.alerts, *b.alerts])
        },
    )


def paired_zones(a: Sequence[ZoneDose], b: Sequence[ZoneDose]) -> list[tuple[str, ZoneDose | None, ZoneDose | None]]:
    """(name, zone of A, zone of B) for each name, those of A first; None where a session has no such zone.

    Names are the same if they read the same, whatever code points a keyboard made of them. A name that a session has
    twice is paired in order.
    """
    left, right = _by_name(a), _by_name(b)
    pairs: list[tuple[str, ZoneDose | None, ZoneDose | None]] = []
    for key in dict.fromkeys([*left, *right]):
        one, other = left.get(key), right.get(key)
        either = one or other
        pairs.append((str(either.name if either else None), one, other))
    return pairs


def zone_pair(name: str, a: ZoneDose | None, b: ZoneDose | None) -> ZonePair:
    """One zone in both sessions."""
    area_differs = bool(a and b and a.area_cm2 != b.area_cm2)
    target_differs = bool(a and b and a.target_density_per_cm2 != b.target_density_per_cm2)
    left, right = _band(a), _band(b)
    if left is None or right is None:
        return ZonePair(name, a, b, area_differs, target_differs)
    (a_low, a_mid, a_high), (b_low, b_mid, b_high) = left, right
    return ZonePair(
        name,
        a,
        b,
        area_differs,
        target_differs,
        density_difference_per_cm2=round(b_mid - a_mid, 2),
        density_difference_low_per_cm2=round(b_low - a_high, 2),
        density_difference_high_per_cm2=round(b_high - a_low, 2),
        density_ratio=round(b_mid / a_mid, 4) if a_low > 0 else None,
        density_ratio_low=round(b_low / a_high, 4) if a_low > 0 else None,
        density_ratio_high=round(b_high / a_low, 4) if a_low > 0 else None,
        verdict=A_HIGHER if b_high < a_low else B_HIGHER if b_low > a_high else WITHIN,
    )


def _band(zone: ZoneDose | None) -> tuple[float, float, float] | None:
    """(low end, with the drum seated, high end) of a zone's density."""
    if zone is None or zone.density_per_cm2 is None:
        return None
    low, high = zone.density_low_per_cm2, zone.density_high_per_cm2
    return None if low is None or high is None else (low, zone.density_per_cm2, high)


def cautions(a: Overview, b: Overview) -> list[str]:
    """Sentences on what stands between the two sessions and a comparison of their rolling; none if nothing does."""
    found = []
    if identity(a) is not None and identity(a) == identity(b):
        found.append("Both are the same session.")
    if a.subject != b.subject:
        found.append("The subjects differ: these are not two sessions of one treatment.")
    if a.is_simulated != b.is_simulated:
        found.append(f"Session {'A' if a.is_simulated else 'B'} is simulated, the other is not.")
    if drum(a) != drum(b):
        found.append("The heads' geometry differs: each density rests on its own head.")
    if any(one.head.is_assumed for one in (a, b)):
        found.append("A log does not tell its head: the reference head is assumed for it.")
    if window(a) != window(b):
        found.append("The force windows differ: shares of time are of each session's own window.")
    if calibration(a) != calibration(b) or a.device != b.device:
        found.append("The forces are of different devices or calibrations.")
    for letter, one in (("A", a), ("B", b)):
        if not one.trusted:
            found.append(f"The numbers of {letter} are not to be trusted as they stand: {' '.join(one.doubts)}")
    return found


def identity(one: Overview) -> tuple[object, ...] | None:
    """What two logs of one session share, even if one of them is damaged; None if the log does not tell its device."""
    if one.device is None:
        return None
    if one.boot is None or one.uptime_ms is None:
        return one.device, one.id, one.started_at, one.punctures
    return one.device, one.id, one.boot, one.uptime_ms


def _by_name(zones: Sequence[ZoneDose]) -> dict[tuple[str, int], ZoneDose]:
    found: dict[tuple[str, int], ZoneDose] = {}
    for zone in zones:
        name = unicodedata.normalize("NFC", str(zone.name).strip())
        n = 0
        while (name, n) in found:
            n += 1
        found[name, n] = zone
    return found


def _measure(a: float | None, b: float | None) -> Measured:
    return Measured(a, b, None if a is None or b is None else round(b - a, 6))
