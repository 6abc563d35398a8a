"""A run of samples on the log's 10 ms grid, gathered from the 1 kHz stream without allocating.

The period in the making stands in the meter's words, to which judge.judge adds; `turn` is told of the first moment
behind it.
"""

from array import array

from roller.judge import COUNT, LOG_COUNT, LOG_END_MS, LOG_SAMPLES, LOG_SUM_MN, NOW_MS
from roller.records import FORCE_STEP_MN, SAMPLE_PERIOD_MS
from roller.series import FORCE_LIMIT

CAPACITY = 250  # so that even incompressible samples fit one block


class SampleRun:
    """force_steps[i] is the mean force in period i, in FORCE_STEP_MN; counts[i] the counts moved in it, signed."""

    def __init__(self):
        self.force_steps = array("h", bytes(2 * CAPACITY))
        self.counts = array("h", bytes(2 * CAPACITY))
        self._meter = None
        self.begin(None)

    def begin(self, on_full):
        """Start anew. on_full(): called when the run is full or broken off; it must write the run and `clear` it."""
        self._on_full = on_full
        self.n = 0
        self.start_ms = 0
        self._last_count = 0

    def connect(self, meter):
        """Gather what is added up in a meter's words."""
        self._meter = meter
        meter[LOG_END_MS] = meter[LOG_SUM_MN] = meter[LOG_SAMPLES] = 0

    def turn(self):
        """The moment judged is the first, or the first behind a period: close that, and begin the next."""
        meter = self._meter
        t_ms = meter[NOW_MS]
        end_ms = meter[LOG_END_MS]
        if end_ms:
            self._put()
            end_ms += SAMPLE_PERIOD_MS
            if t_ms < end_ms:
                meter[LOG_END_MS] = end_ms
                if self.n == CAPACITY:
                    self._on_full()
                return
            self._on_full()  # a whole period without a sample: the grid starts anew behind the gap
        self.start_ms = t_ms
        self._last_count = meter[COUNT]
        meter[LOG_END_MS] = t_ms + SAMPLE_PERIOD_MS

    def finish(self):
        """Contact is over: close the last period and hand the run over."""
        meter = self._meter
        if meter[LOG_SAMPLES]:
            self._put()
        meter[LOG_END_MS] = min(meter[LOG_END_MS], 0)
        if self.n:
            self._on_full()

    def clear(self):
        """The run has been written: go on behind it on the same grid."""
        self.start_ms += self.n * SAMPLE_PERIOD_MS
        self.n = 0

    def _put(self):
        n = self.n
        meter = self._meter
        steps = (meter[LOG_SUM_MN] // meter[LOG_SAMPLES] + FORCE_STEP_MN // 2) // FORCE_STEP_MN
        count = meter[LOG_COUNT]
        moved = count - self._last_count
        if not (-FORCE_LIMIT <= steps <= FORCE_LIMIT and -FORCE_LIMIT <= moved <= FORCE_LIMIT):
            steps = max(-FORCE_LIMIT, min(FORCE_LIMIT, steps))
            moved = max(-FORCE_LIMIT, min(FORCE_LIMIT, moved))
        self.force_steps[n] = steps
        self.counts[n] = moved
        self._last_count = count
        meter[LOG_SUM_MN] = meter[LOG_SAMPLES] = 0
        self.n = n + 1
