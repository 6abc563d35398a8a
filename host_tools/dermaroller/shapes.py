"""The shapes that header and footer of a log must have, so that whoever uses them need not ask again.

A checksum only says that bytes are those that were written, not that what wrote them was sound or of this version.
"""

import math
from typing import Any

_MOST = 1 << 40  # of any number that is used
_LONGEST = 64  # zones

NUMBER = "a number, not negative"
COUNT = "a whole number, not negative"
SIZE = "a number above 0"
WORD = "text"
COUNTS = "an object of whole numbers"

_HEAD = {
    "id": WORD, "needles": SIZE, "drum_diameter_um": SIZE, "drum_width_um": SIZE, "needle_length_um": SIZE,
    "counts_per_rev": SIZE, "max_sessions": COUNT, "max_revolutions": COUNT,
}  # fmt: skip
_ZONE = {"name": WORD, "area_mm2": SIZE, "target_per_cm2_x10": COUNT}
_SUMS = {"passes": COUNT, "path_counts": COUNT, "effective_counts": COUNT}

HEADER = {
    "fw": WORD, "device": WORD, "name": WORD, "hw": WORD, "board": WORD, "chip": WORD, "micropython": WORD,
    "session": COUNT, "uptime_ms": COUNT, "boot": COUNT, "utc_s": NUMBER,
    "plan": {
        "subject": WORD,
        "limits": {"min_interval_days": COUNT, "max_density_per_cm2_x10": COUNT},
        "serum": {"name": WORD, "lot": WORD},
    },
    "head": _HEAD,
    "ledger": {"sessions": COUNT, "revolutions": COUNT},
    "zones": [_ZONE],
    "force": {"low_mn": COUNT, "high_mn": COUNT},
    "settings": COUNTS,
    "calibration": {"sequence": COUNT, "utc_s": NUMBER},
}  # fmt: skip
FOOTER = {
    "end": WORD, "duration_ms": COUNT, "contact_ms": COUNT, "gap_ms": COUNT, **_SUMS,
    "zones": [_SUMS], "counters": COUNTS, "sha256": WORD,
}  # fmt: skip
# Without these a footer sums up nothing.
_NEEDED = ("duration_ms", "contact_ms", "passes", "path_counts", "effective_counts")


def header(value: Any) -> tuple[dict[str, Any], bool]:
    """What of a header can be used, and whether that is all of it."""
    if not isinstance(value, dict):
        return {}, False
    return _object(value, HEADER)


def footer(value: Any) -> tuple[dict[str, Any] | None, bool]:
    """As header(); None if the totals are not there."""
    if not isinstance(value, dict):
        return None, False
    found, is_whole = _object(value, FOOTER)
    if any(found.get(key) is None for key in _NEEDED):
        return None, False
    if not all(key in sums and sums[key] is not None for sums in found.get("zones") or [] for key in _SUMS):
        return None, False
    return {**found, "zones": found.get("zones") or []}, is_whole


def _object(value: dict[str, Any], shape: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The entries that have their shape, or none prescribed. Any may be null: not known."""
    found = {}
    is_whole = True
    for key, each in value.items():
        if key not in shape or each is None:
            found[key] = each
            continue
        fitted, fits = _fitted(each, shape[key])
        is_whole = is_whole and fits
        if fitted is not None:
            found[key] = fitted
    return found, is_whole


def _fitted(value: Any, shape: Any) -> tuple[Any, bool]:
    """(the value as far as it has the shape, or None; whether all of it has)"""
    if isinstance(shape, dict):
        return _object(value, shape) if isinstance(value, dict) else (None, False)
    if isinstance(shape, list):
        if not isinstance(value, list) or len(value) > _LONGEST:
            return None, False
        pairs = [_fitted(each, shape[0]) for each in value]
        fits = all(fits for _, fits in pairs)
        return ([each for each, _ in pairs], True) if fits else (None, False)
    return (value, True) if _is(value, shape) else (None, False)


def _is(value: Any, shape: str) -> bool:
    if shape == WORD:
        return isinstance(value, str)
    if shape == COUNTS:
        return isinstance(value, dict) and all(each is None or _is(each, COUNT) for each in value.values())
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if shape == COUNT and not isinstance(value, int):
        return False
    return math.isfinite(value) and 0 <= value < _MOST and (value > 0 or shape != SIZE)
