"""The records of a log as typed values in seconds and newtons, and the decoding that makes them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dermaroller import lanes
from dermaroller.lanes import Run
from roller import decoding, formats, records

MAX_ZONE = 63


@dataclass(frozen=True)
class Contact:
    """The drum on the skin: from the force's rise above contact_on to the lift."""

    start_s: float
    end_s: float


@dataclass(frozen=True)
class Stroke:
    """One traverse in one direction in contact; a pass, if it is `counted`."""

    start_s: float
    end_s: float
    counts: int  # net, signed by direction
    path_counts: int  # rolled, dither netted out
    effective_counts: int  # of path_counts: rolled at or above the plan's low force
    force_mean_n: float
    force_peak_n: float
    zone: int  # from 0, in the order of the plan
    counted: bool  # it is long enough to be a pass


@dataclass(frozen=True)
class ZoneChange:
    """From t_s on, `zone` (from 0) is rolled; a session begins with zone 0."""

    t_s: float
    zone: int


@dataclass(frozen=True)
class Alert:
    """What the light or the buzzer told; kind is one of roller.records.ALERT_KINDS, and decides what `value` means."""

    t_s: float
    kind: str
    value: int  # mN for "too_hard", a zone for "zone_done", ...


@dataclass(frozen=True)
class Gap:
    """A time without trustworthy samples; reason is one of roller.records.GAP_REASONS, or "damaged" for lost blocks."""

    start_s: float
    end_s: float
    reason: str


@dataclass(frozen=True)
class Press:
    """Of the button; kind is "short" or "long"."""

    t_s: float
    kind: str


@dataclass(frozen=True)
class ClockSet:
    """At t_s of the session the device's clock read utc_s (unix seconds)."""

    t_s: float
    utc_s: float


@dataclass(frozen=True)
class Strip:
    """The way under one contact, in bins of 1/32 revolution: how many, and how often they were rolled over."""

    start_s: float
    bins: int
    max_visits: int  # of one bin
    sum_visits: int


@dataclass(frozen=True)
class Samples:
    """Force and motion while in contact: three arrays of shape (n,), a row every 10 ms within one contact."""

    t_s: NDArray[np.float64]  # whole milliseconds
    force_n: NDArray[np.float64]  # in steps of 0.01 N; a little below 0 is noise
    counts: NDArray[np.int64]  # signed counts since the row before


@dataclass
class Entries:
    """Everything that the DATA blocks of one session held; each list in the order of the log."""

    contacts: list[Contact] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    zone_changes: list[ZoneChange] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    presses: list[Press] = field(default_factory=list)
    clock_sets: list[ClockSet] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    unknown: int = 0  # records with a tag that this version does not know
    runs: list[Run] = field(default_factory=list, repr=False)
    pieces: list[tuple[int, NDArray[np.int32], NDArray[np.int32]]] = field(default_factory=list, repr=False)

    def add(self, tag: int, data: bytes, pos: int, end: int, times: records.Times) -> tuple[int, int]:
        """Take one record; return the first and last ms it speaks of. ValueError if its body does not fit its tag."""
        if tag == records.SAMPLES:
            run = Run.read(data, pos, end, times)
            self.runs.append(run)
            return run.t_ms, run.end_ms
        if tag not in formats.FORMATS:
            self.unknown += 1
            return -1, -1
        names = (name.lstrip("~^") for name in formats.fields(tag))
        row: dict[str, int] = dict(zip(names, decoding.get_record(data, tag, pos, end, times), strict=True))
        if row.get("zone", 0) > MAX_ZONE:
            raise ValueError("no plan has so many zones")
        start_ms = row.get("start_ms", row.get("t_ms", 0))
        if min(start_ms, row.get("path_counts", 0), row.get("effective_counts", 0)) < 0:
            raise ValueError("no firmware writes a time before the start, or a way less than none")
        self._add_row(tag, row)
        return start_ms, start_ms + row.get("duration_ms", 0)

    def decode(self, data: bytes) -> int:
        """Decode the samples that `add` took; return how many records of them are bad."""
        found = lanes.decode(data, self.runs)
        for run, piece in zip(self.runs, found, strict=True):
            if piece is not None:
                self.pieces.append((run.t_ms, *piece))
        self.runs.clear()
        return found.count(None)

    def _add_row(self, tag: int, row: dict[str, int]) -> None:
        start_ms = row.get("start_ms", row.get("t_ms", 0))
        start_s, end_s = start_ms / 1000, (start_ms + row.get("duration_ms", 0)) / 1000
        if tag == records.CONTACT:
            self.contacts.append(Contact(start_s, end_s))
        elif tag == records.STROKE:
            self.strokes.append(_stroke(start_s, end_s, row))
        elif tag == records.ZONE:
            self.zone_changes.append(ZoneChange(start_s, row["zone"]))
        elif tag == records.ALERT:
            self.alerts.append(Alert(start_s, _word(records.ALERT_KINDS.split(), row["kind"]), row["value"]))
        elif tag == records.GAP:
            self.gaps.append(Gap(start_s, end_s, _word(records.GAP_REASONS.split(), row["reason"])))
        elif tag == records.BUTTON:
            self.presses.append(Press(start_s, _word(records.PRESSES.split(), row["press"])))
        elif tag == records.CLOCK:
            self.clock_sets.append(ClockSet(start_s, row["utc_s"] + row["utc_ms"] / 1000))
        elif tag == records.STRIP:
            self.strips.append(Strip(start_s, row["bins"], row["max_visits"], row["sum_visits"]))
        elif tag == records.COUNTERS:
            self.counters = {name: n for name, n in row.items() if name != "t_ms"}

    def samples(self) -> Samples:
        """All samples in one row of arrays, in the order of time."""
        pieces = sorted(self.pieces, key=lambda piece: piece[0])
        if not pieces:
            return Samples(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64))
        t_ms = [start_ms + np.arange(len(counts)) * records.SAMPLE_PERIOD_MS for start_ms, _, counts in pieces]
        force_steps = np.concatenate([steps for _, steps, _ in pieces])
        counts = np.concatenate([counts for _, _, counts in pieces])
        force_n = force_steps * (records.FORCE_STEP_MN / 1000)
        return Samples(np.concatenate(t_ms) / 1000, force_n, counts.astype(np.int64))


def _stroke(start_s: float, end_s: float, row: dict[str, int]) -> Stroke:
    return Stroke(
        start_s,
        end_s,
        row["counts"],
        row["path_counts"],
        row["effective_counts"],
        row["force_mean_mn"] / 1000,
        row["force_peak_mn"] / 1000,
        row["zone"],
        bool(row["counted"]),
    )


def _word(words: list[str], number: int) -> str:
    """The word for a number; later versions append words, so an unknown number is named, not refused."""
    return words[number] if number < len(words) else f"unknown_{number}"
