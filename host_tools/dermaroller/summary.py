"""The numbers of a session in the units that people use.

Punctures follow the path: needles x revolutions rolled in contact. The density of a zone is punctures / area, counted
with the drum seated on the skin (rolling diameter D). If only the tips touch, the head rolls on D + 2L and fewer
punctures fall on the same way, so the band is [density * D / (D + 2L), density].
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

from dermaroller import care, evidence, receipts, strips, trust
from dermaroller.analysis.dose import doses
from dermaroller.analysis.force import force_habits
from dermaroller.analysis.summary_parts import AlertSummary, GapSummary, Missing, StrokeSummary, ZoneSummary
from dermaroller.analysis.summary_types import Summary
from dermaroller.analysis.verdict import verdict
from dermaroller.entries import Gap, Stroke
from dermaroller.log.geometry import Geometry
from dermaroller.log.header import Header, Sums, Zone
from dermaroller.log.totals import sums
from dermaroller.session import Session

_LATEST_S = 253402300800  # the year 10000: a clock beyond it was set to nonsense


def summary(session: Session, start_by: Callable[[Session], "Start | None"] | None = None) -> Summary:
    """All totals of one session. start_by: what says when it began, if not start_of()."""
    geometry = session.geometry
    totals = device_totals(session)
    start = (start_by or start_of)(session)
    fraction = captured_fraction(session)
    doubts = trust.doubts(session, fraction)
    zones = tuple(_zone(zone, sums, geometry) for zone, sums in zip(session.zones, totals.zones, strict=True))
    head, interval = care.head_use(session), care.interval(session)
    treatment = is_treatment(session.header, totals.sums)
    limit = session.header.limits.max_density_per_cm2
    against_plan = doses(zones, limit)
    return Summary(
        id=session.id,
        started_at=start.at.replace(microsecond=0) if start else None,
        duration_s=session.duration_s,
        contact_s=totals.contact_ms / 1000,
        passes=totals.sums.passes,
        path_mm=round(geometry.path_mm(totals.sums.path_counts), 2),
        punctures=round(geometry.punctures(totals.sums.path_counts), 1),
        effective_punctures=round(geometry.punctures(totals.sums.effective_counts), 1),
        captured_fraction=round(fraction, 6),
        gaps=tuple(GapSummary(gap.start_s, gap.end_s, gap.reason) for gap in session.gaps),
        zones=zones,
        strokes=tuple(_stroke(stroke, geometry) for stroke in session.entries.strokes),
        alerts=tuple(AlertSummary(alert.t_s, alert.kind, alert.value) for alert in session.entries.alerts),
        log_bytes=session.size_bytes,
        end=session.footer.end if session.footer else None,
        subject=session.header.plan.subject if session.header.plan else None,
        device=session.header.device,
        board=session.header.board,
        start_source=start.source if start else None,
        start_uncertainty_s=round(start.uncertainty_s, 3) if start else None,
        missing=Missing(session.damage.bytes, session.damage.blocks, session.damage.records),
        trusted=not doubts,
        doubts=doubts,
        counters=trust.losses(session),
        notes=tuple(_notes(session, start)),
        covered=strips.covered(session.entries.strips, geometry),
        head=head,
        interval=interval,
        serum=session.header.plan.serum if session.header.plan else None,
        is_simulated=session.is_simulated,
        is_treatment=treatment,
        verdict=verdict(session.header, against_plan, force_habits(session), head, interval, treatment, doubts),
    )


def is_treatment(header: Header, sums: Sums) -> bool | None:
    """Whether the session uses its head and begins an interval; None: a log that lost its header does not tell.

    The device entered whatever had touched the skin, before it told how many passes make a treatment.
    """
    if header.is_lost:
        return None
    least = header.thresholds.treatment_min_passes
    return least is None or sums.passes >= least


def captured_fraction(session: Session) -> float:
    """1 - (time in gaps and lost blocks) / duration; overlapping gaps count once."""
    if session.duration_s <= 0:
        return 0.0 if session.damage else 1.0
    return max(0.0, 1 - union_s(session.gaps, session.duration_s) / session.duration_s)


def union_s(gaps: Iterable[Gap], end_s: float) -> float:
    """Time covered by at least one of the gaps (sorted by start) within [0, end_s]."""
    covered = reached = 0.0
    for gap in gaps:
        start_s, stop_s = max(gap.start_s, reached), min(gap.end_s, end_s)
        if stop_s > start_s:
            covered += stop_s - start_s
            reached = stop_s
    return covered


@dataclass(frozen=True)
class Start:
    """When a session began, UTC, how surely, and who says so: "device", "clock set" (during the session) or "pull"."""

    at: datetime
    uncertainty_s: float
    source: str


def start_of(session: Session) -> Start | None:
    """From the header; else from a clock set during the session; else from what the computer that pulled it measured.

    None if nobody knows.
    """
    if own := own_start(session):
        return own
    measured = evidence.start_of(session.header, receipts.folder_of(Path(session.name)))
    return Start(_moment(measured[0]), measured[1], "pull") if measured else None


def own_start(session: Session) -> Start | None:
    """What the session's own log says of its start."""
    utc_s = session.header.utc_s
    if utc_s is not None and utc_s < _LATEST_S:
        return Start(_moment(utc_s), 1.0, "device")
    if session.entries.clock_sets:
        first = session.entries.clock_sets[0]
        return Start(_moment(first.utc_s - first.t_s), 0.1, "clock set")
    return None


