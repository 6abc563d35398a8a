"""A ring of samples between one writer (the timer callback) and one reader (the loop)."""

from array import array

SIZE = 256  # a power of two; at 1 kHz the loop may be 255 ms late before samples are lost


class Ring:
    """Each end writes only its own index, so neither can be disturbed by the other between two bytecodes.

    A slot holds: t_us (ticks), count (unwrapped encoder counts), force_raw (ADC counts, 0 to 65535).
    """

    def __init__(self):
        self.t_us = array("i", [0] * SIZE)
        self.count = array("i", [0] * SIZE)
        self.force_raw = array("H", [0] * SIZE)
        self.overflow = 0  # samples that found the ring full and were dropped
        self._head = 0
        self._tail = 0

    def push(self, t_us, count, force_raw):
        """Writer only. A full ring drops the new sample and counts it."""
        head = self._head
        following = head + 1 & SIZE - 1
        if following == self._tail:
            self.overflow += 1
            return
        self.t_us[head] = t_us
        self.count[head] = count
        self.force_raw[head] = force_raw
        self._head = following  # last, so the reader never sees a slot half written

    def drain(self, take):
        """Reader only: take(t_us, count, force_raw) each sample that waits, the oldest first; then its slot is free."""
        times = self.t_us
        counts = self.count
        forces = self.force_raw
        at = self._tail
        while at != self._head:
            take(times[at], counts[at], forces[at])
            at = at + 1 & SIZE - 1
            self._tail = at
