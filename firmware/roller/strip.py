"""The strip of skin under one contact, mapped along the rolling direction, for local density without a plan.

Assumption: within one contact the drum rolls on one line and does not slip, so a position on the drum's path is a place
on the skin. Between contacts nothing is known of the place.
"""

from array import array

from roller.native import micropython, ptr8, ptr32

BINS_PER_REV = 32
_BINS = 512  # a metre of the reference drum; a longer strip is counted at its ends

# Words of a strip: the count at its middle, the bins it reaches from and to, the one the drum is at; its visits.
_COUNTS_PER_REV = 0
_ORIGIN = 1
_LOW = 2
_HIGH = 3
_AT = 4
_MAX = 5
_SUM = 6


class Strip:
    """Visits to each bin of drum travel (one revolution / 32) since `begin`."""

    def __init__(self, counts_per_rev):
        self.visits = bytearray(_BINS)
        self.words = array("i", bytes(4 * 7))
        self.words[_COUNTS_PER_REV] = counts_per_rev

    @property
    def max_visits(self):
        return self.words[_MAX]

    @property
    def sum_visits(self):
        return self.words[_SUM]

    def begin(self, count):
        words = self.words
        for i in range(words[_LOW], words[_HIGH] + 1):
            self.visits[i] = 0
        words[_ORIGIN] = count
        words[_LOW] = words[_HIGH] = words[_AT] = _BINS // 2
        words[_MAX] = words[_SUM] = 0

    def roll(self, count):
        """The drum has rolled to `count`; returns the most visits any bin has."""
        return visit(self.words, self.visits, count)

    def extent_bins(self):
        """Bins that were rolled over at least once."""
        words = self.words
        return words[_HIGH] - words[_LOW] if words[_SUM] else 0


@micropython.viper
def visit(strip: ptr32, visits: ptr8, count: int) -> int:
    """Strip.roll, of the strip with these words and visits: one more to each bin between where the drum was and is."""
    there = (count - strip[_ORIGIN]) * BINS_PER_REV // strip[_COUNTS_PER_REV] + _BINS // 2
    if there < 0:
        there = 0
    elif there >= _BINS:
        there = _BINS - 1
    at = strip[_AT]
    while at != there:
        i = at
        if there < at:
            i = at - 1
            at = i
        else:
            at += 1
        n = visits[i]
        if n < 255:
            visits[i] = n + 1
        strip[_SUM] += 1
        if n >= strip[_MAX]:
            strip[_MAX] = n + 1
        if i < strip[_LOW]:
            strip[_LOW] = i
        elif i >= strip[_HIGH]:
            strip[_HIGH] = i + 1
    strip[_AT] = at
    return strip[_MAX]
