"""The strip of skin under one contact, mapped along the rolling direction, for local density without a plan.

Assumption: within one contact the drum rolls on one line and does not slip, so a position on the drum's path is a place
on the skin. Between contacts nothing is known of the place.
"""

BINS_PER_REV = 32
_BINS = 512  # a metre of the reference drum; a longer strip is counted at its ends


class Strip:
    """Visits to each bin of drum travel (one revolution / 32) since `begin`."""

    def __init__(self, counts_per_rev):
        self._counts_per_rev = counts_per_rev
        self._visits = bytearray(_BINS)
        self._origin = 0
        self._low = self._high = self._at = 0
        self.max_visits = 0
        self.sum_visits = 0

    def begin(self, count):
        for i in range(self._low, self._high + 1):
            self._visits[i] = 0
        self._origin = count
        self._low = self._high = self._at = _BINS // 2
        self.max_visits = self.sum_visits = 0

    def roll(self, count):
        """The drum has rolled to `count`; returns the most visits any bin has."""
        there = (count - self._origin) * BINS_PER_REV // self._counts_per_rev + _BINS // 2
        there = max(0, min(_BINS - 1, there))
        step = 1 if there >= self._at else -1
        while self._at != there:
            self._visit(self._at if step > 0 else self._at - 1)
            self._at += step
        return self.max_visits

    def extent_bins(self):
        """Bins that were rolled over at least once."""
        return self._high - self._low if self.sum_visits else 0

    def _visit(self, i):
        visits = self._visits[i]
        if visits < 255:
            self._visits[i] = visits + 1
        self.sum_visits += 1
        if visits >= self.max_visits:
            self.max_visits = visits + 1
        if i < self._low:
            self._low = i
        elif i >= self._high:
            self._high = i + 1
