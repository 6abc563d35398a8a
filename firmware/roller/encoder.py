"""Quadrature: the span and unwrapping of the hardware counter, and a decoder for chips that have none."""

# The counter restarts from 0 when it reaches +-SPAN, so two readings closer than SPAN / 2 counts apart are unambiguous.
SPAN = 32000
# What pin interrupts can be trusted with. A callback sees the levels when it runs: two edges in one pause are one or
# none. Up to here edges are 4 ms apart, and pauses of more (meter.QUEUE_MS) are told whenever the drum turns in them.
MAX_IRQ_EDGES_PER_S = 250

# Change of position for (old AB << 2 | new AB), with AB running 00, 01, 11, 10 forwards. ILLEGAL: both phases changed
# at once.
ILLEGAL = 2
_STEP = (0, 1, -1, 2, -1, 0, 2, 1, 1, 2, 0, -1, 2, -1, 1, 0)


class QuadratureDecoder:
    """Counts edges in software. A back and forth over one threshold nets to zero; an illegal step is counted, not
    guessed.
    """

    def __init__(self, ab):
        """ab: the phases' levels at the start, A << 1 | B."""
        self.count = 0
        self.illegal = 0
        self._ab = ab

    def edge(self, ab):
        """Take the phases' levels after an edge. Called from a pin interrupt: allocates nothing."""
        step = _STEP[self._ab << 2 | ab]
        self._ab = ab
        if step == ILLEGAL:
            self.illegal += 1
        else:
            self.count += step

    def value(self):
        return self.count
