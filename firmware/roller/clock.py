"""Widens the wrapping microsecond ticks of the chip into milliseconds since boot."""

from array import array

from roller.native import micropython, ptr32

TICKS_MASK = 0x3FFFFFFF  # time.ticks_us() wraps after 2**30 us, 17.9 minutes

MS = 0
US = 1  # beyond the whole millisecond
LAST = 2  # tick


class Clock:
    """Must be stepped at least once each 17 minutes; any lateness below that only makes a longer step."""

    def __init__(self, t_us):
        self.words = array("i", [0, 0, t_us])  # for widen()

    @property
    def ms(self):
        return self.words[MS]

    def step(self, t_us):
        """Milliseconds since boot at tick `t_us`, a tick not before the last one given."""
        return widen(self.words, t_us)


@micropython.viper
def widen(clock: ptr32, t_us: int) -> int:
    """Clock.step, of the clock with these words: what has passed since the last tick is added, and carried over."""
    us = clock[US] + (t_us - clock[LAST] & TICKS_MASK)
    clock[LAST] = t_us
    if us >= 1000:
        ms = us // 1000
        clock[MS] += ms
        us -= 1000 * ms
    clock[US] = us
    return clock[MS]