def started_at(session: Session) -> datetime | None:
    """Wall time of the start, UTC, whoever says so."""
    start = start_of(session)
    return start.at if start else None


def _moment(utc_s: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=utc_s)


def _notes(session: Session, start: Start | None) -> list[str]:
    notes = list(session.notes)
    if start and start.source == "pull":
        notes.append(
            "The device's clock had not been set: the start time is worked out from the clock of the computer that "
            f"pulled the session, ± {max(start.uncertainty_s, 0.001):.3g} s."
        )
    if start and start.source == "clock set":
        notes.append("The device's clock was set only during the session: the start time is worked out from that.")
    return notes


@dataclass(frozen=True)
class Totals:
    """Of a session and of each of its zones, in counts."""

    contact_ms: int
    sums: Sums
    zones: tuple[Sums, ...]


def device_totals(session: Session) -> Totals:
    """The footer's totals, which the device summed itself; without a footer, the sums over what was read."""
    n = len(session.zones)
    if session.footer is not None:  # it lists zones up to the last one that was rolled
        listed = session.footer.zones[:n]
        return Totals(session.footer.contact_ms, session.footer.sums, listed + (Sums(),) * (n - len(listed)))
    strokes = session.entries.strokes
    contact_s = sum(contact.end_s - contact.start_s for contact in session.entries.contacts)
    by_zone = tuple(sums(stroke for stroke in strokes if stroke.zone == i) for i in range(n))
    return Totals(round(contact_s * 1000), sums(strokes), by_zone)


def _zone(zone: Zone, sums: Sums, geometry: Geometry) -> ZoneSummary:
    punctures = geometry.punctures(sums.path_counts)
    effective = geometry.punctures(sums.effective_counts)
    density = punctures / zone.area_cm2 if zone.area_cm2 else None
    effective_density = effective / zone.area_cm2 if zone.area_cm2 else None
    return ZoneSummary(
        name=zone.name,
        area_cm2=zone.area_cm2,
        passes=sums.passes,
        punctures=round(punctures, 1),
        density_per_cm2=_rounded(density),
        density_low_per_cm2=_rounded(density and density * geometry.tip_circle_ratio),
        density_high_per_cm2=_rounded(density),
        target_density_per_cm2=zone.target_per_cm2,
        effective_punctures=round(effective, 1),
        effective_density_per_cm2=_rounded(effective_density),
        effective_density_low_per_cm2=_rounded(effective_density and effective_density * geometry.tip_circle_ratio),
    )


def _rounded(density: float | None) -> float | None:
    return None if density is None else round(density, 2)


def _stroke(stroke: Stroke, geometry: Geometry) -> StrokeSummary:
    direction: Literal["forward", "backward"] = "backward" if stroke.counts < 0 else "forward"
    distance_mm = round(geometry.path_mm(stroke.path_counts), 2)
    return StrokeSummary(
        stroke.start_s,
        round(stroke.end_s, 3),
        distance_mm,
        direction,
        stroke.force_mean_n,
        stroke.force_peak_n,
        stroke.counted,
        stroke.zone,
    )
