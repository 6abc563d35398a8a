"""One button: believed when it stays, and told apart into short and long presses.

A level counts once it has stayed for STAY_MS, so that neither a bounce nor a spike on its wire is a press; and nothing
counts before the button was seen released since power on, so that a stuck one confirms and begins nothing.
"""

STAY_MS = 25
LONG_MS = 2000

NONE = 0
SHORT = 1  # at release
LONG = 2  # after LONG_MS, while still held

_UNSEEN = 0  # never released so far
_UP = 1
_DOWN = 2
_HELD = 3  # long press already told; nothing follows at release


class Button:
    def __init__(self):
        self._state = _UNSEEN
        self._is_pressed = True  # what it was last
        self._since_ms = 0  # and since when
        self._down_ms = 0  # when the press began that is believed
        self.is_up = False  # while it is and stays so, `step` has nothing to tell

    def step(self, t_ms, is_pressed):
        """NONE, SHORT or LONG."""
        if is_pressed != self._is_pressed:
            self._is_pressed = is_pressed
            self._since_ms = t_ms
            self.is_up = self._state == _UP and not is_pressed
            return NONE
        if t_ms - self._since_ms < STAY_MS:
            return NONE
        state = self._state
        if not is_pressed:
            self._state = _UP
            self.is_up = True
            return SHORT if state == _DOWN else NONE
        if state == _UP:
            self._state = _DOWN
            self._down_ms = self._since_ms
        elif state == _DOWN and t_ms - self._down_ms >= LONG_MS:
            self._state = _HELD
            return LONG
        return NONE
