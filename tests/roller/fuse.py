"""Fires a function at the k-th point at which the chip could run a callback, and a drum for that callback to sample.

Under MicroPython a chain of scheduled functions counts the points at which the scheduler looks for callbacks. Under
Python the points are single bytecodes of the firmware, which is more than a chip can do.
"""

import sys
from array import array

from roller import force as force_words
from roller import judge
from roller.clock import Clock

try:
    import micropython
except ImportError:
    micropython = None

STRIDE = 1 if micropython else 7  # from one k to the next: Python has many times the points, and is slow there
LAST_US = (1 << 30) - 1  # after which the ticks start again


class Fuse:
    """Calls `fire` once, at the k-th point of what runs after `light`; `is_over` if it came to that."""

    def __init__(self, fire):
        self.fire = fire
        self.left = 0
        self.is_over = True
        self._link = self._step  # one object, so that the chain allocates nothing

    def light(self, k):
        self.left = k
        self.is_over = False
        if micropython:
            micropython.schedule(self._link, None)
        else:
            sys.settrace(self._trace)

    def put_out(self):
        """The code under test has ended: whether the fuse has fired in it."""
        fired = self.is_over
        self.is_over = True
        if not micropython:
            sys.settrace(None)
        return fired

    def _step(self, _):
        if self.is_over:
            return
        self.left -= 1
        if self.left > 0:
            micropython.schedule(self._link, None)
        else:
            self.is_over = True
            self.fire()

    def _trace(self, frame, event, _):
        """Of the frames that begin from now on, those of the firmware."""
        if self.is_over or "firmware" not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes = True  # and lines stay: without them Python 3.14 and later tell of no opcode
        if event == "opcode":
            self.left -= 1
            if self.left <= 0:
                self.is_over = True
                self.fire()
        return self._trace


def taken(ring):
    """All that waits in a ring, as (t_ms since tick 0, count, force_raw), by what takes the samples in the firmware."""
    found = []
    meter = array("i", bytes(4 * judge.SIZE_OF_METER))
    force = array("i", bytes(4 * (force_words.IS_FAULTY + 1)))
    nothing = array("i", [0])

    def average(_force, _calibration, raw):
        found.append((meter[judge.T_MS], meter[judge.T_COUNT], raw))
        return 0  # nobody judges it

    parts = (Clock(0).words, average, nothing, ignore, nothing, ignore, ignore, None)
    while judge.judge(ring.words, meter, force, nothing, parts, ignore):
        pass
    return found


def ignore(*_):
    pass


class Drum:
    """What the callback reads: it moves by one count and one millisecond at each sample."""

    def __init__(self):
        self.t_us = LAST_US - 50000  # so that the ticks wrap on the way
        self.count = 31990  # so that the counter does, too
        self.force_raw = 3200 + 6 * 2000

    def ticks_us(self):
        # Without a sum of 2**30: that would outgrow a small integer, and take heap.
        self.t_us += 1000 if self.t_us <= LAST_US - 1000 else 999 - LAST_US
        return self.t_us

    def read_count(self):
        self.count += 1
        if self.count == 32000:
            self.count = 0
        return self.count

    def read_force_raw(self):
        return self.force_raw
