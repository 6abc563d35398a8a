"""What each key of a plan may hold, and what it becomes on the device: one table for each table of the TOML file.

Ranges and defaults are the device's own.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roller.plan import MAX_NAME
from roller.plan_reading import RANGES
from roller.settings import FORCE_HIGH_MN, FORCE_LOW_MN, Head

FILL_IN = "FILL IN"  # stands in templates for what only the user can know
_HEAD = Head()  # the reference head: what a plan need not say
_CODE = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Number:
    """A key that holds a number, and its factor on the device."""

    device_key: str
    per_unit: int = 1
    default: float | None = None
    is_optional: bool = False
    is_whole: bool = False

    @property
    def low(self) -> float:
        """The lowest value that the device takes."""
        return RANGES[self.device_key][0] / self.per_unit

    @property
    def high(self) -> float:
        return RANGES[self.device_key][1] / self.per_unit


@dataclass(frozen=True)
class Text:
    """A key that holds a short text."""

    device_key: str
    default: str | None = None
    is_optional: bool = False
    is_code: bool = False  # letters, digits, '-', '_' and '.' only: no person's name fits


Spec = Mapping[str, Number | Text]

TOP: Spec = {"subject": Text("subject", is_code=True)}
HEAD: Spec = {
    "id": Text("id", "unnamed"),
    "needles": Number("needles", default=_HEAD.needles, is_whole=True),
    "drum_diameter_mm": Number("drum_diameter_um", 1000, _HEAD.drum_diameter_um / 1000),
    "drum_width_mm": Number("drum_width_um", 1000, _HEAD.drum_width_um / 1000),
    "needle_length_mm": Number("needle_length_um", 1000, _HEAD.needle_length_um / 1000),
    "counts_per_rev": Number("counts_per_rev", default=_HEAD.counts_per_rev, is_whole=True),
    "max_sessions": Number("max_sessions", default=_HEAD.max_sessions, is_whole=True),
    "max_revolutions": Number("max_revolutions", default=_HEAD.max_revolutions, is_whole=True),
}
FORCE: Spec = {
    "low_n": Number("low_mn", 1000, FORCE_LOW_MN / 1000),
    "high_n": Number("high_mn", 1000, FORCE_HIGH_MN / 1000),
}
LIMITS: Spec = {
    "max_density_per_cm2": Number("max_density_per_cm2_x10", 10, is_optional=True),
    "min_interval_days": Number("min_interval_days", is_optional=True, is_whole=True),
}
SERUM: Spec = {"name": Text("name"), "lot": Text("lot", is_optional=True)}
ZONE: Spec = {
    "name": Text("name"),
    "area_cm2": Number("area_mm2", 100),
    "target_density_per_cm2": Number("target_per_cm2_x10", 10),
}
TABLES = {"head": HEAD, "force": FORCE, "limits": LIMITS}


def bad_number(item: Number, value: Any) -> str | None:
    """Why the value cannot be this number, as the end of a sentence; None if it can."""
    if value == FILL_IN:
        return "is still to be filled in"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"must be a number, not {value!r}"
    if item.is_whole and not isinstance(value, int):
        return f"must be a whole number, not {value!r}"
    if not math.isfinite(value) or not item.low <= value <= item.high:
        return f"must be from {item.low:g} to {item.high:g}, not {value!r}"
    return None


def bad_text(item: Text, value: Any) -> str | None:
    """Why the value cannot be this text, as the end of a sentence; None if it can."""
    if not isinstance(value, str):
        return f"must be text in quotes, not {value!r}"
    if value == FILL_IN:
        return "is still to be filled in"
    if not 0 < len(value.strip()) <= MAX_NAME or not value.isprintable():
        return f"must have 1 to {MAX_NAME} printable characters, not {len(value)}"
    if item.is_code and not _CODE.fullmatch(value):
        return f"must be a code of letters, digits, '-', '_' and '.', not {value!r}"
    return None
