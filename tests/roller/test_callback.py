"""The timer callback takes nothing of the heap and little of the time. Both can only be seen on MicroPython."""

import sys

from fuse import Drum, micropython

from roller.ring import HEAD, SIZE, TAIL, Ring
from roller.sampler import Sampler


def test_the_callback_allocates_nothing():
    """Through the wraps of ticks and counter, into a full ring, nothing is left behind."""
    if not micropython:
        return  # Python has no heap that could be locked
    ring = Ring()
    drum = Drum()
    sampler = Sampler(drum.ticks_us, drum.read_count, drum.read_force_raw, ring)
    micropython.heap_lock()
    try:
        for _ in range(3 * SIZE):
            sampler.tick(None)
        ring.words[TAIL] = ring.words[HEAD]
        for _ in range(10):
            sampler.tick(None)
    finally:
        micropython.heap_unlock()
    assert (sampler.errors, sampler.count, ring.overflow) == (0, 3 * SIZE + 10, 2 * SIZE + 1)


def test_the_callback_costs_at_most_fifteen_empty_ones():
    """Without the hardware's own time: the three reads are the runtime's own functions, the least there is."""
    if not micropython or sys.maxsize >> 32:
        return  # the ratio is that of the chip's bytecode
    from time import ticks_diff, ticks_us

    ring = Ring()
    sampler = Sampler(ticks_us, micropython.opt_level, micropython.opt_level, ring)

    def microseconds(callback):
        ring.words[TAIL] = ring.words[HEAD]
        start = ticks_us()
        for _ in range(SIZE - 2):
            callback(None)
        return ticks_diff(ticks_us(), start)

    def empty(_timer):
        pass

    least_empty = min([microseconds(empty) for _ in range(200)])
    least = min([microseconds(sampler.tick) for _ in range(200)])
    assert ring.overflow == sampler.errors == 0
    assert least <= 15 * least_empty, "%d.%d times an empty callback" % (
        least // least_empty,
        least * 10 // least_empty % 10,
    )
