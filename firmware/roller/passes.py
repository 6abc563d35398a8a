"""Strokes: traverses in one direction within a contact, with dither netted out.

A stroke begins when the drum has moved by the reversal hysteresis from an extreme, and is dated back to that extreme.
It ends
when the drum has rolled back by as much, at lift-off, at a zone change or with the session; a pause does not end it. It
counts as a pass if it is long enough. Motion that never reaches the hysteresis is dither and is no path at all.
"""

from array import array

from roller.native import micropython, ptr32

# Words of the force felt in a stroke.
PEAK = 0
SUM = 1
SAMPLES = 2

# Words of a pass counter: counts, and the times at which they were reached.
_REVERSAL = 0
_DIRECTION = 1  # 0 until the first stroke of a contact is known
_START_MS = 2  # of the stroke
_EXTREME = 3
_EXTREME_MS = 4
_LOW = 5
_LOW_MS = 6
_HIGH = 7
_HIGH_MS = 8
_PATH = 9  # of the stroke, and what of it was effective
_EFFECTIVE = 10


class Stroke:
    """One traverse. Counts are encoder counts, `counts` signed by direction; times are ms since the session's start."""

    def __init__(self):
        self.felt = array("i", bytes(4 * 3))
        self.clear(0)

    def clear(self, t_ms):
        self.start_ms = t_ms
        self.end_ms = t_ms
        self.counts = 0
        self.path_counts = 0
        self.effective_counts = 0
        self.is_counted = False
        felt = self.felt
        felt[PEAK] = felt[SUM] = felt[SAMPLES] = 0

    def feel(self, force_mn):
        """Add one force sample to mean and peak."""
        feel(self.felt, force_mn)

    @property
    def force_peak_mn(self):
        return self.felt[PEAK]

    @property
    def force_mean_mn(self):
        felt = self.felt
        return max(0, felt[SUM] // felt[SAMPLES]) if felt[SAMPLES] else 0


@micropython.viper
def feel(felt: ptr32, force_mn: int):
    """Stroke.feel, of the stroke with these words."""
    if force_mn > felt[PEAK]:
        felt[PEAK] = force_mn
    felt[SUM] += force_mn
    felt[SAMPLES] += 1
    if felt[SUM] > 1 << 28:  # halving both keeps the mean and stays within a small integer
        felt[SUM] >>= 1
        felt[SAMPLES] >>= 1


class PassCounter:
    """Finds strokes in a row of counts. `on_stroke(stroke)` is called as each ends; the stroke is reused afterwards."""

    def __init__(self, settings, on_stroke):
        self._pass_min = settings.pass_min_counts
        self._on_stroke = on_stroke
        self.stroke = Stroke()
        self.words = array("i", bytes(4 * 11))
        self.words[_REVERSAL] = settings.reversal_counts

    @property
    def direction(self):
        """1 or -1; 0 until the first stroke of a contact is known."""
        return self.words[_DIRECTION]

    def begin(self, t_ms, count):
        """Contact begins, or goes on in another zone."""
        words = self.words
        words[_DIRECTION] = 0
        words[_LOW] = words[_HIGH] = count
        words[_LOW_MS] = words[_HIGH_MS] = t_ms
        words[_PATH] = words[_EFFECTIVE] = 0
        self.stroke.clear(t_ms)

    def move(self, t_ms, count, is_effective):
        """The drum has moved to `count` in contact; returns the counts that this adds to the path."""
        added = advance(self.words, t_ms, count, is_effective)
        return added if added >= 0 else self.turn(t_ms, count, is_effective)

    def end(self, t_ms):
        """Contact, zone or session ends at t_ms."""
        if self.words[_DIRECTION]:
            self._finish(t_ms)
        self.words[_DIRECTION] = 0

    def turn(self, t_ms, count, is_effective):
        """The drum has rolled back by the hysteresis: a stroke ended at the extreme, and another began there. Returns
        what that has of path.
        """
        words = self.words
        turned_ms = words[_EXTREME_MS]
        added = abs(count - words[_EXTREME])
        self._finish(turned_ms)
        self.stroke.clear(turned_ms)
        words[_START_MS] = turned_ms
        words[_DIRECTION] = -words[_DIRECTION]
        words[_EXTREME] = count
        words[_EXTREME_MS] = t_ms
        words[_PATH] = added
        words[_EFFECTIVE] = added if is_effective else 0
        return added

    def _finish(self, t_ms):
        stroke = self.stroke
        stroke.start_ms = self.words[_START_MS]
        stroke.path_counts = self.words[_PATH]
        stroke.effective_counts = self.words[_EFFECTIVE]
        stroke.end_ms = max(t_ms, stroke.start_ms)
        stroke.counts = stroke.path_counts * self.direction
        stroke.is_counted = stroke.path_counts >= self._pass_min
        self._on_stroke(stroke)


@micropython.viper
def advance(words: ptr32, t_ms: int, count: int, is_effective: bool) -> int:
    """The counts that moving to `count` adds to the path of a pass counter with these words.

    Negative if the drum has thereby rolled back by the hysteresis: the counter must turn first. The first stroke of a
    contact is known when the drum is that far from its lowest or highest count, at which it began.
    """
    direction = words[_DIRECTION]
    if direction:
        ahead = (count - words[_EXTREME]) * direction
        if ahead <= 0 - words[_REVERSAL]:
            return ahead
        if ahead <= 0:
            return 0
    else:
        if count < words[_LOW]:
            words[_LOW] = count
            words[_LOW_MS] = t_ms
        elif count > words[_HIGH]:
            words[_HIGH] = count
            words[_HIGH_MS] = t_ms
        ahead = count - words[_LOW]
        if ahead >= words[_REVERSAL]:
            words[_DIRECTION] = 1
            words[_START_MS] = words[_LOW_MS]
        else:
            ahead = words[_HIGH] - count
            if ahead < words[_REVERSAL]:
                return 0
            words[_DIRECTION] = -1
            words[_START_MS] = words[_HIGH_MS]
    words[_EXTREME] = count
    words[_EXTREME_MS] = t_ms
    words[_PATH] += ahead
    if is_effective:
        words[_EFFECTIVE] += ahead
    return ahead
