"""Is the hand too light, right or too hard? Warns at once and calms down slowly, so that the light does not flicker.

Rule: state = NEXT[state].get(event, state). Too hard is told without delay; too light after LIGHT_MS, because a drum
that leaves the skin passes through it; back to right only after the force has been well inside for CALM_MS.
"""

RIGHT = 0
LIGHT = 1
HARD = 2

LIGHT_MS = 30
CALM_MS = 300
INSIDE_LOW_MN = 150  # well inside: this far above the lower limit
INSIDE_HIGH_MN = 300  # and this far below the upper one
# after touch-down the force is still rising; before it has been right, it is not too light for this long
TOUCH_MS = 250

_OVER = 0
_UNDER = 1  # for LIGHT_MS
_CALM = 2  # well inside for CALM_MS

NEXT = {
    RIGHT: {_OVER: HARD, _UNDER: LIGHT},
    LIGHT: {_OVER: HARD, _CALM: RIGHT},
    HARD: {_CALM: RIGHT, _UNDER: LIGHT},
}


class Pressure:
    def __init__(self, low_mn, high_mn):
        self._low_mn = low_mn
        self._high_mn = high_mn
        self.state = RIGHT
        self.hard_since_ms = 0
        self._inside_ms = 0  # when the force last was not well inside
        self.above_ms = 0  # when the force last was at or above the lower limit

    def touch(self, t_ms):
        """A contact begins."""
        self.state = RIGHT
        self._inside_ms = t_ms
        self.above_ms = t_ms + TOUCH_MS - LIGHT_MS

    def step(self, t_ms, force_mn):
        """RIGHT, LIGHT or HARD after a force in contact at t_ms."""
        if force_mn >= self._high_mn:
            event = _OVER
            self.above_ms = t_ms
            self._inside_ms = t_ms
        elif force_mn < self._low_mn:
            event = _UNDER if t_ms - self.above_ms >= LIGHT_MS else None
            self._inside_ms = t_ms
        else:
            self.above_ms = t_ms
            if not self._low_mn + INSIDE_LOW_MN <= force_mn < self._high_mn - INSIDE_HIGH_MN:
                self._inside_ms = t_ms
            event = _CALM if t_ms - self._inside_ms >= CALM_MS else None
        state = NEXT[self.state].get(event, self.state)
        if state == HARD and self.state != HARD:
            self.hard_since_ms = t_ms
        self.state = state
        return state
