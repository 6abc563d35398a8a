"""A ring of samples between one writer (the timer callback) and one reader (the loop), all in one array of words.

Each end writes only its own index, so neither can be disturbed by the other: HEAD and OVERFLOW are the writer's, TAIL
is the reader's; sampler.sample writes, judge.judge reads. A slot holds t_us (ticks), count (unwrapped encoder counts)
and force_raw (ADC counts, 0 to 65535). A full ring keeps the old samples, drops the new one and counts it.
"""

from array import array

SIZE = 256  # a power of two; at 1 kHz the loop may be 255 ms late before samples are lost

HEAD = 0  # the slot that is written next
TAIL = 1  # the slot that is read next
OVERFLOW = 2
# The writer's memory of the counter: its last reading, the counts since start, and where it may restart.
LAST = 3
COUNT = 4
SPAN = 5
HALF = 6
SLOTS = 7
WORDS = 3  # of a slot


class Ring:
    def __init__(self):
        self.words = array("i", bytes(4 * (SLOTS + WORDS * SIZE)))

    @property
    def overflow(self):
        """Samples that found the ring full and were dropped."""
        return self.words[OVERFLOW]
