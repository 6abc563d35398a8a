"""One button: debounced, told apart into short and long presses."""

DEBOUNCE_MS = 30
LONG_MS = 2000

NONE = 0
SHORT = 1  # at release
LONG = 2  # after LONG_MS, while still held

_UP = 0
_DOWN = 1
_HELD = 2  # long press already told; nothing follows at release


class Button:
    def __init__(self):
        self._state = _UP
        self._changed_ms = -DEBOUNCE_MS
        self.is_up = True  # while it is and stays so, `step` has nothing to tell

    def step(self, t_ms, is_pressed):
        """NONE, SHORT or LONG."""
        since_ms = t_ms - self._changed_ms
        if since_ms < DEBOUNCE_MS:
            return NONE
        if self._state == _UP:
            if is_pressed:
                self._go(_DOWN, t_ms)
        elif not is_pressed:
            press = SHORT if self._state == _DOWN else NONE
            self._go(_UP, t_ms)
            return press
        elif self._state == _DOWN and since_ms >= LONG_MS:
            self._state = _HELD
            return LONG
        return NONE

    def _go(self, state, t_ms):
        self._state = state
        self._changed_ms = t_ms
        self.is_up = state == _UP
