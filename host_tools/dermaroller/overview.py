"""One session in short, as compare and trend need it: who and what, zones against the plan, habits of the hand.

It adds to dermaroller.summary what follows from more than one of its numbers. Lengths, as densities, have a band: the
drum rolls on its surface at one end, on its needle tips at the other; so of a length the seated drum gives the low end.
"""

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from dermaroller.entries import Stroke
from dermaroller.geometry import Geometry
from dermaroller.session import Session
from dermaroller.summary import summary

DEFAULT_WINDOW_MN = (600, 6000)  # of a log whose header is lost
_YEAR_9999_S = 253_370_764_800
BELOW, IN_BAND, REACHED = "below", "in the band", "reached"  # a zone's density against its target
UNDER, PERHAPS_OVER, OVER = "under", "perhaps over", "over"  # and against the plan's limit


def overview(session: Session) -> dict[str, Any]:
    """The facts as JSON values; units stand in the names, fractions are 0 to 1, and None is not known.

    is_whole: the log is as the device closed it. zones: as in the summary, and see against_plan(). force, strokes: see
    force_habits() and stroke_habits(). alerts: how many of each kind.
    """
    told = summary(session)
    header = session.header
    plan = header.get("plan") or {}
    limit_x10 = (plan.get("limits") or {}).get("max_density_per_cm2_x10")
    limit = limit_x10 / 10 if limit_x10 else None
    geometry = Geometry(header.get("head") or {})
    path_mm = told["path_mm"]
    kept = "id device board subject started_at start_source start_uncertainty_s duration_s contact_s passes punctures"
    quality = "captured_fraction trusted doubts missing notes interval serum"
    return {
        "file": session.name,
        **{key: told[key] for key in kept.split()},
        "effective_punctures": told["effective_punctures"],
        "path_mm": path_mm,
        "path_low_mm": path_mm,
        "path_high_mm": round(path_mm / geometry.tip_circle_ratio, 2),
        "revolutions": round(told["punctures"] / geometry.needles, 2),
        "device_name": header.get("name"),
        "boot": header.get("boot"),
        "uptime_ms": header.get("uptime_ms"),
        "firmware": header.get("fw"),
        "is_simulated": told["board"] == "virtual",
        "is_whole": session.is_as_closed,
        "head": told["head"] | _shape(header, geometry),
        "limit_density_per_cm2": limit,
        "zones": [
            zone | {"name": zone["name"] or f"zone {i}"} | against_plan(zone, limit)
            for i, zone in enumerate(told["zones"], 1)
        ],
        "calibration": _calibration(header),
        "force": force_habits(session),
        "strokes": stroke_habits(session.entries.strokes, geometry),
        "alerts": _counted(alert["kind"] for alert in told["alerts"]),
        **{key: told[key] for key in quality.split()},
    }


def against_plan(zone: dict[str, Any], limit_per_cm2: float | None) -> dict[str, Any]:
    """How a zone's density stands to its target and to the plan's limit.

    reached_fraction: of the target, with the seated drum; reached_low_fraction: on the needle tips. target_state and
    limit_state: one of the words above; None without area, target or limit.
    """
    low, high, target = zone["density_low_per_cm2"], zone["density_high_per_cm2"], zone["target_density_per_cm2"]
    found: dict[str, Any] = dict.fromkeys(("reached_fraction", "reached_low_fraction", "target_state", "limit_state"))
    if high is not None and target:
        found["reached_fraction"] = round(high / target, 4)
        found["reached_low_fraction"] = round(low / target, 4)
        found["target_state"] = REACHED if low >= target else IN_BAND if high >= target else BELOW
    if high is not None and limit_per_cm2:
        found["limit_state"] = OVER if low > limit_per_cm2 else PERHAPS_OVER if high > limit_per_cm2 else UNDER
    return found


