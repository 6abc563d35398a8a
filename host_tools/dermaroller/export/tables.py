"""A session as tables: for each column of columns.py a row of values."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermaroller.analysis.summary_types import Summary
from dermaroller.as_json import as_json
from dermaroller.export.columns import TABLES
from dermaroller.session import Session
from roller import records

SPEED_ROWS = 21  # over which speed is averaged; odd, so that they lie around their row

Row = dict[str, str | float | None]  # column: its value
Values = dict[str, Sequence[Any]]  # column: its values; all of a table are of equal length


def tables(session: Session) -> dict[str, Values]:
    """All tables of columns.py. Values are str, int, float, bool or None."""
    told = session.summary()
    key = session_key(session)
    rows = {
        "session": [_session_row(session, told)],
        "zones": _zone_rows(told),
        "strokes": _stroke_rows(told),
        "events": _event_rows(session),
    }
    made = {name: _columns(name, key, each) for name, each in rows.items()}
    made["samples"] = _samples(session, key)
    return {name: made[name] for name in TABLES}


def session_key(session: Session) -> str:
    """What tells a session from all others and can be read: device, number on it, beginning of the log's SHA-256."""
    device, _, number = session.stem.rpartition("-")
    return f"{device[:20]}-{number}-{session.sha256[:8]}"


def zone_of_samples(session: Session) -> NDArray[np.int64]:
    """The zone, from 0, that each sample was rolled in: shape (n,)."""
    known = [(change.t_s, change.zone) for change in session.entries.zone_changes]
    known += [(stroke.start_s, stroke.zone) for stroke in session.entries.strokes]  # in case a change is lost
    known.sort(key=lambda pair: pair[0])
    starts_s = np.array([t_s for t_s, _ in known])
    numbers = np.array([0] + [zone for _, zone in known], dtype=np.int64)
    zones: NDArray[np.int64] = numbers[np.searchsorted(starts_s, session.samples.t_s, side="right")]
    return zones


def sample_ms(session: Session) -> NDArray[np.int64]:
    """The samples' times in ms: shape (n,)."""
    t_ms: NDArray[np.int64] = np.rint(session.samples.t_s * 1000).astype(np.int64)
    return t_ms


