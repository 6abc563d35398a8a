"""One session in short, as types: what compare, trend and their pages read. Units stand in the names; fractions are 0
to 1; None is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dermaroller.analysis.dose import ZoneDose
from dermaroller.analysis.summary_parts import ForceHabits, HeadUse, Interval, Missing
from dermaroller.as_json import as_object
from dermaroller.log.header import Serum


@dataclass(frozen=True)
class HeadOverview(HeadUse):
    """The head with its measures as they were used; is_assumed: the log does not tell them."""

    drum_diameter_mm: float
    drum_width_mm: float
    counts_per_rev: float
    is_assumed: bool


@dataclass(frozen=True)
class CalibrationOverview:
    """The force calibration that was in use: its number, 0 for the board's nominal values, and its day if known."""

    number: int
    day: str | None


@dataclass(frozen=True)
class StrokeHabits:
    """Mean length and speed of the passes, and how the distance is shared between the two directions.

    forward_fraction: of the path of all strokes, also of those too short for a pass. Of lengths and speeds the seated
    drum gives the low end of the band, the needle tips the high one.
    """

    forward_passes: int
    backward_passes: int
    forward_fraction: float | None
    mean_length_mm: float | None
    mean_length_low_mm: float | None
    mean_length_high_mm: float | None
    mean_speed_mm_per_s: float | None
    mean_speed_low_mm_per_s: float | None
    mean_speed_high_mm_per_s: float | None


@dataclass(frozen=True)
class Overview:
    """is_whole: the log is as the device closed it. alerts: how many of each kind."""

    file: str
    id: int
    device: str | None
    board: str | None
    subject: str | None
    started_at: datetime | None
    start_source: str | None
    start_uncertainty_s: float | None
    duration_s: float
    contact_s: float
    passes: int
    punctures: float
    effective_punctures: float
    path_mm: float
    path_low_mm: float
    path_high_mm: float
    revolutions: float
    device_name: str | None
    boot: int | None
    uptime_ms: int | None
    firmware: str | None
    is_simulated: bool
    is_whole: bool
    head: HeadOverview
    limit_density_per_cm2: float | None
    zones: tuple[ZoneDose, ...]
    calibration: CalibrationOverview | None
    force: ForceHabits
    strokes: StrokeHabits
    alerts: Mapping[str, int]
    captured_fraction: float
    trusted: bool
    doubts: tuple[str, ...]
    missing: Missing
    notes: tuple[str, ...]
    interval: Interval
    serum: Serum | None
    is_treatment: bool | None

    def as_json(self) -> dict[str, Any]:
        """As compare and trend print it with --json."""
        return as_object(self)
