"""Two sessions side by side: what differs in who and what, zone by zone, and in the habits of the hand.

A difference of densities is only called one where their bands lie apart: while they overlap, the same rolling could
have made both, once with the drum seated and once on its needle tips. No statistics beyond that: two sessions carry
none.
"""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any

from dermaroller import care

DASH = "–"
DAY_S = 86_400
WITHIN, A_HIGHER, B_HIGHER = "within the band", "A higher", "B higher"
Facts = dict[str, Any]

# Numbers that are held against each other, as they stand in an overview; a dot leads into a part of it.
MEASURES = (
    "duration_s", "contact_s", "passes", "punctures", "effective_punctures", "path_mm", "path_high_mm",
    "force.light_fraction", "force.in_window_fraction", "force.hard_fraction", "force.mean_n", "force.peak_n",
    "strokes.mean_length_mm", "strokes.mean_length_high_mm",
    "strokes.mean_speed_mm_per_s", "strokes.mean_speed_high_mm_per_s",
    "strokes.forward_passes", "strokes.backward_passes", "strokes.forward_fraction", "captured_fraction",
)  # fmt: skip


def compare(a: Facts, b: Facts) -> Facts:
    """Two overviews, and what follows from both, as JSON values.

    facts: [{"what", "a", "b", "differs"}], texts for people. cautions: sentences on what forbids to read a difference
    as one of the rolling. zones: [zone_pair()]. measures: {name: {"a", "b", "difference"}}. alerts: {kind: {"a", "b"}}.
    """
    facts = [_fact(what, tell(a), tell(b)) for what, tell in _FACTS]
    return {
        "sessions": [a, b],
        "facts": facts,
        "cautions": cautions(a, b),
        "zones": [zone_pair(name, left, right) for name, left, right in paired_zones(a["zones"], b["zones"])],
        "measures": {name: _measure(get(a, name), get(b, name)) for name in MEASURES},
        "alerts": {
            kind: {"a": a["alerts"].get(kind, 0), "b": b["alerts"].get(kind, 0)}
            for kind in dict.fromkeys([*a["alerts"], *b["alerts"]])
        },
    }


def get(facts: Facts, name: str) -> Any:
    """The value under a name of MEASURES."""
    for key in name.split("."):
        facts = facts[key]
    return facts


def paired_zones(a: list[Facts], b: list[Facts]) -> list[tuple[str, Facts | None, Facts | None]]:
    """(name, zone of A, zone of B) for each name, those of A first; None where a session has no such zone.

    Names are the same if they read the same, whatever code points a keyboard made of them. A name that a session has
    twice is paired in order.
    """
    left, right = _by_name(a), _by_name(b)
    pairs = []
    for key in dict.fromkeys([*left, *right]):
        one, other = left.get(key), right.get(key)
        pairs.append((str((one or other or {}).get("name")), one, other))
    return pairs


def zone_pair(name: str, a: Facts | None, b: Facts | None) -> Facts:
    """One zone in both: B minus A and B / A with their bands, and in a word whether the densities' bands overlap.

    The difference reaches from B's low end minus A's high end to B's high end minus A's low end, the ratio likewise.
    """
    found: Facts = {"name": name, "a": a, "b": b}
    found["area_differs"] = bool(a and b and a["area_cm2"] != b["area_cm2"])
    found["target_differs"] = bool(a and b and a["target_density_per_cm2"] != b["target_density_per_cm2"])
    found |= dict.fromkeys(("density_difference_per_cm2", "density_difference_low_per_cm2"))
    found |= dict.fromkeys(("density_difference_high_per_cm2", "density_ratio", "density_ratio_low"))
    found |= dict.fromkeys(("density_ratio_high", "verdict"))
    if not a or not b or a["density_per_cm2"] is None or b["density_per_cm2"] is None:
        return found
    a_low, a_mid, a_high = (a[f"density_{end}per_cm2"] for end in ("low_", "", "high_"))
    b_low, b_mid, b_high = (b[f"density_{end}per_cm2"] for end in ("low_", "", "high_"))
    found["density_difference_per_cm2"] = round(b_mid - a_mid, 2)
    found["density_difference_low_per_cm2"] = round(b_low - a_high, 2)
    found["density_difference_high_per_cm2"] = round(b_high - a_low, 2)
    if a_low > 0:
        found["density_ratio"] = round(b_mid / a_mid, 4)
        found["density_ratio_low"], found["density_ratio_high"] = round(b_low / a_high, 4), round(b_high / a_low, 4)
    found["verdict"] = A_HIGHER if b_high < a_low else B_HIGHER if b_low > a_high else WITHIN
    return found


