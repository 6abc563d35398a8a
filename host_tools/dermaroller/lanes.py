"""Decodes all SAMPLES records of a log side by side: one lane a record, one step for the same place in all of them.

The meaning is that of roller.decoding, sample for sample; this is only faster.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roller import decoding, records, series
from roller.bits import ESCAPE_BITS, MAX_RICE_K, RICE_ESCAPE

Numbers = NDArray[np.int64]

_WINDOW_BITS = 64
_MAX_MEAN = (2 << MAX_RICE_K) - 1
_ONES = np.array(
    [RICE_ESCAPE - (~i & (1 << RICE_ESCAPE) - 1).bit_length() for i in range(1 << RICE_ESCAPE)], dtype=np.int64
)  # how many ones lead a number of RICE_ESCAPE bits
_K = np.array([max(0, mean.bit_length() - 1) for mean in range(_MAX_MEAN + 1)], dtype=np.int64)  # bits.rice_k


@dataclass(frozen=True)
class Run:
    """A SAMPLES record whose bits are not decoded yet."""

    t_ms: int
    n: int
    predictor: int
    is_backward: bool
    first_force: int
    start: int  # bytes of the bits in the file
    end: int

    @property
    def end_ms(self) -> int:
        return self.t_ms + self.n * records.SAMPLE_PERIOD_MS

    @classmethod
    def read(cls, data: bytes, pos: int, end: int, times: records.Times) -> "Run":
        """The run of a SAMPLES body; ValueError if its bits cannot hold what it promises."""
        passed, pos = decoding.get_varint(data, pos, end)
        t_ms = times.ms[records.SAMPLES] + decoding.unzigzag(passed)
        n, predictor, is_backward, force, start = decoding.get_head(data, pos, end)
        times.ms[records.SAMPLES] = t_ms + n * records.SAMPLE_PERIOD_MS
        return cls(t_ms, n, predictor, bool(is_backward), force, start, end)


def decode(data: bytes, runs: list[Run]) -> list[tuple[NDArray[np.int32], NDArray[np.int32]] | None]:
    """(force steps, counts) of each run; None for one whose bits are no samples."""
    if not runs:
        return []
    lanes = _Lanes(data, sorted(runs, key=lambda run: -run.n))
    lanes.read_force()
    lanes.read_counts()
    found = {id(run): lanes.take(i) for i, run in enumerate(lanes.runs)}
    return [found[id(run)] for run in runs]


class _Lanes:
    """The runs, longest first, with the place of each in its bits."""

    def __init__(self, data: bytes, runs: list[Run]) -> None:
        self.runs = runs
        self.n = _row(run.n for run in runs)
        self._pos = _row(run.start * 8 for run in runs)
        self._end = _row(run.end * 8 for run in runs)
        self._is_bad = np.zeros(len(runs), dtype=bool)
        self._windows = _windows(data)
        longest = int(self.n[0])
        self._force = np.zeros((longest, len(runs)), dtype=np.int32)
        self._counts = np.zeros((longest, len(runs)), dtype=np.int32)

    def take(self, lane: int) -> tuple[NDArray[np.int32], NDArray[np.int32]] | None:
        if self._is_bad[lane] or self._pos[lane] > self._end[lane]:
            return None
        n = self.runs[lane].n
        return self._force[:n, lane], self._counts[:n, lane]

    def read_force(self) -> None:
        a = _row(run.first_force for run in self.runs)
        weights = np.array([series.PREDICTORS[run.predictor] for run in self.runs], dtype=np.int64).T
        b, c = a.copy(), a.copy()
        mean: Numbers = np.full(len(a), series.FORCE_MEAN)
        self._is_bad |= np.abs(a) > series.FORCE_LIMIT
        self._force[0] = np.clip(a, -series.FORCE_LIMIT, series.FORCE_LIMIT)
        active = len(a)
        for i in range(1, len(self._force)):
            active = int(np.searchsorted(-self.n[:active], -i))  # the lanes with more than i samples
            a, b, c, mean, weights = a[:active], b[:active], c[:active], mean[:active], weights[:, :active]
            value = self._rice(slice(active), mean >> series.FORCE_SHIFT)
            mean = mean + value - (mean >> series.FORCE_SHIFT)
            predicted = (weights[0] * a + weights[1] * b + weights[2] * c + 2) >> 2
            force = _unzigzag(value) + predicted
            self._is_bad[:active] |= np.abs(force) > series.FORCE_LIMIT
            force = np.clip(force, -series.FORCE_LIMIT, series.FORCE_LIMIT)  # a bad lane must not grow without bound
            self._force[i, :active] = force
            a, b, c = force, a, b

    def read_counts(self) -> None:
        sign = _row(1 if run.is_backward else -1 for run in self.runs)
        pause_mean = np.full(len(self.n), series.PAUSE_MEAN)
        count_mean = np.full(len(self.n), series.COUNT_MEAN)
        at = np.zeros(len(self.n), dtype=np.int64)
        lanes = np.flatnonzero(~self._is_bad)
        while len(lanes):
            mean = pause_mean[lanes]
            pause = self._rice(lanes, (mean >> series.PAUSE_SHIFT) + 1)
            pause_mean[lanes] = mean + pause - (mean >> series.PAUSE_SHIFT)
            at[lanes] += pause
            self._is_bad[lanes] |= (at[lanes] > self.n[lanes]) | (self._pos[lanes] > self._end[lanes])
            lanes = lanes[at[lanes] < self.n[lanes]]
            mean = count_mean[lanes]
            value = self._rice(lanes, mean >> series.COUNT_SHIFT)
            count_mean[lanes] = mean + value - (mean >> series.COUNT_SHIFT)
            self._is_bad[lanes] |= value >= 2 * series.FORCE_LIMIT
            self._counts[at[lanes], lanes] = sign[lanes] * _unzigzag(value + 1)
            at[lanes] += 1
            lanes = lanes[at[lanes] < self.n[lanes]]

    def _rice(self, lanes: Any, mean: Numbers) -> Numbers:
        """The next Rice-coded value of each of these lanes."""
        k = _K[np.minimum(mean, _MAX_MEAN)]
        pos = self._pos[lanes]
        byte = np.minimum(pos >> 3, len(self._windows) - 1)
        window = self._windows[byte] << (pos & 7).astype(np.uint64)
        ones = _ONES[window >> np.uint64(_WINDOW_BITS - RICE_ESCAPE)]
        rest = (window << (ones + 1).astype(np.uint64)) >> np.uint64(1)
        value: Numbers = (ones << k) | (rest >> (_WINDOW_BITS - 1 - k).astype(np.uint64)).astype(np.int64)
        is_escaped = ones == RICE_ESCAPE
        if is_escaped.any():
            written = (window << np.uint64(RICE_ESCAPE)) >> np.uint64(_WINDOW_BITS - ESCAPE_BITS)
            value = np.where(is_escaped, written.astype(np.int64), value)
        self._pos[lanes] = pos + np.where(is_escaped, RICE_ESCAPE + ESCAPE_BITS, ones + 1 + k)
        return value


def _row(numbers: Any) -> Numbers:
    return np.array(list(numbers), dtype=np.int64)


def _unzigzag(value: Numbers) -> Numbers:
    signed: Numbers = (value >> 1) ^ -(value & 1)
    return signed


def _windows(data: bytes) -> NDArray[np.uint64]:
    """The 64 bits that begin at each byte."""
    padded = np.frombuffer(data + bytes(8), dtype=np.uint8)
    windows = np.zeros(len(data) + 1, dtype=np.uint64)
    for i in range(8):
        windows <<= np.uint64(8)
        windows |= padded[i : len(windows) + i]
    return windows
