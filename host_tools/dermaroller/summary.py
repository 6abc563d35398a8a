"""The numbers of a session in the units that people use: the object that `show --json` prints.

Punctures follow the path: needles x revolutions rolled in contact. The density of a zone is punctures / area, counted
with the drum seated on the skin (rolling diameter D). If only the tips touch, the head rolls on D + 2L and fewer
punctures fall on the same way, so the band is [density * D / (D + 2L), density].
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from dermaroller import evidence, receipts, strips, trust
from dermaroller.care import care
from dermaroller.entries import Gap, Stroke
from dermaroller.geometry import Geometry
from dermaroller.session import Session

_LATEST_S = 253402300800  # the year 10000: a clock beyond it was set to nonsense


def summary(session: Session, start_by: Callable[[Session], "Start | None"] | None = None) -> dict[str, Any]:
    """All totals of one session as plain JSON values; units stand in the names, times are seconds from its start.

    start_by: what says when it began, if not start_of().
    """
    geometry = Geometry(session.header.get("head") or {})
    totals = device_totals(session)
    gaps = [{"start_s": gap.start_s, "end_s": gap.end_s, "reason": gap.reason} for gap in session.gaps]
    start = (start_by or start_of)(session)
    fraction = captured_fraction(session)
    doubts = trust.doubts(session, fraction)
    return {
        "id": session.id,
        "started_at": start.at.isoformat(timespec="seconds").replace("+00:00", "Z") if start else None,
        "duration_s": session.duration_s,
        "contact_s": totals["contact_ms"] / 1000,
        "passes": totals["passes"],
        "path_mm": round(geometry.path_mm(totals["path_counts"]), 2),
        "punctures": round(geometry.punctures(totals["path_counts"]), 1),
        "effective_punctures": round(geometry.punctures(totals["effective_counts"]), 1),
        "captured_fraction": round(fraction, 6),
        "gaps": gaps,
        "zones": [_zone(zone, sums, geometry) for zone, sums in zip(zones(session), totals["zones"], strict=True)],
        "strokes": [_stroke(stroke, geometry) for stroke in session.entries.strokes],
        "alerts": [{"t_s": alert.t_s, "kind": alert.kind, "value": alert.value} for alert in session.entries.alerts],
        "log_bytes": session.size_bytes,
        "end": session.footer.get("end") if session.footer else None,
        "subject": (session.header.get("plan") or {}).get("subject"),
        "device": session.header.get("device"),
        "board": session.header.get("board"),
        "start_source": start.source if start else None,
        "start_uncertainty_s": round(start.uncertainty_s, 3) if start else None,
        "missing": {"bytes": session.damage.bytes, "blocks": session.damage.blocks, "records": session.damage.records},
        "trusted": not doubts,
        "doubts": doubts,
        "counters": trust.losses(session),
        "notes": _notes(session, start),
        "covered": strips.covered(session.entries.strips, geometry.head),
        **care(session),
    }  # fmt: skip


def zones(session: Session) -> list[dict[str, Any]]:
    """The header's zones; where it is lost, as many nameless ones as the strokes speak of."""
    listed = list(session.header.get("zones") or [])
    used = 1 + max((stroke.zone for stroke in session.entries.strokes), default=0)
    for i in range(len(listed), max(used, 1)):
        listed.append({"name": f"zone {i + 1}", "area_mm2": None, "target_per_cm2_x10": None})
    return listed


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
    utc_s = session.header.get("utc_s")
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


def device_totals(session: Session) -> dict[str, Any]:
    """The footer's totals, which the device summed itself; without a footer, the sums over what was read.

    In counts and ms: contact_ms, passes, path_counts, effective_counts, and the last three for each of `zones`.
    """
    n = len(zones(session))
    if session.footer is not None:  # it lists zones up to the last one that was rolled
        listed = session.footer.get("zones", [])[:n]
        return {**session.footer, "zones": listed + [_sums([])] * (n - len(listed))}
    strokes = session.entries.strokes
    contact_s = sum(contact.end_s - contact.start_s for contact in session.entries.contacts)
    return {
        "contact_ms": round(contact_s * 1000),
        **_sums(strokes),
        "zones": [_sums([stroke for stroke in strokes if stroke.zone == i]) for i in range(n)],
    }


def _sums(strokes: list[Stroke]) -> dict[str, int]:
    return {
        "passes": sum(stroke.counted for stroke in strokes),
        "path_counts": sum(stroke.path_counts for stroke in strokes),
        "effective_counts": sum(stroke.effective_counts for stroke in strokes),
    }


def _zone(zone: dict[str, Any], sums: dict[str, int], geometry: Geometry) -> dict[str, Any]:
    area_cm2 = zone["area_mm2"] / 100 if zone.get("area_mm2") else None
    target_x10 = zone.get("target_per_cm2_x10")
    punctures = geometry.punctures(sums["path_counts"])
    density = punctures / area_cm2 if area_cm2 else None
    return {
        "name": zone.get("name"),
        "area_cm2": area_cm2,
        "passes": sums["passes"],
        "punctures": round(punctures, 1),
        "density_per_cm2": _rounded(density),
        "density_low_per_cm2": _rounded(density and density * geometry.tip_circle_ratio),
        "density_high_per_cm2": _rounded(density),
        "target_density_per_cm2": target_x10 / 10 if target_x10 is not None else None,
    }


def _rounded(density: float | None) -> float | None:
    return None if density is None else round(density, 2)


def _stroke(stroke: Stroke, geometry: Geometry) -> dict[str, Any]:
    return {
        "start_s": stroke.start_s,
        "end_s": round(stroke.end_s, 3),
        "distance_mm": round(geometry.path_mm(stroke.path_counts), 2),
        "direction": "backward" if stroke.counts < 0 else "forward",
        "force_mean_n": stroke.force_mean_n,
        "force_peak_n": stroke.force_peak_n,
        "counted": stroke.counted,
        "zone": stroke.zone,
    }