def cautions(a: Facts, b: Facts) -> list[str]:
    """Sentences on what stands between the two sessions and a comparison of their rolling; none if nothing does."""
    found = []
    if identity(a) is not None and identity(a) == identity(b):
        found.append("Both are the same session.")
    if a["subject"] != b["subject"]:
        found.append("The subjects differ: these are not two sessions of one treatment.")
    if a["is_simulated"] != b["is_simulated"]:
        found.append(f"Session {'A' if a['is_simulated'] else 'B'} is simulated, the other is not.")
    if _drum(a) != _drum(b):
        found.append("The heads' geometry differs: each density rests on its own head.")
    if any(one["head"]["is_assumed"] for one in (a, b)):
        found.append("A log does not tell its head: the reference head is assumed for it.")
    if _window(a) != _window(b):
        found.append("The force windows differ: shares of time are of each session's own window.")
    if _calibration(a) != _calibration(b) or a["device"] != b["device"]:
        found.append("The forces are of different devices or calibrations.")
    for letter, one in (("A", a), ("B", b)):
        if not one["trusted"]:
            found.append(f"The numbers of {letter} are not to be trusted as they stand: {' '.join(one['doubts'])}")
    return found


def moment(one: Facts) -> datetime:
    """The start of a session that tells it, UTC."""
    return datetime.fromisoformat(one["started_at"].replace("Z", "+00:00"))


def identity(one: Facts) -> tuple[Any, ...] | None:
    """What two logs of one session share, even if one of them is damaged; None if the log does not tell its device."""
    if one["device"] is None:
        return None
    if one["boot"] is None or one["uptime_ms"] is None:
        return one["device"], one["id"], one["started_at"], one["punctures"]
    return one["device"], one["id"], one["boot"], one["uptime_ms"]


def _by_name(zones: list[Facts]) -> dict[tuple[str, int], Facts]:
    found: dict[tuple[str, int], Facts] = {}
    for zone in zones:
        name = unicodedata.normalize("NFC", str(zone["name"]).strip())
        n = 0
        while (name, n) in found:
            n += 1
        found[name, n] = zone
    return found


def _measure(a: Any, b: Any) -> Facts:
    is_known = a is not None and b is not None
    return {"a": a, "b": b, "difference": round(b - a, 6) if is_known else None}


def _fact(what: str, a: str, b: str) -> Facts:
    return {"what": what, "a": a, "b": b, "differs": a != b}


def _drum(one: Facts) -> str:
    head = one["head"]
    if head["is_assumed"]:
        return "reference head assumed"
    return (
        f"{head['needles']} × {head['needle_length_mm']:g} mm, drum {head['drum_diameter_mm']:g} × "
        f"{head['drum_width_mm']:g} mm, {head['counts_per_rev']} counts/rev"
    )


def _window(one: Facts) -> str:
    return f"{one['force']['low_n']:g} to {one['force']['high_n']:g} N"


def _start(one: Facts) -> str:
    return f"{one['started_at'][:16].replace('T', ' ')} UTC" if one["started_at"] else "not known"


def _calibration(one: Facts) -> str:
    held = one["calibration"]
    if held is None:
        return DASH
    if not held["number"]:
        return "none: nominal values"
    return f"number {held['number']}, {held['day'] or 'day not known'}"


def _limit(one: Facts) -> str:
    limit = one["limit_density_per_cm2"]
    return f"{limit:g} per cm²" if limit else DASH


def _interval(one: Facts) -> str:
    days = one["interval"]["min_days"]
    return f"{days} days at least" if days else DASH


def _log(one: Facts) -> str:
    if any(one["missing"].values()):
        return "damaged"
    return "whole" if one["is_whole"] else "not as the device closed it"


_FACTS: tuple[tuple[str, Callable[[Facts], str]], ...] = (
    ("Subject", lambda one: one["subject"] or DASH),
    ("Started", _start),
    ("Device", lambda one: " ".join(filter(None, (one["device"], one["device_name"]))) or DASH),
    ("Board", lambda one: f"{one['board'] or DASH}{', simulated' if one['is_simulated'] else ''}"),
    ("Firmware", lambda one: one["firmware"] or DASH),
    ("Head", lambda one: one["head"]["id"] or DASH),
    ("Geometry", _drum),
    ("Serum", lambda one: care.serum_text(one["serum"]) if one["serum"] else DASH),
    ("Force window", _window),
    ("Calibration", _calibration),
    ("Limit", _limit),
    ("Interval", _interval),
    ("Log", _log),
)
