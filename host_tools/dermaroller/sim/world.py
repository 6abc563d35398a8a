"""Turns a trace into what the virtual board's pins and sensors see: a seeded stream of events in the board's format.

The records are those of `dermaroller.sim.stream`. Travel becomes the edges of two Hall latches over a ring of
magnets; the spacing of its poles, their hysteresis and the place where it starts come from the seed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from dermaroller.sim.events import RTC_EPOCH_S, Event, parse_event
from dermaroller.sim.faults import with_faults
from dermaroller.sim.stream import (
    BATTERY,
    CLOCK,
    CUT,
    END,
    FORCE,
    LEVEL,
    SENSOR,
    SPIKES,
    TARE,
    Pins,
    Records,
    World,
    in_order,
)
from dermaroller.sim.trace import Trace

_FORCE_OFFSET_MN = 1024
_MAX_FORCE_MN = (1 << 14) - 1 - _FORCE_OFFSET_MN
_MAX_RAMP_S = 0.05  # so that the board's interpolation stays within 31 bits
_MIN_RAMP_S = 0.002

SHORT_PRESS_S = 0.15
LONG_PRESS_S = 2.2
_HELD_S = {"button": SHORT_PRESS_S, "button_long": LONG_PRESS_S}
CLOSING_PAUSE_S = 0.5
AFTER_S = 3.0


@dataclass(frozen=True)
class Sensors:
    """How the sensors differ from ideal ones. Lengths in mm, forces in mN."""

    counts_per_rev: int = 32
    drum_diameter_mm: float = 20.0
    spacing_error: float = 0.03  # of a pole's length, at most
    hysteresis_mm: float = 0.10  # between the switching points of the two directions
    dither_mm: float = 0.02  # of each switching, at most
    noise_mn: int = 20  # standard deviation of each force reading, made on the board
    drift_mn: float = 10.0  # slow wander of the force sensor's rest value, standard deviation over ten minutes
    tare_raw: int = 3200
    raw_per_mn: int = 6
    battery_mv: int = 3900
    battery_low_mv: int = 3420  # under the threshold of the warning
    battery_empty_mv: int = 3200  # under the threshold at which a session is closed


def make_world(
    trace: Trace | None, sensors: Sensors, pins: Pins, seed: int, is_endless: bool = False, extra_s: float = 0.0
) -> World:
    """The world of a trace; without one, a drum at rest in the air for ever.

    Half a second after the last row the button is pressed long, so that an open session is closed; the world ends three
    seconds (and `extra_s`) after its release, or stands still if it is endless. Raises TraceError for an unknown
    event.
    """
    random = np.random.default_rng(seed)
    parts = [_at_rest(sensors, pins)]
    events: list[Event] = []
    end_us = 0
    if trace:
        start_s = trace.start_s
        close_s = trace.end_s - start_s + CLOSING_PAUSE_S
        end_us = round((close_s + LONG_PRESS_S + AFTER_S + extra_s) * 1e6)
        told = (Event(round((t_s - start_s) * 1e6), *parse_event(text, trace.name)) for t_s, text in trace.events)
        events = sorted(told, key=lambda event: event.t_us)
        parts += [
            _edges(trace, sensors, pins, random),
            _forces(trace),
            _drift(end_us, sensors, random),
            _events(events, sensors, pins),
        ]
        if not is_endless:
            parts.append(_events([Event(round(close_s * 1e6), "button_long")], sensors, pins))
    parts.append(np.array([(end_us, END, 0 if is_endless else 1)], dtype=np.int64))
    return World(with_faults(in_order(parts), events, sensors.noise_mn, pins), end_us)


def _at_rest(sensors: Sensors, pins: Pins) -> Records:
    rows = [(0, LEVEL, pins.hall_a << 1), (0, LEVEL, pins.hall_b << 1), (0, LEVEL, pins.button << 1 | 1)]
    rows += [
        (0, TARE, sensors.tare_raw),
        (0, SENSOR, 0),
        (0, BATTERY, sensors.battery_mv),
    ]
    return np.array(rows, dtype=np.int64)


def _edges(trace: Trace, sensors: Sensors, pins: Pins, random: np.random.Generator) -> Records:
    """When each latch switches. Forward, A leads B: A switches at even edges, B at odd ones."""
    times_s: list[np.ndarray] = []
    edges: list[np.ndarray] = []
    steps: list[np.ndarray] = []
    count = 0
    ring = _Ring(sensors, random)
    for t_s, position_mm in _runs(trace.t_s - trace.start_s, trace.position_mm - trace.position_mm[0]):
        crossed = ring.crossed(count, float(position_mm[-1]))
        if not len(crossed):
            continue
        step = 1 if position_mm[-1] > position_mm[0] else -1
        switch_mm = ring.switch_mm(crossed, step)
        times_s.append(np.interp(switch_mm * step, position_mm * step, t_s))
        edges.append(crossed)
        steps.append(np.full(len(crossed), step))
        count += step * len(crossed)
    if not edges:
        return np.zeros((0, 3), dtype=np.int64)
    edge, steps_taken = np.concatenate(edges), np.concatenate(steps)
    t_us = np.maximum.accumulate(np.round(np.concatenate(times_s) * 1e6).astype(np.int64))
    after = edge + (steps_taken > 0)  # the count after the edge
    is_b = edge & 1
    level = np.where(is_b, (after & 3) >> 1, ((after + 1) & 3) >> 1)
    pin = np.where(is_b, pins.hall_b, pins.hall_a)
    return np.column_stack([t_us, np.full(len(edge), LEVEL), pin << 1 | level])


class _Ring:
    """The magnets and the latches: where along the drum's travel they switch."""

    def __init__(self, sensors: Sensors, random: np.random.Generator) -> None:
        n = sensors.counts_per_rev
        self._n = n
        self._pitch_mm = math.pi * sensors.drum_diameter_mm / n
        # Both latches pass the same poles, so an error of a pole shows in both, a quarter period apart.
        poles = random.uniform(-1, 1, n // 2) * sensors.spacing_error * 2 * self._pitch_mm
        self._error_mm = np.repeat(poles, 2) + random.uniform(-1, 1, n) * sensors.dither_mm / 2
        self._first_mm = random.uniform(0.3, 0.7) * self._pitch_mm
        self._half_mm = sensors.hysteresis_mm / 2
        self._dither_mm = min(sensors.dither_mm, self._half_mm * 0.9)
        self._random = random

    def _ideal_mm(self, edge: np.ndarray) -> np.ndarray:
        return np.asarray(self._first_mm + edge * self._pitch_mm + self._error_mm[edge % self._n])

    def crossed(self, count: int, position_mm: float) -> np.ndarray:
        """The edges that a run to this position passes, when `count` of them lie behind."""
        guess = int((position_mm - self._first_mm) / self._pitch_mm)
        up = np.arange(count, max(guess + 4, count))
        down = np.arange(count - 1, min(guess - 4, count - 1), -1)
        up = up[np.logical_and.accumulate(self._ideal_mm(up) + self._half_mm < position_mm)]
        down = down[np.logical_and.accumulate(self._ideal_mm(down) - self._half_mm > position_mm)]
        return np.asarray(up if len(up) else down)

    def switch_mm(self, edges: np.ndarray, step: int) -> np.ndarray:
        """Where these edges switch this time, a little before the far end of the hysteresis."""
        early_mm = self._random.uniform(0, 1, len(edges)) * self._dither_mm
        return np.asarray(self._ideal_mm(edges) + step * (self._half_mm - early_mm))


def _runs(t_s: np.ndarray, position_mm: np.ndarray) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    """Cut a motion where its direction changes."""
    step = np.sign(np.diff(position_mm))
    moving = np.flatnonzero(step)
    if not len(moving):
        return
    turns = moving[1:][step[moving[1:]] != step[moving[:-1]]]
    bounds = [0, *turns.tolist(), len(t_s) - 1]
    for first, last in itertools.pairwise(bounds):
        yield t_s[first : last + 1], position_mm[first : last + 1]


def _forces(trace: Trace) -> Records:
    """Straight ramps of 50 ms at the most, and none where the force stays."""
    t_s = trace.t_s - trace.start_s
    at_us = np.unique(np.round(_thinned(_refined(t_s)) * 1e6).astype(np.int64))
    force_mn = np.round(np.interp(at_us / 1e6, t_s, trace.force_n) * 1000)
    mn = np.clip(force_mn, -_FORCE_OFFSET_MN, _MAX_FORCE_MN).astype(np.int64) + _FORCE_OFFSET_MN
    ramps = np.column_stack([at_us[:-1], np.full(len(at_us) - 1, FORCE), np.diff(at_us) << 14 | mn[1:]])
    changes = np.diff(mn) != 0
    # A ramp's end needs no record of its own: the force stays there.
    rows: Records = np.concatenate([[(0, FORCE, int(mn[0]))], ramps[changes]]).astype(np.int64)
    return rows


def _refined(t_s: np.ndarray) -> np.ndarray:
    """Points in between, so that no two are further apart than a ramp may be long."""
    gap_s = np.diff(t_s)
    parts = np.maximum(np.ceil(gap_s / _MAX_RAMP_S), 1).astype(np.int64)
    part = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    inner = np.repeat(t_s[:-1], parts) + part * np.repeat(gap_s / parts, parts)
    return np.append(inner, t_s[-1])


def _thinned(t_s: np.ndarray) -> np.ndarray:
    """Of points closer together than the board could tell, only the first and the last."""
    if len(t_s) < 3 or np.min(np.diff(t_s)) >= _MIN_RAMP_S:
        return t_s
    slot = np.floor(t_s / _MIN_RAMP_S)
    is_new = np.diff(slot) > 0
    return np.asarray(t_s[np.append(True, is_new) | np.append(is_new, True)])


def _drift(end_us: int, sensors: Sensors, random: np.random.Generator) -> Records:
    """A random walk in steps of ten seconds."""
    at_us = np.arange(10_000_000, end_us, 10_000_000)
    walk_mn = np.cumsum(random.normal(0, sensors.drift_mn / math.sqrt(60), len(at_us)))
    walk_mn = np.clip(walk_mn, -4 * sensors.drift_mn, 4 * sensors.drift_mn)
    raw = sensors.tare_raw + np.round(walk_mn * sensors.raw_per_mn).astype(np.int64)
    return np.column_stack([at_us, np.full(len(at_us), TARE), raw])


def _events(events: Iterable[Event], sensors: Sensors, pins: Pins) -> Records:
    """What each event does at its time; those that last are for `dermaroller.sim.faults`."""
    happen = {
        "power_cut": (CUT, 0),
        "sensor_open": (SENSOR, 1),
        "sensor_ok": (SENSOR, 0),
        "battery_low": (BATTERY, sensors.battery_low_mv),
        "battery_empty": (BATTERY, sensors.battery_empty_mv),
        "battery_ok": (BATTERY, sensors.battery_mv),
    }
    if pins.charger is not None:  # pulls its status pin low
        happen |= {"charger_on": (LEVEL, pins.charger << 1), "charger_off": (LEVEL, pins.charger << 1 | 1)}
    rows = []
    for event in events:
        if event.name in _HELD_S:
            up_us = event.t_us + round(_HELD_S[event.name] * 1e6)
            rows += [(event.t_us, LEVEL, pins.button << 1), (up_us, LEVEL, pins.button << 1 | 1)]
        elif event.name == "spike":
            rows.append((event.t_us, SPIKES, event.number))
        elif event.name == "clock":
            rows.append((event.t_us, CLOCK, event.number - RTC_EPOCH_S))
        elif event.name in happen:
            rows.append((event.t_us, *happen[event.name]))
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def with_noise(sensors: Sensors, noise_mn: int | None) -> Sensors:
    """The same sensors with another noise, if one is given."""
    return sensors if noise_mn is None else replace(sensors, noise_mn=noise_mn)
