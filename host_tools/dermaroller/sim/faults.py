"""Faults of the world that last, and bounces: dead phases, a stuck button, a converter that hangs.

They change the records of a sound world, so pins, counters and converters need to know nothing of them. While a line
is dead the hand goes on as it would; afterwards the line is again where the hand has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dermaroller.sim.events import Event
from dermaroller.sim.stream import FORCE, LEVEL, NOISE, TARE, Pins, Records, force_at, in_order

# When a bounce changes the line, from its beginning: three times away from where the hand has it, for 0.3, 1.1 and
# 2 ms.
GLITCH_US = (0, 300, 700, 1_800, 2_400, 4_400)

_ENDS = {"encoder_dead": "encoder_ok", "phase_dead": "phase_ok", "button_stuck": "button_free", "frozen": "frozen_ok"}
_NEVER_US = 1 << 62

Span = tuple[int, int]
Row = tuple[int, int, int]
# From the records of a quantity until a time, and that time: values of such records that put it where it is to be.
Values = Callable[[Records, int], Iterable[int]]


def with_faults(records: Records, events: Sequence[Event], noise_mn: int, pins: Pins) -> Records:
    """The records, in order of time, as these events leave them. noise_mn: of the force sensor when it is sound."""
    records = _with_glitches(records, events, pins.button)
    stuck = _spans(events, "button_stuck")
    records = _held(records, _line(records, pins.button), stuck, lambda past, t_us: [pins.button << 1], _latest)
    for pin, faults in ((pins.hall_a, ("encoder_dead",)), (pins.hall_b, ("encoder_dead", "phase_dead"))):
        records = _held(records, _line(records, pin), _spans(events, *faults), _latest, _latest)
    return _with_frozen(records, _spans(events, "frozen"), noise_mn)


def _spans(events: Iterable[Event], *faults: str) -> list[Span]:
    """From when until when there is one of these faults, in microseconds; for ever if none of its ends comes."""
    spans: list[Span] = []
    active: set[str] = set()
    since_us = 0
    for event in events:
        was_active = bool(active)
        active |= {fault for fault in faults if event.name == fault}
        active -= {fault for fault in faults if event.name == _ENDS[fault]}
        if active and not was_active:
            since_us = event.t_us
        elif was_active and not active:
            spans.append((since_us, event.t_us))
    return [*spans, (since_us, _NEVER_US)] if active else spans


def _held(records: Records, is_own: NDArray[np.bool_], spans: list[Span], first: Values, then: Values) -> Records:
    """The records without those of one quantity in the spans; `first` stands at a span's beginning, `then` at its end.

    is_own: which records are the quantity's; they are of one kind.
    """
    own, t_us = records[is_own], records[:, 0]
    is_kept = np.ones(len(records), dtype=np.bool_)
    rows: list[Row] = []
    for begin_us, end_us in spans:
        is_kept &= ~(is_own & (t_us > begin_us) & (t_us < end_us))
        for at_us, values in ((begin_us, first), (end_us, then)):
            if at_us < _NEVER_US:
                past = own[own[:, 0] <= at_us]
                rows += [(at_us, int(own[0, 1]), value) for value in values(past, at_us)]
    return _with_rows(records[is_kept], rows)


def _with_rows(records: Records, rows: list[Row]) -> Records:
    if not rows:
        return records
    return in_order([records, np.array(rows, dtype=np.int64).reshape(-1, 3)])


def _line(records: Records, pin: int) -> NDArray[np.bool_]:
    """Which records are this pin's level."""
    return np.asarray((records[:, 1] == LEVEL) & (records[:, 2] >> 1 == pin))


def _latest(past: Records, at_us: int) -> list[int]:
    return [int(past[-1, 2])]


def _with_glitches(records: Records, events: Iterable[Event], pin: int) -> Records:
    own = records[_line(records, pin)]
    rows: list[Row] = []
    for event in events:
        if event.name == "button_glitch":
            for i, after_us in enumerate(GLITCH_US):
                at_us = event.t_us + after_us
                level = _latest(own[own[:, 0] <= at_us], at_us)[0]
                rows.append((at_us, LEVEL, level if i % 2 else level ^ 1))
    return _with_rows(records, rows)


def _with_frozen(records: Records, spans: list[Span], noise_mn: int) -> Records:
    """The force sensor shows the force and the rest value of the spans' beginning, without noise."""
    records = _held(records, records[:, 1] == TARE, spans, _latest, _latest)
    records = _held(records, records[:, 1] == FORCE, spans, lambda past, t_us: force_at(past, t_us)[:1], force_at)
    rows = [row for begin_us, end_us in spans for row in ((begin_us, NOISE, 0), (end_us, NOISE, noise_mn))]
    return _with_rows(records, [row for row in rows if row[0] < _NEVER_US])