def force_habits(session: Session) -> dict[str, Any]:
    """The session's window, the shares of the contact's samples below, within and above it, mean and peak force in N.

    The shares are against the session's own window. peak_n is the greatest that the device saw, at its full rate.
    """
    window = session.header.get("force") or {}
    low_n, high_n = (
        (default if window.get(key) is None else window[key]) / 1000
        for key, default in zip(("low_mn", "high_mn"), DEFAULT_WINDOW_MN, strict=True)
    )
    force_n = session.samples.force_n
    found: dict[str, Any] = {"low_n": low_n, "high_n": high_n}
    found |= dict.fromkeys(("light_fraction", "in_window_fraction", "hard_fraction", "mean_n", "peak_n"))
    if len(force_n):
        light, hard = float(np.mean(force_n < low_n)), float(np.mean(force_n > high_n))
        found["light_fraction"], found["hard_fraction"] = round(light, 4), round(hard, 4)
        found["in_window_fraction"] = round(1 - light - hard, 4)
        found["mean_n"] = round(float(np.mean(force_n)), 3)
    peaks_n = [stroke.force_peak_n for stroke in session.entries.strokes]
    if peaks_n or len(force_n):
        found["peak_n"] = round(max([*peaks_n, float(np.max(force_n, initial=0))]), 3)
    return found


def stroke_habits(strokes: list[Stroke], geometry: Geometry) -> dict[str, Any]:
    """Mean length and speed of the passes, and how the way is shared between the two directions.

    forward_fraction: of the path of all strokes, also of those too short for a pass. None where there was none.
    """
    passes = [stroke for stroke in strokes if stroke.counted]
    way_mm = geometry.path_mm(sum(stroke.path_counts for stroke in passes))
    time_s = sum(stroke.end_s - stroke.start_s for stroke in passes)
    path = sum(stroke.path_counts for stroke in strokes)
    forward = sum(stroke.path_counts for stroke in strokes if stroke.counts >= 0)
    length_mm = way_mm / len(passes) if passes else None
    speed_mm_per_s = way_mm / time_s if time_s else None
    return {
        "forward_passes": sum(stroke.counts >= 0 for stroke in passes),
        "backward_passes": sum(stroke.counts < 0 for stroke in passes),
        "forward_fraction": round(forward / path, 4) if path else None,
        **_banded("length", "mm", length_mm, geometry),
        **_banded("speed", "mm_per_s", speed_mm_per_s, geometry),
    }


def _banded(name: str, unit: str, value: float | None, geometry: Geometry) -> dict[str, float | None]:
    """A mean with the seated drum, and its band."""
    high = None if value is None else round(value / geometry.tip_circle_ratio, 2)
    value = None if value is None else round(value, 2)
    return {f"mean_{name}_{unit}": value, f"mean_{name}_low_{unit}": value, f"mean_{name}_high_{unit}": high}


def _shape(header: dict[str, Any], geometry: Geometry) -> dict[str, Any]:
    """The head's measures as they were used; is_assumed: the log does not tell them."""
    return {
        "needles": geometry.needles,
        "needle_length_mm": geometry.needle_length_mm,
        "drum_diameter_mm": geometry.drum_diameter_mm,
        "drum_width_mm": geometry.head["drum_width_um"] / 1000,
        "counts_per_rev": geometry.counts_per_rev,
        "is_assumed": not header.get("head"),
    }


def _calibration(header: dict[str, Any]) -> dict[str, Any] | None:
    """The force calibration that was in use: its number, 0 for the board's nominal values, and its day if known."""
    held = header.get("calibration")
    if not isinstance(held, dict) or not isinstance(held.get("sequence"), int):
        return None
    utc_s, day = held.get("utc_s"), None
    if isinstance(utc_s, int) and 0 < utc_s < _YEAR_9999_S:
        day = (datetime(1970, 1, 1) + timedelta(seconds=utc_s)).date().isoformat()
    return {"number": held["sequence"], "day": day}


def _counted(words: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts
