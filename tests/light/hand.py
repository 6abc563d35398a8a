"""A hand that does what it is told, as a trace for the virtual board."""

import numpy as np

from dermaroller.sim.trace import Trace

ROW_S = 0.02


class Hand:
    """Plays steps one after the other; `now_s` is the time of the next."""

    def __init__(self):
        self.now_s = 0.0
        self._position_mm = 0.0
        self._rows = [(0.0, 0.0, 0.0)]
        self._events = []

    def rest(self, duration_s):
        """In the air."""
        self._row(0.001, 0.0)
        self._row(duration_s - 0.001, 0.0)

    def roll(self, way_mm, force_n, duration_s=2.0):
        """One stroke, pressed down first and lifted last; the force swells and falls within 60 ms."""
        self.press(0.06, 0.0, force_n)
        self.drag(way_mm, force_n, duration_s)
        self.press(0.06, force_n, 0.0)

    def drag(self, way_mm, force_n, duration_s):
        """Roll while pressed: slow at both ends."""
        n = max(2, round(duration_s / ROW_S))
        start_mm = self._position_mm
        for i in range(1, n + 1):
            x = i / n
            self._position_mm = start_mm + way_mm * x * x * (3 - 2 * x)
            self._row(duration_s / n, force_n)

    def drag_to_and_fro(self, way_mm, force_n, n):
        """n strokes in turn without a lift."""
        self.press(0.06, 0.0, force_n)
        for i in range(n):
            self.drag(way_mm if i % 2 == 0 else -way_mm, force_n, 1.2)
        self.press(0.06, force_n, 0.0)

    def press(self, duration_s, from_n, to_n):
        """The force goes from one value to another while the drum stands."""
        self._row(0.001, from_n)
        self._row(duration_s - 0.001, to_n)

    def event(self, name, then_s=0.0):
        """Something happens; then rest."""
        self._events.append((self.now_s, name))
        if then_s:
            self.rest(then_s)

    def trace(self):
        t_s, position_mm, force_n = np.array(self._rows).T
        return Trace("told", t_s, position_mm, force_n, tuple(self._events))

    def _row(self, step_s, force_n):
        self.now_s += step_s
        self._rows.append((self.now_s, self._position_mm, force_n))
