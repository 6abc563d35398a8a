"""Contact with the skin: force above `contact_on` until it stays below `contact_off` for `lift_ms`.

Rule: state = NEXT[state].get(event, state). A lift is only believed after `lift_ms`, but it is dated back to the
moment the
force fell, because a drum that spins while it leaves the skin makes no punctures.
"""

AIR = 0
TOUCH = 1
LEAVING = 2  # the force has fallen, but for less than lift_ms

_PRESSED = 0  # force at or above contact_on
_FELT = 1  # between the two thresholds
_GONE = 2  # below contact_off
_EXPIRED = 3  # below contact_off for lift_ms

NEXT = {
    AIR: {_PRESSED: TOUCH},
    TOUCH: {_GONE: LEAVING},
    LEAVING: {_PRESSED: TOUCH, _FELT: TOUCH, _EXPIRED: AIR},
}


class Contact:
    def __init__(self, settings):
        self._on_mn = settings.contact_on_mn
        self._off_mn = settings.contact_off_mn
        self._lift_ms = settings.lift_ms
        self.state = AIR
        self.fell_ms = 0  # when the force last fell below contact_off

    def step(self, t_ms, force_mn):
        """The state after a sample at t_ms."""
        if force_mn >= self._off_mn:
            event = _PRESSED if force_mn >= self._on_mn else _FELT
        elif self.state == LEAVING and t_ms - self.fell_ms >= self._lift_ms:
            event = _EXPIRED
        else:
            event = _GONE
        state = NEXT[self.state].get(event, self.state)
        if state == LEAVING and self.state == TOUCH:
            self.fell_ms = t_ms
        self.state = state
        return state

    def reset(self):
        """Forget the contact, as when the sensor can no longer be trusted."""
        self.state = AIR
