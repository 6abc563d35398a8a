"""One session in short, as compare and trend need it: who and what, zones against the plan, habits of the hand.

It adds to dermaroller.summary what follows from more than one of its numbers. Lengths, as densities, have a band: the
drum rolls on its surface at one end, on its needle tips at the other; so of a length the seated drum gives the low end.
"""

from collections import Counter
from datetime import datetime, timedelta

from dermaroller.analysis.dose import doses
from dermaroller.analysis.force import force_habits
from dermaroller.analysis.overview_types import (
    CalibrationOverview,
    HeadOverview,
    Overview,
    StrokeHabits,
)
from dermaroller.analysis.summary_parts import HeadUse
from dermaroller.entries import Stroke
from dermaroller.log.geometry import Geometry
from dermaroller.log.header import Header
from dermaroller.session import Session
from dermaroller.summary import summary

_YEAR_9999_S = 253_370_764_800


def overview(session: Session) -> Overview:
    """The facts of one session."""
    told = summary(session)
    header, geometry = session.header, session.geometry
    limit = header.limits.max_density_per_cm2
    return Overview(
        file=session.name,
        id=told.id,
        device=told.device,
        board=told.board,
        subject=told.subject,
        started_at=told.started_at,
        start_source=told.start_source,
        start_uncertainty_s=told.start_uncertainty_s,
        duration_s=told.duration_s,
        contact_s=told.contact_s,
        passes=told.passes,
        punctures=told.punctures,
        effective_punctures=told.effective_punctures,
        path_mm=told.path_mm,
        path_low_mm=told.path_mm,
        path_high_mm=round(told.path_mm / geometry.tip_circle_ratio, 2),
        revolutions=round(told.punctures / geometry.needles, 2),
        device_name=header.name,
        boot=header.boot,
        uptime_ms=header.uptime_ms,
        firmware=header.fw,
        is_simulated=told.is_simulated,
        is_whole=session.is_as_closed,
        head=_head(told.head, header),
        limit_density_per_cm2=limit,
        zones=doses(told.zones, limit),
        calibration=_calibration(header),
        force=force_habits(session),
        strokes=stroke_habits(session.entries.strokes, geometry),
        alerts=dict(Counter(alert.kind for alert in told.alerts)),
        captured_fraction=told.captured_fraction,
        trusted=told.trusted,
        doubts=told.doubts,
        missing=told.missing,
        notes=told.notes,
        interval=told.interval,
        serum=told.serum,
        is_treatment=told.is_treatment,
    )


def stroke_habits(strokes: list[Stroke], geometry: Geometry) -> StrokeHabits:
    """How the hand rolled; None where it did not."""
    passes = [stroke for stroke in strokes if stroke.counted]
    distance_mm = geometry.path_mm(sum(stroke.path_counts for stroke in passes))
    time_s = sum(stroke.end_s - stroke.start_s for stroke in passes)
    path = sum(stroke.path_counts for stroke in strokes)
    forward = sum(stroke.path_counts for stroke in strokes if stroke.counts >= 0)
    length_mm, length_high_mm = _band(distance_mm / len(passes) if passes else None, geometry)
    speed_mm_per_s, speed_high_mm_per_s = _band(distance_mm / time_s if time_s else None, geometry)
    return StrokeHabits(
        forward_passes=sum(stroke.counts >= 0 for stroke in passes),
        backward_passes=sum(stroke.counts < 0 for stroke in passes),
        forward_fraction=round(forward / path, 4) if path else None,
        mean_length_mm=length_mm,
        mean_length_low_mm=length_mm,
        mean_length_high_mm=length_high_mm,
        mean_speed_mm_per_s=speed_mm_per_s,
        mean_speed_low_mm_per_s=speed_mm_per_s,
        mean_speed_high_mm_per_s=speed_high_mm_per_s,
    )


def _band(value: float | None, geometry: Geometry) -> tuple[float | None, float | None]:
    """A mean with the seated drum, which is the low end of its band, and the high end."""
    return (None, None) if value is None else (round(value, 2), round(value / geometry.tip_circle_ratio, 2))


def _head(use: HeadUse, header: Header) -> HeadOverview:
    geometry = header.geometry
    return HeadOverview(
        id=use.id,
        needles=geometry.needles,
        needle_length_mm=geometry.needle_length_mm,
        max_sessions=use.max_sessions,
        max_revolutions=use.max_revolutions,
        sessions_before=use.sessions_before,
        revolutions_before=use.revolutions_before,
        confirmation=use.confirmation,
        is_used_up=use.is_used_up,
        drum_diameter_mm=geometry.drum_diameter_mm,
        drum_width_mm=geometry.drum_width_mm,
        counts_per_rev=geometry.counts_per_rev,
        is_assumed=header.head is None,
    )


def _calibration(header: Header) -> CalibrationOverview | None:
    if header.calibration is None:
        return None
    utc_s, day = header.calibration.utc_s, None
    if utc_s and utc_s < _YEAR_9999_S:
        day = (datetime(1970, 1, 1) + timedelta(seconds=utc_s)).date().isoformat()
    return CalibrationOverview(header.calibration.sequence, day)
