"""The timer callback: read, stamp, push, return."""

from roller.encoder import SPAN


class Sampler:
    """Samples the encoder and the force sensor into a ring. Allocates nothing and never raises."""

    def __init__(self, ticks_us, read_count, read_force_raw, ring, span=SPAN):
        """ticks_us, read_count, read_force_raw: functions without arguments; read_count may restart at +-span."""
        self._ticks_us = ticks_us
        self._read_count = read_count
        self._read_force_raw = read_force_raw
        self._ring = ring
        self._span = span
        self._half = span >> 1
        self._last = read_count()
        self.count = 0  # counts since start, unwrapped
        self.errors = 0  # callbacks that failed
        self.is_interrupted = False  # a Ctrl-C arrived in here; the loop must raise it again

    # In two, because a frame of more than eleven words takes heap, and `try` alone has three.

    def tick(self, _timer):
        try:
            self._sample()
        except KeyboardInterrupt:
            self.is_interrupted = True
        except Exception:  # noqa: BLE001 - whatever it was, the next tick must still come; the loop tells
            self.errors += 1

    def _sample(self):
        raw = self._read_count()
        step = raw - self._last
        if step > self._half:
            step -= self._span
        elif step < -self._half:
            step += self._span
        self._last = raw
        self.count += step
        self._ring.push(self._ticks_us(), self.count, self._read_force_raw())