def run_starts(t_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where rows begin that are a sample's period apart, with 0 and n as first and last."""
    breaks = np.flatnonzero(np.diff(t_ms) != records.SAMPLE_PERIOD_MS) + 1
    return np.concatenate([[0], breaks, [len(t_ms)]]).astype(np.int64)


def speeds_mm_s(session: Session) -> NDArray[np.float64]:
    """Signed speed of the drum's surface at each sample, averaged over SPEED_ROWS rows of the same contact: (n,)."""
    t_ms, counts = sample_ms(session), session.samples.counts
    sums = np.concatenate([[0], np.cumsum(counts)])
    starts = run_starts(t_ms)
    run = np.searchsorted(starts, np.arange(len(counts)), side="right") - 1
    first = np.maximum(np.arange(len(counts)) - SPEED_ROWS // 2, starts[run])
    last = np.minimum(np.arange(len(counts)) + SPEED_ROWS // 2 + 1, starts[run + 1]) if len(counts) else first
    mean: NDArray[np.float64] = (sums[last] - sums[first]) / np.maximum(last - first, 1)
    return mean * session.geometry.path_mm(1) * 1000 / records.SAMPLE_PERIOD_MS


def _columns(table: str, key: str, rows: list[Row]) -> Values:
    names = [column.name for column in TABLES[table][1:]]
    return {"session": [key] * len(rows)} | {name: [row[name] for row in rows] for name in names}


def _session_row(session: Session, told: Summary) -> Row:
    head, missing = told.head, told.missing
    return {
        "id": told.id,
        "device": told.device,
        "subject": told.subject,
        "started_at": as_json(told.started_at),
        "start_uncertainty_s": told.start_uncertainty_s,
        "start_source": told.start_source,
        "duration_s": told.duration_s,
        "contact_s": told.contact_s,
        "passes": told.passes,
        "path_mm": told.path_mm,
        "punctures": told.punctures,
        "effective_punctures": told.effective_punctures,
        "captured_fraction": told.captured_fraction,
        "end": told.end,
        "head_id": head.id,
        "needles": head.needles and round(head.needles),
        "needle_length_mm": head.needle_length_mm,
        "is_simulated": told.is_simulated,
        "is_whole": session.is_as_closed and not session.damage,
        "is_trusted": told.trusted,
        "doubts": " ".join(told.doubts) or None,
        "missing_bytes": missing.bytes,
        "missing_blocks": missing.blocks,
        "missing_records": missing.records,
        "log_bytes": told.log_bytes,
        "log_sha256": session.sha256,
        "is_treatment": told.is_treatment,
    }


def _zone_rows(told: Summary) -> list[Row]:
    return [
        {
            "zone": i,
            "name": zone.name,
            "area_cm2": zone.area_cm2,
            "passes": zone.passes,
            "punctures": zone.punctures,
            "effective_punctures": zone.effective_punctures,
            "density_per_cm2": zone.density_per_cm2,
            "density_low_per_cm2": zone.density_low_per_cm2,
            "density_high_per_cm2": zone.density_high_per_cm2,
            "target_density_per_cm2": zone.target_density_per_cm2,
            "effective_density_per_cm2": zone.effective_density_per_cm2,
            "effective_density_low_per_cm2": zone.effective_density_low_per_cm2,
        }
        for i, zone in enumerate(told.zones)
    ]


def _stroke_rows(told: Summary) -> list[Row]:
    return [
        {
            "stroke": i,
            "start_s": stroke.start_s,
            "end_s": stroke.end_s,
            "zone": stroke.zone,
            "direction": stroke.direction,
            "distance_mm": stroke.distance_mm,
            "force_mean_n": stroke.force_mean_n,
            "force_peak_n": stroke.force_peak_n,
            "counted": stroke.counted,
        }
        for i, stroke in enumerate(told.strokes)
    ]


def _event_rows(session: Session) -> list[Row]:
    entries = session.entries
    rows = [_event(each.start_s, "contact", end_s=each.end_s) for each in entries.contacts]
    rows += [_event(each.t_s, "zone", value=each.zone) for each in entries.zone_changes]
    rows += [_event(each.t_s, "alert", each.kind, each.value) for each in entries.alerts]
    rows += [_event(gap.start_s, "gap", gap.reason, end_s=gap.end_s) for gap in session.gaps]
    rows += [_event(each.t_s, "button", each.kind) for each in entries.presses]
    rows += [_event(each.t_s, "clock", value=round(each.utc_s, 3)) for each in entries.clock_sets]
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _event(
    start_s: float, event: str, kind: str | None = None, value: float | None = None, end_s: float | None = None
) -> tuple[float, Row]:
    end_s = None if end_s is None else round(end_s, 3)
    return start_s, {"start_s": start_s, "end_s": end_s, "event": event, "kind": kind, "value": value}


def _samples(session: Session, key: str) -> Values:
    samples = session.samples
    travel_mm = np.cumsum(samples.counts) * session.geometry.path_mm(1)
    return {
        "session": [key] * len(samples.t_s),
        "t_s": _plain(samples.t_s, 3),
        "force_n": _plain(samples.force_n, 2),
        "counts": samples.counts.tolist(),
        "travel_mm": _plain(travel_mm, 3),
        "speed_mm_s": _plain(speeds_mm_s(session), 1),
        "zone": zone_of_samples(session).tolist(),
    }


def _plain(values: NDArray[np.floating[Any]], digits: int) -> list[float]:
    rounded: list[float] = (np.round(values, digits) + 0.0).tolist()  # + 0.0: no minus before a zero
    return rounded
