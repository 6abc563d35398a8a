"""Widens the wrapping microsecond ticks of the chip into milliseconds since boot."""

TICKS_MASK = (1 << 30) - 1  # time.ticks_us() wraps after 2**30 us, 17.9 minutes


class Clock:
    """Must be stepped at least once each 17 minutes; any lateness below that only makes a longer step."""

    def __init__(self, t_us):
        self.ms = 0
        self._us = 0
        self._last_us = t_us

    def step(self, t_us):
        """Milliseconds since boot at tick `t_us`, a tick not before the last one given."""
        us = self._us + ((t_us - self._last_us) & TICKS_MASK)
        self._last_us = t_us
        if us >= 1000:
            self.ms += us // 1000
            us %= 1000
        self._us = us
        return self.ms
