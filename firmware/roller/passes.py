"""Strokes: traverses in one direction within a contact, with dither netted out.

A stroke begins when the drum has moved by the reversal hysteresis from an extreme, and is dated back to that extreme.
It ends
when the drum has rolled back by as much, at lift-off, at a zone change or with the session; a pause does not end it. It
counts as a pass if it is long enough. Motion that never reaches the hysteresis is dither and is no path at all.
"""


class Stroke:
    """One traverse. Counts are encoder counts, `counts` signed by direction; times are ms since the session's start."""

    def __init__(self):
        self.clear(0)

    def clear(self, t_ms):
        self.start_ms = t_ms
        self.end_ms = t_ms
        self.counts = 0
        self.path_counts = 0
        self.effective_counts = 0
        self.force_peak_mn = 0
        self.is_counted = False
        self._force_sum = 0
        self._force_n = 0

    def feel(self, force_mn):
        """Add one force sample to mean and peak."""
        if force_mn > self.force_peak_mn:
            self.force_peak_mn = force_mn
        self._force_sum += force_mn
        self._force_n += 1
        if self._force_sum > 1 << 28:  # halving both keeps the mean and stays within a small integer
            self._force_sum >>= 1
            self._force_n >>= 1

    @property
    def force_mean_mn(self):
        return max(0, self._force_sum // self._force_n) if self._force_n else 0


class PassCounter:
    """Finds strokes in a row of counts. `on_stroke(stroke)` is called as each ends; the stroke is reused afterwards."""

    def __init__(self, settings, on_stroke):
        self._reversal = settings.reversal_counts
        self._pass_min = settings.pass_min_counts
        self._on_stroke = on_stroke
        self.stroke = Stroke()
        self.direction = 0  # 0 until the first stroke of a contact is known
        self._low = self._high = self._extreme = 0
        self._low_ms = self._high_ms = self._extreme_ms = 0

    def begin(self, t_ms, count):
        """Contact begins, or goes on in another zone."""
        self.direction = 0
        self._low = self._high = count
        self._low_ms = self._high_ms = t_ms
        self.stroke.clear(t_ms)

    def move(self, t_ms, count, is_effective):
        """The drum has moved to `count` in contact; returns the counts that this adds to the path."""
        if self.direction:
            added = self._go_on(t_ms, count)
        else:
            added = self._start(t_ms, count)
        if added:
            stroke = self.stroke
            stroke.path_counts += added
            if is_effective:
                stroke.effective_counts += added
        return added

    def end(self, t_ms):
        """Contact, zone or session ends at t_ms."""
        if self.direction:
            self._finish(t_ms)
        self.direction = 0

    def _start(self, t_ms, count):
        if count < self._low:
            self._low = count
            self._low_ms = t_ms
        elif count > self._high:
            self._high = count
            self._high_ms = t_ms
        if count - self._low >= self._reversal:
            self.direction = 1
            self.stroke.start_ms = self._low_ms
            added = count - self._low
        elif self._high - count >= self._reversal:
            self.direction = -1
            self.stroke.start_ms = self._high_ms
            added = self._high - count
        else:
            return 0
        self._extreme = count
        self._extreme_ms = t_ms
        return added

    def _go_on(self, t_ms, count):
        ahead = (count - self._extreme) * self.direction
        if ahead <= -self._reversal:
            self._finish(self._extreme_ms)
            self.stroke.clear(self._extreme_ms)
            self.direction = -self.direction
            ahead = -ahead
        elif ahead <= 0:
            return 0
        self._extreme = count
        self._extreme_ms = t_ms
        return ahead

    def _finish(self, t_ms):
        stroke = self.stroke
        stroke.end_ms = max(t_ms, stroke.start_ms)
        stroke.counts = stroke.path_counts * self.direction
        stroke.is_counted = stroke.path_counts >= self._pass_min
        self._on_stroke(stroke)
