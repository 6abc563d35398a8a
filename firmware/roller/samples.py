"""A run of samples on the log's 10 ms grid, gathered from the 1 kHz stream without allocating."""

from array import array

from roller.records import FORCE_STEP_MN, SAMPLE_PERIOD_MS
from roller.series import FORCE_LIMIT

CAPACITY = 250  # so that even incompressible samples fit one block


class SampleRun:
    """force_steps[i] is the mean force in period i, in FORCE_STEP_MN; counts[i] the counts moved in it, signed."""

    def __init__(self):
        self.force_steps = array("h", [0] * CAPACITY)
        self.counts = array("h", [0] * CAPACITY)
        self.begin(None)

    def begin(self, on_full):
        """Start anew. on_full(): called when the run is full or broken off; it must write the run and `clear` it."""
        self._on_full = on_full
        self.n = 0
        self.start_ms = 0
        self._is_open = False
        self._end_ms = 0
        self._sum_mn = 0
        self._samples = 0
        self._count = 0
        self._last_count = 0

    def add(self, t_ms, count, force_mn):
        """Take one sample in contact."""
        if self._is_open and t_ms >= self._end_ms:
            self._close_period(t_ms)
        if not self._is_open:
            self.start_ms = t_ms
            self._end_ms = t_ms + SAMPLE_PERIOD_MS
            self._last_count = count
            self._is_open = True
        self._sum_mn += force_mn
        self._samples += 1
        self._count = count

    def finish(self):
        """Contact is over: close the last period and hand the run over."""
        if self._samples:
            self._put()
        self._is_open = False
        if self.n:
            self._on_full()

    def clear(self):
        """The run has been written: go on behind it on the same grid."""
        self.start_ms += self.n * SAMPLE_PERIOD_MS
        self.n = 0

    def _close_period(self, t_ms):
        self._put()
        self._end_ms += SAMPLE_PERIOD_MS
        if t_ms >= self._end_ms:  # a whole period without a sample: the grid starts anew behind the gap
            self._is_open = False
            self._on_full()
        elif self.n == CAPACITY:
            self._on_full()

    def _put(self):
        n = self.n
        half = FORCE_STEP_MN // 2
        self.force_steps[n] = max(
            -FORCE_LIMIT, min(FORCE_LIMIT, (self._sum_mn // self._samples + half) // FORCE_STEP_MN)
        )
        self.counts[n] = max(-FORCE_LIMIT, min(FORCE_LIMIT, self._count - self._last_count))
        self._last_count = self._count
        self._sum_mn = self._samples = 0
        self.n = n + 1
