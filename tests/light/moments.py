"""When the light ought to change, worked out from the trace without the firmware: limits, passes, targets.

Time runs from what the sensors could know: a pass ends with the encoder edge that takes the drum back by more than the
hysteresis, or when the force has been gone for the 60 ms that make a lift; a target is reached with the edge that adds
the last count of it that was rolled with enough force.
"""

from dataclasses import dataclass

import numpy as np

from dermaroller.sim.run import board_pins
from dermaroller.sim.stream import LEVEL
from dermaroller.sim.world import Sensors, make_world

ON_N, OFF_N, LIFT_S = 0.30, 0.15, 0.060
GRID_S = 0.001  # in which force and contact are followed; a crossing is dated to the step before it
REVERSAL_COUNTS = 3  # the first whole count beyond 4 mm, of 1.96 mm each
PASS_COUNTS = 6  # at least 10 mm
LASTS_S = 0.1  # a force that crosses a limit for less is a brush, not a change
CALM_S = 0.4  # after the last time beyond a limit; before that the light still shows it
TOUCH_S = 0.35  # after touch-down, in which too little force is no mistake yet
_CYCLE = [(0, 0), (1, 0), (1, 1), (0, 1)]  # (A, B) when the drum rolls forward


@dataclass(frozen=True)
class Moment:
    """At t_s (trace time) the light should turn to `state`, because of `cause`."""

    t_s: float
    state: str
    cause: str


def moments(trace, plan, seed=0):
    """All of a trace. `plan`: the fields that the device has."""
    t_s = np.arange(trace.start_s, trace.end_s, GRID_S)
    force_n = np.interp(t_s, trace.t_s, trace.force_n)
    contacts = _contacts(force_n)
    low_n, high_n = (plan["force"][key] / 1000 for key in ("low_mn", "high_mn"))
    return (
        _crossings(t_s, force_n >= high_n, contacts, "too_hard")
        + _crossings(t_s, force_n < low_n, contacts, "too_light", TOUCH_S)
        + _rolled(trace, [(t_s[first], t_s[last]) for first, last in contacts], plan, seed)
    )


def _contacts(force_n):
    """(first, last) step of each contact, which ends when the force is gone and stays so."""
    lift = round(LIFT_S / GRID_S)
    is_on, is_felt = force_n >= ON_N, force_n >= OFF_N
    found, at = [], 0
    while is_on[at:].any():
        first = at + int(np.argmax(is_on[at:]))
        last = first
        while is_felt[last + 1 : last + 1 + lift].any():
            last += int(np.flatnonzero(is_felt[last + 1 : last + 1 + lift])[-1]) + 1
        found.append((first, last))
        at = last + 1
    return found


def _crossings(t_s, is_beyond, contacts, state, after_touch_s=0.0):
    """Where the force goes beyond a limit and stays there, after it was within for a while, in the midst of contact."""
    lasts, calm, touch = (round(each / GRID_S) for each in (LASTS_S, CALM_S, after_touch_s))
    return [
        Moment(float(t_s[at]), state, state.replace("_", " "))
        for first, last in contacts
        for at in first + np.flatnonzero(~is_beyond[first:last] & is_beyond[first + 1 : last + 1])
        if at - first > touch
        and last - at > lasts
        and is_beyond[at + 1 : at + lasts].all()
        and not is_beyond[max(at - calm, first + touch) : at].any()
    ]


def edges(trace, seed):
    """(times, counts after each) of the encoder, in trace time."""
    pins = board_pins("virtual")
    a = b = count = 0
    times, counts = [], []
    for t_us, kind, value in make_world(trace, Sensors(), pins, seed).records.tolist():
        if kind == LEVEL and t_us and value >> 1 in (pins.hall_a, pins.hall_b):
            before = _CYCLE.index((a, b))
            if value >> 1 == pins.hall_a:
                a = value & 1
            else:
                b = value & 1
            count += (_CYCLE.index((a, b)) - before + 1) % 4 - 1
            times.append(trace.start_s + t_us / 1e6)
            counts.append(count)
    return np.array(times), np.array(counts)


def _rolled(trace, contacts, plan, seed):
    """Ends of passes, and targets reached."""
    times, counts = edges(trace, seed)
    presses = [t_s for t_s, name in trace.events if name == "button"]
    zones, head = plan["zones"], plan["head"]
    left = [-(-zone["target_per_cm2_x10"] * zone["area_mm2"] * head["counts_per_rev"] // (1000 * head["needles"]))
            for zone in zones]  # fmt: skip
    found = []
    for start_s, end_s in contacts:
        first, last = np.searchsorted(times, (start_s, end_s))
        before = int(counts[first - 1]) if first else 0
        zone = sum(t_s < start_s for t_s in presses) % len(zones)
        way = _Way(before)
        is_enough = np.interp(times[first:last], trace.t_s, trace.force_n) >= plan["force"]["low_mn"] / 1000
        rolled = zip(times[first:last].tolist(), counts[first:last].tolist(), is_enough.tolist(), strict=True)
        for t_s, count, is_effective in rolled:
            was_left = left[zone]
            left[zone] -= way.roll(count) * is_effective
            if way.has_turned and way.ended >= PASS_COUNTS:
                found.append(Moment(t_s, "pass_counted", "pass, rolled back"))
            if left[zone] <= 0 < was_left:
                found.append(Moment(t_s, "zone_done", "target reached"))
        if way.stroke >= PASS_COUNTS:
            found.append(Moment(float(end_s) + LIFT_S, "pass_counted", "pass, lifted"))
    return found


class _Way:
    """Follows one contact edge by edge. `stroke`: counts of the stroke under way; `ended`: of the one before."""

    def __init__(self, count):
        self._low = self._high = count
        self._direction = 0
        self.stroke = self.ended = 0
        self.has_turned = False

    def roll(self, count):
        """Go to `count`; the counts of path that this settles."""
        self._low, self._high = min(self._low, count), max(self._high, count)
        self.has_turned = False
        back = self._high - count if self._direction > 0 else count - self._low
        if not self._direction:
            if self._high - self._low < REVERSAL_COUNTS:
                return 0
            self._direction = 1 if count == self._high else -1
            self.stroke = self._high - self._low
            self._begin(count)
            return self.stroke
        if back >= REVERSAL_COUNTS:
            self.ended, self.stroke, self.has_turned = self.stroke, back, True
            self._direction = -self._direction
            self._begin(count)
            return back
        ahead = self._high - self._edge if self._direction > 0 else self._edge - self._low
        self._edge = self._high if self._direction > 0 else self._low
        self.stroke += ahead
        return ahead

    def _begin(self, count):
        self._low = self._high = self._edge = count
