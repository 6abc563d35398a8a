"""A session as tables: for each column of columns.py a row of values."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermaroller.export.columns import TABLES
from dermaroller.geometry import Geometry
from dermaroller.session import Session
from dermaroller.summary import device_totals
from roller import records

SPEED_ROWS = 21  # over which speed is averaged; odd, so that they lie around their row
VIRTUAL = "virtual"

Values = dict[str, Sequence[Any]]  # column: its values; all of a table are of equal length


def tables(session: Session) -> dict[str, Values]:
    """All tables of columns.py. Values are str, int, float, bool or None."""
    told = session.summary()
    key = session_key(session)
    rows = {
        "session": [_session_row(session, told)],
        "zones": _zone_rows(session, told),
        "strokes": [{"stroke": i, **stroke} for i, stroke in enumerate(told["strokes"])],
        "events": _event_rows(session),
    }
    made = {name: _columns(name, key, each) for name, each in rows.items()}
    made["samples"] = _samples(session, key)
    return {name: made[name] for name in TABLES}


def session_key(session: Session) -> str:
    """What tells a session from all others and can be read: device, number on it, beginning of the log's SHA-256."""
    device = "".join(c for c in str(session.header.get("device") or "") if c.isalnum()) or "device"
    return f"{device[:20]}-{session.id:05d}-{session.sha256[:8]}"


def is_simulated(session: Session) -> bool:
    """Whether the virtual board made it."""
    return session.header.get("board") == VIRTUAL


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
    return mean * _geometry(session).path_mm(1) * 1000 / records.SAMPLE_PERIOD_MS


def _geometry(session: Session) -> Geometry:
    return Geometry(session.header.get("head") or {})


def _columns(table: str, key: str, rows: list[dict[str, Any]]) -> Values:
    names = [column.name for column in TABLES[table][1:]]
    return {"session": [key] * len(rows)} | {name: [row[name] for row in rows] for name in names}


def _session_row(session: Session, told: dict[str, Any]) -> dict[str, Any]:
    head, missing = told["head"], told["missing"]
    return {
        **told,
        "head_id": head["id"],
        "needles": head["needles"] and round(head["needles"]),
        "needle_length_mm": head["needle_length_mm"],
        "is_simulated": is_simulated(session),
        "is_whole": session.is_as_closed and not session.damage,
        "is_trusted": told["trusted"],
        "doubts": " ".join(told["doubts"]) or None,
        **{f"missing_{what}": missing[what] for what in ("bytes", "blocks", "records")},
        "log_sha256": session.sha256,
    }


def _zone_rows(session: Session, told: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for i, (zone, effective) in enumerate(zip(told["zones"], effective_punctures(session), strict=True)):
        rows.append({"zone": i, **zone, "effective_punctures": effective})
    return rows


def effective_punctures(session: Session) -> list[float]:
    """Of each zone: the punctures made at or above the plan's low force."""
    geometry = _geometry(session)
    return [round(geometry.punctures(sums["effective_counts"]), 1) for sums in device_totals(session)["zones"]]


def _event_rows(session: Session) -> list[dict[str, Any]]:
    entries = session.entries
    rows: list[tuple[float, float | None, str, str | None, float | None]] = []
    rows += [(each.start_s, round(each.end_s, 3), "contact", None, None) for each in entries.contacts]
    rows += [(each.t_s, None, "zone", None, each.zone) for each in entries.zone_changes]
    rows += [(each.t_s, None, "alert", each.kind, each.value) for each in entries.alerts]
    rows += [(gap.start_s, round(gap.end_s, 3), "gap", gap.reason, None) for gap in session.gaps]
    rows += [(each.t_s, None, "button", each.kind, None) for each in entries.presses]
    rows += [(each.t_s, None, "clock", None, round(each.utc_s, 3)) for each in entries.clock_sets]
    rows.sort(key=lambda row: row[0])
    names = ("start_s", "end_s", "event", "kind", "value")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _samples(session: Session, key: str) -> Values:
    samples = session.samples
    travel_mm = np.cumsum(samples.counts) * _geometry(session).path_mm(1)
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
