"""The timer callback: read, stamp, push, return."""

from roller.encoder import SPAN as COUNTER_SPAN
from roller.native import micropython, ptr32
from roller.ring import COUNT, HALF, HEAD, LAST, OVERFLOW, SIZE, SLOTS, SPAN, TAIL, WORDS


class Sampler:
    """Samples the encoder and the force sensor into a ring. Allocates nothing and never raises."""

    def __init__(self, ticks_us, read_count, read_force_raw, ring, span=COUNTER_SPAN):
        """ticks_us, read_count, read_force_raw: functions without arguments; read_count may restart at +-span."""
        self._ticks_us = ticks_us
        self._read_count = read_count
        self._read_force_raw = read_force_raw
        self._ring = ring.words
        self._ring[SPAN] = span
        self._ring[HALF] = span >> 1
        self._ring[LAST] = read_count()
        self.errors = 0  # callbacks that failed
        self.is_interrupted = False  # a Ctrl-C arrived in here; the loop must raise it again

    @property
    def count(self):
        """Counts since start, unwrapped."""
        return self._ring[COUNT]

    # Its frame must stay within eleven words, of which `try` takes three: a larger one takes heap.

    def tick(self, _timer):
        try:
            sample(self._ring, self._read_count, self._ticks_us, self._read_force_raw)
        except KeyboardInterrupt:
            self.is_interrupted = True
        except Exception:  # noqa: BLE001 - whatever it was, the next tick must still come; the loop tells
            self.errors += 1


@micropython.viper
def sample(ring: ptr32, read_count, ticks_us, read_force_raw):
    """Read all three, in this order, and put them into the ring with these words; see there.

    A counter that comes to +-span goes on from 0: of two ways from reading to reading the shorter one was gone.
    """
    reading = int(read_count())
    step = reading - ring[LAST]
    if step > ring[HALF]:
        step -= ring[SPAN]
    elif step < 0 - ring[HALF]:
        step += ring[SPAN]
    ring[LAST] = reading
    ring[COUNT] += step
    t_us = int(ticks_us())
    force_raw = int(read_force_raw())
    head = ring[HEAD]
    following = head + 1 & SIZE - 1
    if following == ring[TAIL]:
        ring[OVERFLOW] += 1
        return
    at = SLOTS + WORDS * head
    ring[at] = t_us
    ring[at + 1] = ring[COUNT]
    ring[at + 2] = force_raw
    ring[HEAD] = following  # last, so the reader never sees a slot half written
